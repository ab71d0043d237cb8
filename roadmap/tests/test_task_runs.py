"""How scheduled tasks went: written down, shown to administrators, and told to them by mail where one fails."""

import datetime

import pytest
from django.conf import settings
from django.core import mail
from django.db import connection, transaction

from conftest import at_once, text_of
from reporting.models import ReportingPeriod
from roadmap import clock
from roadmap.celery import app, ask_as_beat, ask_what_should_be_open
from roadmap.models import TaskRun, User

PAGE = "/admin/roadmap/taskrun/"
TASK = "reporting.tasks.send_mail"


@app.task(name="tests.fails")
def fails(words="the server\n  said no"):
    raise ValueError(words)


@app.task(name="tests.fails_within")
def fails_within():
    raise ExceptionGroup("not every file could be made", [OSError("the disk is full"), ValueError("nothing")])


@app.task(name="tests.works")
def works():
    return "done"


def run_of(task):
    return TaskRun.objects.get(task=task.name)


def ago(**kwargs):
    return clock.machine_now() - datetime.timedelta(**kwargs)


@pytest.fixture
def told(administrator):
    """Two administrators with an address, and people who are told nothing."""
    User.objects.filter(pk=administrator.pk).update(email="admin@example.kz", language="ru")
    others = {
        "second": ("second@example.kz", "en", True),
        "gone": ("gone@example.kz", "kk", False),
        "mute": ("", "kk", 1),
    }
    for name, (email, language, is_active) in others.items():
        User.objects.create_user(name, email, role="administrator", language=language, is_active=is_active)
    User.objects.create_user("reader", "reader@example.kz", role="government")


@pytest.fixture
def failing(django_capture_on_commit_callbacks):
    def fail(task=fails):
        with django_capture_on_commit_callbacks(execute=True):
            task.apply()

    return fail


# Written down


@pytest.mark.django_db
def test_runs_leave_one_row():
    for _ in range(3):
        works.apply()
    run = run_of(works)
    assert (run.runs, run.failures, run.failures_in_a_row, run.error) == (3, 0, 0, "")
    assert ago(minutes=1) < run.started_at <= run.succeeded_at <= clock.machine_now()
    assert run.seconds < 10 and not run.is_running and not run.is_failing and run.sent_by_beat_at is None


@pytest.mark.django_db
def test_failures_are_counted_in_one_line_until_it_works_again():
    fails.apply()
    since = run_of(fails).failing_since
    fails.apply(args=["x" * 1000])
    run = run_of(fails)
    assert (run.runs, run.failures, run.failures_in_a_row, run.failing_since) == (2, 2, 2, since)
    assert run.error.startswith("ValueError: xxx") and len(run.error) == 300
    TaskRun.objects.succeed(fails.name, at=clock.machine_now(), seconds=1)
    run = run_of(fails)
    assert (run.failures, run.failures_in_a_row, run.failing_since) == (2, 0, None) and run.failed_at


@pytest.mark.django_db
def test_error_is_one_line_and_names_the_first_cause():
    fails.apply()
    fails_within.apply()
    assert run_of(fails).error == "ValueError: the server said no"
    said = "ExceptionGroup: not every file could be made (2 sub-exceptions): OSError: the disk is full"
    assert run_of(fails_within).error == said


@pytest.mark.django_db
def test_only_what_beat_sent_is_a_sign_of_beat():
    sent = ago(hours=3)
    works.apply(headers={"sent_at": sent.isoformat()})
    assert TaskRun.objects.last_beat(at=clock.machine_now()) is None
    works.apply(headers={"celery_beat_task": True, "sent_at": "yesterday"})
    works.apply(headers={"celery_beat_task": True, "sent_at": "2026-01-01T00:00"})
    assert TaskRun.objects.last_beat(at=clock.machine_now()) is None
    works.apply(headers={"celery_beat_task": True, "sent_at": sent.isoformat()})
    works.apply()
    assert TaskRun.objects.last_beat(at=clock.machine_now()) == sent, "when it was sent, not when a worker came to it"


@pytest.mark.parametrize(("starts", "is_beat"), [(ask_as_beat, True), (ask_what_should_be_open, False)])
def test_start_of_beat_is_a_sign_of_it_and_that_of_a_worker_is_none(starts, is_beat):
    with app.connection_for_write() as broker, broker.SimpleQueue("celery") as queue:
        queue.clear()
        starts()
        message = queue.get(timeout=5)
        message.ack()
    assert bool(message.headers.get("celery_beat_task")) == is_beat
    assert datetime.datetime.fromisoformat(message.headers["sent_at"]).tzinfo


def test_record_that_cannot_be_written_fails_no_task(caplog):
    """Without the database: pytest refuses it here, as a server would that is away."""
    assert works.apply().result == "done"
    assert isinstance(fails.apply().result, ValueError)
    assert "tests.works: its run could not be written down" in caplog.text


@pytest.mark.django_db
def test_nothing_is_written_into_a_broken_transaction(told, caplog):
    with transaction.atomic():
        connection.set_rollback(True)
        assert isinstance(fails.apply().result, ValueError)
        connection.set_rollback(False)
    assert not TaskRun.objects.exists() and mail.outbox == []
    assert "the transaction around it is broken" in caplog.text


def test_two_workers_count_right_and_open_one_window(threads, roadmap):
    task = app.tasks["reporting.tasks.open_executor_windows"]
    beat = {"celery_beat_task": True, "sent_at": clock.machine_now().isoformat()}
    results = at_once(*[lambda: task.apply(args=["2013-06-20"], headers=beat).result] * 2)
    assert sorted(results) == [[], ["decree-631 2013-H1"]]
    assert ReportingPeriod.objects.opened().count() == 1
    at_once(*[lambda: [fails.apply() for _ in range(5)]] * 2)
    run, failed = run_of(task), run_of(fails)
    assert (run.runs, run.failures, run.sent_by_beat_at) == (2, 0, datetime.datetime.fromisoformat(beat["sent_at"]))
    assert (failed.runs, failed.failures, failed.failures_in_a_row) == (10, 10, 10)


# Told


@pytest.mark.django_db
def test_administrators_are_told_once_each_in_their_language(told, failing):
    failing()
    failing()
    letters = {letter.to[0]: letter for letter in mail.outbox}
    assert len(mail.outbox) == 2 and set(letters) == {"admin@example.kz", "second@example.kz"}
    english = letters["second@example.kz"]
    assert english.subject == "Scheduled task failed: tests.fails" and PAGE in english.body
    assert "ValueError: the server said no" in english.body and "Failing since" in english.body
    assert letters["admin@example.kz"].extra_headers["Content-Language"] == "ru"


@pytest.mark.django_db
def test_they_are_told_again_the_next_day_but_not_of_each_new_streak(told, failing):
    failing()
    TaskRun.objects.succeed(fails.name, at=clock.machine_now(), seconds=1)
    failing()
    assert len(mail.outbox) == 2
    TaskRun.objects.update(told_at=ago(hours=23, minutes=30))
    failing()
    assert len(mail.outbox) == 4
    TaskRun.objects.update(told_at=ago(days=-300))  # by a clock that ran ahead
    failing()
    assert len(mail.outbox) == 6


@pytest.mark.django_db
def test_letter_that_nobody_takes_is_tried_with_the_next_failure(told, failing, settings, caplog):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    failing()
    assert run_of(fails).told_at is None and "could not be told" in caplog.text
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    failing()
    assert len(mail.outbox) == 2 and run_of(fails).told_at


@pytest.mark.django_db
def test_one_worker_of_two_tells():
    fails.apply()
    at = clock.machine_now()
    claims = [TaskRun.objects.claim_telling(fails.name, at=at) for _ in range(2)]
    assert claims == [True, False]
    TaskRun.objects.succeed(fails.name, at=at, seconds=1)
    TaskRun.objects.update(told_at=None)
    assert not TaskRun.objects.claim_telling(fails.name, at=at), "it works again"


# Shown


@pytest.mark.django_db
def test_page_shows_each_task_in_words(sign_in, administrator, in_english):
    client = sign_in(administrator)
    words = text_of(client.get(PAGE))
    for said in ("Open the executors' windows", "daily at 00:01", "every minute", "every 10 minutes", "never yet"):
        assert said in words, said
    assert "overdue" not in words and TASK not in words
    TaskRun.objects.begin(TASK, at=ago(minutes=40))
    assert "broken off" in text_of(client.get(PAGE)) and "overdue" in text_of(client.get(PAGE))
    TaskRun.objects.begin(TASK, at=ago(minutes=2))
    assert "running" in text_of(client.get(PAGE)) and "overdue" not in text_of(client.get(PAGE))
    TaskRun.objects.fail(TASK, at=ago(minutes=1), seconds=1.26, error="OSError: <b>no</b>")
    words = text_of(client.get(PAGE))
    assert "failed" in words and "1 failure in a row" in words and "OSError: <b>no</b>" in words
    TaskRun.objects.succeed(TASK, at=clock.machine_now(), seconds=1.26)
    assert "in 1.3 s" in text_of(client.get(PAGE)) and "failed" not in text_of(client.get(PAGE))


@pytest.mark.django_db
@pytest.mark.parametrize(("who", "status"), [("ministry", 403), ("head", 403), ("officer", 302), ("government", 302)])
def test_page_and_button_are_for_administrators_alone(client, people, who, status):
    client.force_login(people[who])
    assert client.get(PAGE).status_code == status
    assert client.post(f"{PAGE}send-mail/run/").status_code == status


@pytest.mark.django_db
def test_button_sends_the_task_to_a_worker(sign_in, administrator, in_english):
    client = sign_in(administrator)
    with app.connection_for_write() as broker, broker.SimpleQueue("celery") as queue:
        queue.clear()
        answer = client.post(f"{PAGE}send-mail/run/", follow=True, headers={"x-request-id": "proxy-named-it"})
        message = queue.get(timeout=5)
        message.ack()
    assert message.headers["task"] == TASK and message.headers["asked_by"] == "proxy-named-it"
    assert "Sent to the worker: Send the letters." in text_of(answer)
    assert client.get(f"{PAGE}send-mail/run/").status_code == 405
    assert client.post(f"{PAGE}unknown/run/").status_code == 404


@pytest.mark.django_db
@pytest.mark.only_beside("sqlite")  # where the broker is a folder
def test_button_says_that_the_broker_is_away(sign_in, administrator, in_english):
    client, folder = sign_in(administrator), settings.QUEUE_DIR / "messages"
    folder.rename(folder.with_name("away"))
    try:
        words = text_of(client.post(f"{PAGE}send-mail/run/", follow=True))
    finally:
        folder.with_name("away").rename(folder)
    assert "The broker of tasks does not answer" in words and "Broker of tasks: cannot be written to" in words


@pytest.mark.django_db
def test_a_sign_from_when_the_clock_ran_ahead_does_not_hide_that_beat_lives():
    now = clock.machine_now()
    ahead = now + datetime.timedelta(days=365)
    TaskRun.objects.begin("nightly", at=now, sent_by_beat_at=ahead)
    assert TaskRun.objects.last_beat(at=now) == ahead
    TaskRun.objects.begin("each minute", at=now, sent_by_beat_at=now)
    assert TaskRun.objects.last_beat(at=now) == now
