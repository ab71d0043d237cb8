"""The roadmap at a glance: its numbers counted by hand, as it stood on a day, and from approved summaries alone."""

import datetime
import re
from dataclasses import asdict

import pytest
from django.utils import translation

from conftest import approve, entry_of, make_user, moment, send, send_all, submission_of, text_of
from reporting import correction, glance, glance_figures, rollup, story
from reporting.document import frozen_documents
from reporting.document_content import Document
from reporting.facts import Facts, facts_of
from reporting.models import OffControl, ProgressEntry, ReportingPeriod, Summary
from reporting.tasks import open_executor_windows, open_ministry_windows
from reporting.tests.scenes import scene
from roadmap.models import Measure, Roadmap, User

pytestmark = [pytest.mark.usefixtures("in_english"), pytest.mark.only_beside("postgres")]

PAGE = "/roadmaps/decree-631/"
D = datetime.date


def read(roadmap, user, day, language="en"):
    with translation.override(language):
        return glance.read(roadmap, glance.approved_summaries(roadmap, user), D.fromisoformat(day), language)


def positions(measures):
    return [measure.position for measure in measures]


@pytest.fixture
def first(review_period, head, ministry):
    """H1 2013: measure 1 done with a document of 28 June, the rest at 30 %, one executor late."""

    def build():
        for submission in review_period.submissions.exclude(executor__code="zerde"):
            send(submission, m1="done")
        send(submission_of("zerde", review_period), at="2013-07-08 10:00")
        approve(review_period, head=head, ministry=ministry)

    scene("first at a glance", build)
    return Summary.objects.get()


@pytest.fixture
def second(first, head, ministry, on_day):
    """H2 2013, approved on 17 January 2014: 2 and 3 done, 3 after its deadline; `king` sent nothing."""

    def build():
        open_executor_windows("2013-12-21")
        open_ministry_windows("2014-01-06")
        period = ReportingPeriod.objects.get(year=2013, number=2)
        entries = ProgressEntry.objects.filter(submission__period=period)
        for submission in period.submissions.exclude(executor__code="king"):
            send(submission, at="2014-01-03 10:00", m2="done", m3="done")
        entries.filter(measure__position__in=[2, 3], status="done").update(document_date=D(2013, 9, 20))
        for entry in entries.filter(measure__position=14):
            entry.expenditures.update(planned=5000, spent=2000)
        approve(period, head=head, ministry=ministry, at="2014-01-17 16:00")

    on_day("2014-02-10")
    scene("second at a glance", build)
    return Summary.objects.get(period__number=2)


# What is counted


def test_nothing_approved_shows_the_decrees_dates_and_no_information(roadmap, government, on_day):
    on_day("2013-10-01")
    seen = read(roadmap, government, "2013-10-01")
    assert len(seen.measures) == 20 and seen.last is None and seen.done == [] == seen.overdue
    assert {measure.status_label for measure in seen.measures} == {"no information yet"}
    assert positions(seen.due_since) == [1, 2, 3]
    assert (seen.measures[0].starts_on, seen.measures[0].ends_on) == (D(2013, 6, 19), D(2013, 8, 31))


def test_first_half_year_is_counted(first, roadmap, government):
    seen = read(roadmap, government, "2013-07-20")
    assert positions(seen.done) == [1] and len(seen.in_progress) == 17 and seen.overdue == [] == seen.due_since
    point = glance_figures.trend(seen)[0]
    assert (point.mean, point.done, point.overdue, point.expected, point.informed) == (31, 1, 0, 0, 18)
    # (100 + 17 × 30) / 20 = 30.5, rounded half up; measures 11 and 16 have not begun.


def test_deadline_that_passed_since_is_no_overdue_yet(first, roadmap, government):
    seen = read(roadmap, government, "2014-01-08")
    assert seen.overdue == []
    assert positions(seen.due_since) == [2, 3, 4, 5, 6, 7, 8, 9, 15]


def test_second_half_year_is_counted(second, roadmap, government):
    seen = read(roadmap, government, "2014-02-10")
    assert positions(seen.done) == [1, 2, 3]
    assert positions(seen.overdue) == [4, 5, 6, 7, 8, 9, 15] and seen.due_since == []
    assert [measure.position for measure in seen.measures if measure.is_done_late] == [3]
    assert seen.measures[0].status == "off_control" and seen.measures[0].known.done_on == D(2013, 6, 28)
    assert len(seen.in_progress) == 15  # all but those three, 11 and 16


def test_trend_leaves_what_is_not_approved_open(second, roadmap, government):
    points = glance_figures.trend(read(roadmap, government, "2014-02-10"))
    assert len(points) == 12
    assert [(point.done, point.overdue) for point in points[:3]] == [(1, 0), (3, 7), (None, None)]
    assert [point.expected for point in points] == [0, 10, 10, 13, 13, 15, 16, 16, 16, 16, 16, 20]


def test_money_of_a_year_is_its_last_half_years_and_never_a_sum(second, roadmap, government):
    (year,) = glance_figures.money(read(roadmap, government, "2014-02-10"), "en")
    assert (year.year, year.source, year.planned, year.spent) == (2013, "Republican budget", 15000, 6000)
    assert (year.percent, year.period.number) == (40, 2)
    (before,) = glance_figures.money(read(roadmap, government, "2014-01-16"), "en")
    assert (before.planned, before.spent, before.period.number) == (3000, 3000, 1)


def test_discipline_is_the_frozen_attendance(second, roadmap, government):
    seen = read(roadmap, government, "2014-02-10")
    states = {record.name: record.states for record in glance_figures.records(seen, "en")}
    assert states["Zerde Holding JSC"] == ("late", "on_time")
    assert states["KIOG JSC"] == ("on_time", "missing") and len(states) == 9


def test_silence_keeps_what_was_known(first, roadmap, government, head, ministry, on_day):
    open_executor_windows("2013-12-21")
    open_ministry_windows("2014-01-06")
    on_day("2014-01-20")
    period = ReportingPeriod.objects.get(year=2013, number=2)
    approve(period, head=head, ministry=ministry, at="2014-01-17 16:00")
    seen = read(roadmap, government, "2014-01-20")
    assert seen.measures[1].status == "no_information" and seen.measures[1].known.percent == 30
    assert glance_figures.trend(seen)[1].mean is None and glance_figures.trend(seen)[1].informed == 0
    (year,) = glance_figures.money(seen, "en")
    assert year.period.number == 1


def test_off_control_on_another_ground_is_not_done():
    assert glance.Known(40).is_done is False
    fact = facts(status="off_control", percent=None, ground=int(OffControl.Ground.DONE) + 1)
    assert glance.after(fact, glance.Known(40)) == glance.Known(40)
    fact = facts(status="off_control", percent=None, ground=int(OffControl.Ground.DONE))
    assert glance.after(fact, glance.Known()).is_done


def test_a_silent_half_year_takes_nothing_back():
    known = glance.Known(100, True, datetime.date(2013, 8, 20))
    assert glance.after(facts(status="no_information", percent=None), known) == known
    assert glance.after(facts(status="in_progress", percent=60), known) == glance.Known(60)


def facts(**changes):
    values = {"position": 1, "status": "in_progress", "percent": 10, "is_overdue": False, "starts_on": "",
              "ends_on": "", "documented_on": "", "ground": 0, "expected": 1, "reported": 1, "money": []}  # fmt: skip
    return Facts.read({"measures": [values | changes], "attendance": []}).measures[0]


# The demonstration


def test_demonstration_is_counted_by_hand(roadmap, on_day, sign_in):
    User.objects.all().delete()
    story.tell()
    on_day("2014-01-08")
    person = User.objects.get(username="government")
    seen = read(roadmap, person, "2014-01-08")
    assert (len(seen.done), len(seen.in_progress), len(seen.overdue)) == (0, 8, 0)
    assert positions(seen.due_since) == [1, 2, 3, 4, 5, 6, 7, 8, 9, 15]
    assert glance_figures.trend(seen)[0].mean == 2  # 10+3+13+3+2+10+2+2 = 45, over 20
    (year,) = glance_figures.money(seen, "en")
    assert (year.planned, year.spent, year.percent) == (1_898_500_000, 318_600_000, 16)
    assert {record.states for record in glance_figures.records(seen, "en")} == {("on_time",)}
    for language in ("kk", "ru", "en"):
        User.objects.update(language=language)
        person.refresh_from_db()
        assert len(sign_in(person).get(PAGE).content) < 60 * 1024


# As it stood on …


def test_it_is_shown_as_it_stood_on_a_day(second, sign_in, government):
    client = sign_in(government)
    words = text_of(client.get(PAGE, {"on": "2013-12-31"}))
    assert "As it stood on 31 December 2013" in words and "Shown is the half-year I of 2013" in words
    words = text_of(client.get(PAGE, {"on": "2014-01-17"}))
    assert "Shown is the half-year II of 2013, approved on 17 January 2014" in words
    words = text_of(client.get(PAGE, {"on": "2013-07-18"}))
    assert "No summary had been approved by that day" in words


def test_version_counts_that_was_valid_on_the_day(second, first, roadmap, government, sign_in):
    period, head = first.period, User.objects.get(username="head")
    correction.begin(first, by=head, at=moment("2014-02-05 09:00"), reason="Қате түзетілді.")
    entry = entry_of(submission_of("natr", period), 2)
    ProgressEntry.objects.filter(pk=entry.pk).update(percent=90)
    period.refresh_from_db()
    again = approve(period, head=head, ministry=User.objects.get(username="ministry"), at="2014-02-05 10:00")
    assert again.version == 2
    before, since = read(roadmap, government, "2013-12-31"), read(roadmap, government, "2014-02-05")
    assert [half_year.summary.version for half_year in (*before.half_years, *since.half_years)] == [1, 2, 1]
    assert (
        before.measures[1].known.percent == 30
        and glance_figures.trend(since)[0].mean > glance_figures.trend(before)[0].mean
    )
    words = text_of(sign_in(government).get(PAGE, {"on": "2013-12-31"}))
    assert "(version 1" in words and "Version 2 took its place on 5 February 2014." in words


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        ("2099-01-01", "This day is still to come"),
        ("9999-12-31", "This day is still to come"),
        ("ертең", "Enter a valid date"),
        ("2013-02-30", "Enter a valid date"),
        ("0001-01-01", "No summary had been approved by that day"),
        ("", "As it stands on 20 July 2013"),
    ],
)
def test_any_day_is_answered_kindly(first, on_day, sign_in, government, day, sentence):
    on_day("2013-07-20")
    for page in (PAGE, f"{PAGE}measures/14/"):
        response = sign_in(government).get(page, {"on": day})
        assert response.status_code == 200 and sentence in text_of(response)


def test_day_is_kept_in_the_links(second, sign_in, government):
    page = sign_in(government).get(PAGE, {"on": "2013-12-31"}).content.decode()
    links = re.findall(r'href="(/roadmaps/decree-631/measures/[^"]+)"', page)
    assert len(links) >= 20 and all(link.endswith("?on=2013-12-31") for link in links)
    assert "?on=" not in "".join(
        re.findall(r'href="(/roadmaps/[^"]+)"', sign_in(government).get(PAGE).content.decode())
    )
    assert '<a href="?on=2013-07-19"' in page and '<a href="?on=2014-01-17"' in page


# Nobody sees drafts


@pytest.mark.parametrize("role", ["government", "officer", "stranger", "ministry", "head"])
def test_drafts_and_what_is_not_approved_never_show(second, sign_in, people, on_day, role):
    open_executor_windows("2014-06-20")
    open_ministry_windows("2014-07-06")
    on_day("2014-07-10")
    period = ReportingPeriod.objects.get(year=2014, number=1)
    send_all(period, at="2014-07-03 10:00")
    ProgressEntry.objects.filter(submission__period=period).update(narrative="Құпия жоба", percent=77)
    summary = rollup.refresh(period, at=moment("2014-07-09 10:00"))
    summary.lines.update(text_kk="Құпия мәтін", text_ru="Тайна")
    summary.hand_over(by=people["ministry"], at=moment("2014-07-09 11:00"))
    client = sign_in(people[role])
    for page in (PAGE, f"{PAGE}measures/10/", f"{PAGE}summaries/", "/roadmaps/"):
        words = text_of(client.get(page))
        assert not re.search("Құпия|Тайна|77 %", words) and "half-year I of 2014, approved" not in words


def test_administrator_and_those_of_other_acts_see_nothing(second, roadmap, sign_in, people):
    assert sign_in(people["administrator"]).get(PAGE).status_code == 403
    Roadmap.objects.filter(pk=roadmap.pk).update(coordinator=people["stranger"].executor)
    assert sign_in(people["ministry"]).get(PAGE).status_code == 404
    outsider = make_user("outsider", User.Role.EXECUTOR, "king")
    Measure.objects.get(position=18).assignments.filter(executor=outsider.executor).delete()
    assert sign_in(outsider).get(PAGE).status_code == 404
    assert sign_in(people["government"]).get("/roadmaps/decree-9/").status_code == 404


# What is frozen


def test_facts_are_frozen_beside_the_documents(first):
    frozen = Summary.objects.get(pk=first.pk).frozen
    assert frozen["schema"] == 3 and set(frozen["documents"]) == {"kk", "ru", "en"}
    fact = Facts.read(frozen["facts"]).measures[0]
    assert (fact.status, fact.starts_on, fact.ends_on, fact.documented_on) == ("done", "", "2013-08-31", "2013-06-28")
    assert asdict(Facts.read(frozen["facts"])) == asdict(facts_of(first, first.approved_at))


def test_what_was_frozen_does_not_follow_later_dates_and_names(second, roadmap, government):
    before = read(roadmap, government, "2014-02-10")
    Measure.objects.update(ends_on=D(2018, 12, 31), title_en="Renamed", deadline_text_en="never")
    assert read(roadmap, government, "2014-02-10").measures == before.measures


def test_approval_of_the_first_schema_is_read_as_well(first, second, roadmap, government, people):
    """Such a one has no facts: they come from its lines, and its pages from its documents."""
    after = read(roadmap, government, "2014-02-10")
    period = second.period
    correction.begin(second, by=people["head"], at=moment("2014-02-10 09:00"), reason="Қате түзетілді.")
    period.refresh_from_db()
    old = rollup.refresh(period, at=moment("2014-02-10 10:00"))
    at = moment("2014-02-10 10:00")
    frozen = frozen_documents(old, at, frozenset())
    del frozen["facts"]
    for document in frozen["documents"].values():
        del document["sections_kk"]
    Summary.objects.filter(pk=old.pk).update(
        status="approved", approved_by=people["head"], approved_at=at, frozen=frozen | {"schema": 1}
    )
    seen = read(roadmap, government, "2014-02-10")
    assert seen.last.summary.version == 2 and positions(seen.overdue) == positions(after.overdue)
    assert [measure.known for measure in seen.measures] == [measure.known for measure in after.measures]
    assert glance_figures.trend(seen)[1].done == 3 and glance_figures.records(seen, "en") == glance_figures.records(
        after, "en"
    )
    assert glance_figures.money(seen, "en")[0].spent == 6000
    assert Document.read(frozen["documents"]["en"]).by_section[0][0][0].startswith("1. Development")


# Its cost


def test_it_costs_the_same_however_many_half_years(second, sign_in, government, django_assert_num_queries):
    """Session, user, roadmap, approvals, their facts, the last document; measures, later acts, later days."""
    client = sign_in(government)
    with django_assert_num_queries(12):
        client.get(PAGE)
    with django_assert_num_queries(12):
        client.get(PAGE, {"on": "2013-12-31"})


def test_list_of_roadmaps_costs_the_same_for_one_and_several(second, roadmap, sign_in, government,
                                                             django_assert_num_queries):  # fmt: skip
    """Session, user, roadmaps, the newest approvals, their periods, their counts."""
    client = sign_in(government)
    for slug in ("decree-2", "decree-3"):
        roadmap.pk, roadmap.slug = None, slug
        roadmap.save()
        with django_assert_num_queries(6):
            words = text_of(client.get("/roadmaps/"))
    assert "half-year II of 2013" in words and words.count("No summary has been approved yet") == 2


def test_five_thousand_measures_stay_light(roadmap, sign_in, government, on_day):
    on_day("2014-01-08")
    Measure.objects.bulk_create(
        Measure(roadmap=roadmap, position=1000 + place, number=str(place), title_kk=f"Іс-шара {place}",
                ends_on=D(2013 + place % 6, 12, 31))
        for place in range(5000)
    )  # fmt: skip
    response = sign_in(government).get(PAGE, {"page": 3})
    assert len(response.content) < 100 * 1024
    words = text_of(response)
    assert "81–120 of 5020" in words
    assert "844 more deadlines have passed since" in words and "…" in words
