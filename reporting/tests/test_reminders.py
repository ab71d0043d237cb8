"""Reminders by mail: who is told what, on which day, and that it happens once."""

import datetime

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from conftest import approve, at_once, make_user, moment, send, send_all, submission_of, write_up
from reporting import correction, reminders, rollup, succession
from reporting.models import Notice, Petition, Submission
from reporting.tasks import open_executor_windows, open_ministry_windows, send_mail
from roadmap.models import Executor, Roadmap, Succession, User

RUNGS = {
    "2013-06-20": "opened",
    "2013-06-25": "due_in_10",
    "2013-06-30": "due_in_5",
    "2013-07-04": "due_in_1",
    "2013-07-05": "due_today",
    "2013-07-06": "late_1",
    "2013-07-08": "late_3",
    "2013-07-12": "late_7",
}


def write_to(*people, language="en", **values):
    for person in people:
        chosen = {"email": f"{person.username}@example.org", "language": language} | values
        User.objects.filter(pk=person.pk).update(**chosen)
        person.refresh_from_db()


def told(at, to=None):
    """What goes out at that moment: [(address, subject)]; «2013-07-05» is ten in the morning."""
    mail.outbox.clear()
    send_mail(at if "T" in at else f"{at}T10:00")
    return [(letter.to[0], letter.subject) for letter in mail.outbox if to in (None, letter.to[0])]


def occasions(person=None):
    """The occasions in the log that were sent, in order."""
    sent = Notice.objects.filter(state="sent").order_by("pk")
    return list((sent.filter(person=person) if person else sent).values_list("occasion", flat=True))


def day(text):
    return datetime.date.fromisoformat(text)


@pytest.fixture
def natr(period, officer):
    """Our officer can be written to; nobody else can."""
    write_to(officer)
    return submission_of("natr", period)


# The rungs


def test_every_rung_comes_on_its_day_and_once_however_often_the_task_runs(natr, officer):
    said = {}
    for today in RUNGS:
        before = day(today) - datetime.timedelta(days=1)
        for at in (f"{before}T19:50", f"{today}T00:10", f"{today}T08:00", f"{today}T19:50"):
            for _to, subject in told(at):
                said.setdefault(at, []).append(subject)
    said = {at.partition("T")[0]: subjects for at, subjects in said.items()}
    assert list(said) == list(RUNGS) and all(len(subjects) == 1 for subjects in said.values())
    assert occasions(officer) == list(RUNGS.values())
    assert said["2013-06-20"] == ["Reporting has begun: information on the half-year I of 2013"]
    assert said["2013-06-25"] == ["10 days left: information on the half-year I of 2013"]
    assert said["2013-07-05"] == ["Today is the last day: information on the half-year I of 2013"]


def test_it_says_the_term_the_days_and_leads_to_the_report(natr, officer, settings):
    settings.SITE_URL = "https://example.kz"
    told("2013-06-30")
    (letter,) = mail.outbox
    assert "In 5 days, on 5 July 2013" in letter.body
    assert f"https://example.kz/roadmaps/decree-631/submissions/{natr.pk}/" in letter.body
    assert natr.executor.full_name_en in letter.body
    notice = Notice.objects.get()
    assert (notice.address, notice.subject) == ("natr@example.org", letter.subject)
    assert "In 5 days" in notice.text and notice.submission == natr and notice.period == natr.period


def test_days_on_which_nothing_ran_are_made_up_by_one_letter_with_the_days_that_are_really_left(natr):
    assert told("2013-07-02") == [("natr@example.org", "3 days left: information on the half-year I of 2013")]
    assert told("2013-07-03") == []
    assert [subject for _to, subject in told("2013-07-17")] == [
        "The term has passed: information on the half-year I of 2013"
    ]
    assert occasions() == ["due_in_5", "late_7"]


def test_what_nobody_was_told_for_a_week_is_not_said_any_more(natr):
    assert told("2013-07-19") == [] and told("2013-08-30") == [] and not Notice.objects.exists()


def test_it_is_quiet_at_night(natr):
    assert told("2013-07-04T07:59") == [] and told("2013-07-04T20:00") == []
    assert len(told("2013-07-04T08:00")) == 1


def test_nobody_is_reminded_of_what_was_sent(natr, officer):
    send_mail("2013-07-03T23:00")
    send(natr, by=officer, at="2013-07-03 11:20")
    assert [subject for _to, subject in told("2013-07-04")] == [
        "Receipt decree-631/2013-H1/natr/1: half-year I of 2013"
    ]
    assert told("2013-07-05") == []


def test_what_waits_is_dropped_when_its_reason_has_gone(natr, officer):
    send_mail("2013-07-04T00:30")
    assert Notice.objects.get().state == "waiting"
    send(natr, by=officer, at="2013-07-04 01:00")
    told("2013-07-04T08:00")
    assert dict(Notice.objects.values_list("occasion", "state")) == {"due_in_1": "dropped", "receipt": "sent"}


@pytest.mark.parametrize("changes", [{"is_active": False}, {"email": ""}])
def test_people_who_left_or_have_no_address_are_not_written_to(natr, officer, changes):
    send_mail("2013-07-04T00:30")
    User.objects.filter(pk=officer.pk).update(**changes)
    assert told("2013-07-04") == [] and Notice.objects.get().state == "dropped"


def test_each_person_of_the_body_is_written_to_and_nobody_of_another(natr, officer, stranger):
    second = make_user("second", User.Role.EXECUTOR, "natr")
    write_to(second, stranger)
    send(submission_of("zerde", natr.period), by=stranger, at="2013-06-28 10:00")
    told("2013-07-04")
    assert sorted(mail.outbox[n].to[0] for n in range(3)) == [
        "natr@example.org", "second@example.org", "zerde@example.org",
    ]  # fmt: skip
    assert occasions(stranger) == ["receipt"]


def test_a_window_that_opens_late_has_no_rungs_before_it(roadmap, officer):
    write_to(officer)
    open_executor_windows("2013-06-28")
    assert [subject for _to, subject in told("2013-06-28")] == [
        "Reporting has begun: information on the half-year I of 2013"
    ]
    told("2013-06-30")
    assert occasions() == ["opened", "due_in_5"]


def test_an_approved_half_year_reminds_nobody(review_period, officer, stranger, ministry, head):
    write_to(officer, stranger)
    send(submission_of("natr", review_period), by=officer, at="2013-07-03 11:20")
    approve(review_period, head=head, ministry=ministry, at="2013-07-10 16:00")
    assert told("2013-07-12") == []


def test_the_successor_is_reminded_of_the_former_bodys_report(natr, officer, administrator):
    from_natr = Executor.objects.get(code="natr")
    heir = Executor.objects.create(code="heir", short_name_kk="Мұрагер", full_name_kk="Мұрагер орган")
    act = Succession.objects.create(
        predecessor=from_natr, successor=heir, from_day=day("2013-07-02"), act="Жарлық", number="1",
        date=day("2013-07-01"), recorded_by=administrator, recorded_at=moment("2013-07-01 10:00"),
    )  # fmt: skip
    succession.apply(act, at=moment("2013-07-02 00:00"))
    officer.refresh_from_db()
    assert officer.executor == heir
    left = make_user("left", User.Role.EXECUTOR, "natr")
    write_to(left)
    assert {to for to, _subject in told("2013-07-04")} == {"natr@example.org"}


# Terms that move


def test_a_granted_later_day_has_rungs_of_its_own(natr, officer, ministry):
    told("2013-06-30")
    values = {
        "situation": "Дайын.", "reason": "Құжат күтілуде.", "wanted_until": day("2013-07-15"),
        "answers_for_name": "А. Б. Серікбаев", "answers_for_post": "төраға",
    }  # fmt: skip
    asked = Petition.objects.ask(
        natr, kind=Petition.Kind.EXTEND_REPORT, by=officer, at=moment("2013-07-01 10:00"), values=values
    )
    asked.grant(by=ministry, at=moment("2013-07-01 23:00"), revision=0, until=day("2013-07-15"), words="Келісілді.")
    # It is an answer: it goes out at once.
    assert [subject for _to, subject in told("2013-07-01T23:10")] == ["A later day is granted: half-year I of 2013"]
    body = mail.outbox[0].body
    assert "Before: 5 July 2013" in body and "Now: 15 July 2013" in body and "Келісілді." in body
    assert told("2013-07-05") != [] and "10 days left" in mail.outbox[0].subject
    assert told("2013-07-06") == [] and told("2013-07-08") == []
    told("2013-07-10")
    told("2013-07-15")
    assert occasions() == ["due_in_5", "extension", "due_in_10", "due_in_5", "due_today"]


def test_moved_dates_are_told_to_who_has_not_sent_with_the_old_and_the_new_day(natr, officer, stranger, administrator):
    write_to(stranger)
    send(submission_of("zerde", natr.period), by=stranger, at="2013-06-25 10:00")
    natr.period.refresh_from_db()
    natr.period.move_dates(
        {"executors_due_on": day("2013-07-11")}, by=administrator, at=moment("2013-07-02 10:00"), reason="Мереке."
    )
    assert told("2013-07-02") == [("natr@example.org", "The dates of reporting are moved: half-year I of 2013")]
    body = mail.outbox[0].body
    assert "Before: 5 July 2013" in body and "Now: 11 July 2013" in body and "Мереке." in body
    assert told("2013-07-04") == [] and told("2013-07-05") == []
    assert "5 days left" in told("2013-07-06")[0][1]


# Returned and accepted


@pytest.fixture
def returned(natr, officer, ministry):
    send(natr, by=officer, at="2013-07-03 11:20")
    told("2013-07-03T11:30")
    measure = natr.entries.get(measure__number="4").measure
    natr.return_for_rework(
        by=ministry, at=moment("2013-07-08 21:00"), revision=natr.revision, comment="Нақтылаңыз.\n<b>Құжат</b>",
        measure_comments={measure.pk: "Сомасы қате."}, resubmit_by=day("2013-07-12"),
    )  # fmt: skip
    return natr


def test_a_returned_report_comes_with_the_ministrys_words_at_once(returned, officer):
    assert told("2013-07-08T21:10") == [
        ("natr@example.org", "Returned for rework: the report on the half-year I of 2013")
    ]
    (letter,) = mail.outbox
    assert "Нақтылаңыз.\n<b>Құжат</b>" in letter.body and "Measure 4: Сомасы қате." in letter.body
    assert "12 July 2013" in letter.body and f"/submissions/{returned.pk}/" in letter.body
    assert "&lt;b&gt;Құжат&lt;/b&gt;" in letter.alternatives[0][0]
    assert told("2013-07-09") == []


def test_a_returned_report_has_its_own_day_and_rungs(returned, officer):
    send_mail("2013-07-08T21:10")
    for number in (9, 10, 11, 12, 13, 14, 20):
        told(f"2013-07-{number:02}")
    assert occasions(officer) == ["receipt", "returned", "resend_in_1", "resend_today", "resend_late_1"]
    assert "Нақтылаңыз." in Notice.objects.get(occasion="resend_today").text


def test_what_was_sent_again_is_not_asked_for_and_its_acceptance_is_told(returned, officer, ministry):
    send(returned, by=officer, at="2013-07-09 09:00")
    told("2013-07-09")
    assert occasions() == ["receipt", "receipt"]
    returned.refresh_from_db()
    returned.accept(by=ministry, at=moment("2013-07-10 11:00"), revision=returned.revision)
    assert told("2013-07-10T11:10") == [("natr@example.org", "Accepted: the report on the half-year I of 2013")]
    assert told("2013-07-12") == []


def test_who_entered_a_report_for_an_executor_is_told_what_became_of_it(natr, officer, ministry):
    write_to(ministry)
    User.objects.filter(pk=officer.pk).update(email="")
    Submission.objects.filter(pk=natr.pk).update(
        status="returned", first_submitted_at=moment("2013-07-03 10:00"), entered_by=ministry,
        is_entered_by_ministry=True, signed_by_name="А", signed_by_post="Б", letter_number="1",
        letter_date=day("2013-07-03"),
    )  # fmt: skip
    natr.rounds.create(
        number=1, sent_at=moment("2013-07-03 10:00"), sent_by=ministry, payload=[], signed_by_name="А",
        signed_by_post="Б", letter_number="1", letter_date=day("2013-07-03"), decision="returned",
        reviewed_by=ministry, reviewed_at=moment("2013-07-04 10:00"), comment="Нақтылаңыз.",
        resubmit_by=day("2013-07-09"),
    )  # fmt: skip
    send_mail("2013-07-04T10:10")
    assert "returned" in occasions(ministry) and "receipt" in occasions(ministry)


# A correction


def test_a_report_that_a_correction_reopens_is_asked_for_with_the_reason(
    review_period, officer, ministry, head, government
):
    send_all(review_period, at="2013-07-03 11:20")
    summary = approve(review_period, head=head, ministry=ministry, at="2013-07-10 16:00")
    write_to(officer, government)
    natr = Executor.objects.get(code="natr")
    assert [to for to, _subject in told("2013-07-30")] == []
    correction.begin(
        summary, by=head, at=moment("2013-08-05 11:00"), reason="Қате табылды.", executors=[natr.pk],
        resubmit_by=day("2013-08-12"),
    )  # fmt: skip
    assert told("2013-08-05T11:10") == [("natr@example.org", "Reopened: the report on the half-year I of 2013")]
    assert "Қате табылды." in mail.outbox[0].body and "12 August 2013" in mail.outbox[0].body
    for number in (6, 11, 12, 13, 20):
        told(f"2013-08-{number:02}")
    assert occasions() == ["reopened", "resend_in_1", "resend_today", "resend_late_1"]


# The ministry, its head, the Government


def test_the_ministry_gets_the_figures_once_a_day_until_the_approval(review_period, ministry, head, officer, stranger):
    write_to(ministry)
    send(submission_of("natr", review_period), by=officer, at="2013-07-03 11:20")
    send(submission_of("zerde", review_period), by=stranger, at="2013-07-07 11:20")
    assert told("2013-07-09T07:00") == []
    assert told("2013-07-09T08:00") == [("ministry@example.org", "half-year I of 2013: 2 of 9 reports received")]
    assert told("2013-07-09T08:10") == []
    body = mail.outbox[0].body if mail.outbox else Notice.objects.get().text
    assert "Received: 2 of 9" in body and "Waiting for review: 2" in body and "Late: 1 (" in body
    assert "Missing: 7 (" in body
    assert told("2013-07-10")[0][1] == "half-year I of 2013: 2 of 9 reports received"
    (letter,) = mail.outbox
    agency = submission_of("natr", review_period)
    # It waits for seven days; the other came three days ago.
    assert f"/admin/reporting/submission/{agency.pk}/change/" in letter.body and "7 days" in letter.body
    assert f"/submission/{submission_of('zerde', review_period).pk}/" not in letter.body
    assert f"/admin/reporting/reportingperiod/{review_period.pk}/queue/" in letter.body
    write_to(ministry, email="")
    approve(review_period, head=head, ministry=ministry, at="2013-07-11 09:00")
    write_to(ministry)
    assert [subject for _to, subject in told("2013-07-11")] == [
        "Approved: consolidated information on the half-year I of 2013"
    ]


def test_the_figures_end_two_weeks_after_the_ministrys_day(review_period, ministry):
    write_to(ministry)
    last = review_period.ministry_effective_on + datetime.timedelta(days=14)
    assert len(told(str(last))) == 1 and told(str(last + datetime.timedelta(days=1))) == []


def test_the_head_is_told_each_time_that_a_summary_waits(review_period, ministry, head):
    write_to(head)
    send_all(review_period)
    summary = rollup.refresh(review_period, at=moment("2013-07-12 10:00"))
    write_up(summary, by=ministry)
    summary.hand_over(by=ministry, at=moment("2013-07-12 11:00"))
    ready = ("head@example.org", "For approval: consolidated information on the half-year I of 2013")
    assert told("2013-07-12T11:10") == [ready] and told("2013-07-13") == []
    summary.send_back(by=head, at=moment("2013-07-13 11:00"), remarks="Толықтырыңыз.")
    assert told("2013-07-13T11:10") == []
    summary.hand_over(by=ministry, at=moment("2013-07-14 11:00"))
    assert told("2013-07-14T11:10") == [ready]
    assert f"/admin/reporting/summary/{summary.pk}/change/" in mail.outbox[0].body


def test_the_government_and_the_ministry_are_told_of_an_approved_version_once(review_period, people):
    write_to(*people.values())
    approve(review_period, head=people["head"], ministry=people["ministry"], at="2013-07-19 16:00")
    send_mail("2013-07-19T16:10")
    told_of = {letter.to[0]: letter for letter in mail.outbox if letter.subject.startswith("Approved")}
    # The head approved it; executors and administrators are not concerned.
    assert set(told_of) == {"government@example.org", "ministry@example.org"}
    assert "/roadmaps/decree-631/summaries/2013-H1/?version=1" in told_of["government@example.org"].body
    assert [subject for _to, subject in told("2013-07-20") if subject.startswith("Approved")] == []


def test_officers_are_told_of_their_own_roadmaps_alone(period, ministry):
    other = Roadmap.objects.create(
        slug="other", act_kk="Бұйрық", number="7", date=day("2013-01-10"), title_kk="Басқа карта", first_year=2013,
        last_year=2014, coordinator=Executor.objects.get(code="zerde"),
    )  # fmt: skip
    theirs = make_user("theirs", User.Role.MINISTRY_OFFICER, "zerde")
    write_to(ministry, theirs)
    told("2013-07-02")
    assert list(Notice.objects.values_list("person__username", "roadmap__slug")) == [("ministry", "decree-631")]
    period.__class__.objects.make_missing(other)
    open_executor_windows("2013-07-02")
    told("2013-07-03")
    found = Notice.objects.filter(about__endswith="2013-07-03").values_list("person__username", "roadmap__slug")
    assert sorted(found) == [("ministry", "decree-631"), ("theirs", "other")]
    assert set(Notice.objects.for_user(theirs).values_list("roadmap__slug", flat=True)) == {"other"}
    assert Notice.objects.for_user(make_user("admin", User.Role.ADMINISTRATOR)).count() == 3


# One letter a day


def test_who_chose_one_letter_a_day_gets_all_in_one_after_eight(natr, officer, ministry, stranger):
    write_to(officer, mail_choice="digest")
    send(natr, by=officer, at="2013-07-03 20:20")
    natr.return_for_rework(
        by=ministry, at=moment("2013-07-03 21:00"), revision=natr.revision, comment="Нақтылаңыз.",
        resubmit_by=day("2013-07-05"),
    )  # fmt: skip
    assert told("2013-07-03T21:10") == [] and told("2013-07-04T07:50") == []
    assert told("2013-07-04T08:00") == [("natr@example.org", "Roadmap reporting: your letters of the day")]
    body = mail.outbox[0].body
    assert "Receipt decree-631/2013-H1/natr/1" in body and "Нақтылаңыз." in body
    assert body.count(f"/submissions/{natr.pk}/\n") == 2  # returned, and the day before it is due again
    # What comes later on the day waits for the next one.
    send(natr, by=officer, at="2013-07-04 12:00")
    assert told("2013-07-04T12:10") == []
    assert len(told("2013-07-05T08:00")) == 1 and told("2013-07-05T12:00") == []
    assert set(Notice.objects.values_list("state", flat=True)) == {"sent"}


def test_who_takes_the_choice_back_gets_what_waits_by_itself(natr, officer):
    write_to(officer, mail_choice="digest")
    send(natr, by=officer, at="2013-07-03 11:20")
    assert told("2013-07-03T07:00") == []
    write_to(officer, mail_choice="single")
    assert [subject for _to, subject in told("2013-07-03T07:10")] == [
        "Receipt decree-631/2013-H1/natr/1: half-year I of 2013"
    ]


# Languages, two workers, cost


@pytest.mark.parametrize(("language", "words"), [("kk", "2013 жылғы I жартыжылдық"), ("ru", "I полугодие 2013 года")])
def test_it_is_written_in_the_persons_language(natr, officer, language, words):
    write_to(officer, language=language)
    told("2013-07-05")
    (letter,) = mail.outbox
    assert letter.extra_headers["Content-Language"] == language and words in letter.subject + letter.body


@pytest.mark.usefixtures("threads")
def test_two_runs_at_once_send_each_letter_once(period, officer, stranger, ministry):
    write_to(officer, ministry)
    write_to(stranger, mail_choice="digest")
    results = at_once(*[lambda: send_mail("2013-07-05T10:00")] * 3)
    assert [result for result in results if isinstance(result, Exception)] == []
    assert sorted(letter.to[0] for letter in mail.outbox) == [
        "ministry@example.org", "natr@example.org", "zerde@example.org",
    ]  # fmt: skip


def test_it_costs_the_same_for_one_and_for_many(review_period):
    def asked():
        with CaptureQueriesContext(
            connection,
        ) as queries:
            found = reminders.wanted(moment("2013-07-08 10:00"))
        return len(queries), len(found)

    write_to(make_user("natr", User.Role.EXECUTOR, "natr"))
    few, one = asked()
    for code in ("zerde", "mgmt", "king", "kaznex", "almaty"):
        write_to(*(make_user(f"{code}{n}", User.Role.EXECUTOR, code) for n in range(3)))
    many, all_of_them = asked()
    assert (one, all_of_them) == (1, 16) and few == many < 16


def test_nothing_from_before_a_deployment_is_mailed(review_period, people):
    """Half-years, returns and summaries that are older than a week, with an empty log."""
    send_all(review_period)
    approve(review_period, head=people["head"], ministry=people["ministry"], at="2013-07-19 16:00")
    write_to(*people.values())
    open_ministry_windows("2013-07-28")
    assert told("2013-07-28") == []
