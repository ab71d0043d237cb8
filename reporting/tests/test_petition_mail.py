"""Who asked for something is told the answer."""

import pytest
from celery import current_app
from django.core import mail

from conftest import ask_for_measure, moment
from reporting.models import Notice, Petition

from .test_petitions import DECISION, WORDS, answer, decide
from .test_reminders import day, natr, told, write_to  # noqa: F401  (natr is a fixture)


@pytest.fixture
def asked(natr, officer):  # noqa: F811
    """A later day for the report, asked for on 1 July."""
    told("2013-07-01")
    values = WORDS | {"wanted_until": day("2013-07-15")}
    at = moment("2013-07-01 11:00")
    return Petition.objects.ask(natr, kind=Petition.Kind.EXTEND_REPORT, by=officer, at=at, values=values)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("kk", ["жауап берілді", "бас тартылды", "есебі"]),
        ("ru", ["Ответ", "отказано", "отчет"]),
        ("en", ["Your petition is answered", "Answer: refused", "half-year I of 2013"]),
    ],
)
def test_a_refusal_is_told_at_once_with_the_ministrys_words_and_once(asked, officer, ministry, language, said):
    write_to(officer, language=language)
    asked.refuse(by=ministry, at=moment("2013-07-01 23:00"), revision=0, words="Мерзім жеткілікті.")
    assert [to for to, _subject in told("2013-07-01T23:10")] == ["natr@example.org"]
    body = mail.outbox[0].body
    assert "Мерзім жеткілікті." in body and f"/roadmaps/decree-631/petitions/{asked.pk}/" in body
    for words in said:
        assert words.casefold() in (mail.outbox[0].subject + body).casefold()
    assert told("2013-07-01T23:20") == []


def test_a_later_day_that_is_granted_has_one_letter_alone(asked, ministry):
    asked.grant(by=ministry, at=moment("2013-07-01 23:00"), revision=0, until=day("2013-07-15"))
    assert [subject for _to, subject in told("2013-07-01T23:10")] == ["A later day is granted: half-year I of 2013"]


def test_what_the_government_decided_on_a_measure_is_told_with_its_day(natr, officer, stranger, ministry):  # noqa: F811
    write_to(stranger)
    told("2013-07-03")
    petition = ask_for_measure(2, by=officer, at="2013-07-03 10:00")
    petition.propose(by=ministry, at=moment("2013-07-03 11:00"), revision=0, words="Ұсынамыз.")
    assert told("2013-07-03T12:00") == []
    decision = {name.removeprefix("decide-"): value for name, value in DECISION.items()}
    decision["decision_date"] = day("2013-07-03")
    petition.record_decision(
        by=ministry, at=moment("2013-07-03 13:00"), revision=1, is_granted=True, decision=decision,
        until=day("2013-12-31"),
    )  # fmt: skip
    assert [to for to, _subject in told("2013-07-03T14:00")] == ["natr@example.org"]
    body = mail.outbox[0].body
    assert "Answer: granted" in body and "Now: 31 December 2013" in body and "қаулы № 1024, 3 July 2013" in body
    assert Notice.objects.get(occasion="petition").period is None


def test_the_answer_on_the_page_hints_at_it_and_it_goes_with_the_letters_of_the_day(
    asked, officer, ministry, sign_in, in_english, on_day, django_capture_on_commit_callbacks
):
    write_to(officer, mail_choice="digest")
    on_day("2013-07-02")
    with current_app.connection_for_write() as broker, broker.SimpleQueue("celery") as queue:
        queue.clear()
        with django_capture_on_commit_callbacks(execute=True):
            assert answer(sign_in(ministry), asked, "refuse", words="Жоқ.").status_code == 302
        message = queue.get(timeout=5)
        message.ack()
    assert message.headers["task"] == "reporting.tasks.send_mail"
    told("2013-07-03")
    assert "Your petition is answered" in mail.outbox[0].body


def test_what_the_ministry_proposed_of_itself_is_told_to_nobody(natr, ministry, sign_in, on_day):  # noqa: F811
    told("2013-07-03")
    on_day("2013-07-03")
    petition = ask_for_measure(2, by=ministry, at="2013-07-03 10:00")
    decide(sign_in(ministry), petition, **{"decide-decision_date": "2013-07-03", "granted_until": "2013-12-31"})
    petition.refresh_from_db()
    assert petition.status == "granted" and told("2013-07-03T14:00") == []
