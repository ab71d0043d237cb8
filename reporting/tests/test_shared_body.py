"""A body of two ministries' roadmaps passes over: each ministry reads of its own measures alone."""

from conftest import moment, text_of
from reporting.tasks import apply_acts
from roadmap.models import Executor, Measure, Succession

from .second_roadmap import SLUG
from .test_many_roadmaps import second, second_people, summer  # noqa: F401  (fixtures)


def test_what_passed_over_is_shown_to_each_ministry_as_far_as_it_is_its_own(summer, second_people, people, sign_in):  # noqa: F811
    made = Succession.objects.create(
        predecessor=Executor.objects.get(code="zerde", roadmap=None),
        successor=Executor.objects.get(code="natr", roadmap=None),
        from_day="2014-07-05", act="Қаулы", number="1", date="2014-07-01",
        recorded_by=people["administrator"], recorded_at=moment("2014-07-02 10:00"),
    )  # fmt: skip
    apply_acts("2014-07-05")
    page = f"/admin/roadmap/succession/{made.pk}/change/"
    passed = {row["measure"] for row in Succession.objects.get(pk=made.pk).details["assignments"]}
    of_631 = Measure.objects.filter(pk__in=passed, roadmap__slug="decree-631")
    of_second = Measure.objects.filter(pk__in=passed, roadmap__slug=SLUG)
    assert of_631 and of_second
    for who, own, foreign in ((people, of_631, of_second), (second_people, of_second, of_631)):
        words = text_of(sign_in(who["ministry"]).get(page))
        assert all(measure.title_kk in words for measure in own)
        assert not any(measure.title_kk in words for measure in foreign)
