"""Saving, sending, accepting and returning a submission: what is refused, where, and what is kept."""

import datetime
from contextlib import contextmanager

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from conftest import SIGNATURE, approve, entry_of, fill, moment, send, submission_of
from reporting.errors import Conflict, Incomplete, Refused
from reporting.models import Evidence, Expenditure, ProgressEntry, ReportingPeriod, Submission, SubmissionRound
from reporting.tasks import open_executor_windows, open_ministry_windows

D = datetime.date
DOCUMENT = {"document_name": "Хат", "document_number": "12-3/45", "document_date": D(2013, 6, 28)}
DONE = {"status": "done", "percent": 100, "narrative": "Орындалды.", "is_whole_measure": True, "reason": ""} | DOCUMENT
NOT_DONE = {"status": "not_done", "percent": 10, "reason": "Қаржы жоқ.", "is_impossible": True}


@pytest.fixture
def submission(period):
    """Our officer's, of H1 2013, when no deadline has come: filled so that it can be sent."""
    submission = submission_of("natr", period)
    fill(submission)
    return submission


@pytest.fixture
def due_submission(roadmap, officer):
    """Our officer's, of H2 2013, when measures 1 to 9 and 15 are due: filled so that it can be sent."""
    open_executor_windows("2013-12-21")
    open_ministry_windows("2014-01-06")
    submission = submission_of("natr", ReportingPeriod.objects.get(year=2013, number=2))
    fill(submission)
    return submission


@contextmanager
def undone():
    """Take back what the block wrote: one row of a table after the other, without a new roadmap for each."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def put(submission, number, **values):
    ProgressEntry.objects.filter(submission=submission, measure__number=str(number)).update(**values)


def put_money(submission, **values):
    Expenditure.objects.filter(entry__submission=submission).update(**values)


def submit(submission, by, *, at="2013-07-03 11:20", revision=None):
    submission.refresh_from_db()
    seen = submission.revision if revision is None else revision
    letter = SIGNATURE | {"letter_date": min(SIGNATURE["letter_date"], moment(at).date())}
    return submission.submit(by=by, at=moment(at), revision=seen, signature=letter)


def faults_of(submission, by):
    with pytest.raises(Incomplete) as raised:
        submit(submission, by)
    return {(fault.entry.measure.number, fault.field) for fault in raised.value.faults}


def every_row(submission):
    return [
        list(ReportingPeriod.objects.filter(pk=submission.period_id).values()),
        list(Submission.objects.filter(pk=submission.pk).values()),
        list(submission.entries.order_by("pk").values()),
        list(Expenditure.objects.filter(entry__submission=submission).order_by("pk").values()),
        list(submission.rounds.order_by("pk").values()),
    ]


def accept(submission, by, *, at="2013-07-08 10:00", revision=None):
    seen = submission.revision if revision is None else revision
    submission.accept(by=by, at=moment(at), revision=seen)


def give_back(submission, by, *, at="2013-07-08 10:00", revision=None, **words):
    words = {"comment": "Толықтырыңыз.", "resubmit_by": D(2013, 7, 12)} | words
    seen = submission.revision if revision is None else revision
    submission.return_for_rework(by=by, at=moment(at), revision=seen, **words)


# What is complete


COMPLETE = {
    "not started": {"status": "not_started", "percent": 0, "narrative": ""},
    "just begun": {"status": "in_progress", "percent": 1},
    "nearly done": {"status": "in_progress", "percent": 99},
    "done": DONE,
    "not done at all": NOT_DONE | {"percent": 0},
    "not done by a little": NOT_DONE | {"percent": 99},
}


def test_it_is_sent_when_it_is_complete(submission, officer):
    for name, values in COMPLETE.items():
        with undone():
            put(submission, 10, **values)
            submit(submission, officer)
            assert submission.status == "submitted", name
            assert ProgressEntry.objects.filter(submission=submission, is_sent=True).count() == 18, name


FAULTS_BEFORE_THE_DEADLINE = [
    ({"status": ""}, {"status"}),
    ({"status": "", "percent": None}, {"status"}),
    ({"percent": None}, {"percent"}),
    ({"percent": 0}, {"percent"}),
    ({"percent": 100}, {"percent"}),
    ({"narrative": ""}, {"narrative"}),
    ({"narrative": " \n"}, {"narrative"}),
    ({"status": "not_started", "percent": 1}, {"percent"}),
    ({"status": "not_started", "percent": None}, {"percent"}),
    (DONE | {"percent": 99}, {"percent"}),
    (DONE | {"percent": None}, {"percent"}),
    (DONE | {"narrative": ""}, {"narrative"}),
    (DONE | {"is_whole_measure": False}, {"is_whole_measure"}),
    (DONE | {"document_name": " "}, {"document_name"}),
    (DONE | {"document_number": ""}, {"document_number"}),
    (DONE | {"document_date": None}, {"document_date"}),
    (NOT_DONE | {"percent": 100}, {"percent"}),
    (NOT_DONE | {"percent": None}, {"percent"}),
    (NOT_DONE | {"reason": ""}, {"reason"}),
    (NOT_DONE | {"reason": "  "}, {"reason"}),
    (NOT_DONE | {"is_impossible": False}, {"status"}),
    (
        {"status": "done", "percent": 30, "narrative": "", "document_name": ""},
        {"percent", "narrative", "is_whole_measure", "document_name", "document_number", "document_date"},
    ),
]


def test_it_names_each_fault_at_its_field_before_the_deadline(submission, officer):
    for values, fields in FAULTS_BEFORE_THE_DEADLINE:
        with undone():
            put(submission, 10, **values)
            assert faults_of(submission, officer) == {("10", field) for field in fields}, values


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        ({"reason": ""}, {"reason"}),
        ({"status": "not_started", "percent": 0, "reason": ""}, {"reason"}),
        (NOT_DONE | {"reason": "", "is_impossible": False}, {"reason"}),
        (DONE | {"document_date": None}, {"document_date"}),
    ],
)
def test_it_names_each_fault_at_its_field_after_the_deadline(due_submission, officer, values, fields):
    put(due_submission, 1, **values)
    assert faults_of(due_submission, officer) == {("1", field) for field in fields}


@pytest.mark.parametrize(
    "values",
    [DONE | {"is_whole_measure": False}, NOT_DONE | {"is_impossible": False}],
    ids=["done", "not done"],
)
def test_it_asks_less_once_the_deadline_is_there(due_submission, officer, values):
    """Measure 8 is due on the last day of the half-year."""
    put(due_submission, 8, **values)
    submit(due_submission, officer)
    assert due_submission.status == "submitted"


def test_it_asks_no_reason_of_what_is_not_due_yet(due_submission, officer):
    put(due_submission, 10, reason="")
    submit(due_submission, officer)
    assert due_submission.status == "submitted"


@pytest.mark.parametrize(
    ("money", "fields"),
    [
        ({"planned": None}, {"planned_republican"}),
        ({"spent": None}, {"spent_republican"}),
        ({"planned": None, "spent": None}, {"planned_republican", "spent_republican"}),
    ],
)
def test_it_asks_for_money_where_the_measure_is_funded(submission, officer, money, fields):
    put_money(submission, **money)
    assert faults_of(submission, officer) == {("14", field) for field in fields}


@pytest.mark.parametrize("money", [{"planned": 0, "spent": 0}, {"planned": 9, "spent": 1}, {"planned": 1, "spent": 9}])
def test_it_takes_any_sums_in_the_first_half_of_the_year(submission, officer, money):
    put_money(submission, **money)
    submit(submission, officer)
    assert submission.status == "submitted"


def test_it_asks_at_the_years_end_why_less_was_spent_than_planned(due_submission, officer):
    put_money(due_submission, planned=9, spent=8, reason=" ")
    assert faults_of(due_submission, officer) == {("14", "money_reason_republican")}
    put_money(due_submission, reason="Сатып алу кешікті.")
    submit(due_submission, officer)
    assert due_submission.status == "submitted"


def test_it_names_the_faults_of_every_entry_at_once(submission, officer):
    put(submission, 1, status="")
    put(submission, 10, percent=100)
    put_money(submission, spent=None)
    assert faults_of(submission, officer) == {("1", "status"), ("10", "percent"), ("14", "spent_republican")}


def test_it_changes_nothing_when_it_is_incomplete(submission, officer):
    put(submission, 10, percent=100)
    before = every_row(submission)
    assert faults_of(submission, officer) == {("10", "percent")}
    assert every_row(submission) == before


# The database itself


HELD_ONCE_SENT = [
    ({"status": ""}, "sent_entry_has_a_status_and_a_percent"),
    ({"percent": None}, "sent_entry_has_a_status_and_a_percent"),
    ({"percent": 100}, "sent_entry_is_done_exactly_at_100_percent"),
    (DONE | {"percent": 99}, "sent_entry_is_done_exactly_at_100_percent"),
    (NOT_DONE | {"percent": 100}, "sent_entry_is_done_exactly_at_100_percent"),
    ({"status": "not_started", "percent": 1}, "sent_entry_that_is_not_started_has_0_percent"),
    ({"percent": 0}, "sent_entry_in_progress_has_1_to_99_percent"),
    (DONE | {"document_name": ""}, "sent_entry_that_is_done_names_its_document"),
    (DONE | {"document_number": ""}, "sent_entry_that_is_done_names_its_document"),
    (DONE | {"document_date": None}, "sent_entry_that_is_done_names_its_document"),
    (NOT_DONE | {"reason": ""}, "sent_entry_that_is_not_done_has_a_reason"),
]


def test_it_holds_what_is_sent_by_constraints_and_leaves_drafts_free(submission):
    for values, constraint in HELD_ONCE_SENT:
        with undone():
            put(submission, 10, **values)
            with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
                put(submission, 10, is_sent=True)


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"status": "nearly"}, "entry_status_is_known"),
        ({"percent": 101}, "entry_percent_is_at_most_100"),
        ({"percent": -1}, "percent"),
    ],
)
def test_it_holds_drafts_by_constraints_too(submission, values, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        put(submission, 10, **values)


@pytest.mark.parametrize("money", [{"planned": -1}, {"spent": -1}])
def test_it_holds_no_negative_money(submission, money):
    with pytest.raises(IntegrityError, match="expenditure_is_not_negative"), transaction.atomic():
        put_money(submission, **money)


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"status": "lost"}, "submission_status_is_known"),
        ({"status": "submitted"} | SIGNATURE, "submission_that_was_sent_has_its_first_time"),
        ({"status": "accepted"} | SIGNATURE, "submission_that_was_sent_has_its_first_time"),
        ({"first_submitted_at": moment("2013-07-01 10:00")}, "submission_that_was_sent_has_its_first_time"),
        (
            {"status": "submitted", "first_submitted_at": moment("2013-07-01 10:00")},
            "submission_that_was_sent_names_its_letter",
        ),
    ],
)
def test_it_holds_a_submissions_state_by_constraints(submission, values, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Submission.objects.filter(pk=submission.pk).update(**values)


def test_it_holds_one_submission_of_an_executor_in_a_period(submission):
    with pytest.raises(IntegrityError), transaction.atomic():
        Submission.objects.create(period=submission.period, executor=submission.executor, due_on=submission.due_on)


def test_it_holds_one_entry_for_a_measure(submission):
    with pytest.raises(IntegrityError), transaction.atomic():
        ProgressEntry.objects.create(submission=submission, measure=submission.entries.first().measure)


# Sending


def test_it_keeps_who_signed_and_who_entered(submission, officer):
    sent = submit(submission, officer)
    for row in (submission, sent):
        assert {name: getattr(row, name) for name in SIGNATURE} == SIGNATURE
    assert (submission.entered_by, sent.sent_by) == (officer, officer)
    assert submission.first_submitted_at == sent.sent_at == moment("2013-07-03 11:20")


def test_it_keeps_what_was_sent_in_a_round(submission, officer):
    put(submission, 10, **DONE)
    put_money(submission, planned=7, spent=5, reason="Себебі")
    sent = submit(submission, officer)
    kept = {entry["number"]: entry for entry in SubmissionRound.objects.get(pk=sent.pk).payload}
    numbers = [entry["number"] for entry in sent.payload]
    assert numbers == [str(number) for number in (*range(1, 11), 12, 13, 14, 15, 17, 18, 19, 20)]
    assert {name: kept["10"][name] for name in DONE} == DONE | {"document_date": "2013-06-28"}
    (money,) = kept["14"]["money"]
    assert money.pop("names")["kk"] == "республикалық бюджет"
    assert money == {"source": "republican", "planned": 7, "spent": 5, "reason": "Себебі"}


def test_it_is_sent_once_by_a_double_submit(submission, officer):
    revision = Submission.objects.get(pk=submission.pk).revision
    submit(submission, officer)
    before = every_row(submission)
    for seen in (revision, submission.revision):
        with pytest.raises(Conflict):
            submit(submission, officer, revision=seen)
    assert every_row(submission) == before


def test_it_is_not_sent_from_a_stale_page(submission, officer):
    stale = Submission.objects.get(pk=submission.pk).revision
    entry = entry_of(submission, 10)
    entry.save_draft(
        by=officer, at=moment("2013-07-02 10:00"), revision=0, values={"narrative": "Жаңа мәтін"}, money={}
    )
    with pytest.raises(Conflict):
        submit(submission, officer, revision=stale)
    assert Submission.objects.get(pk=submission.pk).status == "draft"


def test_it_is_not_sent_after_the_approval(due_submission, officer, head, ministry):
    approve(due_submission.period, head=head, ministry=ministry, at="2014-01-18 12:00")
    before = every_row(due_submission)
    with pytest.raises(Refused):
        submit(due_submission, officer, at="2014-01-18 13:00")
    assert every_row(due_submission) == before


# Lateness


@pytest.mark.parametrize(
    ("sent_at", "late"), [("2013-07-05 23:59", False), ("2013-07-06 00:00", True), ("2013-06-20 00:01", False)]
)
def test_it_is_late_after_its_day_in_almaty(submission, officer, sent_at, late):
    submit(submission, officer, at=sent_at)
    assert submission.is_late_on(D(2013, 7, 19)) is late


@pytest.mark.parametrize(("day", "late"), [(D(2013, 7, 5), False), (D(2013, 7, 6), True)])
def test_it_is_late_by_the_day_while_nothing_was_sent(submission, day, late):
    assert submission.is_late_on(day) is late


@pytest.mark.parametrize(("first", "late"), [("2013-07-05 18:00", False), ("2013-07-06 09:00", True)])
def test_it_is_judged_late_by_the_first_round(submission, officer, ministry, first, late):
    submit(submission, officer, at=first)
    give_back(submission, ministry)
    assert submission.is_late_on(D(2013, 7, 11)) is late
    submit(submission, officer, at="2013-07-11 10:00")
    assert submission.is_late_on(D(2013, 7, 19)) is late
    assert submission.first_submitted_at == moment(first)


def test_it_is_late_by_its_own_due_date_when_the_period_was_moved(period, officer, ministry):
    dates = {"executors_due_on": D(2013, 7, 10)}
    period.move_dates(dates, by=ministry, at=moment("2013-07-01 10:00"), reason="Қаулы № 7")
    submission = submission_of("natr", period)
    assert not submission.is_late_on(D(2013, 7, 10))
    assert submission.is_late_on(D(2013, 7, 11))


# Reviewing


def test_it_is_accepted(submission, officer, ministry):
    submit(submission, officer)
    accept(submission, ministry)
    assert submission.status == "accepted"
    sent = submission.last_round
    assert (sent.decision, sent.reviewed_by, sent.reviewed_at) == ("accepted", ministry, moment("2013-07-08 10:00"))


def test_it_is_returned_with_words_and_a_day(submission, officer, ministry):
    submit(submission, officer)
    measure = entry_of(submission, 6).measure
    give_back(submission, ministry, comment=" Жалпы ", measure_comments={measure.pk: " Құжатты атаңыз. ", 999: " "})
    sent = submission.last_round
    assert (submission.status, sent.decision, sent.comment) == ("returned", "returned", "Жалпы")
    assert (sent.comment_at(measure.pk), sent.measure_comments) == (
        "Құжатты атаңыз.",
        {str(measure.pk): "Құжатты атаңыз."},
    )
    assert (sent.resubmit_by, sent.reviewed_by) == (D(2013, 7, 12), ministry)
    assert submission.is_editable
    assert not submission.entries.filter(is_sent=True).exists()


@pytest.mark.parametrize(
    "words",
    [{"comment": ""}, {"comment": " \n", "measure_comments": {1: " "}}, {"resubmit_by": D(2013, 7, 7)}],
    ids=["no words", "blank words", "a day in the past"],
)
def test_it_is_not_returned_without_words_or_to_a_day_in_the_past(submission, officer, ministry, words):
    submit(submission, officer)
    before = every_row(submission)
    with pytest.raises(Refused):
        give_back(submission, ministry, **words)
    assert every_row(submission) == before


@pytest.mark.parametrize(
    "words", [{"resubmit_by": D(2013, 7, 8)}, {"comment": "", "measure_comments": {1: "Сөз"}}], ids=["today", "at one"]
)
def test_it_is_returned_with_words_at_one_measure_and_to_this_day(submission, officer, ministry, words):
    submit(submission, officer)
    give_back(submission, ministry, **words)
    assert submission.status == "returned"


@pytest.mark.parametrize("review", [accept, give_back], ids=["accepted", "returned"])
@pytest.mark.parametrize("first", [None, accept, give_back], ids=["a draft", "what was accepted", "what was returned"])
def test_it_is_not_reviewed_when_nothing_waits(submission, officer, ministry, first, review):
    if first:
        submit(submission, officer)
        first(submission, ministry)
    before = every_row(submission)
    with pytest.raises(Conflict):
        review(submission, ministry)
    assert every_row(submission) == before


@pytest.mark.parametrize("review", [accept, give_back], ids=["accepted", "returned"])
def test_it_is_not_reviewed_from_a_stale_page(submission, officer, ministry, review):
    submit(submission, officer)
    seen = submission.revision
    give_back(submission, ministry)
    submit(submission, officer, at="2013-07-09 10:00")
    before = every_row(submission)
    with pytest.raises(Conflict):
        review(submission, ministry, revision=seen)
    assert every_row(submission) == before


@pytest.mark.parametrize("review", [accept, give_back], ids=["accepted", "returned"])
def test_it_is_not_reviewed_after_the_approval(due_submission, officer, ministry, head, review):
    submit(due_submission, officer, at="2014-01-03 10:00")
    approve(due_submission.period, head=head, ministry=ministry, at="2014-01-18 12:00")
    due_submission.refresh_from_db()
    before = every_row(due_submission)
    words = {"resubmit_by": D(2014, 1, 20)} if review is give_back else {}
    with pytest.raises(Refused):
        review(due_submission, ministry, at="2014-01-18 13:00", **words)
    assert every_row(due_submission) == before


def test_it_keeps_every_round_as_it_was_sent(submission, officer, ministry):
    put(submission, 10, narrative="Бірінші мәтін")
    first = submit(submission, officer)
    give_back(submission, ministry, comment="Аз.")
    put(submission, 10, narrative="Екінші мәтін", percent=55)
    submission.refresh_from_db()
    second = submit(submission, officer, at="2013-07-11 10:00")
    accept(submission, ministry, at="2013-07-12 10:00")
    rounds = list(submission.rounds.order_by("number"))
    texts = [[e["narrative"] for e in sent.payload if e["number"] == "10"] for sent in rounds]
    assert texts == [["Бірінші мәтін"], ["Екінші мәтін"]]
    assert [(sent.pk, sent.number) for sent in rounds] == [(first.pk, 1), (second.pk, 2)]
    assert [(sent.decision, sent.comment) for sent in rounds] == [("returned", "Аз."), ("accepted", "")]
    assert [sent.sent_at for sent in rounds] == [moment("2013-07-03 11:20"), moment("2013-07-11 10:00")]


# Drafts


def save(entry, by, *, revision, money=None, **values):
    entry.save_draft(by=by, at=moment("2013-07-02 10:00"), revision=revision, values=values, money=money or {})


def test_it_saves_an_incomplete_draft(period, officer):
    entry = entry_of(submission_of("natr", period), 14)
    save(entry, officer, revision=0, status="done", money={"republican": {"planned": 5}})
    entry.refresh_from_db()
    assert (entry.status, entry.percent, entry.edited_by, entry.revision) == ("done", None, officer, 1)
    assert entry.expenditures.get().planned == 5


def test_it_keeps_the_first_of_two_drafts_and_tells_the_second(period, officer):
    entry = entry_of(submission_of("natr", period), 14)
    save(entry, officer, revision=0, narrative="Бірінші", money={"republican": {"planned": 5}})
    before = every_row(entry.submission)
    with pytest.raises(Conflict):
        save(entry, officer, revision=0, narrative="Екінші", money={"republican": {"planned": 6}})
    assert every_row(entry.submission) == before
    save(entry, officer, revision=1, narrative="Екеуі де")
    entry.refresh_from_db()
    assert entry.narrative == "Екеуі де"


def test_it_saves_two_measures_side_by_side(period, officer):
    submission = submission_of("natr", period)
    for number in (10, 12):
        save(entry_of(submission, number), officer, revision=0, narrative=f"{number}")
    assert [entry_of(submission, number).narrative for number in (10, 12)] == ["10", "12"]


@pytest.mark.parametrize("review", [None, accept], ids=["sent", "accepted"])
def test_it_saves_no_draft_into_what_was_sent(submission, officer, ministry, review):
    submit(submission, officer)
    if review:
        review(submission, ministry)
    before = every_row(submission)
    with pytest.raises(Refused):
        save(entry_of(submission, 10), officer, revision=0, narrative="Кеш")
    assert every_row(submission) == before


def test_it_saves_a_draft_into_what_was_returned(submission, officer, ministry):
    submit(submission, officer)
    give_back(submission, ministry)
    save(entry_of(submission, 10), officer, revision=0, narrative="Толық мәтін")
    assert entry_of(submission, 10).narrative == "Толық мәтін"


@pytest.mark.parametrize("state", ["draft", "returned"])
def test_it_saves_no_draft_after_the_approval(due_submission, officer, ministry, head, state):
    if state == "returned":
        submit(due_submission, officer, at="2014-01-03 10:00")
        give_back(due_submission, ministry, at="2014-01-08 10:00", resubmit_by=D(2014, 1, 10))
    approve(due_submission.period, head=head, ministry=ministry, at="2014-01-18 12:00")
    before = every_row(due_submission)
    with pytest.raises(Refused):
        save(entry_of(due_submission, 10), officer, revision=0, narrative="Кеш")
    assert every_row(due_submission) == before


# Evidence


def attach(entry, by, *, name="хат.pdf", at="2013-07-02 10:00", content=b"%PDF-1.4"):
    upload = SimpleUploadedFile(name, content)
    return Evidence.objects.attach(entry, upload, content_type="application/pdf", by=by, at=moment(at))


def test_it_keeps_a_file_under_a_random_name_with_its_hash(period, officer):
    evidence = attach(entry_of(submission_of("natr", period), 10), officer, name="C:\\құжаттар\\хат.pdf")
    assert (evidence.name, evidence.size, evidence.uploaded_by) == ("хат.pdf", 8, officer)
    assert evidence.sha256 == "e16fa5d9b51928755db85b917f0297babaf22c7a47e97d9212adab56e61ba04e"
    assert "хат" not in evidence.file.name
    with evidence.file.open() as kept:
        assert kept.read() == b"%PDF-1.4"


def test_it_keeps_files_in_the_folder_of_the_settings(period, officer, settings):
    evidence = attach(entry_of(submission_of("natr", period), 10), officer)
    assert (settings.EVIDENCE_ROOT / evidence.file.name).exists()


def test_it_keeps_in_the_round_what_is_detached_later(submission, officer, ministry):
    evidence = attach(entry_of(submission, 10), officer)
    submit(submission, officer)
    give_back(submission, ministry)
    evidence.detach(at=moment("2013-07-09 10:00"))
    submit(submission, officer, at="2013-07-09 11:00")
    kept = [
        [file["sha256"] for entry in sent.payload for file in entry["evidence"]]
        for sent in submission.rounds.order_by("number")
    ]
    assert kept == [[evidence.sha256], []]
    assert Evidence.objects.filter(pk=evidence.pk).exists()


@pytest.mark.parametrize("deed", ["attach", "detach"])
def test_it_changes_no_evidence_of_what_was_sent(submission, officer, deed):
    entry = entry_of(submission, 10)
    evidence = attach(entry, officer)
    submit(submission, officer)
    with pytest.raises(Refused):
        if deed == "attach":
            attach(entry_of(submission, 10), officer, name="тағы.pdf", at="2013-07-04 10:00")
        else:
            evidence.detach(at=moment("2013-07-04 10:00"))
    assert list(Evidence.objects.values_list("pk", "detached_at")) == [(evidence.pk, None)]


def test_it_shows_a_file_to_the_ministry_once_it_was_sent(submission, officer, ministry, stranger, government):
    evidence = attach(entry_of(submission, 10), officer)
    assert not Evidence.objects.for_user(ministry).exists()
    submit(submission, officer)
    assert list(Evidence.objects.for_user(ministry)) == [evidence]
    assert list(Evidence.objects.for_user(officer)) == [evidence]
    assert not Evidence.objects.for_user(stranger).exists()
    assert not Evidence.objects.for_user(government).exists()


def test_it_never_shows_the_ministry_a_file_that_was_taken_away_before_sending(submission, officer, ministry):
    attach(entry_of(submission, 10), officer).detach(at=moment("2013-07-02 11:00"))
    submit(submission, officer)
    assert not Evidence.objects.for_user(ministry).exists()


# From the half-year before, and from co-executors


def test_it_stands_beside_the_previous_half_years_entries(submission, officer):
    put(submission, 10, narrative="Былтырғы мәтін")
    submit(submission, officer)
    open_executor_windows("2013-12-21")
    now = submission_of("natr", ReportingPeriod.objects.get(year=2013, number=2))
    previous = {entry.measure.number: entry for entry in ProgressEntry.objects.of_previous_period(now)}
    assert previous["10"].narrative == "Былтырғы мәтін"
    assert len(previous) == 18


def test_it_takes_over_only_documents_that_co_executors_sent(period, officer):
    fill(submission_of("mgmt", period), m10="done")
    entry = entry_of(submission_of("natr", period), 10)
    assert not ProgressEntry.objects.documents_of_co_executors(entry).exists()
    send(submission_of("mgmt", period), m10="done", m12="done")
    offered = ProgressEntry.objects.documents_of_co_executors(entry)
    assert [(one.submission.executor.code, one.document_number) for one in offered] == [("mgmt", "12-3/45")]
