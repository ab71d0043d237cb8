"""Letters go out over a mail server that may refuse them or be away; staff see what could not be delivered."""

import json
from io import StringIO

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.utils import translation

from conftest import make_user, moment, send, submission_of, text_of
from reporting import mail_content
from reporting.figures import of_reporting
from reporting.models import Notice
from reporting.models.notice import BACK_OFF, MOST_TRIES
from reporting.tasks import send_mail
from roadmap.models import Executor, Roadmap, User

from .mail_server import mail_server

TERM = "2013-07-05"


@pytest.fixture
def server(settings):
    with mail_server(settings) as server:
        yield server


@pytest.fixture
def readers(period, officer, stranger):
    """Two who are reminded on the last day."""
    for person in (officer, stranger):
        User.objects.filter(pk=person.pk).update(email=f"{person.username}@example.org", language="en")
    return officer, stranger


def notice(person="natr"):
    return Notice.objects.get(person__username=person)


def states():
    return dict(Notice.objects.values_list("person__username", "state"))


# The server


def test_all_letters_of_a_run_go_over_one_connection(server, readers):
    assert len(send_mail(f"{TERM}T10:00")) == 2
    assert sorted(server.addresses) == ["natr@example.org", "zerde@example.org"] and server.connections == 1
    _to, letter = server.letters[0]
    assert letter["Message-ID"] == notice("natr").message_id and letter["Auto-Submitted"] == "auto-generated"
    assert "Today is the last day" in letter["Subject"]


def test_an_address_that_is_refused_for_good_is_given_up_at_once_and_stops_no_other(server, readers, caplog):
    server.refusals["natr@example.org"] = "550 no such mailbox"
    send_mail(f"{TERM}T10:00")
    send_mail(f"{TERM}T12:00")
    assert server.addresses == ["zerde@example.org"] and states() == {"natr": "failed", "zerde": "sent"}
    assert notice().failure == "550 no such mailbox" and notice().tries == 1
    assert "natr@example.org" in caplog.text


def test_an_address_that_is_refused_for_now_is_tried_again(server, readers):
    server.refusals["natr@example.org"] = "450 greylisted"
    send_mail(f"{TERM}T10:00")
    assert states() == {"natr": "waiting", "zerde": "sent"} and notice().failure == "450 greylisted"
    server.refusals.clear()
    send_mail(f"{TERM}T10:05")
    assert "natr@example.org" not in server.addresses
    send_mail(f"{TERM}T10:10")
    assert server.addresses[-1] == "natr@example.org" and states()["natr"] == "sent" and notice().failure == ""


def test_it_waits_longer_each_time_and_is_given_up_after_the_sixth(settings, readers, officer, period):
    """Nobody listens at all; a receipt, which is wanted for a week."""
    send(submission_of("natr", period), by=officer, at="2013-07-03 11:20")
    User.objects.exclude(pk=officer.pk).update(email="")
    settings.EMAIL_BACKEND, settings.EMAIL_HOST = "django.core.mail.backends.smtp.EmailBackend", "127.0.0.1"
    settings.EMAIL_PORT = 9
    minute, tried = moment("2013-07-03 12:00"), []
    for wait in (0, 10, 30, 120, 360, 1440):
        for early in (2, 0):
            at = minute + (wait - early) * MINUTE if wait else minute
            send_mail(at.isoformat())
        minute = at
        tried.append(notice().tries)
    assert tried == [1, 2, 3, 4, 5, 6]
    assert notice().state == "failed" and "refused" in notice().failure.lower()
    send_mail((minute + 1500 * MINUTE).isoformat())
    assert notice().tries == 6


MINUTE = moment("2013-07-03 12:01") - moment("2013-07-03 12:00")


def test_a_letter_that_ends_its_worker_each_time_is_given_up_too_and_stops_no_other(
    readers, period, officer, sign_in, ministry, monkeypatch, on_day
):
    send(submission_of("natr", period))
    made = mail_content.single

    def ends(wanted, *rest):
        if wanted.person == officer:
            raise SystemExit
        return made(wanted, *rest)

    monkeypatch.setattr(mail_content, "single", ends)
    at = moment("2013-07-03 11:30")
    for wait in (*BACK_OFF, BACK_OFF[-1]):
        with pytest.raises(SystemExit):
            send_mail(at.isoformat())
        at += wait
    assert Notice.objects.get(person=officer).tries == MOST_TRIES
    send_mail(at.isoformat())
    assert Notice.objects.get(person=officer).state == "failed"
    assert {letter.to[0] for letter in mail.outbox} == {"zerde@example.org"}
    User.objects.update(language="en")
    on_day("2013-07-05")
    listed = text_of(sign_in(ministry).get("/admin/reporting/notice/?state__exact=failed"))
    assert "the worker was stopped in the middle" in listed


def test_a_reminder_that_was_refused_until_its_day_had_passed_is_shown_to_staff(server, readers):
    server.refusals["natr@example.org"] = "450 later"
    for time in ("05T08:00", "05T08:10", "05T08:40", "05T10:40", "06T08:00"):
        send_mail(f"2013-07-{time}")
    states = Notice.objects.filter(person__username="natr").values_list("occasion", "state", "tries")
    assert set(states) == {("due_today", "failed", 4), ("late_1", "waiting", 1)}
    assert Notice.objects.undelivered(moment("2013-07-06 08:00")).count() == 1


def test_what_was_dropped_while_it_was_on_its_way_stays_dropped(readers):
    send_mail("2013-07-05T00:30")
    notice = Notice.objects.first()
    assert notice.claim(at=moment("2013-07-05 08:00")) and Notice.objects.drop([notice.pk]) == 1
    notice.mark_failed("550 no such mailbox", for_good=True)
    notice.refresh_from_db()
    assert (notice.state, notice.failure) == ("dropped", "")


def test_where_nobody_listens_every_letter_waits_and_none_is_tried_by_itself(settings, readers):
    settings.EMAIL_BACKEND, settings.EMAIL_HOST = "django.core.mail.backends.smtp.EmailBackend", "127.0.0.1"
    settings.EMAIL_PORT = 9
    assert send_mail(f"{TERM}T10:00") == []
    assert states() == {"natr": "waiting", "zerde": "waiting"} and {n.tries for n in Notice.objects.all()} == {1}


def test_a_letter_whose_yes_was_lost_goes_again_under_the_same_id(server, readers, stranger):
    User.objects.filter(pk=stranger.pk).update(email="")
    server.hangs_up = True
    send_mail(f"{TERM}T10:00")
    assert notice().state == "waiting"
    server.hangs_up = False
    send_mail(f"{TERM}T10:10")
    ids = [letter["Message-ID"] for _to, letter in server.letters]
    assert len(ids) == 2 and len(set(ids)) == 1 and notice().state == "sent"


def test_a_letter_of_the_day_that_is_refused_takes_all_of_it_along(server, period, officer):
    User.objects.filter(pk=officer.pk).update(email="natr@example.org", mail_choice="digest")
    send(submission_of("natr", period), by=officer, at="2013-07-03 20:20")
    server.refusals["natr@example.org"] = "450 later"
    send_mail("2013-07-04T08:00")
    assert set(Notice.objects.values_list("occasion", "state")) == {
        ("receipt", "waiting"),
        ("personal_digest", "waiting"),
    }
    server.refusals.clear()
    send_mail("2013-07-04T08:10")
    send_mail("2013-07-04T08:20")
    assert len(server.letters) == 1 and {n.state for n in Notice.objects.all()} == {"sent"}


# What staff see


@pytest.fixture
def failed(server, readers):
    server.refusals |= {"natr@example.org": "550 no such mailbox", "zerde@example.org": "450 later"}
    send_mail(f"{TERM}T10:00")
    return notice()


@pytest.mark.usefixtures("in_english")
def test_staff_see_on_their_first_page_what_could_not_be_delivered(sign_in, failed, people, on_day, period):
    on_day(TERM)
    queue = f"/admin/reporting/reportingperiod/{period.pk}/queue/"
    for role, page in {"ministry": "/admin/", "administrator": "/admin/", "head": queue}.items():
        answer = sign_in(people[role]).get(page)
        assert "1 letter could not be delivered" in text_of(answer)
        assert "/admin/reporting/notice/?state__exact=failed" in answer.content.decode()
    on_day("2013-08-20")
    assert "could not be delivered" not in text_of(sign_in(people["administrator"]).get("/admin/"))


@pytest.mark.usefixtures("in_english")
def test_the_list_tells_why_and_what_failed_is_tried_again(sign_in, server, failed, ministry, on_day, officer):
    on_day(TERM)
    client = sign_in(ministry)
    listed = text_of(client.get("/admin/reporting/notice/?state__exact=failed"))
    assert "natr@example.org" in listed and "550 no such mailbox" in listed and "zerde@example.org" not in listed
    assert "could not be delivered" in text_of(client.get(f"/admin/reporting/notice/{failed.pk}/change/"))
    User.objects.filter(pk=officer.pk).update(email="new@example.org")
    values = {"action": "try_again", "_selected_action": list(Notice.objects.values_list("pk", flat=True))}
    said = text_of(client.post("/admin/reporting/notice/", values, follow=True))
    assert "1 letter waits to be sent again." in said and "Skipped: 1." in said
    send_mail(f"{TERM}T10:10")
    assert "new@example.org" in server.addresses and notice().state == "sent"
    assert notice().address == "new@example.org"


def test_the_log_is_not_written_by_hand_and_only_those_who_may_try_again(sign_in, failed, head, ministry, stranger):
    values = {"action": "try_again", "_selected_action": [failed.pk]}
    assert sign_in(head).post("/admin/reporting/notice/", values).status_code in (200, 302, 403)
    assert notice().state == "failed"
    client = sign_in(ministry)
    for page in ("add/", f"{failed.pk}/delete/"):
        assert client.get(f"/admin/reporting/notice/{page}").status_code == 403
    assert client.post(f"/admin/reporting/notice/{failed.pk}/change/", {"state": "sent"}).status_code == 403
    assert sign_in(stranger).get("/admin/reporting/notice/").status_code == 302


@pytest.mark.usefixtures("in_english")
def test_another_ministry_sees_nothing_of_it_and_administrators_no_letters_text(sign_in, failed, people, roadmap):
    Roadmap.objects.create(
        slug="other", act_kk="Бұйрық", number="7", date=roadmap.date, title_kk="Басқа карта", first_year=2013,
        last_year=2014, coordinator=Executor.objects.get(code="zerde"),
    )  # fmt: skip
    theirs = make_user("theirs", User.Role.MINISTRY_OFFICER, "zerde")
    page = f"/admin/reporting/notice/{failed.pk}/change/"
    client = sign_in(theirs)
    assert "natr@example.org" not in text_of(client.get("/admin/reporting/notice/"))
    assert client.get(page, follow=True).status_code == 200 and "550" not in text_of(client.get(page, follow=True))
    Notice.objects.filter(pk=failed.pk).update(text="Нақтылаңыз.")
    assert "Нақтылаңыз." in text_of(sign_in(people["ministry"]).get(page))
    assert "Нақтылаңыз." not in text_of(sign_in(people["administrator"]).get(page))


# The command


def command(*arguments):
    out = StringIO()
    with translation.override("en"):
        call_command("send_reminders", *arguments, stdout=out)
    return out.getvalue()


def test_a_dry_run_says_who_would_get_what_and_writes_nothing(readers, officer):
    User.objects.filter(pk=officer.pk).update(mail_choice="digest")
    said = command("--dry-run", "--today", TERM)
    natr = submission_of("natr", officer.executor.submissions.get().period)
    assert f"natr@example.org  en  digest  due_today  submission:{natr.pk}:2013-07-05  natr" in said
    assert "To be said: 2. Nothing was sent." in said
    assert not Notice.objects.exists() and mail.outbox == []


def test_it_says_the_same_as_json(readers):
    found = json.loads(command("--dry-run", "--json", "--today", "2013-07-05T21:00"))
    row = next(row for row in found["letters"] if row["username"] == "zerde")
    assert row["occasion"] == "due_today" and row["language"] == "en" and row["letters"] == "single"
    assert row["waits_for_the_day"] is True and row["executor"] == "zerde" and row["period"] == "2013-H1"


def test_without_it_the_letters_go_out_now_and_once(readers):
    said = command("--today", TERM)
    assert "Sent: 2, to be tried again: 0, given up: 0, not needed any more: 0." in said
    assert "natr: due_today" in said and len(mail.outbox) == 2
    assert json.loads(command("--today", TERM, "--json"))["letters"] == [] and len(mail.outbox) == 2
    assert "To be said: 0." in command("--dry-run", "--today", TERM)


def test_what_cannot_be_is_said_in_one_line(readers, settings):
    with pytest.raises(CommandError, match="^DATE is no date like 2014-01-05: tomorrow$"):
        command("--today", "tomorrow")
    settings.EMAIL_BACKEND, settings.EMAIL_HOST = "django.core.mail.backends.smtp.EmailBackend", "127.0.0.1"
    settings.EMAIL_PORT = 9
    with pytest.raises(CommandError, match="^The mail server cannot be reached: .*refused"):
        command("--today", TERM)


def test_prometheus_is_told_how_many_have_not_arrived(readers):
    """Read in this thread: what the test has written is not committed."""
    send_mail(TERM)
    Notice.objects.filter(person__username="natr").update(state="failed", sent_at=None)
    told = {sample.name: sample for family in of_reporting() for sample in family.samples if sample.value}
    assert told["roadmap_open_windows"].value == 1
    assert (told["roadmap_letters"].labels, told["roadmap_letters"].value) == ({"state": "failed"}, 1)
