"""«What happened»: everything of a submission, a measure and a summary in one list, for those who may see it."""

import datetime

import pytest

from conftest import approve, entry_of, make_user, moment, send, send_all, submission_of, text_of
from reporting.models import Evidence, JournalEntry, Petition
from reporting.tests.test_review import PDF, SimpleUploadedFile
from roadmap.models import Measure, User

pytestmark = pytest.mark.django_db
ADMIN = "/admin/reporting"


def test_the_page_of_a_submission_tells_everything_newest_first(
    in_english, review_period, ministry, head, officer, sign_in
):
    submission = submission_of("natr", review_period)
    file = Evidence.objects.attach(
        entry_of(submission, 1), SimpleUploadedFile("дәлел <1>.pdf", PDF), content_type="application/pdf", by=officer,
        at=moment("2013-07-02 10:00"),
    )  # fmt: skip
    send(submission)
    b"".join(sign_in(ministry).get(f"/evidence/{file.pk}/").streaming_content)
    submission.accept(by=ministry, at=moment("2013-07-08 10:00"), revision=submission.revision, comment="Жақсы")
    submission.refresh_from_db()
    submission.reopen(by=ministry, at=moment("2013-07-08 11:00"), revision=submission.revision, reason="Қате сан")
    review_period.move_dates(
        {"ministry_due_on": datetime.date(2013, 7, 25)}, by=make_user("admin", User.Role.ADMINISTRATOR),
        at=moment("2013-07-08 12:00"), reason="Хат № 5",
    )  # fmt: skip
    page = text_of(sign_in(head).get(f"{ADMIN}/submission/{submission.pk}/happened/"))
    told = ["Хат № 5", "Қате сан", "Жақсы", "The ministry's window opened", "Sent to the ministry, round 1"]
    places = [page.index(words) for words in told]
    assert places == sorted(places)
    assert "дәлел <1>.pdf" in page and JournalEntry.objects.get(kind="downloaded").by == ministry
    assert sign_in(officer).get(f"{ADMIN}/submission/{submission.pk}/happened/").status_code == 302
    strangers = make_user("other", User.Role.MINISTRY_OFFICER, "natr")
    assert sign_in(strangers).get(f"{ADMIN}/submission/{submission.pk}/happened/").status_code == 404


def test_an_administrator_reads_of_a_measure_what_was_decreed_and_not_what_was_reported(
    in_english, review_period, ministry, administrator, sign_in
):
    submission = send(submission_of("natr", review_period))
    measure = entry_of(submission, 1).measure
    Petition.objects.create(
        roadmap=review_period.roadmap, kind="extend_measure", measure=measure, executor=submission.executor,
        asked_by=submission.entered_by, asked_at=moment("2013-07-05 10:00"), situation="Баяу", reason="Жоба кешікті",
        wanted_until=datetime.date(2014, 7, 1), answers_for_name="А", answers_for_post="Б",
    )  # fmt: skip
    measure.title_ru = "Иное"
    measure._change_reason = "Опечатка"
    measure.save()
    measure.title_ru = "Другое"
    measure.save()
    address = f"{ADMIN}/submission/measures/{measure.pk}/happened/"
    page = text_of(sign_in(ministry).get(address))
    assert all(words in page for words in ("Опечатка", "Иное", "Другое", "Жоба кешікті", "round 1"))
    page = text_of(sign_in(administrator).get(address))
    assert "Опечатка" in page and "Жоба кешікті" not in page and "round 1" not in page


def test_the_page_of_a_summary_tells_its_steps_in_a_constant_number_of_queries(
    in_english, review_period, ministry, head, sign_in, django_assert_max_num_queries
):
    send_all(review_period)
    summary = approve(review_period, head=head, ministry=ministry)
    for number in range(120):
        JournalEntry.objects.create(
            kind="downloaded", by=ministry, at=moment("2013-07-20 10:00"), roadmap=review_period.roadmap,
            period=review_period, summary=summary, details={"file": "xlsx", "language": "kk", "n": number},
        )  # fmt: skip
    client = sign_in(head)
    with django_assert_max_num_queries(20):
        first = text_of(client.get(f"{ADMIN}/summary/{summary.pk}/happened/"))
    assert "xlsx, kk" in first and "1 / 3" in first
    last = text_of(client.get(f"{ADMIN}/summary/{summary.pk}/happened/?page=3"))
    assert "Draft → handed over for approval" in last and "Handed over for approval → approved" in last
    assert Measure.objects.exists()
