"""The working calendar in the staff's hands, and the terms that count by it."""

import datetime

import pytest

from conftest import approve, moment, send, send_all, submission_of, text_of
from reporting import rollup
from reporting.models import Petition, ReportingPeriod, Submission
from reporting.tasks import open_executor_windows, open_ministry_windows
from roadmap.models import CalendarDay, Roadmap
from roadmap.tests.sheets_in_tests import bring, export, faults_of, rows_of, upload

pytestmark = pytest.mark.django_db
D = datetime.date
DAYS = "/admin/roadmap/calendarday/"

# By decree -> until when it counts. By hand: the weekday, and why.
TERMS = {
    # The executors'
    "2013-07-05": "2013-07-05",  # Friday
    "2014-01-05": "2014-01-06",  # Sunday
    "2014-07-05": "2014-07-08",  # Saturday; Capital Day on Sunday takes Monday
    "2015-01-05": "2015-01-05",  # Monday
    "2015-07-05": "2015-07-07",  # Sunday; Monday is Capital Day
    "2016-01-05": "2016-01-05",  # Tuesday
    "2016-07-05": "2016-07-05",  # Tuesday
    "2017-01-05": "2017-01-05",  # Thursday
    "2017-07-05": "2017-07-05",  # Wednesday
    "2018-01-05": "2018-01-05",  # Friday
    "2018-07-05": "2018-07-05",  # Thursday
    "2019-01-05": "2019-01-08",  # Saturday; Monday is Christmas
    "2026-01-05": "2026-01-05",  # Monday
    "2026-07-05": "2026-07-07",  # Sunday; Monday is Capital Day
    "2027-01-05": "2027-01-05",  # Tuesday; Monday makes up for Saturday the 2nd
    "2027-07-05": "2027-07-05",  # Monday
    "2028-01-05": "2028-01-05",  # Wednesday
    "2028-07-05": "2028-07-05",  # Wednesday
    "2029-01-05": "2029-01-05",  # Friday
    "2029-07-05": "2029-07-05",  # Thursday
    "2030-01-05": "2030-01-08",  # Saturday; Monday is Christmas
    "2030-07-05": "2030-07-05",  # Friday
    # The ministry's
    "2013-07-20": "2013-07-22",  # Saturday
    "2014-01-20": "2014-01-20",  # Monday
    "2014-07-20": "2014-07-21",  # Sunday
    "2015-01-20": "2015-01-20",  # Tuesday
    "2015-07-20": "2015-07-20",  # Monday
    "2016-01-20": "2016-01-20",  # Wednesday
    "2016-07-20": "2016-07-20",  # Wednesday
    "2017-01-20": "2017-01-20",  # Friday
    "2017-07-20": "2017-07-20",  # Thursday
    "2018-01-20": "2018-01-22",  # Saturday
    "2018-07-20": "2018-07-20",  # Friday
    "2019-01-20": "2019-01-21",  # Sunday
    "2026-01-20": "2026-01-20",  # Tuesday
    "2026-07-20": "2026-07-20",  # Monday
    "2027-01-20": "2027-01-20",  # Wednesday
    "2027-07-20": "2027-07-20",  # Tuesday
    "2028-01-20": "2028-01-20",  # Thursday
    "2028-07-20": "2028-07-20",  # Thursday
    "2029-01-20": "2029-01-22",  # Saturday
    "2029-07-20": "2029-07-20",  # Friday
    "2030-01-20": "2030-01-21",  # Sunday
    "2030-07-20": "2030-07-22",  # Saturday
}


def day(text):
    return D.fromisoformat(text)


@pytest.fixture
def winter(roadmap, on_day):
    """H2 2013, due on Sunday 5 January 2014, its executors' window open."""
    open_executor_windows("2013-06-20")
    open_executor_windows("2013-12-21")
    on_day("2014-01-04")
    return ReportingPeriod.objects.get(year=2013, number=2)


def calendar_form(day, **values):
    return {"day": day, "basis_kk": "Бұйрық № 5", "basis_ru": "", "basis_en": "", "change_reason": "Бұйрық"} | values


# Every term


def test_every_term_counts_until_its_working_day(roadmap):
    days = CalendarDay.objects.working_days()
    assert {text: str(roadmap.effective(day(text), days)) for text in TERMS} == TERMS


def test_every_period_of_the_decree_has_both_days(roadmap, django_assert_max_num_queries):
    with django_assert_max_num_queries(6):  # the calendar is asked once for all twelve
        ReportingPeriod.objects.make_missing(roadmap)
    periods = ReportingPeriod.objects.all()
    assert periods.count() == 12
    for period in periods:
        assert str(period.executors_effective_on) == TERMS[str(period.executors_due_on)]
        assert str(period.ministry_effective_on) == TERMS[str(period.ministry_due_on)]


def test_windows_open_by_the_decrees_days(winter, on_day):
    assert (winter.opens_on, winter.ministry_opens_on) == (D(2013, 12, 21), D(2014, 1, 6))  # a Saturday, a holiday eve
    on_day("2014-01-06")
    assert "decree-631 2013-H2" in open_ministry_windows()


@pytest.mark.parametrize(("sent_on", "is_late"), [("2014-01-05", False), ("2014-01-06", False), ("2014-01-07", True)])
def test_a_report_is_late_after_the_working_day(winter, sent_on, is_late):
    sent = send(submission_of("zerde", winter), at=f"{sent_on} 23:59")
    assert sent.is_late_on(day(sent_on)) is is_late
    assert sent.rounds.get().heading["due_on"] == "2014-01-05"
    assert sent.rounds.get().heading["effective_due_on"] == "2014-01-06"


# Both days, wherever a term is shown

BOTH = "by decree 5 January 2014; counts until 6 January 2014"


def page(client, address):
    return " ".join(text_of(client.get(address)).split())


def test_the_executor_reads_both_days_and_counts_to_the_working_one(in_english, winter, stranger, sign_in, on_day):
    client, zerde = sign_in(stranger), submission_of("zerde", winter)
    own = f"/roadmaps/decree-631/submissions/{zerde.pk}/"
    assert "2 days left." in page(client, own) and BOTH in page(client, own)
    for address in (f"{own}check/", "/roadmaps/decree-631/submissions/"):
        assert BOTH in page(client, address), address
    on_day("2014-01-06")
    assert "Today is the last day." in page(client, own)
    on_day("2014-01-07")
    assert "1 day late." in page(client, own)
    send(zerde, at="2014-01-06 18:00")
    receipt = page(client, f"{own}rounds/1/")
    assert BOTH in receipt and "on time" in receipt


def test_the_return_workbook_says_both_days(in_english, winter, stranger, sign_in):
    zerde = submission_of("zerde", winter)
    content = sign_in(stranger).get(f"/roadmaps/decree-631/submissions/{zerde.pk}/return.xlsx").content
    assert any(BOTH in str(cell) for row in rows_of(content) for cell in row)


def test_the_executor_reads_the_next_windows_days(in_english, roadmap, stranger, sign_in, on_day):
    open_executor_windows("2013-06-20")
    on_day("2013-12-01")
    shown = page(sign_in(stranger), "/roadmaps/decree-631/submissions/")
    assert "due on 6 January 2014 (by decree 5 January 2014)" in shown


def test_the_ministry_reads_both_days_and_counts_to_the_working_one(in_english, winter, ministry, sign_in, on_day):
    client = sign_in(ministry)
    queue = f"/admin/reporting/reportingperiod/{winter.pk}/queue/"
    assert f"Due from the executors: {BOTH}" in page(client, queue) and "2 days left" in page(client, queue)
    listed = page(client, "/admin/reporting/reportingperiod/")
    assert BOTH in listed and "by decree 20 July 2013; counts until 22 July 2013" in listed
    assert "Due on " + BOTH in page(client, f"/admin/reporting/submission/{submission_of('zerde', winter).pk}/change/")
    assert "6 January 2014" in page(client, f"/admin/reporting/reportingperiod/{winter.pk}/change/")
    on_day("2013-07-21")
    first = ReportingPeriod.objects.get(year=2013, number=1)
    shown = page(client, f"/admin/reporting/reportingperiod/{first.pk}/queue/")
    assert "Due to the Government: by decree 20 July 2013; counts until 22 July 2013 1 day left" in shown


def test_the_summary_says_both_days(in_english, winter, ministry, head, government, sign_in, on_day):
    open_ministry_windows("2014-01-06")
    on_day("2014-01-08")
    send(submission_of("zerde", winter), at="2014-01-06 18:00")
    send(submission_of("king", winter), at="2014-01-07 00:05")
    winter.refresh_from_db()
    approve(winter, head=head, ministry=ministry, at="2014-01-17 10:00")
    shown = page(sign_in(government), "/roadmaps/decree-631/summaries/2013-H2/")
    assert shown.count(BOTH) == winter.submissions.count()
    assert [line.is_late for line in rollup.standing(winter, D(2014, 1, 17)).executors if line.is_received] == [
        submission.executor.code == "king" for submission in winter.submissions.exclude(first_submitted_at=None)
    ]


def test_the_calendars_keep_the_decrees_day_and_say_where_it_has_gone(in_english, winter, stranger, sign_in):
    client = sign_in(stranger)
    shown = page(client, "/calendar/")
    assert "Moved to 6 January 2014: Report due: half-year II of 2013" in shown and BOTH in shown
    stranger.refresh_from_db()
    feed = client.get(f"/calendar/{stranger.calendar_key}.ics").content.decode().replace("\r\n ", "")
    events = {event.split("UID:")[1].split("@")[0]: event for event in feed.split("BEGIN:VEVENT")[1:]}
    assert "DTSTART;VALUE=DATE:20140106" in events["decree-631-2013-H2-due"]
    assert "DTSTART;VALUE=DATE:20140105" in events["decree-631-2013-H2-due-decreed"]
    assert "decree-631-2013-H1-due-decreed" not in events


# A later day that was granted


def test_a_granted_day_too_counts_until_its_working_day(in_english, winter, stranger, ministry, sign_in, on_day):
    zerde = submission_of("zerde", winter)
    asked = {
        "wanted_until": D(2014, 1, 11), "situation": "Жоба дайын.", "reason": "Сараптама созылды.",
        "answers_for_name": "А. Б. Серікбаев", "answers_for_post": "төраға",
    }  # fmt: skip
    at = moment("2014-01-05 10:00")
    petition = Petition.objects.ask(zerde, kind=Petition.Kind.EXTEND_REPORT, by=stranger, at=at, values=asked)
    assert not petition.is_late  # a day before the term's last
    petition.grant(by=ministry, at=at, revision=petition.revision, until=D(2014, 1, 11))
    zerde.refresh_from_db()
    assert (zerde.due_on, zerde.effective_due_on) == (D(2014, 1, 11), D(2014, 1, 13))
    own = f"/roadmaps/decree-631/submissions/{zerde.pk}/"
    on_day("2014-01-12")
    shown = page(sign_in(stranger), own)
    assert "1 day left." in shown
    assert "by decree 5 January 2014; extended to 11 January 2014; counts until 13 January 2014" in shown
    CalendarDay.objects.create(day=D(2014, 1, 13), basis_kk="Бұйрық")
    open_executor_windows("2014-01-12")
    assert Submission.objects.get(pk=zerde.pk).effective_due_on == D(2014, 1, 14)
    CalendarDay.objects.filter(day="2014-01-13").delete()
    ReportingPeriod.objects.count_working_days()
    assert not send(Submission.objects.get(pk=zerde.pk), at="2014-01-13 23:00").is_late_on(D(2014, 1, 14))


# The calendar changes


def test_a_day_moved_by_an_act_is_counted_at_once_where_nothing_is_approved(
    in_english, winter, ministry, head, sign_in, on_day
):
    first = ReportingPeriod.objects.get(year=2013, number=1)
    open_ministry_windows("2013-07-06")
    send_all(first)
    first.refresh_from_db()
    approve(first, head=head, ministry=ministry)
    client = sign_in(ministry)
    for text in ("2014-01-06", "2013-07-05"):
        answer = client.post(f"{DAYS}add/", calendar_form(text))
        assert answer.status_code == 302, text_of(answer)
    winter.refresh_from_db()
    assert (winter.executors_due_on, winter.executors_effective_on) == (D(2014, 1, 5), D(2014, 1, 8))
    assert set(winter.submissions.values_list("due_on", "effective_due_on")) == {(D(2014, 1, 5), D(2014, 1, 8))}
    first.refresh_from_db()
    assert first.executors_effective_on == D(2013, 7, 5)
    assert set(first.submissions.values_list("effective_due_on", flat=True)) == {D(2013, 7, 5)}
    kept = CalendarDay.objects.get(day="2014-01-06")
    assert kept.history.get().history_user == ministry
    page = text_of(client.get(f"{DAYS}{kept.pk}/history/"))
    assert "Бұйрық № 5" in page and str(ministry) in page


def test_a_day_is_changed_and_deleted_on_a_named_ground_and_terms_follow(in_english, winter, administrator, sign_in):
    client = sign_in(administrator)
    kept = CalendarDay.objects.create(day=D(2014, 1, 6), basis_kk="Бұйрық № 5")
    page = f"{DAYS}{kept.pk}/change/"
    refused = client.post(page, calendar_form("2014-01-06", is_working="on", change_reason=""))
    assert "say on what ground" in text_of(refused)
    client.post(page, calendar_form("2014-01-05", is_working="on"))
    winter.refresh_from_db()
    assert winter.executors_effective_on == D(2014, 1, 5)
    assert client.post(f"{DAYS}{kept.pk}/delete/", {"post": "yes", "change_reason": ""}).status_code == 200
    client.post(f"{DAYS}{kept.pk}/delete/", {"post": "yes", "change_reason": "Қате"})
    winter.refresh_from_db()
    assert winter.executors_effective_on == D(2014, 1, 6)


def test_a_day_needs_a_basis_and_is_there_once(in_english, ministry, sign_in):
    client = sign_in(ministry)
    answer = client.post(f"{DAYS}add/", calendar_form("2014-01-06", basis_kk=""))
    assert "Give the basis, in Kazakh or in Russian" in text_of(answer)
    answer = client.post(f"{DAYS}add/", calendar_form("2014-01-07"))
    assert "already exists" in text_of(answer)


def test_a_roadmap_that_does_not_move_terms_counts_by_the_decree(in_english, winter, administrator, sign_in):
    fields = Roadmap.objects.filter(pk=winter.roadmap_id).values().get()
    form = {name.removesuffix("_id"): "" if value is None else value for name, value in fields.items()}
    del form["moves_to_working_day"]
    page = f"/admin/roadmap/roadmap/{winter.roadmap_id}/change/"
    answer = sign_in(administrator).post(page, form | {"four_eyes": "on"})
    assert answer.status_code == 302
    winter.refresh_from_db()
    assert winter.executors_effective_on == D(2014, 1, 5)
    sign_in(administrator).post(page, form | {"four_eyes": "on", "moves_to_working_day": "on"})
    winter.refresh_from_db()
    assert winter.executors_effective_on == D(2014, 1, 6)


def test_the_daily_task_counts_what_changed_behind_everybodys_back(winter, django_assert_num_queries):
    CalendarDay.objects.create(day=D(2014, 1, 6), basis_kk="Бұйрық № 5")
    open_executor_windows("2014-01-02")
    winter.refresh_from_db()
    assert winter.executors_effective_on == D(2014, 1, 8)
    with django_assert_num_queries(5):  # the calendar, savepoint and its release, submissions' terms, periods
        assert ReportingPeriod.objects.count_working_days() == 0


# The sheet


def test_the_sheet_comes_back_unchanged(in_english, ministry, sign_in):
    client = sign_in(ministry)
    content = export(client, "calendarday")
    assert rows_of(content)[0] == ("Day", "Working or off", "Basis (Kazakh)", "Basis (Russian)", "Basis (English)")
    response = upload(client, "calendarday", content)
    assert len(response.context["result"].unchanged) == CalendarDay.objects.count()
    assert not response.context["result"].faults


def test_a_sheet_moves_days_and_terms_follow(in_english, winter, ministry, sign_in):
    client = sign_in(ministry)
    sheet = "day,kind,basis_kk\n"
    bring(client, "calendarday", f"{sheet}06.01.2014,off,Бұйрық\n2014-01-04,working,Бұйрық\n".encode())
    winter.refresh_from_db()
    assert winter.executors_effective_on == D(2014, 1, 8)
    assert CalendarDay.objects.get(day="2014-01-04").is_working
    assert CalendarDay.objects.get(day="2014-01-04").history.get().history_user == ministry


def test_a_sheet_with_faults_changes_nothing_and_names_each(in_english, winter, ministry, sign_in):
    rows = [
        "day,kind,basis_kk",
        "06.01.2014,off,",
        "32.01.2014,off,Бұйрық",
        "08.01.2014,maybe,Бұйрық",
        "09.01.2014,,Бұйрық",
        "10.01.2014,off,Бұйрық",
        "10.01.2014,working,Бұйрық",
    ]
    before = CalendarDay.objects.count()
    faults = faults_of(upload(sign_in(ministry), "calendarday", "\n".join(rows).encode()))
    for row, words in [
        (2, "Give the basis"), (3, "is no date"), (4, "write one of"), (5, "has to be filled in"), (7, "Row 6 speaks"),
    ]:  # fmt: skip
        assert any(f"row {row}" in fault and words in fault for fault in faults), (row, faults)
    assert CalendarDay.objects.count() == before


# The year's page


def test_the_year_shows_twelve_months_with_the_basis_of_each_day(
    in_english, ministry, sign_in, on_day, django_assert_max_num_queries
):
    on_day("2014-01-08")
    client = sign_in(ministry)
    with django_assert_max_num_queries(4):
        page = client.get(f"{DAYS}year/2014/").content.decode()
    assert page.count("<caption>") == 12
    assert "day off moved by an act from 28.12.2013" in page
    kept = CalendarDay.objects.get(day="2014-01-03")
    assert f'href="{DAYS}{kept.pk}/change/"' in page
    assert f"{DAYS}add/?day=2014-01-11&amp;is_working" in page
    worked = client.get(f"{DAYS}year/2013/").content.decode()
    assert 'class="square worked"' in worked
    later = client.get(f"{DAYS}year/2035/").content.decode()
    assert "not written in" in later and "Capital Day" in later
    assert client.get(f"{DAYS}year/").context["year"] == 2014
    assert [client.get(f"{DAYS}year/{year}/").status_code for year in (1990, 2101, 99999)] == [404, 404, 404]


def test_the_head_reads_the_calendar_and_does_not_change_it(in_english, head, sign_in):
    client = sign_in(head)
    page = client.get(f"{DAYS}year/2014/")
    assert page.status_code == 200 and b"add/?day" not in page.content
    assert client.get(f"{DAYS}add/").status_code == 403
    kept = CalendarDay.objects.first()
    client.post(f"{DAYS}{kept.pk}/change/", calendar_form(kept.day, is_working="on"))
    assert not CalendarDay.objects.get(pk=kept.pk).is_working


@pytest.mark.parametrize(
    "address",
    ["", "?year=2014&is_working__exact=1", "?year=zz", "?year=99999", "?year=0000", "add/?day=2014-01-11&is_working"],
)
def test_the_list_answers_whatever_is_asked(in_english, ministry, sign_in, address):
    assert sign_in(ministry).get(f"{DAYS}{address}", follow=True).status_code == 200
