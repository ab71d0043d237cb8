"""Two at once, with real threads: whoever comes second is told so, and nothing is half done or lost.

Where the first holds a lock while the second waits, the second must judge by what it finds after the wait.
"""

import datetime
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from django.db import connection, connections, transaction

from conftest import SIGNATURE, approve, at_once, entry_of, fill, make_user, moment, send, submission_of, write_up
from reporting import approval, checks, rollup
from reporting.document_content import read_frozen
from reporting.errors import Refused
from reporting.models import FileOrder, ProgressEntry, ReportingPeriod, Submission, Summary, SummaryLine
from reporting.tasks import open_executor_windows, open_ministry_windows
from roadmap.models import Assignment, Executor, Measure, User

pytestmark = pytest.mark.usefixtures("threads")

EXECUTORS = ("natr", "mgmt", "zerde", "king")


def kinds(results):
    return sorted("ok" if not isinstance(result, Exception) else type(result).__name__ for result in results)


def officer_of(code):
    return make_user(code, User.Role.EXECUTOR, code)


def fresh(submission):
    """The submission as another request would load it, with nothing shared."""
    return Submission.objects.get(pk=submission.pk)


def submitting(submission, by, *, at="2013-07-03 11:20"):
    """An officer's request to send what the page shows now."""
    seen = fresh(submission)
    return lambda: fresh(seen).submit(by=by, at=moment(at), revision=seen.revision, signature=SIGNATURE)


def saving(entry, by, text, *, at="2013-07-03 11:20"):
    """An officer's request to save a text in place of what the page shows now."""
    seen = ProgressEntry.objects.get(pk=entry.pk)
    return lambda: ProgressEntry.objects.get(pk=seen.pk).save_draft(
        by=by, at=moment(at), revision=seen.revision, values={"narrative": text}, money={}
    )


def approving(summary, by, *, at="2013-07-19 16:00"):
    """The head's request to approve what the page shows now."""
    seen = ReportingPeriod.objects.get(pk=summary.period_id).revision
    return lambda: approval.approve(
        Summary.objects.get(pk=summary.pk), by=by, at=moment(at), revision=seen, acknowledged=checks.ALL
    )


def text_of(entry):
    return ProgressEntry.objects.get(pk=entry.pk).narrative


def sent_text(submission, number):
    return [entry["narrative"] for entry in submission.rounds.get().payload if entry["number"] == str(number)][0]


# Together, from the same moment


@pytest.mark.parametrize("tabs", [2, 4])
def test_it_is_sent_once_by_a_double_submit(period, tabs):
    for code in EXECUTORS:
        submission, by = submission_of(code, period), officer_of(code)
        fill(submission)
        seen = fresh(submission).revision
        results = at_once(*[submitting(submission, by)] * tabs)
        assert kinds(results) == ["Conflict"] * (tabs - 1) + ["ok"], results
        assert submission.rounds.count() == 1
        assert fresh(submission).revision == seen + 1


def test_it_is_reviewed_once_by_two_reviewers(review_period, ministry):
    for code in EXECUTORS:
        submission = send(submission_of(code, review_period), at="2013-07-08 09:00")
        seen = submission.revision

        def accept(pk=submission.pk, seen=seen):
            Submission.objects.get(pk=pk).accept(by=ministry, at=moment("2013-07-08 10:00"), revision=seen)

        def give_back(pk=submission.pk, seen=seen):
            Submission.objects.get(pk=pk).return_for_rework(
                by=ministry, at=moment("2013-07-08 10:00"), revision=seen, comment="Толықтырыңыз.",
                resubmit_by=datetime.date(2013, 7, 10),
            )  # fmt: skip

        results = at_once(accept, give_back)
        assert kinds(results) == ["Conflict", "ok"], results
        status = "accepted" if results[0] is None else "returned"
        sent = submission.rounds.get()
        assert (fresh(submission).status, sent.decision) == (status, status)
        assert sent.comment == ("Толықтырыңыз." if status == "returned" else "")


def test_it_knows_of_every_submission_that_it_approves(roadmap, ministry, head):
    for opens, reviews, day in [
        ("2013-06-20", "2013-07-06", "2013-07-08"),
        ("2013-12-21", "2014-01-06", "2014-01-08"),
        ("2014-06-20", "2014-07-06", "2014-07-08"),
    ]:
        open_executor_windows(opens)
        open_ministry_windows(reviews)
        period = ReportingPeriod.objects.order_by("-executors_opened_at").exclude(executors_opened_at=None).first()
        late = submission_of("natr", period)
        fill(late)
        summary = rollup.refresh(period, at=moment(f"{day} 10:00"))
        write_up(summary, by=ministry)
        summary.hand_over(by=ministry, at=moment(f"{day} 11:00"))
        results = at_once(
            approving(summary, head, at=f"{day} 12:00"), submitting(late, officer_of("natr"), at=f"{day} 12:00")
        )
        summary.refresh_from_db()
        period.refresh_from_db()
        late.refresh_from_db()
        assert sum(isinstance(result, Refused) for result in results) == 1, results
        if summary.is_approved:
            attendance = {line.executor: line.state for line in read_frozen(summary, "kk").attendance}
            assert (late.status, attendance["«ТДҰА» АҚ"], late.rounds.count()) == ("not_submitted", "missing", 0)
            assert (period.is_locked, summary.file_orders.count()) == (True, 8)
        else:
            assert (late.status, period.is_locked, summary.status) == ("submitted", False, "for_approval")
            assert summary.file_orders.count() == 0


def test_it_is_approved_once_by_two_heads(review_period, ministry, head):
    summary = rollup.refresh(review_period, at=moment("2013-07-08 10:00"))
    write_up(summary, by=ministry)
    summary.hand_over(by=ministry, at=moment("2013-07-08 11:00"))
    results = at_once(*[approving(summary, head)] * 3)
    assert kinds(results) == ["Conflict", "Conflict", "ok"], results
    assert FileOrder.objects.count() == 8
    assert summary.events.count() == 2


def test_it_keeps_one_of_two_drafts_and_tells_the_other(period):
    for number in (1, 2, 10, 12):
        entry, by = entry_of(submission_of("natr", period), number), officer_of("natr")
        results = at_once(saving(entry, by, "бірінші"), saving(entry, by, "екінші"))
        assert kinds(results) == ["Conflict", "ok"], results
        assert text_of(entry) == ("бірінші" if results[0] is None else "екінші")


def test_it_saves_different_measures_at_once(period):
    by, submission = officer_of("natr"), submission_of("natr", period)
    entries = [entry_of(submission, number) for number in (1, 2, 10, 12)]
    results = at_once(*[saving(entry, by, f"мәтін {entry.pk}") for entry in entries])
    assert kinds(results) == ["ok"] * 4, results
    assert [text_of(entry) for entry in entries] == [f"мәтін {entry.pk}" for entry in entries]


def test_it_makes_one_summary_by_two_consolidations(roadmap):
    for opens, reviews, day in [
        ("2013-06-20", "2013-07-06", "2013-07-08"),
        ("2013-12-21", "2014-01-06", "2014-01-08"),
        ("2014-06-20", "2014-07-06", "2014-07-08"),
    ]:
        open_executor_windows(opens)
        open_ministry_windows(reviews)
        pk = ReportingPeriod.objects.exclude(executors_opened_at=None).order_by("-executors_opened_at").first().pk

        def consolidate(pk=pk, day=day):
            return rollup.refresh(ReportingPeriod.objects.get(pk=pk), at=moment(f"{day} 10:00"))

        results = at_once(*[consolidate] * 3)
        assert kinds(results) == ["ok"] * 3, results
        assert Summary.objects.filter(period=pk).count() == 1
        assert SummaryLine.objects.filter(summary__period=pk).count() == 20


def test_it_keeps_one_of_two_texts_of_the_ministry(review_period, ministry):
    summary = rollup.refresh(review_period, at=moment("2013-07-08 10:00"))
    for line in summary.lines.in_order()[:4]:

        def writing(text, pk=line.pk):
            values = {"text_kk": text}
            return lambda: SummaryLine.objects.get(pk=pk).write(
                by=ministry, at=moment("2013-07-08 11:00"), revision=0, values=values
            )

        results = at_once(writing("бірінші"), writing("екінші"))
        assert kinds(results) == ["Conflict", "ok"], results
        line.refresh_from_db()
        assert line.text_kk == ("бірінші" if results[0] is None else "екінші")


def test_it_sends_what_it_showed_when_a_draft_is_saved_at_the_same_moment(period):
    for code, number in {"natr": 10, "mgmt": 10, "zerde": 15, "king": 18}.items():
        submission, by = submission_of(code, period), officer_of(code)
        fill(submission)
        entry = entry_of(submission, number)
        sent, saved = at_once(submitting(submission, by), saving(entry, by, "кейінгі мәтін"))
        if isinstance(sent, Exception):
            assert (kinds([sent, saved]), fresh(submission).status) == (["Conflict", "ok"], "draft"), (sent, saved)
            assert text_of(entry) == "кейінгі мәтін"
        else:
            assert kinds([saved]) == ["Refused"], saved
            assert text_of(entry) == sent_text(submission, number) == "Жұмыс жүргізілуде."


# One waits for the other: the order is fixed, so that each of these tells the same every time


@contextmanager
def waiting_for_us(action):
    """Do the block's writes in a transaction while `action` waits for them in a thread; yields its result's place."""
    results, started = [], threading.Event()

    def run():
        try:
            connection.ensure_connection()
            started.set()
            results.append(action())
        except Exception as error:
            results.append(error)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            yield results
            waiting = pool.submit(run)
            started.wait(10)
            time.sleep(0.3)  # long enough to run into our lock; if it is not, the test only proves less
            assert not waiting.done()
        waiting.result(30)


def test_it_saves_no_draft_that_waited_for_a_submit(period):
    submission, by = submission_of("natr", period), officer_of("natr")
    fill(submission)
    entry, seen = entry_of(submission, 10), fresh(submission).revision
    with waiting_for_us(saving(entry, by, "кейінгі мәтін")) as results:
        submitting(submission, by)()
    assert kinds(results) == ["Refused"]
    assert text_of(entry) == sent_text(submission, 10)
    assert fresh(submission).revision == seen + 1


def test_it_is_not_sent_when_it_waited_for_a_draft(period):
    submission, by = submission_of("natr", period), officer_of("natr")
    fill(submission)
    with waiting_for_us(submitting(submission, by)) as results:
        saving(entry_of(submission, 10), by, "кейінгі мәтін")()
    assert kinds(results) == ["Conflict"]
    assert (fresh(submission).status, submission.rounds.count()) == ("draft", 0)


def test_it_saves_no_draft_that_waited_for_an_approval(review_period, ministry, head):
    submission, by = submission_of("natr", review_period), officer_of("natr")
    entry = entry_of(submission, 10)
    summary = rollup.refresh(review_period, at=moment("2013-07-08 10:00"))
    write_up(summary, by=ministry)
    summary.hand_over(by=ministry, at=moment("2013-07-08 11:00"))
    with waiting_for_us(saving(entry, by, "кейінгі мәтін")) as results:
        approving(summary, head)()
    assert kinds(results) == ["Refused"]
    assert (text_of(entry), fresh(submission).status) == ("", "not_submitted")


def test_it_is_not_sent_when_it_waited_for_an_approval(review_period, ministry, head):
    submission, by = submission_of("natr", review_period), officer_of("natr")
    fill(submission)
    summary = rollup.refresh(review_period, at=moment("2013-07-08 10:00"))
    write_up(summary, by=ministry)
    summary.hand_over(by=ministry, at=moment("2013-07-08 11:00"))
    with waiting_for_us(submitting(submission, by, at="2013-07-19 16:00")) as results:
        approving(summary, head)()
    assert kinds(results) == ["Refused"]
    assert (fresh(submission).status, submission.rounds.count()) == ("not_submitted", 0)


def test_it_is_not_approved_when_it_waited_for_a_submit(review_period, ministry, head):
    submission, by = submission_of("natr", review_period), officer_of("natr")
    fill(submission)
    summary = rollup.refresh(review_period, at=moment("2013-07-08 10:00"))
    write_up(summary, by=ministry)
    summary.hand_over(by=ministry, at=moment("2013-07-08 11:00"))
    with waiting_for_us(approving(summary, head)) as results:
        submitting(submission, by, at="2013-07-19 16:00")()
    assert kinds(results) == ["Conflict"]
    summary.refresh_from_db()
    assert (summary.status, fresh(submission).status) == ("for_approval", "submitted")


def test_it_adds_no_entry_when_the_task_waited_for_a_submit(period):
    submission, by = submission_of("zerde", period), officer_of("zerde")
    fill(submission)
    Assignment.objects.create(
        measure=Measure.objects.get(number="19"), position=2, executor=Executor.objects.get(code="zerde")
    )
    with waiting_for_us(lambda: open_executor_windows("2013-07-03")) as results:
        submitting(submission, by)()
    assert results == [[]]
    assert list(submission.entries.values_list("measure__number", flat=True)) == ["15"]


def test_it_keeps_the_text_of_a_draft_that_the_task_waited_for(period):
    by, submission = officer_of("natr"), submission_of("natr", period)
    entry = entry_of(submission, 20)
    Assignment.objects.filter(measure__number="20").delete()
    with waiting_for_us(lambda: open_executor_windows("2013-07-03")) as results:
        saving(entry, by, "мәтін")()
    assert results == [[]]
    assert text_of(entry) == "мәтін"


def test_it_is_accepted_by_nobody_who_waited_for_a_return(review_period, ministry):
    submission = send(submission_of("king", review_period), at="2013-07-08 09:00")

    def accept(seen=submission.revision):
        fresh(submission).accept(by=ministry, at=moment("2013-07-08 10:00"), revision=seen)

    with waiting_for_us(accept) as results:
        fresh(submission).return_for_rework(
            by=ministry, at=moment("2013-07-08 10:00"), revision=submission.revision, comment="Толықтырыңыз.",
            resubmit_by=datetime.date(2013, 7, 10),
        )  # fmt: skip
    assert kinds(results) == ["Conflict"]
    assert (fresh(submission).status, submission.rounds.get().decision) == ("returned", "returned")


def test_it_opens_once_when_a_second_worker_waited_for_the_first(roadmap):
    open_executor_windows("2013-06-19")
    with waiting_for_us(lambda: open_executor_windows("2013-06-20")) as results:
        assert open_executor_windows("2013-06-20") == ["decree-631 2013-H1"]
    assert results == [[]]
    assert (Submission.objects.count(), ProgressEntry.objects.count()) == (9, 48)


def test_it_refuses_to_consolidate_when_it_waited_for_an_approval(review_period, ministry, head):
    with waiting_for_us(lambda: rollup.refresh(review_period, at=moment("2013-07-19 16:00"))) as results:
        approve(ReportingPeriod.objects.get(pk=review_period.pk), head=head, ministry=ministry)
    assert kinds(results) == ["Refused"]
    assert Summary.objects.count() == 1
