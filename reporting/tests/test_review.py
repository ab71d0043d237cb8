"""Comparing rounds, accepting many, taking an acceptance back, and entering a report for a body without an office."""

import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from conftest import SIGNATURE, approve, at_once, entry_of, fill, make_user, moment, send, submission_of, text_of
from reporting import approval, rollup
from reporting.errors import Conflict, Refused
from reporting.models import Evidence, JournalEntry, ReportingPeriod, Submission
from reporting.tasks import open_executor_windows, open_ministry_windows
from roadmap.models import Roadmap, User

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4 letter"
SENT = {
    "signed_by_name": "Н. Қ. Ахметова",
    "signed_by_post": "жұмыс тобының жетекшісі",
    "letter_number": "07-1/22",
    "letter_date": "2013-07-03",
}


def review_page(submission, tail="change/"):
    return f"/admin/reporting/submission/{submission.pk}/{tail}"


def twice_sent(period, by):
    """Zerde's report: returned with words, and sent again with another narrative."""
    submission = send(submission_of("natr", period))
    measure = entry_of(submission, 1).measure
    submission.return_for_rework(
        by=by, at=moment("2013-07-04 10:00"), revision=submission.revision, comment="Толықтырыңыз",
        measure_comments={measure.pk: "Нақты <b>қайда</b>?"}, resubmit_by=datetime.date(2013, 7, 9),
    )  # fmt: skip
    submission.refresh_from_db()
    entries = submission.entries.filter(measure=measure)
    send(submission, at="2013-07-08 09:00")
    rounds = list(submission.rounds.order_by("number"))
    payload = rounds[1].payload
    mine = next(line for line in payload if line["measure"] == measure.pk)
    mine["narrative"] = "Жұмыс <script>alert(1)</script> Алматыда жүргізілуде.\u202e"
    mine["percent"] = 45
    rounds[1].save(update_fields=["payload"])
    assert entries.exists()
    return submission, measure


# Comparison


def test_the_ministry_sees_word_by_word_what_changed_since_the_round_it_returned(
    in_english, review_period, ministry, sign_in
):
    submission, measure = twice_sent(review_period, ministry)
    page = sign_in(ministry).get(review_page(submission)).content.decode()
    compared = page.split('id="comparison"')[1].split("</section></section>")[0]
    assert "&lt;script&gt;" in compared and "<script>alert" not in page
    assert "Алматыда" in compared and "<ins>" in compared and "30 %</del>" in compared and "45 %</ins>" in compared
    assert "Нақты &lt;b&gt;қайда" in compared  # the words of the earlier round beside it
    assert "17 measures" in page.split('id="comparison"')[1]  # the others are folded away


def test_the_executor_compares_its_own_rounds_and_nobody_elses(
    in_english, review_period, ministry, officer, stranger, sign_in
):
    submission, _measure = twice_sent(review_period, ministry)
    path = f"/roadmaps/decree-631/submissions/{submission.pk}/rounds/2/"
    assert "Алматыда" in sign_in(officer).get(path).content.decode().split('id="comparison"')[1]
    assert "The ministry on round 1:" in text_of(sign_in(officer).get(f"{path}?from=2&to=9"))
    assert sign_in(stranger).get(path).status_code == 404


# Accept many


def test_the_chosen_are_accepted_and_the_others_named_with_why(in_english, review_period, ministry, sign_in):
    first, second = (send(submission_of(code, review_period)) for code in ("zerde", "king"))
    queue = f"/admin/reporting/reportingperiod/{review_period.pk}/"
    page = sign_in(ministry).get(f"{queue}queue/").content.decode()
    boxes = [f"{one.pk}:{one.revision}" for one in (first, second)]
    assert all(f'value="{box}"' in page for box in boxes)
    second.accept(by=make_user("second", User.Role.MINISTRY_OFFICER, "mint"), at=moment("2013-07-08 10:00"),
                  revision=second.revision)  # fmt: skip
    answer = sign_in(ministry).post(f"{queue}accept/", {"chosen": boxes}, follow=True)
    first.refresh_from_db()
    assert first.status == "accepted"
    words = text_of(answer)
    assert "Accepted: 1" in words and "Skipped:" in words and "(accepted)" in words
    assert "Tick the reports" in text_of(
        sign_in(ministry).post(f"{queue}accept/", {"chosen": ["x", "99999"]}, follow=True)
    )


# Reopening


def accepted(code, period, by):
    submission = send(submission_of(code, period))
    submission.accept(by=by, at=moment("2013-07-08 10:00"), revision=submission.revision, comment="Жақсы")
    submission.refresh_from_db()
    return submission


def test_an_acceptance_is_taken_back_with_a_reason_and_nothing_of_it_is_lost(
    in_english, review_period, ministry, officer, sign_in
):
    submission = accepted("natr", review_period, ministry)
    client = sign_in(ministry)
    refused = client.post(review_page(submission, "reopen/"), {"revision": submission.revision, "reason": " "})
    assert refused.status_code == 200 and submission.status == "accepted"
    client.post(review_page(submission, "reopen/"), {"revision": submission.revision, "reason": "Қате <табылды>"})
    submission.refresh_from_db()
    assert (submission.status, submission.last_round.decision, submission.last_reviewed_round) == (
        "submitted",
        "",
        None,
    )
    kept = JournalEntry.objects.get(kind="reopened")
    assert (kept.words, kept.by, kept.submission) == ("Қате <табылды>", ministry, submission)
    assert kept.details["decision"] == "accepted" and kept.details["comment"] == "Жақсы"
    page = sign_in(officer).get(f"/roadmaps/decree-631/submissions/{submission.pk}/").content.decode()
    assert "took its acceptance back" in page and "Қате &lt;табылды&gt;" in page
    submission.return_for_rework(by=ministry, at=moment("2013-07-08 12:00"), revision=submission.revision,
                                 comment="Түзетіңіз", resubmit_by=datetime.date(2013, 7, 10))  # fmt: skip
    submission.refresh_from_db()
    assert submission.is_editable


def test_nothing_is_taken_back_after_the_approval(review_period, ministry, head):
    submission = accepted("natr", review_period, ministry)
    approve(review_period, head=head, ministry=ministry)
    submission.refresh_from_db()
    with pytest.raises(Refused):
        submission.reopen(by=ministry, at=moment("2013-07-20 10:00"), revision=submission.revision, reason="Қате")
    submission.refresh_from_db()
    assert submission.status == "accepted" and not JournalEntry.objects.filter(kind="reopened").exists()


def test_an_approval_that_was_read_before_a_reopening_is_refused(review_period, ministry, head):
    submission = accepted("natr", review_period, ministry)
    summary = rollup.refresh(review_period, at=moment("2013-07-19 10:00"))
    summary.hand_over(by=ministry, at=moment("2013-07-19 11:00"))
    read = ReportingPeriod.objects.get(pk=review_period.pk).revision
    submission.reopen(by=ministry, at=moment("2013-07-19 12:00"), revision=submission.revision, reason="Қате")
    with pytest.raises(Conflict):
        approval.approve(summary, by=head, at=moment("2013-07-19 12:01"), revision=read)
    summary.refresh_from_db()
    assert not summary.is_approved


def test_of_two_officers_at_once_one_decides_and_the_other_is_told(threads, roadmap, on_day):
    open_executor_windows("2013-06-20")
    open_ministry_windows("2013-07-06")
    on_day("2013-07-08")
    one, two = (make_user(name, User.Role.MINISTRY_OFFICER, "mint") for name in ("one", "two"))
    submission = accepted("natr", ReportingPeriod.objects.get(year=2013, number=1), one)
    at, revision = moment("2013-07-08 11:00"), submission.revision

    def reopen(by):
        return lambda: Submission.objects.get(pk=submission.pk).reopen(by=by, at=at, revision=revision, reason="Қате")

    answers = at_once(reopen(one), reopen(two))
    assert sorted(type(answer) for answer in answers if answer)[0] is Conflict and None in answers
    assert JournalEntry.objects.filter(kind="reopened").count() == 1
    revision = Submission.objects.get(pk=submission.pk).revision

    def back(by):
        return lambda: Submission.objects.get(pk=submission.pk).return_for_rework(
            by=by, at=at, revision=revision, comment="Түзетіңіз", resubmit_by=datetime.date(2013, 7, 10)
        )

    def accept(by):
        return lambda: Submission.objects.get(pk=submission.pk).accept(by=by, at=at, revision=revision)

    answers = at_once(accept(one), back(two))
    assert [type(answer) for answer in answers if answer] == [Conflict]
    submission.refresh_from_db()
    last = submission.last_round
    assert submission.status == last.decision


# On the executor's behalf


@pytest.fixture
def entered(review_period, ministry, sign_in):
    """The working group's report, which the ministry has begun to enter and filled in."""
    submission = submission_of("wg", review_period)
    sign_in(ministry).post(review_page(submission, "enter/"), {"revision": submission.revision})
    fill(submission)
    submission.refresh_from_db()
    return submission


def path(submission, tail=""):
    return f"/roadmaps/decree-631/submissions/{submission.pk}/{tail}"


def test_the_ministry_enters_for_a_body_without_an_office_and_both_names_are_kept(
    in_english, entered, ministry, sign_in
):
    client = sign_in(ministry)
    assert entered.is_entered_by_ministry and JournalEntry.objects.get(kind="entered_by_ministry").by == ministry
    assert "You enter for:" in text_of(client.get(path(entered)))
    position = entered.entries.first().measure.position
    assert client.get(path(entered, f"measures/{position}/")).status_code == 200
    without = client.post(path(entered, "submit/"), SENT | {"revision": entered.revision})
    assert "Attach the scan of the signed letter" in text_of(without)
    letter = SimpleUploadedFile("хат.pdf", PDF)
    sent = client.post(path(entered, "submit/"), SENT | {"revision": entered.revision, "letter": letter}, follow=True)
    entered.refresh_from_db()
    assert entered.status == "submitted" and entered.is_entered_by_ministry
    receipt = text_of(sent)
    assert SENT["signed_by_name"] in receipt and "(the ministry)" in receipt and "хат.pdf" in receipt
    scan = Evidence.objects.get(submission=entered)
    assert list(entered.last_round.letter_scans) == [scan]
    page = text_of(client.get(review_page(entered)))
    assert "Entered by the ministry for the executor" in page and SENT["signed_by_name"] in page
    body = make_user("wg", User.Role.EXECUTOR, "wg")
    User.objects.filter(pk=body.pk).update(language="en")
    assert b"".join(sign_in(body).get(f"/evidence/{scan.pk}/").streaming_content) == PDF
    assert "the scanned letter" in text_of(sign_in(body).get(path(entered)))
    stranger = make_user("zerde", User.Role.EXECUTOR, "zerde")
    assert sign_in(stranger).get(f"/evidence/{scan.pk}/").status_code == 404


def test_a_scan_that_is_a_program_is_refused_and_what_was_typed_stays(in_english, entered, ministry, sign_in):
    client = sign_in(ministry)
    for name, content in (("letter.exe", b"MZ\x90"), ("letter.pdf", b"MZ\x90"), ("letter.docx", b"PK\x03\x04")):
        answer = client.post(
            path(entered, "submit/"),
            SENT | {"revision": entered.revision, "letter": SimpleUploadedFile(name, content)},
        )
        assert answer.status_code == 200 and SENT["signed_by_name"] in answer.content.decode()
        assert 'class="errorlist"' in answer.content.decode()
    entered.refresh_from_db()
    assert entered.status == "draft" and not Evidence.objects.exists()


def test_a_scan_is_uploaded_once_though_the_report_is_not_complete(in_english, entered, ministry, sign_in):
    client = sign_in(ministry)
    entered.entries.first().__class__.objects.filter(submission=entered).update(status="")
    letter = SimpleUploadedFile("хат.png", b"\x89PNG\r\n\x1a\n")
    answer = client.post(path(entered, "submit/"), SENT | {"revision": entered.revision, "letter": letter})
    assert "Kept for this sending:" in text_of(answer)
    fill(entered)
    entered.refresh_from_db()
    client.post(path(entered, "submit/"), SENT | {"revision": entered.revision})
    entered.refresh_from_db()
    assert entered.status == "submitted" and entered.last_round.letter_scans


def test_drafts_that_executors_fill_in_stay_unseen_by_the_ministry(in_english, review_period, ministry, head, sign_in):
    submission = submission_of("natr", review_period)
    make_user("natr", User.Role.EXECUTOR, "natr")
    fill(submission)
    client = sign_in(ministry)
    assert client.get(path(submission)).status_code == 404
    answer = client.post(review_page(submission, "enter/"), {"revision": submission.revision}, follow=True)
    assert "The executor has begun to fill in this report" in text_of(answer)
    assert client.get(path(submission)).status_code == 404
    blank = submission_of("zerde", review_period)
    assert sign_in(head).post(review_page(blank, "enter/"), {"revision": blank.revision}).status_code == 403


def test_the_executor_that_types_at_the_same_moment_keeps_its_draft(review_period, ministry, officer):
    submission = submission_of("natr", review_period)
    seen = submission.revision
    submission.entries.first().save_draft(
        by=officer, at=moment("2013-07-08 09:00"), revision=0, values={"percent": None}, money={}
    )
    with pytest.raises(Conflict):
        submission.enter_for_executor(by=ministry, at=moment("2013-07-08 09:01"), revision=seen)
    assert not Submission.objects.get(pk=submission.pk).is_entered_by_ministry


def test_who_entered_it_does_not_accept_it_where_somebody_else_could(in_english, entered, ministry, sign_in):
    Evidence.objects.attach_letter(entered, SimpleUploadedFile("х.pdf", PDF), content_type="application/pdf",
                                   by=ministry, at=moment("2013-07-08 09:00"))  # fmt: skip
    entered.refresh_from_db()
    entered.submit(by=ministry, at=moment("2013-07-08 09:30"), revision=entered.revision, signature=SIGNATURE)
    other = make_user("second", User.Role.MINISTRY_OFFICER, "mint")
    data = {"revision": entered.revision, "accept": ""}
    assert "another officer accepts it" in text_of(sign_in(ministry).post(review_page(entered), data))
    Roadmap.objects.update(four_eyes=False)
    assert "another officer accepts it" not in text_of(sign_in(ministry).get(review_page(entered)))
    Roadmap.objects.update(four_eyes=True)
    sign_in(other).post(review_page(entered), data)
    entered.refresh_from_db()
    assert entered.status == "accepted"
