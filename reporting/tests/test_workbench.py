"""The ministry's workbench: what stands beside each measure, saved line by line, with htmx and without."""

import datetime
import re

import pytest
from django.utils import translation

from conftest import approve, fill, make_user, moment, send, send_all, submission_of, text_of, write_up
from reporting import rollup, sources, workbench
from reporting.models import JournalEntry, ProgressEntry, ReportingPeriod, Submission, SummaryLine
from reporting.tasks import open_executor_windows, open_ministry_windows
from roadmap.models import Assignment, Executor, Measure, User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english"), pytest.mark.only_beside("postgres")]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def bench(sign_in, ministry):
    return sign_in(ministry)


@pytest.fixture
def summary(review_period):
    """H1 2013 consolidated: `natr` and `mgmt` in progress, measure 1 done by both of its executors."""
    for code in ("mint", "natr", "mgmt"):
        send(submission_of(code, review_period), m1="done")
    return rollup.refresh(review_period, at=moment("2013-07-08 12:00"))


def page(summary, query=""):
    return f"/admin/reporting/summary/{summary.pk}/workbench/{query}"


def line_page(summary, position):
    return f"/admin/reporting/summary/{summary.pk}/lines/{position}/"


def hidden(response, position):
    """What the page carries in that measure's form: the revision and the mark of the source."""
    form = re.search(rf'id="form-{position}".*?</form>', response.content.decode(), re.DOTALL).group()
    return dict(re.findall(r'name="(revision|mark)" value="([^"]*)"', form))


def write(client, summary, position, *, seen=None, htmx=True, query="", **words):
    """Save a line as it stands on the workbench; `seen` is the page that the writer has before the eyes."""
    seen = seen or client.get(line_page(summary, position), headers=HTMX)
    values = {"text_kk": "Министрлік мәтіні", "text_ru": "Текст министерства", "overruled_status": ""}
    return client.post(
        line_page(summary, position) + query,
        values | {"overruled_reason": "", "save": ""} | hidden(seen, position) | words,
        headers=HTMX if htmx else {},
    )


def send_again(code, period, narrative, ministry, *, at="2013-07-08 14:00"):
    """Return an executor's report, and send it again with other words."""
    submission = submission_of(code, period)
    submission.return_for_rework(
        by=ministry, at=moment("2013-07-08 13:00"), revision=submission.revision, comment="Нақтылаңыз",
        resubmit_by=datetime.date(2013, 7, 10),
    )  # fmt: skip
    submission = Submission.objects.get(pk=submission.pk)
    fill(submission, m1="done")
    submission.entries.update(narrative=narrative)
    letter = {"signed_by_name": "А. С.", "signed_by_post": "төраға", "letter_number": "2"}
    submission.submit(
        by=make_user(code, User.Role.EXECUTOR, code), at=moment(at), revision=submission.revision,
        signature=letter | {"letter_date": datetime.date(2013, 7, 8)},
    )  # fmt: skip


# What stands there


def test_the_page_shows_words_status_reason_and_the_half_year_before(bench, on_day, review_period, head, ministry):
    send_all(review_period)
    approve(review_period, head=head, ministry=ministry, at="2013-07-08 16:00")
    open_executor_windows("2013-12-21")
    open_ministry_windows("2014-01-06")
    on_day("2014-01-08")
    period = ReportingPeriod.objects.get(year=2013, number=2)
    send(submission_of("natr", period), at="2014-01-03 10:00")
    summary = rollup.refresh(period, at=moment("2014-01-08 10:00"))
    words = re.sub(r"\s+", " ", text_of(bench.get(page(summary))))
    assert "0 of 18 lines written." in words
    assert "1 of 2 reported; none of them says «done»." in words
    assert "Nobody had to report: the term has not begun." in words
    assert "Half-year before: in progress Жұмыс жалғасуда." in words
    assert "Жұмыс жүргізілуде." in words and "NATD JSC" in words


@pytest.mark.parametrize(
    ("statuses", "sentence"),
    [
        (["done", "done"], "2 of 2 reported; all of them say «done»."),
        (["done", ""], "1 of 2 reported; these say «done», the others are missing."),
        (["done", "in_progress"], "2 of 2 reported; not all of them say «done»."),
        (["not_started", ""], "1 of 2 reported; all of them say «not started»."),
        (["not_done", "done"], "2 of 2 reported; «not done» is said by A, and one is enough."),
        (["", ""], "None of the 2 executors reported."),
    ],
)
def test_the_reason_is_the_rule_that_gave_the_status(statuses, sentence):
    reports = [
        {"status": status, "state": rollup.REPORTED if status else rollup.MISSING, "names": {"en": name}}
        for name, status in zip("AB", statuses, strict=True)
    ]
    status = rollup.roll_up([status or None for status in statuses], has_begun=True, is_off_control=False)
    line = SummaryLine(rolled_status=status, source={"expected": 2, "reports": reports})
    with translation.override("en"):
        assert sources.why(line) == sentence


def test_filters_count_what_they_show(bench, summary):
    write(bench, summary, 1)
    found = bench.get(page(summary, "?show=unwritten"))
    words = text_of(found)
    assert "not written (17)" in words and "all (20)" in words and "overdue (" in words
    assert 'id="measure-2"' in found.content.decode() and 'id="measure-1"' not in found.content.decode()
    assert "no information (" in words and bench.get(page(summary, "?show=nonsense&page=-3")).status_code == 200


# Writing


def test_a_line_is_saved_without_reloading_and_the_progress_with_it(bench, summary, ministry):
    answer = write(bench, summary, 2)
    assert answer.status_code == 200 and "<html" not in answer.content.decode()
    assert "Line 2 is saved." in text_of(answer) and "1 of 18 lines written." in text_of(answer)
    assert answer.headers["X-Line"] == "2"
    write(bench, summary, 2, text_kk="Екінші нұсқа")
    last, first = JournalEntry.objects.filter(kind="line_written")
    assert (last.by, last.summary, last.measure.position) == (ministry, summary, 2)
    assert (first.details["before"]["text_kk"], last.details["before"]["text_kk"]) == ("", "Министрлік мәтіні")


def test_without_javascript_the_way_leads_back_to_the_place(bench, summary):
    answer = write(bench, summary, 2, htmx=False, query="?show=unwritten&page=1", next="")
    assert answer.url == page(summary, "?show=unwritten&page=1#measure-3")
    answer = write(bench, summary, 3, htmx=False, query="?show=unwritten&page=1", overruled_status="not_done")
    assert "Say why the status is overruled." in text_of(answer) and "Министрлік мәтіні" in text_of(answer)


@pytest.mark.parametrize("htmx", [True, False])
def test_a_narrative_is_taken_over_by_one_click_below_what_is_typed(bench, summary, htmx):
    natr = Executor.objects.get(code="natr").pk
    answer = write(bench, summary, 2, htmx=htmx, text_kk="Өз сөзім", take=f"report:{natr}:kk")
    assert "Өз сөзім\n\nЖұмыс жүргізілуде.</textarea>" in answer.content.decode()
    assert "not saved yet" in text_of(answer)
    assert summary.lines.get(position=2).text_kk == ""
    again = write(bench, summary, 2, htmx=htmx, text_kk="Жұмыс жүргізілуде.", take=f"report:{natr}:kk")
    assert "Nothing was taken over" in text_of(again)
    for nonsense in ("report", "report:x:kk", f"report:{natr}:xx", "previous", "\u0000"):
        assert write(bench, summary, 2, htmx=htmx, take=nonsense).status_code == 200


@pytest.mark.parametrize("htmx", [True, False])
def test_who_saves_second_sees_both_texts_and_can_save(bench, summary, htmx):
    seen = bench.get(line_page(summary, 2), headers=HTMX)
    write(bench, summary, 2, text_kk="Бірінші нұсқа")
    second = write(bench, summary, 2, seen=seen, htmx=htmx, text_kk="Екінші нұсқа")
    assert second.status_code == (409 if htmx else 200)
    assert "Бірінші нұсқа" in text_of(second) and "Екінші нұсқа" in text_of(second)
    assert summary.lines.get(position=2).text_kk == "Бірінші нұсқа"
    write(bench, summary, 2, seen=second, htmx=htmx, text_kk="Екінші нұсқа")
    assert summary.lines.get(position=2).text_kk == "Екінші нұсқа"
    assert JournalEntry.objects.filter(kind="line_written").first().details["before"]["text_kk"] == "Бірінші нұсқа"


# The source changes


def test_a_change_shows_at_once_word_by_word_and_is_cleared_by_who_has_seen_it(bench, summary, ministry):
    write(bench, summary, 2)
    send_again("natr", summary.period, "Жұмыс аяқталды.", ministry)
    words = bench.get(page(summary, "?show=changed"))
    assert "source changed (1)" in text_of(words)
    assert "<del> жүргізілуде</del><ins> аяқталды</ins>" in words.content.decode()
    assert "Министрлік мәтіні" in text_of(words)
    assert summary.lines.get(position=2).text_kk == "Министрлік мәтіні"
    answer = write(bench, summary, 2, seen=words)
    assert "source changed after you wrote" not in text_of(answer)
    line = summary.lines.get(position=2)
    assert (line.source, line.is_changed) == (line.seen_source, False)
    assert "Жұмыс аяқталды." in str(line.source)
    assert "source changed (0)" in text_of(bench.get(page(summary)))


def test_a_change_that_the_writer_has_not_seen_stays_marked_and_nothing_is_lost(bench, summary, ministry):
    seen = bench.get(line_page(summary, 2), headers=HTMX)
    send_again("natr", summary.period, "Жұмыс аяқталды.", ministry)
    answer = write(bench, summary, 2, seen=seen)
    assert "Its source has changed since you opened it" in text_of(answer)
    assert "<ins> аяқталды</ins>" in answer.content.decode()
    assert summary.lines.get(position=2).text_kk == "Министрлік мәтіні"
    rollup.refresh(summary.period, at=moment("2013-07-08 15:00"))
    assert summary.lines.get(position=2).is_changed
    assert "<ins> аяқталды</ins>" in bench.get(line_page(summary, 2)).content.decode()


def test_a_change_taken_back_is_no_change(bench, summary, ministry):
    write(bench, summary, 2)
    send_again("natr", summary.period, "Жұмыс аяқталды.", ministry)
    send_again("natr", summary.period, "Жұмыс жүргізілуде.", ministry, at="2013-07-08 15:00")
    assert "source changed (0)" in text_of(bench.get(page(summary)))


# Bad input


def test_signs_that_nobody_sees_are_left_out_and_others_kept(bench, summary):
    write(bench, summary, 2, text_kk="Бұл\u0000 \u0007жоба\u202e 🏗 مشروع\r\nекінші\u000bүшінші")
    assert summary.lines.get(position=2).text_kk == "Бұл жоба 🏗 مشروع\nекінші\nүшінші"
    assert 'dir="auto"' in bench.get(line_page(summary, 2)).content.decode()


def test_a_text_that_is_too_long_is_refused_in_a_sentence_and_stands_in_the_form(bench, summary):
    long = "сөз " * 5001
    answer = write(bench, summary, 2, text_kk=long)
    assert answer.status_code == 422
    assert "at most 20000 characters" in text_of(answer) and answer.content.decode().count("сөз") > 5000
    assert summary.lines.get(position=2).text_kk == ""


@pytest.mark.parametrize("person", ["head", "administrator"])
def test_others_write_nothing(sign_in, people, summary, person):
    client = sign_in(people[person])
    assert client.post(line_page(summary, 2), {"text_kk": "Басқа"}, headers=HTMX).status_code == 403
    assert 'id="save-2"' not in client.get(page(summary)).content.decode()


# Many and long


def test_long_texts_are_shown_when_they_are_opened(bench, summary):
    ProgressEntry.objects.filter(submission__executor__code="natr").update(narrative="Ұзақ баяндама. " * 1200)
    first = bench.get(page(summary), headers={"Accept-Encoding": "gzip"})
    assert len(first.content) < 60_000
    shown = bench.get(page(summary)).content.decode()
    assert shown.count("Open; the texts are long") > 10 and 'id="form-1"' in shown
    assert bench.get(line_page(summary, 10), headers=HTMX).content.decode().count("Ұзақ баяндама.") == 1200


@pytest.mark.only_beside("sqlite")
def test_five_thousand_measures_cost_no_more_queries(bench, head, ministry, summary, django_assert_max_num_queries):
    body = Executor.objects.get(code="king")
    measures = Measure.objects.bulk_create(
        Measure(roadmap=summary.period.roadmap, position=1000 + place, number=str(place), title_kk=f"Іс-шара {place}")
        for place in range(5000)
    )
    Assignment.objects.bulk_create(Assignment(measure=measure, position=1, executor=body) for measure in measures)
    summary = rollup.refresh(summary.period, at=moment("2013-07-08 12:30"))
    with django_assert_max_num_queries(25):
        answer = bench.get(page(summary, "?show=all&page=100"), headers={"Accept-Encoding": "gzip"})
    assert len(answer.content) < 60_000
    with django_assert_max_num_queries(75):
        assert write(bench, summary, 5000).status_code == 200
    with django_assert_max_num_queries(30):
        answer = bench.get(f"/admin/reporting/summary/{summary.pk}/change/", headers={"Accept-Encoding": "gzip"})
    assert len(answer.content) < 60_000
    assert workbench.progress(summary) == (1, 5018)
    write_up(summary, by=ministry)
    summary.hand_over(by=ministry, at=moment("2013-07-19 12:00"))
    summary.period.refresh_from_db()
    bench.force_login(head)
    asked = {"revision": summary.period.revision, "acknowledged": "on"}
    with django_assert_max_num_queries(150):
        assert bench.post(f"/admin/reporting/summary/{summary.pk}/approve/", asked).status_code == 302
    summary.refresh_from_db()
    assert len(summary.frozen["documents"]["kk"]["rows"]) == 5020
