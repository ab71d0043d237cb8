"""The written check before the approval, and the four eyes."""

import pytest
from django.utils import translation

from conftest import approve, at_once, make_user, moment, send, send_all, submission_of, text_of, write_up
from reporting import approval, checks, rollup
from reporting.document_content import read_frozen
from reporting.errors import Conflict, Refused
from reporting.models import Expenditure, OffControl, ReportingPeriod, Summary, SummaryLine
from reporting.tasks import open_executor_windows, open_ministry_windows
from roadmap.models import Roadmap, User

DAY = moment("2013-07-08 15:00").date()


@pytest.fixture
def handed_over(review_period, ministry, in_english):
    """H1 2013 at the head's: everything sent, not reviewed; measure 1 done; every line written."""
    send_all(review_period, m1="done")
    summary = rollup.refresh(review_period, at=moment("2013-07-08 12:00"))
    write_up(summary, by=ministry)
    summary.hand_over(by=ministry, at=moment("2013-07-08 13:00"))
    return summary


def address(summary, step="change"):
    return f"/admin/reporting/summary/{summary.pk}/{step}/"


def approving(summary, **ticks):
    return {"revision": ReportingPeriod.objects.get(pk=summary.period_id).revision} | ticks


def approve_seen(summary, head, acknowledged=checks.ALL):
    revision = ReportingPeriod.objects.get(pk=summary.period_id).revision
    at = moment("2013-07-08 16:00")
    approval.approve(Summary.objects.get(pk=summary.pk), by=head, at=at, revision=revision, acknowledged=acknowledged)


def is_approved(summary):
    return Summary.objects.get(pk=summary.pk).is_approved


def found(summary, kind):
    return [remark.measure for remark in checks.check(summary, DAY).errors if remark.key.startswith(f"{kind}:")]


# Errors block


@pytest.mark.django_db
@pytest.mark.parametrize("texts", [{"text_kk": ""}, {"text_ru": ""}, {"text_kk": "", "text_ru": ""}])
def test_a_line_without_text_blocks_but_not_where_nobody_was_expected(handed_over, head, sign_in, texts):
    handed_over.lines.filter(measure__number__in=["2", "11"]).update(**texts)
    assert found(handed_over, "unwritten") == ["2"]
    client = sign_in(head)
    words = text_of(client.get(address(handed_over)))
    assert "is not written" in words and "cannot be approved while something stands against it" in words
    answer = client.post(address(handed_over, "approve"), approving(handed_over, acknowledged="on"))
    assert "The summary cannot be approved yet" in text_of(answer)
    assert not is_approved(handed_over) and not OffControl.objects.exists()


@pytest.mark.django_db
def test_what_was_sent_or_returned_since_blocks(handed_over, head, ministry):
    line = handed_over.lines.get(measure__number="11")
    SummaryLine.objects.filter(pk=line.pk).update(edited_at=None, edited_by=None)
    submission = submission_of("natr", handed_over.period)
    submission.return_for_rework(
        by=ministry, at=moment("2013-07-08 14:00"), revision=submission.revision, comment="Нақтылаңыз",
        resubmit_by=DAY,
    )  # fmt: skip
    assert "2" in found(handed_over, "changed")
    assert [remark.words for remark in checks.check(handed_over, DAY).errors if remark.key.startswith("withdrawn")]
    with pytest.raises(Refused, match="2"):
        approve_seen(handed_over, head)
    assert not is_approved(handed_over)


@pytest.mark.django_db
def test_a_line_that_nobody_wrote_on_is_outdated(handed_over, ministry):
    handed_over.lines.update(edited_at=None, edited_by=None)
    submission = submission_of("king", handed_over.period)
    submission.return_for_rework(
        by=ministry, at=moment("2013-07-08 14:00"), revision=submission.revision, comment="Нақтылаңыз",
        resubmit_by=DAY,
    )  # fmt: skip
    assert (found(handed_over, "outdated"), found(handed_over, "changed")) == (["18"], [])


# Warnings are acknowledged


@pytest.mark.django_db
def test_warnings_are_acknowledged_one_by_one_and_kept(handed_over, head, sign_in):
    with translation.override("en"):
        warnings = checks.check(handed_over, DAY).grouped_warnings
    assert len(warnings) == 9  # nobody's report is reviewed
    client, keys = sign_in(head), [group.key for group in warnings]
    answer = client.post(address(handed_over, "approve"), approving(handed_over, warning=keys[:-1]))
    assert "Confirm that you have read" in text_of(answer)
    assert answer.content.decode().count('name="warning"') == 9
    assert answer.content.decode().count(" checked") == 8
    assert not is_approved(handed_over)
    client.post(address(handed_over, "approve"), approving(handed_over, warning=keys))
    assert is_approved(handed_over)
    assert handed_over.events.first().remarks.splitlines() == [str(group) for group in warnings]
    assert "Not reviewed: NATD JSC" in text_of(client.get(address(handed_over)))


@pytest.mark.django_db
def test_an_overdue_line_without_anybodys_reason_is_a_warning(review_period, ministry, on_day, in_english):
    period = _second_half(review_period, on_day, ministry, head=None)
    submission = submission_of("natr", period)
    submission.entries.update(reason="", obstacles="")
    summary = rollup.refresh(period, at=moment("2014-01-08 10:00"))
    overdue = [one for one in checks.check(summary, DAY).warnings if one.key.startswith("overdue")]
    assert overdue
    first = summary.lines.get(position=overdue[0].position)
    values = {"overruled_status": "in_progress", "overruled_reason": "Келісу созылды."}
    first.write(by=ministry, at=moment("2014-01-08 11:00"), revision=first.revision, values=values)
    left = [one.position for one in checks.check(summary, DAY).warnings if one.key.startswith("overdue")]
    assert left == [one.position for one in overdue[1:]]


def _second_half(first, on_day, ministry, head):
    """H2 2013 with `natr` and `mgmt` sent; H1 approved before it where a head is given."""
    if head:
        approve(first, head=head, ministry=ministry, at="2013-07-08 16:00")
    open_executor_windows("2013-12-21")
    open_ministry_windows("2014-01-06")
    on_day("2014-01-08")
    period = ReportingPeriod.objects.get(year=2013, number=2)
    for code in ("natr", "mgmt"):
        send(submission_of(code, period), at="2014-01-03 10:00")
    return period


@pytest.mark.django_db
def test_money_that_does_not_add_up_is_a_warning(review_period, ministry, head, on_day, in_english):
    send_all(review_period)
    period = _second_half(review_period, on_day, ministry, head)
    money = Expenditure.objects.filter(entry__submission__period=period)
    natr, mgmt = (money.filter(entry__submission__executor__code=code) for code in ("natr", "mgmt"))
    natr.update(planned=2000, spent=2001)
    mgmt.update(planned=900, spent=800)
    summary = rollup.refresh(period, at=moment("2014-01-08 10:00"))
    with translation.override("en"):
        told = {str(one) for one in checks.check(summary, DAY).grouped_warnings if ": 14" in str(one)}
    assert {sentence for sentence in told if "more is spent than planned" in sentence} == {
        "NATD JSC: more is spent than planned: 14"
    }
    assert {sentence.partition(": ")[2] for sentence in told if "Management company" in sentence} == {
        "less is spent since 1 January than in the half-year before: 14",
        "less is planned for the year than in the half-year before: 14",
    }


# Four eyes


@pytest.mark.django_db
def test_who_last_edited_a_line_does_not_approve(handed_over, head, sign_in):
    handed_over.lines.filter(position__in=[2, 5]).update(edited_by=head)
    answer = sign_in(head).post(address(handed_over, "approve"), approving(handed_over, acknowledged="on"))
    assert "Four eyes" in text_of(answer) and "lines of measures 2, 5" in text_of(answer)
    assert not is_approved(handed_over)
    other = make_user("second-head", User.Role.MINISTRY_HEAD, "mint")
    approve_seen(handed_over, other)
    assert is_approved(handed_over)


@pytest.mark.django_db
def test_the_administrator_may_do_without_four_eyes(handed_over, head, sign_in, administrator):
    handed_over.lines.filter(position=2).update(edited_by=head)
    client = sign_in(administrator)
    page = client.get(f"/admin/roadmap/roadmap/{handed_over.period.roadmap_id}/change/").content.decode()
    assert 'name="four_eyes"' in page
    Roadmap.objects.update(four_eyes=False)
    approve_seen(handed_over, head)
    assert is_approved(handed_over)


# Two at once


@pytest.mark.django_db
def test_the_second_tab_is_told_who_approved(handed_over, head, sign_in):
    client, values = sign_in(head), approving(handed_over, acknowledged="on")
    client.post(address(handed_over, "approve"), values)
    second = client.post(address(handed_over, "approve"), values)
    assert second.status_code == 200 and "It is approved already, by head" in text_of(second)


def test_a_line_saved_while_the_summary_is_approved_is_in_it_or_refused(threads, review_period, ministry, head):
    summary = rollup.refresh(review_period, at=moment("2013-07-08 12:00"))
    write_up(summary, by=ministry)
    line = summary.lines.get(position=2)

    def write():
        mine = SummaryLine.objects.get(pk=line.pk)
        values = {"text_kk": "Соңғы сөз"}
        mine.write(by=ministry, at=moment("2013-07-08 13:00"), revision=line.revision, values=values)

    def hand_over_and_approve():
        Summary.objects.get(pk=summary.pk).hand_over(by=ministry, at=moment("2013-07-08 13:00"))
        approve_seen(summary, head)

    saved, approved = at_once(write, hand_over_and_approve)
    assert isinstance(saved, Refused | None) and isinstance(approved, Conflict | None)
    line.refresh_from_db()
    assert line.text_kk == ("Соңғы сөз" if saved is None else "Жұмыс жалғасуда.")
    if approved is None:
        assert read_frozen(Summary.objects.get(pk=summary.pk), "kk").rows[1].text == line.text_kk
