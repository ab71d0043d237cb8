"""The correction of an approved half-year while the next one is in work: version 2, and what stays of version 1."""

import datetime
import html
import re
from io import BytesIO

import openpyxl
import pytest
from django.utils import translation

from conftest import SIGNATURE, approve, at_once, entry_of, make_user, moment, send, submission_of, text_of, write_up
from reporting import approval, board, checks, correction, files, rollup
from reporting.agenda import RESUBMIT, agenda
from reporting.errors import Conflict, Refused
from reporting.models import JournalEntry, OffControl, ReportingPeriod, Submission, Summary
from reporting.tasks import open_executor_windows, open_ministry_windows
from roadmap import clock
from roadmap.models import Assignment, Executor, Measure, User

SLUG = "/roadmaps/decree-631"
PAGE = f"{SLUG}/summaries/2013-H1/"
FILE = f"{SLUG}/summaries/2013-H1.xlsx"
REASON = "Агенттік 1-іс-шараны қате «орындалды» деп көрсетті"


def admin_page(summary, step="change"):
    return f"/admin/reporting/summary/{summary.pk}/{step}/"


def report(submission, tail=""):
    return f"{SLUG}/submissions/{submission.pk}/{tail}"


@pytest.fixture
def first(review_period, head, ministry, on_day):
    """Version 1 of H1 2013, approved on 19 July with measures 1 and 3 done; H2 in work, on 8 January 2014.

    `natr` was accepted, `mgmt` waits for review, `wg` is on rework, `zerde` never sent.
    """
    for submission in review_period.submissions.exclude(executor__code="zerde"):
        send(submission, m1="done", m3="done")
    natr, wg = (submission_of(code, review_period) for code in ("natr", "wg"))
    natr.accept(by=ministry, at=moment("2013-07-08 10:00"), revision=natr.revision, comment="Жақсы есеп")
    wg.return_for_rework(
        by=ministry, at=moment("2013-07-08 10:00"), revision=wg.revision, comment="Толықтырыңыз",
        resubmit_by=datetime.date(2013, 7, 11),
    )  # fmt: skip
    summary = rollup.refresh(review_period, at=moment("2013-07-18 10:00"))
    line = summary.lines.get(position=2)
    words = {"text_kk": "Министрліктің мәтіні", "text_ru": "Текст министерства"}
    line.write(by=ministry, at=moment("2013-07-18 11:00"), revision=line.revision, values=words)
    summary = approve(review_period, head=head, ministry=ministry, with_files=True)
    open_executor_windows("2013-12-21")
    open_ministry_windows("2014-01-06")
    on_day("2014-01-08")
    return Summary.objects.get(pk=summary.pk)


def chosen(summary, *codes):
    return list(summary.period.submissions.filter(executor__code__in=codes).values_list("executor", flat=True))


def begin(summary, head, *codes, reason=REASON, until="2014-01-15", at="2014-01-08 11:00"):
    return correction.begin(
        Summary.objects.get(pk=summary.pk), by=head, at=moment(at), reason=reason, executors=chosen(summary, *codes),
        resubmit_by=datetime.date.fromisoformat(until),
    )  # fmt: skip


def finish(draft, head, ministry, *, at="2014-01-20 10:00"):
    """Consolidate, hand over and approve the draft."""
    draft = rollup.refresh(ReportingPeriod.objects.get(pk=draft.period_id), at=moment(at))
    write_up(draft, by=ministry, at=at)
    draft.hand_over(by=ministry, at=moment(at))
    seen = ReportingPeriod.objects.get(pk=draft.period_id)
    approval.approve(draft, by=head, at=moment(at), revision=seen.revision, acknowledged=checks.ALL)
    files.make_all(draft)
    return Summary.objects.get(pk=draft.pk)


def states(period):
    """Everything of the reports that a withdrawn correction must leave as it was."""
    names = ("executor__code", "status", "due_on", "first_submitted_at", "reopened_from", "reopened_until")
    entries = period.submissions.values_list("entries", "entries__is_sent", "entries__narrative")
    rounds = period.submissions.values_list("rounds", "rounds__decision", "rounds__comment", "rounds__reviewed_at")
    lock = ReportingPeriod.objects.get(pk=period.pk).locked_at
    return sorted(period.submissions.values_list(*names)), set(entries), set(rounds), lock


def words_of(response):
    return " ".join(text_of(response).split())


def refusal(act):
    with translation.override("en"), pytest.raises(Refused) as refused:
        act()
    return str(refused.value)


@pytest.mark.usefixtures("in_english")
def test_it_goes_the_whole_way_while_the_next_half_year_is_in_work(sign_in, people, first, on_day):
    head, ministry, natr = people["head"], people["ministry"], submission_of("natr", first.period)
    government = people["government"]
    page, file = words_of(sign_in(government).get(PAGE)), sign_in(government).get(FILE).content
    rounds_before = list(natr.rounds.values())

    # The head chooses, reads what will happen, and begins.
    client = sign_in(head)
    assert f'href="{admin_page(first, "correct")}"' in client.get(admin_page(first)).content.decode()
    form = text_of(client.get(admin_page(first, "correct")))
    assert "NATD JSC" in form and "What it reported" in form and "done, 100" in form
    values = {"reason": REASON, "executors": [natr.pk, submission_of("zerde", first.period).pk]}
    asked = client.post(admin_page(first, "correct"), values | {"resubmit_by": "2014-01-15"})
    assert "to be sent again by 15 January 2014: Zerde Holding JSC , NATD JSC ." in words_of(asked)
    assert not Summary.objects.filter(version=2).exists()
    draft_page = client.post(
        admin_page(first, "correct"), values | {"resubmit_by": "2014-01-15", "confirmed": ""}, follow=True
    )
    assert "Version 2 corrects version 1 of 19 July 2013" in text_of(draft_page) and REASON in text_of(draft_page)
    draft = Summary.objects.get(version=2)
    assert draft.lines.get(position=2).text_ru == "Текст министерства"
    assert "in work already" in text_of(client.post(admin_page(first, "correct"), values, follow=True))

    # The chosen executor reads why, changes and sends; an unchosen one cannot.
    client = sign_in(people["officer"])
    opened = text_of(client.get(report(natr)))
    assert REASON in opened and "send the report again by 15 January 2014" in opened and "on time" in opened
    entry = entry_of(natr, 1)
    changed = {"revision": entry.revision, "status": "in_progress", "percent": "60", "narrative": "Әлі берілген жоқ"}
    changed |= {"reason": "Құжат кешікті"}
    assert client.post(report(natr, "measures/1/"), changed).status_code == 302
    natr.refresh_from_db()
    sent = SIGNATURE | {"letter_date": "2014-01-08", "revision": natr.revision}
    assert "round 2" in text_of(client.post(report(natr, "submit/"), sent, follow=True))
    natr.refresh_from_db()
    assert (natr.status, natr.reopened_until, natr.is_late_on(clock.today())) == ("submitted", None, False)
    assert list(natr.rounds.filter(number=1).values()) == rounds_before
    king = submission_of("king", first.period)
    client = sign_in(make_user("king", User.Role.EXECUTOR, "king"))
    User.objects.update(language="en")
    entry = king.entries.first()
    client.post(
        report(king, f"measures/{entry.measure.position}/"), changed | {"revision": entry.revision, "percent": "11"}
    )
    assert king.entries.get(pk=entry.pk).percent == entry.percent
    assert "The report is closed" in text_of(client.get(report(king)))

    # Version 1 is valid, to the byte, and says nothing.
    assert (words_of(sign_in(government).get(PAGE)), client.get(FILE).content) == (page, file)

    # The ministry consolidates and hands over, the head approves in one of two tabs.
    client = sign_in(ministry)
    consolidated = client.post(f"/admin/reporting/reportingperiod/{first.period_id}/consolidate/", follow=True)
    assert "Lines whose source changed after you wrote them: 1." in text_of(consolidated)
    write_up(draft, by=ministry, at="2014-01-16 10:00")
    client.post(admin_page(draft, "hand-over"))
    client = sign_in(head)
    tab = client.get(admin_page(draft)).content.decode()
    assert "come back under control with the approval" in tab
    revision = re.search(r'name="revision" value="(\d+)"', tab)[1]
    on_day("2014-01-20")
    both = [
        text_of(client.post(admin_page(draft, "approve"), {"revision": revision, "acknowledged": "on"}, follow=True))
        for _tab in range(2)
    ]
    assert "Approved and frozen." in both[0] and "Approved and frozen." not in both[1]
    files.make_all(draft)

    # The Government reads version 2, what it changes, and version 1 as superseded.
    client = sign_in(government)
    now = " ".join(text_of(client.get(PAGE)).split())
    assert "Version 2 corrects version 1 of 19 July 2013" in now and REASON in now
    assert re.search(r"Status done in progress", now) and "superseded" in now
    old = text_of(client.get(f"{PAGE}?version=1"))
    assert "Superseded on 20 January 2014 by version 2." in old
    assert client.get(f"{FILE}?version=1").content == file
    book = openpyxl.load_workbook(BytesIO(client.get(FILE).content))
    rows = [{str(cell.value) for cell in row} for sheet in book for row in sheet.iter_rows()]
    assert any({"орындалды", "орындалуда"} <= row for row in rows) and any(REASON in " ".join(row) for row in rows)
    assert [client.get(f"{path}?version={bad}").status_code for path in (PAGE, FILE) for bad in ("3", "x", "")] == [
        404
    ] * 6
    listed = client.get(f"{SLUG}/summaries/").content.decode()
    assert f'href="{PAGE}?version=1"' in listed and listed.count("<h2>") == 1
    stood = client.get(f"{SLUG}/?on=2014-01-19")
    assert f'href="{PAGE}?version=1"' in stood.content.decode()
    assert "Version 2 took its place on 20 January 2014." in text_of(stood)

    # Measure 1 is under control again; the window that is open is not changed, the next one has it.
    assert dict(OffControl.objects.values_list("measure__position", "revoked_on")) == {
        1: datetime.date(2014, 1, 20), 3: None,
    }  # fmt: skip
    kinds = JournalEntry.objects.filter(measure__position=1).values_list("kind", flat=True)
    assert "off_control_revoked" in kinds
    open_executor_windows("2014-06-20")
    in_windows = Submission.objects.filter(executor__code="natr", entries__measure__position=1)
    assert [s.period.code for s in in_windows.order_by("period__year", "period__number")] == ["2013-H1", "2014-H1"]
    assert ReportingPeriod.objects.get(pk=first.period_id).is_locked
    assert not Submission.objects.exclude(reopened_from="").exists()
    assert submission_of("zerde", first.period).status == "not_submitted"


def test_it_leaves_the_others_closed_whatever_their_state(first, head, ministry):
    """On rework, waiting for review, never sent: none of them opens, and the daily task makes nothing for them."""
    mint = Executor.objects.get(code="mint")
    Assignment.objects.create(measure=Measure.objects.get(position=13), executor=mint, position=9)
    before = states(first.period)
    begin(first, head)
    open_executor_windows("2014-01-08")
    assert states(first.period)[:3] == before[:3]
    editable = Submission.objects.editable().filter(period=first.period)
    assert not editable.exists()
    wg, mgmt = (Submission.objects.get(period=first.period, executor__code=code) for code in ("wg", "mgmt"))
    assert not wg.is_editable
    for act in (mgmt.accept, mgmt.return_for_rework):
        day = {"resubmit_by": datetime.date(2014, 1, 20)} if act == mgmt.return_for_rework else {}
        said = refusal(lambda act=act, day=day: act(
            by=ministry, at=moment("2014-01-08 12:00"), revision=mgmt.revision, comment="x", **day
        ))  # fmt: skip
        assert "was not reopened" in said
    moved = {"executors_due_on": datetime.date(2014, 2, 1)}
    assert first.period.faults_in_moving(moved, "себеп", on=datetime.date(2014, 1, 8))


def test_it_hides_no_work_of_the_current_half_year(sign_in, people, first):
    head, ministry = people["head"], people["ministry"]
    begin(first, head, "natr")
    current = ReportingPeriod.objects.get(year=2013, number=2)
    assert board.current_periods(ministry) == [current]
    User.objects.update(language="en")
    words = text_of(sign_in(ministry).get("/", follow=True))
    assert "half-year II of 2013" in words
    assert "Correction in work: half-year I of 2013, version 2" in words
    queue = words_of(sign_in(ministry).get(f"/admin/reporting/reportingperiod/{first.period_id}/queue/"))
    assert "Correction in work, version 2" in queue and "days late" not in queue
    assert "NATD JSC, until 15.01.2014" in queue
    # The chosen executor has two reports before it, the others the current one; its calendar names the day.
    both = {"natr": ["2013-H1", "2013-H2"], "king": ["2013-H2"]}
    for code, codes in both.items():
        person = make_user(code, User.Role.EXECUTOR, code)
        assert [one.period.code for one in Submission.objects.for_user(person).current()] == codes
        days = [event.day for event in agenda(person, datetime.date(2014, 1, 8)) if event.kind == RESUBMIT]
        assert days == ([datetime.date(2014, 1, 15)] if code == "natr" else [])


@pytest.mark.usefixtures("in_english")
def test_it_is_withdrawn_without_a_trace_but_the_journals(sign_in, people, first):
    before = states(first.period)
    draft = begin(first, people["head"], "natr", "zerde", "wg", "mgmt")
    assert states(first.period) != before
    rollup.refresh(ReportingPeriod.objects.get(pk=first.period_id), at=moment("2014-01-08 12:00"))
    answer = sign_in(people["head"]).post(admin_page(draft, "withdraw"), follow=True)
    assert "everything stands as before" in text_of(answer)
    assert states(first.period) == before
    assert list(Summary.objects.filter(period=first.period)) == [first]
    about = JournalEntry.objects.filter(summary=first, kind__startswith="correction").order_by("pk")
    assert list(about.values_list("kind", "words")) == [("correction", REASON), ("correction_withdrawn", REASON)]
    natr = submission_of("natr", first.period)
    assert list(natr.journal.order_by("pk").values_list("details__before", "details__version")) == [
        ("accepted", 2), (None, 2),
    ]  # fmt: skip
    again = begin(first, people["head"], "natr")
    assert again.version == 2 and "no longer" in refusal(
        lambda: correction.withdraw(draft, by=people["head"], at=moment("2014-01-08 13:00"))
    )


def test_it_is_not_withdrawn_once_anybody_has_worked_on_it(first, head, ministry, in_english):
    draft = begin(first, head, "natr", "mgmt")
    natr = submission_of("natr", first.period)
    entry = entry_of(natr, 2)
    entry.save_draft(
        by=make_user("natr", User.Role.EXECUTOR), at=moment("2014-01-08 12:00"), revision=entry.revision,
        values={"narrative": "Жаңа мәтін"}, money={},
    )  # fmt: skip

    def withdraw():
        return correction.withdraw(draft, by=head, at=moment("2014-01-08 13:00"))

    assert "NATD JSC" in refusal(withdraw)
    assert entry_of(natr, 2).narrative == "Жаңа мәтін" and Summary.objects.filter(pk=draft.pk).exists()
    mgmt = submission_of("mgmt", first.period)
    correction.let_stand(draft, mgmt, by=head, at=moment("2014-01-08 13:00"))
    mgmt.refresh_from_db()
    assert (mgmt.status, mgmt.is_editable) == ("submitted", False)
    entry.refresh_from_db()
    entry.save_draft(
        by=make_user("natr", User.Role.EXECUTOR), at=moment("2014-01-08 14:00"), revision=entry.revision,
        values={"narrative": "Жұмыс жүргізілуде."}, money={},
    )  # fmt: skip
    line = draft.lines.get(position=2)
    line.write(by=ministry, at=moment("2014-01-08 15:00"), revision=line.revision, values={"text_kk": "Түзетілді"})
    assert "worked on this version" in refusal(withdraw)


def test_it_can_correct_the_ministrys_text_alone_and_a_correction_too(first, head, ministry):
    draft = begin(first, head)
    line = draft.lines.get(position=2)
    line.write(
        by=ministry, at=moment("2014-01-09 10:00"), revision=line.revision,
        values={"text_kk": "Түзетілген мәтін", "text_ru": "Исправленный текст"},
    )  # fmt: skip
    second = finish(draft, head, ministry)
    assert not OffControl.objects.exclude(revoked_on=None).exists()
    assert refusal(lambda: begin(first, head))
    third = finish(
        begin(second, head, reason="Тағы бір қате", at="2014-01-21 10:00"), head, ministry, at="2014-01-22 10:00"
    )
    assert third.version == 3 and list(Summary.objects.valid()) == [third]
    assert [one.version for one in correction.period_versions(first)] == [1, 2, 3]
    assert correction.replacement(first) == second


@pytest.mark.usefixtures("in_english")
def test_it_keeps_what_was_typed_and_takes_no_hostile_words_for_anything_else(sign_in, head, first):
    client = sign_in(head)
    natr = submission_of("natr", first.period)
    hostile = "=1+1 <script>alert(1)</script> ﷽ \u202eесеп\u202c 🏗 " + "ұ" * 500
    values = {"reason": hostile, "executors": [natr.pk], "confirmed": ""}
    for day, sentence in (
        ("2014-01-01", "lies in the past"), ("", "Give the day"), ("ертең", "Enter a valid date"),
        ("2019-01-01", "within the next 90 days"),
    ):  # fmt: skip
        page = client.post(admin_page(first, "correct"), values | {"resubmit_by": day})
        assert sentence in text_of(page) and html.escape(hostile.strip()) in page.content.decode()
        assert re.search(rf'value="{natr.pk}" checked', page.content.decode())
    for bad, sentence in (
        ({"reason": "  "}, "This field is required"), ({"reason": "а" * 20_001}, "at most 20000 characters"),
        ({"reason": "a\0b"}, "Null characters"), ({"executors": ["9999999"]}, "Select a valid choice"),
        ({"executors": ["x"]}, "not a valid value"),
    ):  # fmt: skip
        page = client.post(admin_page(first, "correct"), values | {"resubmit_by": "2014-01-15"} | bad)
        assert sentence in text_of(page), bad
    assert not Summary.objects.filter(version=2).exists()
    client.post(admin_page(first, "correct"), values | {"resubmit_by": "2014-01-15"})
    draft = Summary.objects.get(version=2)
    page = client.get(admin_page(draft)).content.decode()
    assert "<script>alert" not in page and html.escape("<script>alert(1)</script>") in page
    assert draft.correction_reason == hostile


@pytest.mark.usefixtures("threads")
def test_two_heads_begin_at_the_same_moment_and_one_is_told(review_period, on_day):
    """Real threads: one draft, one lock taken away, and a sentence for the second."""
    head = make_user("head", User.Role.MINISTRY_HEAD, "mint")
    other = make_user("head-2", User.Role.MINISTRY_HEAD, "mint")
    ministry = make_user("ministry", User.Role.MINISTRY_OFFICER, "mint")
    natr = send(submission_of("natr", review_period))
    first = approve(review_period, head=head, ministry=ministry)
    found = at_once(*(lambda person=person: begin(first, person, "natr") for person in (head, other)))
    assert sorted(type(one).__name__ for one in found) == ["Conflict", "Summary"]
    assert isinstance(next(one for one in found if isinstance(one, Exception)), Conflict)
    assert Summary.objects.filter(period=review_period).count() == 2
    assert JournalEntry.objects.filter(submission=natr).count() == 1
