"""From the demonstration's 8 January 2014 to the file that the Government downloads, by hand and over HTTP."""

import re
from io import BytesIO

import openpyxl
import pytest

from conftest import entry_of, submission_of, text_of
from reporting import story
from reporting.models import OffControl, ReportingPeriod, Submission, Summary
from reporting.tasks import make_summary_files, open_executor_windows
from roadmap.models import User


@pytest.fixture
def demonstration(roadmap, on_day):
    on_day("2014-01-08")
    story.tell()
    return ReportingPeriod.objects.get(year=2013, number=2)


@pytest.fixture
def enter(client):
    """enter("natr") -> a client, signed in through the page with the demonstration's password."""

    def sign_in(name):
        client.post("/accounts/logout/")
        answer = client.post("/accounts/login/", {"username": name, "password": story.PASSWORD})
        assert answer.status_code == 302
        return client

    return sign_in


def states(period):
    return {submission.executor.code: submission.status for submission in period.submissions.select_related("executor")}


def test_story_stands_as_it_is_told(demonstration):
    assert states(demonstration) == {
        "mint": "accepted", "mgmt": "accepted", "almaty": "accepted", "kaznex": "submitted", "king": "submitted",
        "kazakhtelecom": "submitted", "wg": "returned", "natr": "draft", "zerde": "draft",
    }  # fmt: skip
    late = [s.executor.code for s in demonstration.submissions.reported() if s.is_late_on(story.LAST_MOMENT.date())]
    assert late == ["kazakhtelecom"]
    group = submission_of("wg", demonstration)
    assert group.last_round.comment_at(entry_of(group, 6).measure_id)
    first = Summary.objects.get()
    assert (first.period.number, first.status, str(first.approved_at.date())) == (1, "approved", "2013-07-19")
    assert {line["status"] for line in first.frozen["documents"]["kk"]["rows"]} == {
        "not_started", "in_progress", "not_begun",
    }  # fmt: skip
    not_begun = [row["number"] for row in first.frozen["documents"]["kk"]["rows"] if row["status"] == "not_begun"]
    assert not_begun == ["11", "16"]
    assert set(Submission.objects.filter(period__number=1).values_list("status", flat=True)) == {"accepted"}
    assert User.objects.count() == 13


def test_story_has_no_latin_letter_in_a_kazakh_word(demonstration):
    words = " ".join(
        entry.narrative + entry.reason + entry.obstacles for s in Submission.objects.all() for entry in s.entries.all()
    )
    assert not re.findall(r"[а-яәғқңөұүһі][a-z]|[a-z][а-яәғқңөұүһі]", words, re.IGNORECASE)


def finish_draft(client, period):
    """As `natr`: fill in what the check lists, measure by measure, and send."""
    draft = submission_of("natr", period)
    page = f"/roadmaps/decree-631/submissions/{draft.pk}/"
    assert client.get("/").url == page
    letter = {"letter_number": "11-2/7", "letter_date": "2014-01-08", "signed_by_post": "басқарма төрағасы"}
    letter |= {"signed_by_name": "А. Б. Серікбаев", "revision": draft.revision}
    faults = client.post(page + "submit/", letter)
    positions = sorted({int(found) for found in re.findall(r"/measures/(\d+)/\?check=1", faults.content.decode())})
    assert positions[:2] == [1, 2] and 14 in positions
    for position in positions:
        entry = entry_of(draft, position)
        kept = {name: getattr(entry, name) or "" for name in ("narrative", "document_name")}
        values = kept | {"revision": entry.revision, "status": "in_progress", "percent": 60, "next": ""}
        values |= {"narrative": entry.narrative or "Жұмыс жүргізілуде.", "reason": "Келісу рәсімдері созылды."}
        if position == 14:
            values |= {"planned_republican": "12 000 000", "spent_republican": "12 000 000"}
        assert client.post(f"{page}measures/{position}/", values).status_code == 302, position
    draft.refresh_from_db()
    assert client.post(page + "submit/", letter | {"revision": draft.revision}).url == f"{page}rounds/1/"
    draft.refresh_from_db()
    assert draft.status == "submitted" and draft.is_late_on(story.LAST_MOMENT.date())


def review_and_write(client, period):
    """As `ministry`: accept what was sent, consolidate, write each line, hand over."""
    queue = client.get("/").url
    for submission in period.submissions.filter(status="submitted"):
        page = f"/admin/reporting/submission/{submission.pk}/change/"
        assert client.post(page, {"revision": submission.revision, "accept": ""}).url == queue
    page = client.post(f"/admin/reporting/reportingperiod/{period.pk}/consolidate/").url
    summary = period.summaries.get()
    assert page == f"/admin/reporting/summary/{summary.pk}/change/"
    for line in summary.lines.all():
        words = {"revision": line.revision, "text_kk": f"{line.position}-іс-шара бойынша", "text_ru": "по мероприятию"}
        words |= {"overruled_status": "", "overruled_reason": ""}
        answer = client.post(f"/admin/reporting/summary/{summary.pk}/lines/{line.position}/", words)
        assert answer.status_code == 302
    assert client.post(f"/admin/reporting/summary/{summary.pk}/hand-over/").url == page


def test_whole_way(demonstration, enter):
    period = demonstration
    finish_draft(enter("natr"), period)
    review_and_write(enter("ministry"), period)

    client = enter("head")
    summary = period.summaries.get()
    page = f"/admin/reporting/summary/{summary.pk}/change/"
    words = text_of(client.get(page))
    assert "«Зерде» холдингі» АҚ" in words and "жұмыс тобы" in words
    period.refresh_from_db()
    client.post(page.replace("change", "approve"), {"revision": period.revision, "acknowledged": "on"})
    make_summary_files()
    summary.refresh_from_db()
    assert summary.is_approved
    assert states(period)["zerde"] == "not_submitted" and states(period)["wg"] == "returned"
    left = {row.measure.number for row in OffControl.objects.all()}
    assert left == {row["number"] for row in summary.frozen["documents"]["kk"]["rows"] if row["status"] == "done"}

    client = enter("government")
    assert "2013 жылғы II жартыжылдық" in text_of(client.get("/", follow=True))
    book = openpyxl.load_workbook(BytesIO(client.get("/summaries/2013-H2.xlsx", follow=True).content))
    text = "\n".join(str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value)
    assert "9-іс-шара бойынша" in text
    rows = {row["number"]: row for row in summary.frozen["documents"]["kk"]["rows"]}
    assert (rows["9"]["is_overdue"], rows["9"]["notes"]) == (True, ["мерзімі өткен"])
    assert rows["11"]["status_label"] == rows["16"]["status_label"] == "іске асыру мерзімі басталған жоқ"
    assert "«Зерде» холдингі» АҚ" in text and "пысықтауда" in text

    # The executor's door is shut, in words.
    client = enter("zerde")
    draft = submission_of("zerde", period)
    assert "жіберілмеді" in text_of(client.get(f"/roadmaps/decree-631/submissions/{draft.pk}/"))


def test_next_window_opens_without_the_measures_that_left(demonstration, enter, on_day):
    test_whole_way(demonstration, enter)
    assert open_executor_windows("2014-06-25") == ["decree-631 2014-H1"]
    period = ReportingPeriod.objects.get(year=2014, number=1)
    reported = set(period.submissions.values_list("entries__measure__number", flat=True))
    assert reported == {str(n) for n in range(1, 21)} - {row.measure.number for row in OffControl.objects.all()}
