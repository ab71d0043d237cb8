"""One body with more measures than SQLite joins in one expression: its window opens, and its pages answer."""

import pytest

from conftest import make_user
from reporting.models import ReportingPeriod
from reporting.tasks import open_executor_windows
from roadmap.models import Assignment, Executor, Measure, User


@pytest.mark.only_beside("sqlite")
def test_thirteen_hundred_measures_of_one_body(roadmap, on_day, sign_in):
    body = Executor.objects.get(code="king")
    measures = Measure.objects.bulk_create(
        Measure(roadmap=roadmap, position=1000 + place, number=str(place), title_kk=f"Іс-шара {place}")
        for place in range(1300)
    )
    Assignment.objects.bulk_create(Assignment(measure=measure, position=1, executor=body) for measure in measures)
    open_executor_windows("2013-06-20")
    on_day("2013-07-01")
    submission = ReportingPeriod.objects.get(year=2013, number=1).submissions.get(executor=body)
    assert submission.entries.count() == 1301
    client = sign_in(make_user("king", User.Role.EXECUTOR, "king"))
    for page in ("", "return.xlsx"):
        assert client.get(f"/roadmaps/decree-631/submissions/{submission.pk}/{page}").status_code == 200
