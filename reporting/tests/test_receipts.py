"""The receipt: a page with a number, and a letter to the person who sent, once."""

import hashlib
import json

import pytest
from celery import current_app
from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.utils.translation import override

from conftest import SIGNATURE, at_once, fill, make_user, moment, send, submission_of, text_of
from reporting.models import Notice, SubmissionRound
from reporting.tasks import send_mail
from roadmap.models import Executor, FundingSource, User


@pytest.fixture
def draft(period):
    return submission_of("natr", period)


@pytest.fixture
def sender(officer):
    officer.email, officer.language = "natr@example.org", "en"
    officer.first_name, officer.last_name = "Ерлан", "Тоқтаров"
    officer.save()
    return officer


@pytest.fixture
def sent(draft, sender, on_day):
    on_day("2013-07-03")
    send(draft, by=sender, m1="done")
    return draft.rounds.get()


def address(sent, tail=""):
    return f"/roadmaps/decree-631/submissions/{sent.submission_id}/rounds/{sent.number}/{tail}"


# The page


def test_it_has_a_number_and_says_when_who_and_with_which_letter(sign_in, sender, sent):
    words = text_of(sign_in(sender).get(address(sent)))
    assert sent.reference == "decree-631/2013-H1/natr/1" and sent.reference in words
    assert "3 July 2013, 11:20" in words and "on time" in words
    assert "№ 04-12/1187, 3 July 2013" in words and "А. Б. Серікбаев, басқарма төрағасы" in words
    assert "Ерлан Тоқтаров" in words
    assert "What was sent: 18 measures" in words and "Толық орындалды." in words


def test_it_names_the_fingerprint_of_the_very_bytes_that_can_be_downloaded(sign_in, sender, sent):
    client = sign_in(sender)
    answer = client.get(address(sent, "sent.json"))
    assert hashlib.sha256(answer.content).hexdigest() in text_of(client.get(address(sent)))
    assert json.loads(answer.content) == sent.payload
    assert answer["Content-Disposition"] == 'attachment; filename="decree-631-2013-H1-natr-1.json"'
    sent.refresh_from_db()
    assert answer.content == sent.content


def test_it_stays_as_it_was_when_the_report_is_sent_again(sign_in, sender, sent, draft, ministry):
    before = sent.sha256
    draft.return_for_rework(
        by=ministry, at=moment("2013-07-08 10:00"), revision=draft.revision, comment="Нақтылаңыз",
        resubmit_by=moment("2013-07-10 00:00").date(),
    )  # fmt: skip
    draft.refresh_from_db()
    send(draft, by=sender, at="2013-07-09 10:00", m1="in_progress")
    client = sign_in(sender)
    assert before in text_of(client.get(address(sent))) and "Толық орындалды." in text_of(client.get(address(sent)))
    second = draft.rounds.get(number=2)
    assert second.sha256 != before and second.reference.endswith("/natr/2")
    listed = client.get(address(sent).split("rounds")[0]).content.decode()
    assert address(sent) in listed and address(second) in listed


def test_it_says_what_was_sent_then_whatever_is_changed_later(sign_in, sender, sent, draft):
    was = sent.submission.executor.full_name_en, sent.submission.due_on
    Executor.objects.filter(code="natr").update(full_name_en="Another body")
    draft.period.roadmap.measures.filter(position=1).update(title_en="Another title", title_kk="Басқа атау")
    FundingSource.objects.update(name_en="Another source")
    User.objects.filter(pk=sender.pk).update(first_name="Басқа")
    draft.__class__.objects.filter(pk=draft.pk).update(due_on="2013-07-01")
    send_mail()
    page, letter = text_of(sign_in(sender).get(address(sent))), mail.outbox[0].body
    for text in (page, letter):
        assert was[0] in text and "Another" not in text and "Басқа атау" not in text and "Ерлан Тоқтаров" in text
    assert "5 July 2013" in page and "on time" in page


def test_a_receipt_from_before_names_were_kept_shows_todays(sign_in, sender, sent):
    for entry in sent.payload:
        del entry["titles"]
        for money in entry["money"]:
            del money["names"]
    SubmissionRound.objects.filter(pk=sent.pk).update(payload=sent.payload, heading={})
    page = text_of(sign_in(sender).get(address(sent)))
    assert "Ерлан Тоқтаров" in page and Executor.objects.get(code="natr").full_name_en in page
    assert sent.submission.period.roadmap.measures.get(position=1).title_kk in page


def test_titles_stand_in_kazakh_first(sign_in, sender, sent):
    send_mail()
    measure = sent.submission.period.roadmap.measures.get(position=1)
    for text in (mail.outbox[0].body, mail.outbox[0].alternatives[0][0], text_of(sign_in(sender).get(address(sent)))):
        assert -1 < text.index(measure.title_kk) < text.index(measure.title_en)


def test_it_is_read_by_the_ministry_of_the_roadmap_and_404_for_the_others(sign_in, people, sent):
    for role, status in {
        "ministry": 200,
        "head": 200,
        "stranger": 404,
        "government": 404,
        "administrator": 404,
    }.items():
        for tail in ("", "sent.json"):
            assert sign_in(people[role]).get(address(sent, tail)).status_code == status, role


def test_it_is_not_for_the_ministry_of_another_roadmap(sign_in, roadmap, ministry, sent):
    ministry.executor = Executor.objects.get(code="zerde")
    ministry.save()
    assert sign_in(ministry).get(address(sent)).status_code == 404


@pytest.mark.parametrize("number", ["0", "2", "99999999999999999999"])
def test_it_is_404_where_nothing_was_sent(sign_in, sender, sent, number):
    assert (
        sign_in(sender).get(f"/roadmaps/decree-631/submissions/{sent.submission_id}/rounds/{number}/").status_code
        == 404
    )


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_it_is_read_in_the_readers_language(sign_in, sender, sent, language):
    sender.language = language
    sender.save()
    with override(language):
        assert SubmissionRound.objects.get().submission.executor.full_name in text_of(
            sign_in(sender).get(address(sent))
        )


def test_sending_leads_to_it_and_hints_that_it_can_be_mailed(
    sign_in, sender, draft, django_capture_on_commit_callbacks
):
    fill(draft)
    draft.refresh_from_db()
    values = {"revision": draft.revision} | SIGNATURE | {"letter_date": "2013-06-28"}
    with current_app.connection_for_write() as broker, broker.SimpleQueue("celery") as queue:
        queue.clear()
        with django_capture_on_commit_callbacks(execute=True):
            answer = sign_in(sender).post(f"/roadmaps/decree-631/submissions/{draft.pk}/submit/", values)
        message = queue.get(timeout=5)
        message.ack()
    assert answer.url == address(draft.rounds.get())
    assert message.headers["task"] == "reporting.tasks.send_mail"


# The letter


def test_it_is_mailed_once_to_the_person_who_sent(sent, settings):
    settings.SITE_URL = "https://example.kz"
    assert send_mail() == ["Ерлан Тоқтаров: receipt"]
    assert send_mail() == []
    (letter,) = mail.outbox
    assert letter.to == ["natr@example.org"]
    assert letter.subject == "Receipt decree-631/2013-H1/natr/1: half-year I of 2013"
    html = letter.alternatives[0][0]
    for text in (letter.body, html):
        assert "decree-631/2013-H1/natr/1" in text and "3 July 2013, 11:20" in text and "Ерлан Тоқтаров" in text
        assert f"https://example.kz{address(sent)}" in text and sent.sha256 in text and "04-12/1187" in text
    assert letter.body.count("in progress, 30 %") == 17 and "done, 100 %" in letter.body


@pytest.mark.parametrize(("language", "words"), [("kk", "2013 жылғы I жартыжылдық"), ("ru", "I полугодие 2013 года")])
def test_it_is_mailed_in_the_persons_language(sender, sent, language, words):
    User.objects.filter(pk=sender.pk).update(language=language)
    send_mail()
    (letter,) = mail.outbox
    assert words in letter.subject and words in letter.body and f'<html lang="{language}">' in letter.alternatives[0][0]
    assert letter.extra_headers["Content-Language"] == language


def test_it_escapes_what_was_typed_in_the_web_letter_alone(draft, sender, on_day):
    on_day("2013-07-03")
    fill(draft)
    draft.refresh_from_db()
    letter = SIGNATURE | {"signed_by_name": "<b>А</b> & Б"}
    draft.submit(by=sender, at=moment("2013-07-03 11:20"), revision=draft.revision, signature=letter)
    send_mail()
    assert "<b>А</b> & Б" in mail.outbox[0].body
    assert "&lt;b&gt;А&lt;/b&gt; &amp; Б" in mail.outbox[0].alternatives[0][0]


@pytest.mark.parametrize("changes", [{"email": ""}, {"is_active": False}])
def test_it_is_not_mailed_to_people_without_an_address_or_who_left(sender, sent, changes):
    User.objects.filter(pk=sender.pk).update(**changes)
    assert send_mail() == [] and mail.outbox == []


def test_it_is_not_mailed_when_it_is_old(sent, on_day):
    on_day("2013-07-11")
    assert send_mail() == [] and mail.outbox == []


@pytest.mark.usefixtures("threads")
def test_who_got_a_receipt_before_there_was_a_log_gets_no_other(sent):
    """There and back through the migration: the mark of a round becomes a row of the log."""
    send_mail("2013-07-03T12:00")
    mail.outbox.clear()
    try:
        call_command("migrate", "reporting", "0015_working_days", verbosity=0)
        with connection.cursor() as cursor:
            cursor.execute("SELECT receipt_mailed_at FROM reporting_submissionround")
            assert cursor.fetchone()[0] is not None
    finally:
        call_command("migrate", verbosity=0)
    notice = Notice.objects.get()
    assert (notice.state, notice.occasion, notice.submission) == ("sent", "receipt", sent.submission)
    assert notice.sent_at == moment("2013-07-03 12:00") and notice.address == "natr@example.org"
    assert send_mail("2013-07-03T13:00") == [] and mail.outbox == []


@pytest.mark.usefixtures("threads")
def test_it_is_mailed_once_by_two_workers(period, sender, on_day):
    on_day("2013-07-03")
    for code in ("natr", "mgmt", "zerde", "king"):
        person = make_user(code, User.Role.EXECUTOR, code)
        User.objects.filter(pk=person.pk).update(email=f"{code}@example.org")
        send(submission_of(code, period), by=person)

    at_once(*[lambda: send_mail("2013-07-03T12:00")] * 3)
    assert sorted(letter.to[0] for letter in mail.outbox) == [
        f"{code}@example.org" for code in ("king", "mgmt", "natr", "zerde")
    ]
