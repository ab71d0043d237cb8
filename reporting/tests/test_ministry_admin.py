"""The ministry's way through the admin: queue, review, consolidating, writing, handing over, approving."""

import datetime
import re

import pytest

from conftest import entry_of, fill, moment, send, send_all, submission_of, text_of, write_up
from reporting import rollup
from reporting.models import OffControl, ReportingPeriod, Summary
from reporting.tasks import open_executor_windows
from roadmap.models import Measure

pytestmark = [pytest.mark.usefixtures("in_english"), pytest.mark.only_beside("postgres")]


def queue(period, step="queue"):
    return f"/admin/reporting/reportingperiod/{period.pk}/{step}/"


def review(submission):
    return f"/admin/reporting/submission/{submission.pk}/change/"


def summary_page(summary, step="change"):
    return f"/admin/reporting/summary/{summary.pk}/{step}/"


def line_page(summary, position):
    return f"/admin/reporting/summary/{summary.pk}/lines/{position}/"


def row_of(response, name):
    """The row of an executor in the list of executors, in words."""
    listed = response.content.decode().partition('<table class="executors stack">')[2]
    rows = re.findall(r"<tr>.*?</tr>", listed, re.DOTALL)
    return next(" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in rows if name in row)


@pytest.fixture
def officer_of_ministry(sign_in, ministry):
    return sign_in(ministry)


@pytest.fixture
def sent(review_period, officer):
    return send(submission_of("natr", review_period), by=officer)


@pytest.fixture
def draft_summary(review_period):
    send_all(review_period, m1="done")
    return rollup.refresh(review_period, at=moment("2013-07-08 12:00"))


@pytest.fixture
def handed_over(draft_summary, ministry):
    write_up(draft_summary, by=ministry)
    draft_summary.hand_over(by=ministry, at=moment("2013-07-08 13:00"))
    return draft_summary


# The queue


def test_start_leads_to_the_queue(officer_of_ministry, review_period):
    assert officer_of_ministry.get("/").url == queue(review_period)


def test_queue_tells_expected_received_late_returned_accepted_and_missing(officer_of_ministry, review_period, ministry):
    first = send(submission_of("mint", review_period))
    first.accept(by=ministry, at=moment("2013-07-08 09:00"), revision=first.revision)
    late = send(submission_of("king", review_period), at="2013-07-06 10:00")
    late.return_for_rework(
        by=ministry, at=moment("2013-07-08 09:00"), revision=late.revision, comment="Қайта қараңыз",
        resubmit_by=datetime.date(2013, 7, 10),
    )  # fmt: skip
    send(submission_of("natr", review_period))
    response = officer_of_ministry.get(queue(review_period))
    assert "accepted" in row_of(response, "MINT")
    assert "returned for rework until 10 July 2013 late" in row_of(response, "KIOG JSC")
    assert "received, waits for review" in row_of(response, "NATD JSC")
    assert "missing" in row_of(response, "Zerde Holding JSC")
    figures = re.findall(r"<li[^>]*>([\w ]+)<strong>(\d+)", response.content.decode())
    assert dict(figures) == {
        "Received": "3", "Waits for review": "1", "On rework": "1", "Accepted": "1", "Missing": "6",
    }  # fmt: skip
    assert "on time 2, late 1" in text_of(response)


def test_queue_says_expected_while_the_window_is_open(officer_of_ministry, period):
    response = officer_of_ministry.get(queue(period))
    assert "expected" in row_of(response, "NATD JSC")
    assert "on 6 July 2013. Review is possible now." in text_of(response)


def test_queue_costs_the_same_for_one_executor_and_nine(officer_of_ministry, review_period, django_assert_num_queries):
    """Session, user, period, its standing, rounds, the order, successions, measures, duty, summary, corrections, other
    periods, petitions, letters that failed; and, while reports can still be entered, whether the half-year is being
    corrected.
    """
    officer_of_ministry.get(queue(review_period))
    with django_assert_num_queries(15):
        officer_of_ministry.get(queue(review_period))
    send_all(review_period)
    with django_assert_num_queries(14):
        officer_of_ministry.get(queue(review_period))


# Review


def test_review_shows_what_was_sent_read_only(officer_of_ministry, sent):
    response = officer_of_ministry.get(review(sent))
    words = text_of(response)
    assert words.count("Жұмыс жүргізілуде.") == 18 and "А. Б. Серікбаев" in words
    assert b'name="narrative"' not in response.content


def test_draft_stays_its_executors_own(officer_of_ministry, review_period):
    draft = submission_of("natr", review_period)
    fill(draft)
    words = text_of(officer_of_ministry.get(review(draft)))
    assert "Жұмыс жүргізілуде." not in words and "Nothing has been sent yet" in words


def test_what_is_reworked_is_not_shown_before_it_is_sent_again(officer_of_ministry, sent, ministry):
    sent.return_for_rework(
        by=ministry, at=moment("2013-07-08 10:00"), revision=sent.revision, comment="Толықтырыңыз",
        resubmit_by=datetime.date(2013, 7, 10),
    )  # fmt: skip
    sent.entries.update(narrative="Әлі жіберілмеген мәтін")
    assert "Әлі жіберілмеген мәтін" not in text_of(officer_of_ministry.get(review(sent)))


def test_review_proposes_two_working_days(officer_of_ministry, sent, on_day):
    on_day("2013-07-05")  # a Friday; Capital Day on Saturday takes Monday too
    assert b'name="resubmit_by" value="2013-07-10"' in officer_of_ministry.get(review(sent)).content


def test_accepting(officer_of_ministry, sent, ministry):
    response = officer_of_ministry.post(review(sent), {"revision": sent.revision, "accept": ""})
    assert response.url == queue(sent.period)
    sent.refresh_from_db()
    assert (sent.status, sent.rounds.get().reviewed_by) == ("accepted", ministry)


def test_returning_with_words_at_a_measure(officer_of_ministry, sent):
    measure = entry_of(sent, 6).measure
    words = {"revision": sent.revision, "return": "", "resubmit_by": "2013-07-10"}
    officer_of_ministry.post(review(sent), words | {f"measure_{measure.pk}": "Құжат жоқ"})
    sent.refresh_from_db()
    assert sent.status == "returned"
    assert sent.rounds.get().comment_at(measure.pk) == "Құжат жоқ"
    assert sent.rounds.get().resubmit_by == datetime.date(2013, 7, 10)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ({"resubmit_by": "2013-07-10"}, "Say what has to be put right"),
        ({"resubmit_by": "2013-07-10", "comment": "   "}, "Say what has to be put right"),
        ({"comment": "Түзетіңіз", "resubmit_by": ""}, "Give the day to send it again by."),
        ({"comment": "Түзетіңіз", "resubmit_by": "2013-07-01"}, "lies in the past"),
        ({"comment": "Түзетіңіз", "resubmit_by": "ертең"}, "Enter a valid date."),
        ({"comment": "ұ" * 20_001, "resubmit_by": "2013-07-10"}, "at most 20000 characters"),
    ],
)
def test_returning_wants_words_and_a_day(officer_of_ministry, sent, words, sentence):
    response = officer_of_ministry.post(review(sent), {"revision": sent.revision, "return": ""} | words)
    assert sentence in text_of(response)
    sent.refresh_from_db()
    assert sent.status == "submitted"


def test_second_reviewer_is_told(officer_of_ministry, sent):
    values = {"revision": sent.revision, "accept": ""}
    officer_of_ministry.post(review(sent), values)
    assert "does not wait for this review" in text_of(officer_of_ministry.post(review(sent), values))


def test_accepting_several_says_what_was_skipped(officer_of_ministry, review_period, sent):
    draft = submission_of("king", review_period)
    response = officer_of_ministry.post(
        "/admin/reporting/submission/",
        {"action": "accept_chosen", "_selected_action": [sent.pk, draft.pk]},
        follow=True,
    )
    words = text_of(response)
    assert "Accepted: 1 (" in words and "Skipped: KIOG JSC — half-year I of 2013 (draft)" in words


@pytest.mark.parametrize("role", ["head", "administrator"])
def test_reviewing_is_the_officers_alone(sign_in, people, sent, role):
    response = sign_in(people[role]).post(review(sent), {"revision": sent.revision, "accept": ""})
    assert response.status_code == 403
    sent.refresh_from_db()
    assert sent.status == "submitted"


def test_enter_in_a_field_decides_nothing(officer_of_ministry, sent):
    response = officer_of_ministry.post(review(sent), {"revision": sent.revision, "comment": "Ескертпе"})
    assert "Choose: accept, or return for rework." in text_of(response) and "Ескертпе" in text_of(response)
    sent.refresh_from_db()
    assert sent.status == "submitted"


def test_words_at_a_measure_are_kept_when_it_is_accepted(officer_of_ministry, sent):
    measure = entry_of(sent, 6).measure
    words = {"revision": sent.revision, "accept": "", f"measure_{measure.pk}": "Келесіде нақтырақ жазыңыз"}
    officer_of_ministry.post(review(sent), words)
    assert sent.rounds.get().comment_at(measure.pk) == "Келесіде нақтырақ жазыңыз"


def test_review_costs_the_same_for_one_measure_and_eighteen(
    officer_of_ministry, review_period, django_assert_num_queries
):
    """Session, user, submission, its entries' measures, rounds, scanned letters, its being corrected, later acts."""
    for code in ("natr", "king"):
        submission = send(submission_of(code, review_period))
        officer_of_ministry.get(review(submission))
        with django_assert_num_queries(10):
            officer_of_ministry.get(review(submission))


@pytest.mark.parametrize("model", ["reporting/reportingperiod", "reporting/submission", "roadmap/measure"])
def test_every_column_can_be_sorted(officer_of_ministry, review_period, model):
    page = officer_of_ministry.get(f"/admin/{model}/").content.decode()
    links = {link.replace("&amp;", "&") for link in re.findall(r'href="(\?[^"]*\bo=[^"]*)"', page)}
    assert links
    for link in links:
        assert officer_of_ministry.get(f"/admin/{model}/{link}").status_code == 200


# Consolidating and writing


def test_consolidating_waits_for_the_ministrys_window(officer_of_ministry, period):
    response = officer_of_ministry.post(queue(period, "consolidate"), follow=True)
    assert "The ministry's window is not open yet" in text_of(response)
    assert not Summary.objects.exists()


def test_consolidating_makes_a_line_for_each_measure(officer_of_ministry, review_period):
    send_all(review_period)
    response = officer_of_ministry.post(queue(review_period, "consolidate"), follow=True)
    assert "0 of 18 lines written." in text_of(response)
    assert Summary.objects.get().lines.count() == 20


def test_line_shows_the_executors_words_beside_the_ministrys(officer_of_ministry, draft_summary):
    words = text_of(officer_of_ministry.get(line_page(draft_summary, 2)))
    assert words.count("Жұмыс жүргізілуде.") == 2
    assert "NATD JSC" in words and "Management company" in words and "2 of 2 reported" in words


def write(client, summary, position, **values):
    line = summary.lines.get(position=position)
    words = {"revision": line.revision, "text_kk": "Министрлік мәтіні", "text_ru": "Текст министерства"}
    empty = {"overruled_status": "", "overruled_reason": ""}
    return client.post(line_page(summary, position), words | empty | values)


def test_writing_a_line_and_going_on(officer_of_ministry, draft_summary):
    assert write(officer_of_ministry, draft_summary, 2, next="").url == line_page(draft_summary, 3)
    assert draft_summary.lines.get(position=2).text_kk == "Министрлік мәтіні"
    assert write(officer_of_ministry, draft_summary, 20, next="").url == summary_page(draft_summary)


def test_overruling_wants_a_reason(officer_of_ministry, draft_summary):
    response = write(officer_of_ministry, draft_summary, 2, overruled_status="not_done")
    assert "Say why the status is overruled." in text_of(response) and "Министрлік мәтіні" in text_of(response)
    write(officer_of_ministry, draft_summary, 2, overruled_status="not_done", overruled_reason="Құжат жоқ")
    assert draft_summary.lines.get(position=2).status == "not_done"


def test_two_officers_see_both_texts(officer_of_ministry, draft_summary):
    line = draft_summary.lines.get(position=2)
    write(officer_of_ministry, draft_summary, 2, text_kk="Бірінші нұсқа")
    response = write(officer_of_ministry, draft_summary, 2, text_kk="Екінші нұсқа", revision=line.revision)
    assert "Бірінші нұсқа" in text_of(response) and "Екінші нұсқа" in text_of(response)
    assert draft_summary.lines.get(position=2).text_kk == "Бірінші нұсқа"


def test_changed_source_marks_the_line_and_keeps_the_text(officer_of_ministry, draft_summary, ministry, officer):
    write(officer_of_ministry, draft_summary, 2)
    submission = submission_of("natr", draft_summary.period)
    submission.return_for_rework(
        by=ministry, at=moment("2013-07-08 14:00"), revision=submission.revision, comment="Түзетіңіз",
        resubmit_by=datetime.date(2013, 7, 10),
    )  # fmt: skip
    officer_of_ministry.post(queue(draft_summary.period, "consolidate"))
    line = draft_summary.lines.get(position=2)
    assert (line.is_changed, line.text_kk) == (True, "Министрлік мәтіні")
    assert "source changed" in text_of(officer_of_ministry.get(summary_page(draft_summary)))


def test_first_text_is_not_lost_when_a_colleague_consolidates(officer_of_ministry, draft_summary, ministry):
    line = draft_summary.lines.get(position=2)
    submission = submission_of("natr", draft_summary.period)
    submission.return_for_rework(
        by=ministry, at=moment("2013-07-08 14:00"), revision=submission.revision, comment="Түзетіңіз",
        resubmit_by=datetime.date(2013, 7, 10),
    )  # fmt: skip
    rollup.refresh(draft_summary.period, at=moment("2013-07-08 15:00"))
    response = write(officer_of_ministry, draft_summary, 2, revision=line.revision)
    assert "Refreshed meanwhile by consolidating again" in text_of(response)
    assert "Министрлік мәтіні" in text_of(response)


def test_overruling_to_done_before_the_deadline_asks_for_the_whole_measure(officer_of_ministry, draft_summary):
    words = {"overruled_status": "done", "overruled_reason": "Құжат келді"}
    response = write(officer_of_ministry, draft_summary, 12, **words)
    assert "is the whole measure done" in text_of(response)
    write(officer_of_ministry, draft_summary, 12, **words, is_whole_measure="on")
    assert (draft_summary.lines.get(position=12).status, draft_summary.lines.get(position=12).percent) == ("done", 100)


def test_lines_cost_the_same_whatever_their_number(officer_of_ministry, draft_summary, django_assert_num_queries):
    """The summary with its check, one line with its document, and the preview: no query for each measure."""
    for path, count in ((summary_page(draft_summary), 20), (line_page(draft_summary, 2), 17)):
        officer_of_ministry.get(path)
        with django_assert_num_queries(count):
            officer_of_ministry.get(path)


# Handing over, approving, sending back


def test_handed_over_summary_is_closed_for_the_officers(officer_of_ministry, draft_summary):
    officer_of_ministry.post(summary_page(draft_summary, "hand-over"))
    response = write(officer_of_ministry, draft_summary, 2)
    assert "at the head" in text_of(response) and "Министрлік мәтіні" in text_of(response)
    response = officer_of_ministry.post(queue(draft_summary.period, "consolidate"), follow=True)
    assert "The head has the summary" in text_of(response)


def test_head_reads_what_is_missing_returned_not_reviewed_changed_and_leaving(sign_in, head, ministry, review_period):
    for code in ("mint", "natr", "mgmt"):
        send(submission_of(code, review_period), m1="done")
    group = send(submission_of("wg", review_period))
    group.return_for_rework(
        by=ministry, at=moment("2013-07-08 10:00"), revision=group.revision, comment="Түзетіңіз",
        resubmit_by=datetime.date(2013, 7, 10),
    )  # fmt: skip
    summary = rollup.refresh(review_period, at=moment("2013-07-08 12:00"))
    summary.hand_over(by=ministry, at=moment("2013-07-08 13:00"))
    send(submission_of("kazakhtelecom", review_period), at="2013-07-08 14:00")
    words = re.sub(r"\s+", " ", text_of(sign_in(head).get(summary_page(summary))))
    assert "Missing: KIOG JSC" in words and "Returned and not sent again: Working group" in words
    assert "Not reviewed: NATD JSC" in words
    assert "Something new since the consolidation; measures: 17" in words
    assert "The ministry's text is not written; measures: 1 , 2 , 3" in words
    assert "cannot be approved while something stands against it" in words


def approving(summary, **changes):
    summary.period.refresh_from_db()
    return {"revision": summary.period.revision, "acknowledged": "on"} | changes


def test_head_approves_and_the_measures_that_are_done_leave_unless_kept(sign_in, head, handed_over):
    client = sign_in(head)
    kept = handed_over.lines.get(position=1).measure_id
    response = client.post(summary_page(handed_over, "approve"), approving(handed_over, keep=[kept]), follow=True)
    assert "Approved and frozen." in text_of(response)
    handed_over.refresh_from_db()
    assert (handed_over.status, handed_over.approved_by) == ("approved", head)
    assert not OffControl.objects.exists()
    assert (handed_over.files.count(), handed_over.file_orders.count()) == (0, 8)


def test_approval_takes_done_measures_off_control(sign_in, head, handed_over):
    sign_in(head).post(summary_page(handed_over, "approve"), approving(handed_over))
    assert [row.measure.position for row in OffControl.objects.all()] == [1]
    assert "ЖА-2013-I" in text_of(sign_in(head).get("/admin/reporting/offcontrol/"))


def test_head_who_has_not_seen_the_last_change_is_told(sign_in, head, handed_over):
    values = approving(handed_over)
    submission = submission_of("natr", handed_over.period)
    submission.accept(by=head, at=moment("2013-07-08 15:00"), revision=submission.revision)
    response = sign_in(head).post(summary_page(handed_over, "approve"), values)
    assert "Something has happened in this half-year" in text_of(response)
    handed_over.refresh_from_db()
    assert handed_over.status == "for_approval"


def test_start_of_the_head_leads_to_what_waits_for_approval(sign_in, head, handed_over):
    assert sign_in(head).get("/").url == summary_page(handed_over)


def test_approving_wants_the_list_to_be_read(sign_in, head, handed_over):
    values = {"revision": approving(handed_over)["revision"]}
    assert "Confirm that you have read" in text_of(sign_in(head).post(summary_page(handed_over, "approve"), values))
    handed_over.refresh_from_db()
    assert handed_over.status == "for_approval"


def test_approved_summary_is_shown_from_the_frozen_copy_here_too(sign_in, head, handed_over):
    client = sign_in(head)
    client.post(summary_page(handed_over, "approve"), approving(handed_over))
    Measure.objects.update(title_en="Edited later")
    words = text_of(client.get(summary_page(handed_over)))
    assert "Edited later" not in words and "taken off control with this approval" in words
    assert client.get(line_page(handed_over, 2)).url == summary_page(handed_over)


def test_head_sends_back_with_remarks(sign_in, head, ministry, handed_over):
    client = sign_in(head)
    assert "Say what the ministry has to put right." in text_of(client.post(summary_page(handed_over, "send-back")))
    client.post(summary_page(handed_over, "send-back"), {"remarks": "5-жолды нақтылаңыз"})
    handed_over.refresh_from_db()
    assert handed_over.status == "draft"
    assert "5-жолды нақтылаңыз" in text_of(sign_in(ministry).get(summary_page(handed_over)))


@pytest.mark.parametrize(
    ("step", "role"),
    [
        ("approve", "ministry"),
        ("approve", "administrator"),
        ("send-back", "ministry"),
        ("hand-over", "head"),
        ("hand-over", "administrator"),
    ],
)
def test_steps_belong_to_their_roles(sign_in, people, handed_over, step, role):
    assert sign_in(people[role]).post(summary_page(handed_over, step), approving(handed_over)).status_code == 403
    handed_over.refresh_from_db()
    assert handed_over.status == "for_approval"


def test_preview_is_the_document_with_a_draft_mark(officer_of_ministry, draft_summary):
    assert "DRAFT, not approved" in text_of(officer_of_ministry.get(summary_page(draft_summary, "preview")))


def test_summary_of_another_ministry_is_404(sign_in, ministry, handed_over, roadmap):
    roadmap.coordinator = submission_of("natr", handed_over.period).executor
    roadmap.save()
    client = sign_in(ministry)
    assert client.get(summary_page(handed_over)).status_code == 404
    assert client.get(queue(handed_over.period)).status_code == 404
    assert client.get(review(submission_of("natr", handed_over.period))).status_code == 404


# Dates


def dates(period, **changes):
    names = ("opens_on", "executors_due_on", "ministry_due_on")
    return {name: getattr(period, name).isoformat() for name in names} | {"reason": ""} | changes


def test_administrator_moves_dates_of_a_period_that_has_not_opened(sign_in, administrator, period):
    later = ReportingPeriod.objects.get(year=2013, number=2)
    url = f"/admin/reporting/reportingperiod/{later.pk}/change/"
    sign_in(administrator).post(url, dates(later, opens_on="2013-12-16"))
    later.refresh_from_db()
    assert later.opens_on == datetime.date(2013, 12, 16)
    assert later.changes.get().by == administrator


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"opens_on": "2013-06-21", "reason": "Себеп"}, "The window has opened already"),
        ({"executors_due_on": "2013-07-04", "reason": "Себеп"}, "only be moved to a later day"),
        ({"executors_due_on": "2013-07-09"}, "Say why the dates are moved."),
        ({"executors_due_on": "2013-07-25", "reason": "Себеп"}, "The dates are out of order"),
        ({"executors_due_on": "", "reason": "Себеп"}, "This field is required."),
    ],
)
def test_dates_that_may_not_be_moved_so_are_refused(sign_in, administrator, period, changes, sentence):
    url = f"/admin/reporting/reportingperiod/{period.pk}/change/"
    assert sentence in text_of(sign_in(administrator).post(url, dates(period, **changes)))
    assert not period.changes.exists()


def test_missed_period_is_not_opened_by_moving_its_dates(sign_in, administrator, roadmap, on_day):
    open_executor_windows("2014-02-01")
    on_day("2014-02-01")
    missed = ReportingPeriod.objects.get(year=2013, number=1)
    url = f"/admin/reporting/reportingperiod/{missed.pk}/change/"
    words = text_of(sign_in(administrator).post(url, dates(missed, ministry_due_on="2014-03-01", reason="Себеп")))
    assert "the ministry opens it by hand" in words


def test_moved_due_date_moves_the_submissions(sign_in, administrator, period):
    url = f"/admin/reporting/reportingperiod/{period.pk}/change/"
    sign_in(administrator).post(url, dates(period, executors_due_on="2013-07-09", reason="Мереке күндері"))
    assert {submission.due_on for submission in period.submissions.all()} == {datetime.date(2013, 7, 9)}
    words = text_of(sign_in(administrator).get(url))
    assert "Мереке күндері" in words and "executors report by" in words


def test_dates_after_the_approval_stand(sign_in, administrator, head, handed_over):
    sign_in(head).post(summary_page(handed_over, "approve"), approving(handed_over))
    period = handed_over.period
    url = f"/admin/reporting/reportingperiod/{period.pk}/change/"
    response = sign_in(administrator).post(url, dates(period, ministry_due_on="2013-07-30", reason="Себеп"))
    assert "its dates stand" in text_of(response)


def test_officers_do_not_move_dates(officer_of_ministry, period):
    url = f"/admin/reporting/reportingperiod/{period.pk}/change/"
    assert officer_of_ministry.get(url).status_code == 200
    assert officer_of_ministry.post(url, dates(period, ministry_due_on="2013-07-30")).status_code == 403


def test_missed_period_is_opened_by_hand_oldest_first(officer_of_ministry, roadmap, on_day):
    open_executor_windows("2014-02-01")
    on_day("2014-02-01")
    first, second = ReportingPeriod.objects.order_by("year", "number")[:2]
    values = {"executors_due_on": "2014-02-10", "ministry_due_on": "2014-02-20", "reason": "Жүйе кеш енгізілді"}
    assert "Open the older one first" in text_of(officer_of_ministry.post(queue(second, "open"), values))
    assert "This field is required." in text_of(officer_of_ministry.post(queue(first, "open"), values | {"reason": ""}))
    assert officer_of_ministry.post(queue(first, "open"), values).status_code == 302
    assert officer_of_ministry.post(queue(second, "open"), values).status_code == 302
    first.refresh_from_db()
    assert first.submissions.count() == 9 and first.changes.count() == 3
