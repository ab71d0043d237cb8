"""The calendar: the days of each role on the page and in the file, and the address that ends."""

import datetime
import re

import pytest
from django.test import Client
from icalendar import Calendar

from conftest import PASSWORD, approve, fill, make_user, send, send_all, submission_of, text_of
from reporting import agenda
from roadmap import clock
from roadmap.models import User

JULY_5, JULY_22, JANUARY_6, JANUARY_20 = (
    datetime.date(2013, 7, 5), datetime.date(2013, 7, 22), datetime.date(2014, 1, 6), datetime.date(2014, 1, 20),
)  # fmt: skip


def path_of(user):
    user.refresh_from_db()
    return f"/calendar/{user.calendar_key}.ics"


def read(user):
    """{UID: event} of the person's file, read without a sign-in."""
    response = Client().get(path_of(user))
    assert response.status_code == 200
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    return {str(event["uid"]): event for event in Calendar.from_ical(response.content).events}


def days_of(events, kind):
    found = [event for uid, event in events.items() if re.search(rf"-[0-9]{{4}}-H[12]-{kind}@roadmap-reporting$", uid)]
    return sorted(event.decoded("dtstart") for event in found)


def test_an_executor_gets_its_windows_due_days_and_own_deadlines(period, officer, stranger):
    events = read(officer)
    assert JULY_5 in days_of(events, "due") and JANUARY_6 in days_of(events, "due")
    assert datetime.date(2013, 12, 21) in days_of(events, "opens")
    assert not days_of(events, "ministry-due") and not days_of(events, "ministry-opens")
    assert "decree-631-measure-1@roadmap-reporting" in events
    assert "decree-631-measure-16@roadmap-reporting" not in events
    assert {uid for uid in read(stranger) if "measure" in uid} == {
        "decree-631-measure-15@roadmap-reporting",
        "decree-631-measure-16@roadmap-reporting",
    }


@pytest.mark.parametrize("role", ["ministry", "head"])
def test_the_ministry_gets_the_executors_days_and_its_own(period, people, role):
    events = read(people[role])
    assert JULY_5 in days_of(events, "due") and JULY_22 in days_of(events, "ministry-due")
    assert datetime.date(2013, 7, 6) in days_of(events, "ministry-opens")
    assert not [uid for uid in events if "measure" in uid]


def test_the_government_gets_the_consolidated_information_and_the_deadlines(period, government):
    events = read(government)
    assert JANUARY_20 in days_of(events, "ministry-due")
    assert len([uid for uid in events if "measure" in uid]) == 20
    assert not days_of(events, "due") and not days_of(events, "opens")


def test_the_administrator_gets_the_windows(period, administrator):
    kinds = {uid.split("@")[0].rsplit("-", 1)[1] for uid in read(administrator)}
    assert kinds == {"opens"}


def test_an_event_says_what_the_decree_says_and_nobodys_words(period, officer):
    submission = submission_of("natr", period)
    fill(submission)
    file = Client().get(path_of(officer)).content.decode()
    assert "Жұмыс жүргізілуде" not in file.replace("\r\n ", "")
    event = read(officer)["decree-631-measure-1@roadmap-reporting"]
    assert "2013 жылғы тамыз" in str(event["description"])
    assert "Қазақстан Республикасы" in str(event["description"])
    assert str(event["summary"]).endswith("сенімгерлік басқаруға беру")
    assert event.decoded("dtend") - event.decoded("dtstart") == datetime.timedelta(days=1)


def test_it_is_in_the_persons_language(period, officer):
    name = {}
    for code in ("kk", "ru", "en"):
        User.objects.filter(pk=officer.pk).update(language=code)
        response = Client(headers={"accept-language": "de"}).get(path_of(officer))
        assert response["Content-Language"] == code
        name[code] = str(Calendar.from_ical(response.content).calendar_name)
    assert name["en"] == "Roadmap reporting"
    assert len(set(name.values())) == 3


def test_lines_are_folded_between_letters(period, officer):
    content = Client().get(path_of(officer)).content
    lines = content.split(b"\r\n")
    assert content.endswith(b"\r\n")
    assert max(map(len, lines)) <= 75
    for line in lines:
        line.decode()
    for name in (b"PRODID:", b"METHOD:PUBLISH", b"X-WR-CALNAME:", b"REFRESH-INTERVAL;VALUE=DURATION:PT12H"):
        assert any(line.startswith(name) for line in lines)


def test_titles_with_commas_and_lines_come_back_whole(period, officer):
    measure = period.roadmap.measures.get(position=1)
    measure.title_kk = "Ә, ғ; «қ»\\н\nң: " + "ұзақ " * 60
    measure.save()
    assert measure.title_kk in str(read(officer)["decree-631-measure-1@roadmap-reporting"]["summary"])


def test_two_readings_are_the_same_bytes(period, officer):
    assert Client().get(path_of(officer)).content == Client().get(path_of(officer)).content


def test_a_day_that_is_moved_keeps_its_uid(period, officer, administrator):
    before = read(officer)
    later = datetime.date(2013, 7, 9)
    dates = {"opens_on": period.opens_on, "executors_due_on": later, "ministry_due_on": period.ministry_due_on}
    period.move_dates(dates, by=administrator, at=period.executors_opened_at, reason="мереке")
    after = read(officer)
    assert after.keys() == before.keys()
    assert later in days_of(after, "due") and JULY_5 not in days_of(after, "due")


def test_a_measure_that_is_done_has_no_deadline_ahead_and_a_marked_one_behind(review_period, on_day, people):
    send_all(review_period, m3="done", m19="done")
    approve(review_period, head=people["head"], ministry=people["ministry"])
    on_day("2014-01-08")
    events = read(people["government"])
    assert "decree-631-measure-19@roadmap-reporting" not in events
    assert "(" in str(events["decree-631-measure-3@roadmap-reporting"]["summary"])
    assert "decree-631-measure-18@roadmap-reporting" in events


def test_who_had_nothing_to_report_has_no_due_day(period, roadmap):
    body = make_user("mint", User.Role.EXECUTOR, "mint")
    period.submissions.get(executor=body.executor).entries.all().delete()
    assert JULY_5 not in days_of(read(body), "due")


@pytest.mark.parametrize("role", ["officer", "ministry", "head", "government", "administrator"])
def test_an_event_leads_to_the_page_of_what_it_speaks_of(period, people, sign_in, role):
    addresses = {str(event["url"]) for event in read(people[role]).values()}
    assert "http://testserver/" not in addresses
    client = sign_in(people[role])
    assert {client.get(address).status_code for address in addresses} == {200}
    if role == "officer":
        own = submission_of("natr", period)
        assert f"http://testserver/roadmaps/decree-631/submissions/{own.pk}/" in addresses
        assert "http://testserver/roadmaps/decree-631/measures/1/" in addresses


def test_the_stamp_never_goes_back_though_a_day_is_moved_to_an_earlier_one(period, officer, on_day):
    first = {event.decoded("dtstamp") for event in read(officer).values()}
    on_day("2013-07-02")
    second = {event.decoded("dtstamp") for event in read(officer).values()}
    assert len(first) == len(second) == 1 and min(second) > max(first)


def test_the_decrees_words_stand_in_kazakh_first(period, officer, sign_in, in_english):
    measure = period.roadmap.measures.get(position=1)
    event = read(officer)["decree-631-measure-1@roadmap-reporting"]
    title = str(event["summary"])
    assert title.index(measure.title_kk) < title.index(measure.title_en)
    assert measure.deadline_text_kk in str(event["description"])
    assert '<span lang="kk">' in sign_in(officer).get("/calendar/").content.decode()


# The address


def test_a_new_address_ends_the_old_one(period, officer, sign_in):
    old = path_of(officer)
    assert sign_in(officer).get("/calendar/new-address/").url == "/calendar/"
    answer = sign_in(officer).post("/calendar/new-address/", follow=True)
    assert Client().get(old).status_code == 404
    assert path_of(officer) in answer.content.decode()
    assert Client().get(path_of(officer)).status_code == 200


def test_a_new_password_ends_it(period, officer, sign_in):
    old = path_of(officer)
    words = {"old_password": PASSWORD, "new_password1": "жаңа-сөз-2014", "new_password2": "жаңа-сөз-2014"}
    assert sign_in(officer).post("/accounts/password_change/", words).status_code == 302
    assert Client().get(old).status_code == 404


def test_a_hash_that_is_renewed_at_sign_in_keeps_it(period, officer, settings):
    old = path_of(officer)
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher", *settings.PASSWORD_HASHERS]
    assert Client().login(username="natr", password=PASSWORD)
    officer.refresh_from_db()
    assert officer.password.startswith("scrypt")
    assert Client().get(old).status_code == 200


def test_a_row_that_was_read_earlier_takes_no_end_back(period, officer):
    stale, other = User.objects.get(pk=officer.pk), User.objects.get(pk=officer.pk)
    other.end_calendar_address()
    ended = other.calendar_key
    stale.first_name = "Ерлан"
    stale.save()
    assert stale.calendar_key == ended
    other.end_calendar_address()
    stale.set_password(PASSWORD)
    stale.save()
    assert Client().get(f"/calendar/{other.calendar_key}.ics").status_code == 404
    assert Client().get(path_of(officer)).status_code == 200


@pytest.mark.parametrize("change", [{"is_active": False}, {"password": "!"}], ids=["inactive", "no password"])
def test_who_may_not_sign_in_has_no_calendar(period, officer, change):
    path = path_of(officer)
    User.objects.filter(pk=officer.pk).update(**change)
    assert Client().get(path).status_code == 404


@pytest.mark.parametrize("key", ["1", "1-", "x", "0-0", "9" * 30 + "-a", "-", "1-" + "0" * 40, "a" * 3000])
def test_no_other_address_answers(period, officer, key):
    assert Client().get(f"/calendar/{key}.ics").status_code == 404


def test_somebody_elses_signature_does_not_open_it(period, officer, stranger):
    signature = stranger.calendar_key.partition("-")[2]
    assert Client().get(f"/calendar/{officer.pk}-{signature}.ics").status_code == 404


# The page


@pytest.mark.parametrize("role", ["officer", "ministry", "head", "government", "administrator"])
def test_the_page_lists_the_coming_days_and_the_address(period, people, sign_in, in_english, role):
    page = sign_in(people[role]).get("/calendar/")
    assert page.status_code == 200
    assert path_of(people[role]) in page.content.decode()
    assert "webcal://testserver/calendar/" in page.content.decode()
    days = [day.day for day, _left in page.context["coming"]]
    assert days == sorted(days) and days[0] >= datetime.date(2013, 7, 1)


def test_the_page_counts_the_days(period, officer, sign_in, in_english):
    assert "in 4 days" in text_of(sign_in(officer).get("/calendar/"))


@pytest.mark.parametrize("role", ["officer", "ministry", "government"])
def test_it_asks_the_database_seldom(period, people, role, django_assert_max_num_queries):
    # roadmaps, submissions with rounds, periods, measures with decisions on them, lines, off control
    with django_assert_max_num_queries(8):
        assert agenda.agenda(people[role], JULY_5)


def test_a_report_that_was_sent_is_done_and_a_returned_one_has_its_own_day(review_period, officer, ministry):
    submission = submission_of("natr", review_period)
    send(submission)
    assert {day.key: day.is_done for day in agenda.agenda(officer, clock.today())}["decree-631-2013-H1-due"]
    submission.refresh_from_db()
    submission.return_for_rework(
        by=ministry, at=clock.now(), revision=submission.revision, comment="Толықтырыңыз.",
        resubmit_by=datetime.date(2013, 7, 12),
    )  # fmt: skip
    days = {day.key: day.day for day in agenda.agenda(officer, clock.today())}
    assert days["decree-631-2013-H1-resubmit"] == datetime.date(2013, 7, 12)
    assert "decree-631-2013-H1-resubmit" not in {day.key for day in agenda.agenda(ministry, clock.today())}
