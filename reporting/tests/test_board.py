"""The ministry's board: executors × measures, the days, the queue, the next action; and the admin's first page."""

import datetime
import re

import pytest

from conftest import approve, make_user, moment, send, send_all, submission_of, text_of
from reporting import board, rollup
from reporting.models import ReportingPeriod, Summary
from reporting.tasks import open_executor_windows
from roadmap import clock
from roadmap.models import Assignment, Executor, Measure, Roadmap, User

pytestmark = [pytest.mark.usefixtures("in_english"), pytest.mark.only_beside("postgres")]

INDEX = "/admin/"
MAKE = "/admin/reporting/reportingperiod/make/"


def page_of(period):
    return f"/admin/reporting/reportingperiod/{period.pk}/queue/"


def words(response):
    return re.sub(r"\s+", " ", text_of(response))


def cells(period, code):
    """{measure's number: state} of an executor's row."""
    found = board.board(period, clock.today()).matrix
    row = next(row for row in found.rows if row.standing.submission.executor.code == code)
    return {cell.measure.number: cell.state.value for cell in row.cells if cell.state}


@pytest.fixture
def officer_of_ministry(sign_in, ministry):
    return sign_in(ministry)


@pytest.fixture
def mixed(review_period, ministry):
    """One of each: accepted, received, late, returned; the others are missing."""
    accepted = send(submission_of("mint", review_period))
    accepted.accept(by=ministry, at=moment("2013-07-08 09:00"), revision=accepted.revision)
    send(submission_of("natr", review_period))
    send(submission_of("king", review_period), at="2013-07-06 10:00")
    returned = send(submission_of("wg", review_period))
    returned.return_for_rework(
        by=ministry, at=moment("2013-07-08 09:00"), revision=returned.revision, comment="Қайта қараңыз",
        resubmit_by=datetime.date(2013, 7, 10),
    )  # fmt: skip
    return review_period


def other_roadmap(roadmap, slug="decree-9"):
    """A second roadmap of the same ministry, with one measure of one body."""
    made = Roadmap.objects.create(
        slug=slug, act_kk="№ 9 қаулы", number="9", date=datetime.date(2013, 1, 10), title_kk="Екінші жол картасы",
        title_en="Second roadmap", first_year=2013, last_year=2014, coordinator=roadmap.coordinator,
    )  # fmt: skip
    measure = Measure.objects.create(roadmap=made, position=1, number="1", title_kk="Іс-шара")
    Assignment.objects.create(measure=measure, position=1, executor=Executor.objects.get(code="king"))
    return made


# The matrix


def test_a_cell_for_each_duty_tells_where_the_report_stands(mixed):
    assert set(cells(mixed, "mint").values()) == {"accepted"} and len(cells(mixed, "mint")) == 7
    assert set(cells(mixed, "natr").values()) == {"received"} and len(cells(mixed, "natr")) == 18
    assert cells(mixed, "king") == {"18": "late"}
    assert set(cells(mixed, "wg")) == {"5", "6", "7"} and set(cells(mixed, "wg").values()) == {"returned"}
    assert cells(mixed, "zerde") == {"15": "missing"}


def test_before_the_due_date_they_are_expected(period):
    assert set(cells(period, "natr").values()) == {"expected"}


def test_executors_stand_in_the_decrees_order_and_measures_in_theirs(mixed):
    found = board.board(mixed, clock.today())
    codes = [row.standing.submission.executor.code for row in found.matrix.rows]
    assert codes == ["mint", "natr", "mgmt", "wg", "kaznex", "almaty", "zerde", "kazakhtelecom", "king"]
    assert [measure.position for measure in found.matrix.measures] == list(range(1, 21))
    assert [count for _title, count in found.matrix.sections] == [13, 7]
    assert {state.value: count for state, count in found.matrix.legend} == {
        "accepted": 7, "received": 18, "late": 1, "returned": 3, "missing": 19, "expected": 0,
    }  # fmt: skip


def test_each_cell_leads_to_its_measure_in_the_review_and_says_what_it_shows(officer_of_ministry, mixed):
    page = officer_of_ministry.get(page_of(mixed)).content.decode()
    review = f"/admin/reporting/submission/{submission_of('king', mixed).pk}/change/"
    cell = re.search(rf'<a class="cell late" href="{review}#measure-18" aria-label="([^"]+)">', page)
    assert cell[1] == "KIOG JSC, 18: received late, waits for review"
    assert page.count('<a class="cell ') == 48
    for code in ("king", "zerde"):
        submission = submission_of(code, mixed)
        shown = officer_of_ministry.get(f"/admin/reporting/submission/{submission.pk}/change/").content.decode()
        position = submission.entries.get().measure.position
        assert f'id="measure-{position}"' in shown


def test_the_matrix_can_be_reached_and_read_without_eyes(officer_of_ministry, mixed):
    page = officer_of_ministry.get(page_of(mixed)).content.decode()
    assert '<div class="scroll" role="region" aria-labelledby="matrix" tabindex="0">' in page
    assert '<caption class="sr">' in page and page.count('<th scope="col" title="') == 20


def test_drafts_are_their_executors_own(officer_of_ministry, period):
    assert "draft" not in words(officer_of_ministry.get(page_of(period)))


def test_the_queue_has_the_oldest_first(mixed):
    waiting = board.board(mixed, clock.today()).queue
    assert [line.submission.executor.code for line in waiting] == ["natr", "king"]


def test_too_many_measures_leave_the_counts_of_each_executor(officer_of_ministry, roadmap, on_day):
    Measure.objects.bulk_create(
        Measure(roadmap=roadmap, position=100 + place, number=str(place), title_kk=f"Іс-шара {place}")
        for place in range(board.COLUMN_LIMIT)
    )
    open_executor_windows("2013-06-20")
    on_day("2013-07-01")
    period = ReportingPeriod.objects.get(year=2013, number=1)
    response = officer_of_ministry.get(page_of(period))
    assert b'class="matrix"' not in response.content
    assert "NATD JSC expected — 18 enter for it" in words(response)


def test_the_board_of_five_thousand_measures_and_sixty_bodies_stays_usable(
    officer_of_ministry, roadmap, on_day, django_assert_num_queries
):
    """Session, user, period, standing with rounds, the order, successions, measures, summary, corrections, other
    periods, petitions, whether the half-year is being corrected.
    """
    bodies = Executor.objects.bulk_create(
        Executor(code=f"body-{n}", short_name_kk=f"Орган {n}", full_name_kk=f"Орган {n}") for n in range(60)
    )
    measures = Measure.objects.bulk_create(
        Measure(roadmap=roadmap, position=100 + place, number=str(place), title_kk=f"Іс-шара {place}")
        for place in range(5000)
    )
    Assignment.objects.bulk_create(
        Assignment(measure=measure, position=1, executor=bodies[place % 60]) for place, measure in enumerate(measures)
    )
    open_executor_windows("2013-06-20")
    on_day("2013-07-01")
    period = ReportingPeriod.objects.get(year=2013, number=1)
    with django_assert_num_queries(13):
        response = officer_of_ministry.get(page_of(period))
    assert len(response.content) < 100 * 1024
    assert words(response).index("MINT") < words(response).index("Орган 0") < words(response).index("Орган 59")


# The days

MINISTRY_DUE = "Due to the Government: by decree 20 July 2013; counts until 22 July 2013"  # a Saturday


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (
            "2013-07-01",
            f"5 July 2013 4 days left {MINISTRY_DUE} 21 days left",
        ),
        ("2013-07-05", "Due from the executors: 5 July 2013 today"),
        ("2013-07-20", f"{MINISTRY_DUE} 2 days left"),
        ("2013-07-21", f"{MINISTRY_DUE} 1 day left"),
        ("2013-07-22", f"{MINISTRY_DUE} today"),
        ("2013-07-25", f"{MINISTRY_DUE} 3 days late"),
    ],
)
def test_it_counts_the_days(officer_of_ministry, period, on_day, day, said):
    on_day(day)
    found = words(officer_of_ministry.get(page_of(period)))
    assert said in found
    assert ("Due from the executors" in found) == (day <= "2013-07-05")


# The next action


def test_the_next_action_follows_the_summary(officer_of_ministry, sign_in, head, ministry, review_period):
    def board_page(person):
        return words(sign_in(person).get(page_of(review_period)))

    send_all(review_period)
    assert "Consolidate" in board_page(ministry) and "Go on writing" not in board_page(ministry)
    summary = rollup.refresh(review_period, at=moment("2013-07-08 12:00"))
    summary.lines.filter(position=1).update(text_kk="Мәтін", text_ru="Текст")
    assert "1 of 18 lines written." in board_page(ministry)
    page = sign_in(ministry).get(page_of(review_period)).content.decode()
    assert f'href="/admin/reporting/summary/{summary.pk}/workbench/?show=unwritten">Go on writing' in page
    assert "Go on writing" not in board_page(head) and "Consolidate again" not in board_page(head)
    summary.lines.update(text_kk="Мәтін", text_ru="Текст")
    assert "Look through and hand over" in board_page(ministry)
    summary.hand_over(by=ministry, at=moment("2013-07-08 13:00"))
    assert "The head has the summary." in board_page(ministry)
    assert "Read and approve" in board_page(head)


def test_remarks_of_the_head_stand_beside_the_next_action(officer_of_ministry, review_period, ministry, head):
    send_all(review_period)
    summary = rollup.refresh(review_period, at=moment("2013-07-08 12:00"))
    summary.hand_over(by=ministry, at=moment("2013-07-08 13:00"))
    summary.send_back(by=head, at=moment("2013-07-08 14:00"), remarks="5-жолды нақтылаңыз")
    assert "5-жолды нақтылаңыз" in words(officer_of_ministry.get(page_of(review_period)))


def test_an_approved_period_shows_its_last_state_and_no_action(officer_of_ministry, review_period, head, ministry):
    send_all(review_period)
    approve(review_period, head=head, ministry=ministry)
    found = words(officer_of_ministry.get(page_of(review_period)))
    assert "Approved" in found and "Due to the Government" not in found and "Consolidate again" not in found


# The first page of the admin


def test_the_first_page_shows_the_picture_of_the_only_roadmap(officer_of_ministry, mixed, django_assert_num_queries):
    """The board's queries without its other periods, current ones, corrections, roadmaps, history, failed letters."""
    officer_of_ministry.get(INDEX)
    with django_assert_num_queries(15):
        response = officer_of_ministry.get(INDEX)
    assert b'class="matrix"' in response.content and "Half-year I of 2013" in words(response)


def test_several_roadmaps_have_a_card_each_at_a_constant_cost(
    officer_of_ministry, roadmap, review_period, on_day, django_assert_num_queries
):
    """Session, user, periods, standing with rounds, summaries, roadmaps without periods, history."""
    counts = []
    for number in (9, 10):
        other_roadmap(roadmap, f"decree-{number}")
        on_day("2013-06-25")
        open_executor_windows()
        on_day("2013-07-08")
        with django_assert_num_queries(10):
            response = officer_of_ministry.get(INDEX)
        counts.append(response.content.decode().count('<section class="panel"><h2><a href="/admin/reporting/'))
    assert counts == [2, 3]
    assert "Екінші жол картасы Second roadmap" in words(response) and b'class="matrix"' not in response.content
    assert officer_of_ministry.get("/").url == INDEX


def test_an_officer_without_any_roadmap_is_told_what_happens(sign_in, roadmap):
    person = make_user("newcomer", User.Role.MINISTRY_OFFICER, "almaty")
    User.objects.filter(pk=person.pk).update(language="en")
    client = sign_in(person)
    assert client.get("/").url == INDEX
    assert "No roadmap yet" in words(client.get(INDEX))


def test_before_the_first_opening_the_page_says_when_it_comes(officer_of_ministry, roadmap, on_day):
    open_executor_windows("2013-06-19")
    on_day("2013-06-19")
    first = ReportingPeriod.objects.get(year=2013, number=1)
    assert officer_of_ministry.get("/").url == page_of(first)
    assert "opens by itself on 20 June 2013" in words(officer_of_ministry.get(page_of(first)))


def test_administrators_find_acts_people_and_periods(sign_in, administrator, review_period, django_assert_num_queries):
    client = sign_in(administrator)
    found = words(client.get(INDEX))
    for said in ("0 acts are being entered", "people can sign in", "half-year I of 2013"):
        assert said in found
    with django_assert_num_queries(9):
        client.get(INDEX)


# Periods of a new roadmap


@pytest.mark.parametrize("role", ["ministry", "administrator"])
def test_periods_of_a_new_roadmap_are_made_at_once_and_open_as_the_task_would(sign_in, people, roadmap, on_day, role):
    on_day("2013-06-25")
    client = sign_in(people[role])
    for page in (INDEX, "/admin/reporting/reportingperiod/"):
        assert "No reporting periods yet" in words(client.get(page))
    response = client.post(MAKE, {"roadmap": roadmap.pk}, follow=True)
    assert "The reporting periods of the roadmap are made." in words(response)
    assert ReportingPeriod.objects.count() == 12
    assert ReportingPeriod.objects.get(year=2013, number=1).submissions.count() == 9
    client.post(MAKE, {"roadmap": roadmap.pk})
    assert ReportingPeriod.objects.count() == 12
    assert "No reporting periods yet" not in words(client.get(INDEX))


def test_the_page_of_a_new_roadmap_says_that_it_has_no_periods(sign_in, administrator, roadmap):
    page = f"/admin/roadmap/roadmap/{roadmap.pk}/change/"
    assert "Make them now" in words(sign_in(administrator).get(page))
    open_executor_windows("2013-06-20")
    assert "Make them now" not in words(sign_in(administrator).get(page))


def test_the_head_makes_no_periods(sign_in, head, roadmap):
    client = sign_in(head)
    assert client.post(MAKE, {"roadmap": roadmap.pk}).status_code == 403
    assert "No reporting periods yet" in words(client.get(INDEX)) and "Make them now" not in words(client.get(INDEX))


@pytest.mark.parametrize("pk", ["", "x", "9" * 30])
def test_a_roadmap_that_is_not_there_is_404(officer_of_ministry, roadmap, pk):
    assert officer_of_ministry.post(MAKE, {"roadmap": pk}).status_code == 404
    assert not ReportingPeriod.objects.exists() and not Summary.objects.exists()


# Signing in


def test_who_does_not_work_in_the_admin_is_told_so_at_its_door(sign_in, officer):
    assert "signed in as natr, who does not work in the administration" in words(sign_in(officer).get("/admin/login/"))
