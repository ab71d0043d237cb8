"""Hostile and hurried people: what must not break, each test with what once went wrong in such a case."""

import csv
import datetime
import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.forms.models import model_to_dict
from django.test import Client

from conftest import (
    SIGNATURE,
    approve,
    at_once,
    fill,
    make_user,
    moment,
    send,
    send_all,
    submission_of,
    text_of,
    write_up,
)
from reporting import rollup
from reporting.models import Evidence, ProgressEntry, ReportingPeriod, Submission
from reporting.tasks import open_executor_windows, open_ministry_windows
from roadmap.models import Assignment, Executor, FundingSource, Measure, Roadmap, Section

D = datetime.date
LETTER = {"signed_by_name": "Ә. Серік", "signed_by_post": "Төраға", "letter_number": "7", "letter_date": "2013-07-01"}
english = pytest.mark.usefixtures("in_english")


def enter(user):
    """A client that answers 500 like a server (assert on the status)."""
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


def entry_url(submission, position):
    return f"/roadmaps/decree-631/submissions/{submission.pk}/measures/{position}/"


def typed(entry, **values):
    names = (
        "status",
        "percent",
        "narrative",
        "obstacles",
        "reason",
        "document_name",
        "document_number",
        "document_date",
    )
    return dict.fromkeys(names, "") | {"revision": entry.revision} | values


def revision_in(response):
    return re.search(r'name="revision" value="(\d+)"', response.content.decode())[1]


def shared_entries(period, one="natr"):
    """(our entry, a co-executor's entry) of the same measure."""
    mine = submission_of(one, period)
    for entry in mine.entries.in_order():
        other = ProgressEntry.objects.filter(submission__period=period, measure=entry.measure).exclude(pk=entry.pk)
        if other:
            return entry, other.first()


def measure_form(measure, **values):
    data = {name: "" if value is None else value for name, value in model_to_dict(measure).items()}
    data |= {"deadline_periods": "[]", "funding_sources": [s.pk for s in data["funding_sources"]]}
    for name in ("deadline_needs_review", "executors", "id"):
        data.pop(name, None)
    rows = list(measure.assignments.all())
    data |= {"assignments-TOTAL_FORMS": len(rows), "assignments-INITIAL_FORMS": len(rows)}
    for i, row in enumerate(rows):
        data |= {
            f"assignments-{i}-id": row.pk,
            f"assignments-{i}-measure": measure.pk,
            f"assignments-{i}-position": row.position,
            f"assignments-{i}-executor": row.executor_id,
        }
    return data | {"change_reason": "Қаулы"} | values


def second_roadmap():
    king = Executor.objects.create(code="min2", short_name_kk="Екінші", full_name_kk="Екінші")
    return Roadmap.objects.create(
        slug="other",
        act_kk="акт",
        number="1",
        date=D(2013, 1, 1),
        title_kk="Екінші",
        first_year=2013,
        last_year=2014,
        coordinator=king,
    )


# 1 ordinary work


def test_take_over_a_document_without_a_date(period, officer):
    """500: a co-executor sent «in progress» with a document's number and no date; None.isoformat()."""
    mine, theirs = shared_entries(period)
    fill(theirs.submission)
    ProgressEntry.objects.filter(pk=theirs.pk).update(document_name="Хат", document_number="5")
    sub = Submission.objects.get(pk=theirs.submission_id)
    code = sub.executor.code
    sub.submit(
        by=make_user(code, "executor", code),
        at=moment("2013-07-01 10:00"),
        revision=sub.revision,
        signature=SIGNATURE | {"letter_date": D(2013, 7, 1)},
    )
    response = enter(officer).post(entry_url(mine.submission, mine.measure.position), typed(mine, take=theirs.pk))
    assert response.status_code != 500


def test_take_over_of_a_returned_document_keeps_what_was_typed(review_period, officer, ministry):
    """404 page, typed text gone: the co-executor's report was returned between page and click;."""
    mine, theirs = shared_entries(review_period)
    send(theirs.submission, status="done")
    sub = Submission.objects.get(pk=theirs.submission_id)
    sub.return_for_rework(
        by=ministry, at=moment("2013-07-08 10:00"), revision=sub.revision, comment="x", resubmit_by=D(2013, 7, 10)
    )
    response = enter(officer).post(
        entry_url(mine.submission, mine.measure.position), typed(mine, take=theirs.pk, narrative="MYTEXT"), follow=True
    )
    assert "MYTEXT" in response.content.decode()


def test_send_again_after_a_conflict(period, officer):
    """Dead end: after «has been changed … look again» the page keeps the stale revision; every further press fails."""
    sub = submission_of("natr", period)
    fill(sub)
    client, url = enter(officer), f"/roadmaps/decree-631/submissions/{sub.pk}/"
    seen = revision_in(client.get(url + "check/"))
    entry = sub.entries.in_order().first()
    entry.save_draft(
        by=officer, at=moment("2013-07-01 10:00"), revision=entry.revision, values={"narrative": "x"}, money={}
    )
    first = client.post(url + "submit/", LETTER | {"revision": seen})
    client.post(url + "submit/", LETTER | {"revision": revision_in(first)})
    sub.refresh_from_db()
    assert sub.status == "submitted"


@english
def test_reviewers_words_survive_a_conflict(review_period, ministry):
    """Lost: a colleague accepted meanwhile; the page answers «look again» without one word the reviewer typed."""
    sub = submission_of("natr", review_period)
    send(sub)
    sub.refresh_from_db()
    measure = sub.entries.first().measure_id
    Submission.objects.get(pk=sub.pk).accept(
        by=make_user("m2", "ministry_officer", "mint"), at=moment("2013-07-08 10:00"), revision=sub.revision
    )
    response = enter(ministry).post(
        f"/admin/reporting/submission/{sub.pk}/change/",
        {
            "revision": sub.revision,
            "comment": "GENERAL",
            f"measure_{measure}": "AT MEASURE",
            "resubmit_by": "2013-07-10",
            "return": "",
        },
    )
    assert "GENERAL" in text_of(response) and "AT MEASURE" in text_of(response)


def test_review_again_after_a_conflict(review_period, ministry):
    """Dead end: the review page keeps the stale revision after a conflict; accepting what it now shows never works."""
    sub = submission_of("natr", review_period)
    send(sub)
    sub.refresh_from_db()
    stale = sub.revision
    Submission.objects.get(pk=sub.pk).return_for_rework(
        by=ministry, at=moment("2013-07-08 10:00"), revision=stale, comment="x", resubmit_by=D(2013, 7, 10)
    )
    send(Submission.objects.get(pk=sub.pk), at="2013-07-08 11:00")
    client, url = enter(ministry), f"/admin/reporting/submission/{sub.pk}/change/"
    first = client.post(url, {"revision": stale, "resubmit_by": "2013-07-10", "accept": ""})
    client.post(url, {"revision": revision_in(first), "resubmit_by": "2013-07-10", "accept": ""})
    sub.refresh_from_db()
    assert sub.status == "accepted"


@english
def test_withdrawn_words_are_not_approved(review_period, people):
    """The approved summary carries, as reported, a text that the ministry returned before the hand-over."""
    sub = submission_of("zerde", review_period)
    send(sub)
    sub.entries.update(narrative="WITHDRAWN")
    summary = rollup.refresh(review_period, at=moment("2013-07-19 10:00"))
    sub.refresh_from_db()
    sub.return_for_rework(
        by=people["ministry"],
        at=moment("2013-07-19 11:00"),
        revision=sub.revision,
        comment="wrong",
        resubmit_by=D(2013, 7, 22),
    )
    write_up(summary, by=people["ministry"])
    summary.hand_over(by=people["ministry"], at=moment("2013-07-19 12:00"))
    review_period.refresh_from_db()
    values = {"revision": review_period.revision, "acknowledged": "on"}
    answer = enter(people["head"]).post(f"/admin/reporting/summary/{summary.pk}/approve/", values)
    assert "Returned since the consolidation" in text_of(answer)
    assert "WITHDRAWN" not in text_of(enter(people["government"]).get("/roadmaps/decree-631/summaries/2013-H1/"))


def test_double_click_attaches_a_file_once(period, officer):
    """The same form twice: two pieces of evidence of the same bytes stand on the entry."""
    sub = submission_of("natr", period)
    entry, client = sub.entries.in_order().first(), enter(officer)
    for _ in range(2):
        file = SimpleUploadedFile("a.pdf", b"%PDF-1.4", "application/pdf")
        client.post(entry_url(sub, entry.measure.position), typed(entry, narrative="t", evidence=file))
    assert Evidence.objects.count() == 1


def test_long_file_name_keeps_its_ending(period, officer):
    """A name of 205 letters is cut to 200 with its «.pdf»; it is downloaded as a file without a kind."""
    sub = submission_of("natr", period)
    entry = sub.entries.in_order().first()
    file = SimpleUploadedFile("x" * 205 + ".pdf", b"%PDF-1.4", "application/pdf")
    enter(officer).post(entry_url(sub, entry.measure.position), typed(entry, evidence=file))
    assert Evidence.objects.get().name.endswith(".pdf")


def test_language_after_faults(period, officer):
    """405 with an empty page: the fault page lives at …/submit/, and choosing a language there leads back by GET."""
    sub = submission_of("natr", period)
    client = enter(officer)
    page = client.post(f"/roadmaps/decree-631/submissions/{sub.pk}/submit/", LETTER | {"revision": sub.revision})
    following = re.search(r'name="next" value="([^"]*)"', page.content.decode())[1]
    assert client.post("/language/", {"language": "ru", "next": following}, follow=True).status_code == 200


def test_nothing_to_report_cannot_be_sent(period, officer):
    """A submission that has lost all its entries is «sent» with an empty round, and counts in no queue."""
    Assignment.objects.filter(executor__code="natr").delete()
    open_executor_windows("2013-07-01")
    sub = submission_of("natr", period)
    enter(officer).post(f"/roadmaps/decree-631/submissions/{sub.pk}/submit/", LETTER | {"revision": sub.revision})
    sub.refresh_from_db()
    assert not sub.entries.exists() and sub.status == "draft"


def test_own_reports_after_the_assignments_are_gone(period, officer):
    """404 on «all my reports» of an officer with a filled draft whose assignments were deleted (Roadmap.for_user)."""
    submission_of("natr", period).entries.update(narrative="typed")
    Assignment.objects.filter(executor__code="natr").delete()
    assert enter(officer).get("/roadmaps/decree-631/submissions/").status_code == 200


def test_measure_that_becomes_funded(period, officer):
    """No money fields, and no fault, at an entry whose measure got its source after the opening."""
    sub = submission_of("natr", period)
    entry = sub.entries.filter(measure__funding_sources=None).first()
    entry.measure.funding_sources.add(FundingSource.objects.first())
    open_executor_windows("2013-07-02")
    page = enter(officer).get(entry_url(sub, entry.measure.position))
    assert 'name="planned_' in page.content.decode()


# 2 the admin changes what is decreed


def test_measure_inserted_before_the_last(review_period, ministry, roadmap):
    """500 on the line's page: lines keep their old position, so two share one; MultipleObjectsReturned)."""
    rollup.refresh(review_period, at=moment("2013-07-08 10:00"))
    last = roadmap.measures.order_by("position").last()
    Measure.objects.filter(pk=last.pk).update(position=last.position + 1)
    Measure.objects.create(roadmap=roadmap, position=last.position, number="19a", title_kk="жаңа", section=last.section)
    summary = rollup.refresh(review_period, at=moment("2013-07-08 11:00"))
    assert enter(ministry).get(f"/admin/reporting/summary/{summary.pk}/lines/{last.position}/").status_code == 200


def test_measure_with_reports_stays_in_its_roadmap(review_period, administrator, officer, roadmap):
    """Moved into another ministry's roadmap; its reports leave this summary, and two entries share position 2: 500."""
    measure, other = roadmap.measures.get(position=5), second_roadmap()
    sub = submission_of("natr", review_period)
    enter(administrator).post(
        f"/admin/roadmap/measure/{measure.pk}/change/", measure_form(measure, roadmap=other.pk, position=2, section="")
    )
    measure.refresh_from_db()
    assert (measure.roadmap, enter(officer).get(entry_url(sub, 2)).status_code) == (roadmap, 200)


def test_section_belongs_to_the_measures_roadmap(administrator, roadmap):
    """A measure is given a section of another roadmap by the admin's form."""
    other = second_roadmap()
    measure = Measure.objects.create(roadmap=other, position=1, number="1", title_kk="ш")
    enter(administrator).post(
        f"/admin/roadmap/measure/{measure.pk}/change/",
        measure_form(measure, section=Section.objects.filter(roadmap=roadmap)[0].pk),
    )
    measure.refresh_from_db()
    assert measure.section is None


@pytest.mark.parametrize("frequency", ["year", "quarter", "month"])
def test_frequency_stands_once_there_are_periods(review_period, people, roadmap, frequency, on_day):
    """Approved summaries become 404 under any other frequency; «year»: 500 at every executor's first page,
    tasks fail.
    """
    send_all(review_period)
    approve(review_period, head=people["head"], ministry=people["ministry"])
    open_executor_windows("2013-12-21")
    on_day("2013-12-25")
    data = {k: "" if v is None else v for k, v in model_to_dict(roadmap).items()} | {"frequency": frequency}
    data["change_reason"] = "Қаулы"
    enter(people["administrator"]).post(f"/admin/roadmap/roadmap/{roadmap.pk}/change/", data)
    assert enter(people["government"]).get("/roadmaps/decree-631/summaries/2013-H1/").status_code == 200
    assert enter(people["officer"]).get("/", follow=True).status_code == 200


@pytest.mark.parametrize("years", [{"first_year": 0}, {"last_year": 9999}])
def test_years_of_a_roadmap(roadmap, administrator, years):
    """Accepted without a word; from then on the daily task raises and the roadmap gets no new period."""
    data = {k: "" if v is None else v for k, v in model_to_dict(roadmap).items()} | years
    data["change_reason"] = "Қаулы"
    enter(administrator).post(f"/admin/roadmap/roadmap/{roadmap.pk}/change/", data)
    open_executor_windows("2013-06-20")


@pytest.mark.parametrize("value", ['["\\ud800"]', "NaN", "[1e999]", '["\\u0000"]', "[" * 5000])
def test_deadline_periods_as_json(roadmap, administrator, value):
    """500 on saving (constraint, jsonb, RecursionError); \\ud800 on SQLite is saved and the measure's page is
    500 for good.
    """
    measure, client = roadmap.measures.first(), enter(administrator)
    url = f"/admin/roadmap/measure/{measure.pk}/change/"
    saved = client.post(url, measure_form(measure, deadline_periods=value)).status_code
    assert 500 not in (saved, client.get(url).status_code)


# 3 import and export


def exported(client, model):
    return client.get(f"/admin/roadmap/{model}/export/")


def imported(client, content, name="a"):
    return client.post("/admin/roadmap/measure/import/", {"import_file": SimpleUploadedFile(name, content)})


def confirmed(client, page):
    fields = re.findall(r'name="(import_file_name|fingerprint)" value="([^"]*)"', page.content.decode())
    return client.post("/admin/roadmap/measure/process_import/", dict(fields))


def table(**values):
    row = {"roadmap": "decree-631", "position": "90", "section": "1", "number": "90", "title_kk": "жаңа"} | values
    names = [
        *row,
        *(f"{n}_{c}" for n in ("completion_form", "deadline_text") for c in ("kk", "ru", "en")),
        "title_ru",
        "title_en",
    ]
    out = io.StringIO()
    writer = csv.DictWriter(out, names)
    writer.writeheader()
    writer.writerow(row)
    return out.getvalue().encode()


@english
def test_exported_workbook_with_an_empty_cell_comes_back(administrator, roadmap):
    """Refused with «NOT NULL constraint failed: roadmap_measure.title_ru» (on PostgreSQL the whole row as DETAIL)."""
    Measure.objects.filter(roadmap=roadmap, position=1).update(title_ru="")
    client = enter(administrator)
    page = imported(client, exported(client, "measure").content)
    assert "constraint" not in text_of(page) and "Nothing to change" in text_of(page)


@pytest.mark.parametrize("model", ["measure", "executor"])
def test_export_of_a_title_with_a_control_character(administrator, roadmap, model):
    """One \\x0b (pasted from Word) in one title, and no .xlsx can be exported at all («cannot be used in
    worksheets»).
    """
    Measure.objects.filter(roadmap=roadmap, position=1).update(title_kk="Жаңа\x0bтау")
    Executor.objects.filter(code="natr").update(full_name_kk="Жаңа\x0bтау")
    assert "spreadsheet" in exported(enter(administrator), model).headers["Content-Type"]


def test_position_1_9_is_not_position_1(ministry, roadmap):
    """Position «1.9» is read as 1 and overwrites measure 1 of the decree."""
    before, client = roadmap.measures.get(position=1).title_kk, enter(ministry)
    page = imported(client, table(position="1.9", title_kk="БАСҚА"))
    if "import_file_name" in page.content.decode():
        confirmed(client, page)
    assert roadmap.measures.get(position=1).title_kk == before


def test_import_confirmed_twice(ministry, roadmap):
    """500 on a double click: FileNotFoundError of the temporary file. (format=99, format=x: 500 likewise.)"""
    client = enter(ministry)
    page = imported(client, table())
    assert [confirmed(client, page).status_code, confirmed(client, page).status_code] == [302, 302]
    assert roadmap.measures.filter(position=90).count() == 1


@english
@pytest.mark.parametrize("position", ["abc", "Infinity"])
def test_import_of_a_wrong_number_says_so(ministry, roadmap, position):
    """Words of the machine: «[<class 'decimal.ConversionSyntax'>]», «cannot convert Infinity to integer»."""
    words = text_of(imported(enter(ministry), table(position=position)))
    assert "decimal." not in words and "cannot convert" not in words


# 4 two at once


@pytest.mark.usefixtures("threads")
def test_two_periods_approved_at_once(roadmap, ministry, head, on_day):
    """PostgreSQL: 500: both approvals take the same done measure off control; IntegrityError."""
    on_day("2014-01-08")
    open_executor_windows("2013-06-20"), open_executor_windows("2013-12-21"), open_ministry_windows("2014-01-06")
    ready = []
    for period in ReportingPeriod.objects.filter(year=2013).order_by("number"):
        send_all(period, at="2014-01-03 11:20", status="done")
        summary = rollup.refresh(period, at=moment("2014-01-08 10:00"))
        write_up(summary, by=ministry)
        summary.hand_over(by=ministry, at=moment("2014-01-08 10:00"))
        period.refresh_from_db()
        ready.append(
            (
                enter(head),
                f"/admin/reporting/summary/{summary.pk}/approve/",
                {"revision": period.revision, "acknowledged": "on"},
            )
        )
    statuses = at_once(*[lambda c=c, u=u, d=d: c.post(u, d).status_code for c, u, d in ready])
    assert 500 not in statuses


@pytest.mark.usefixtures("threads")
def test_dates_moved_by_two_at_once(roadmap, administrator, on_day):
    """PostgreSQL: Both told «changed»: the later writer moves the due date EARLIER, and submissions keep
    another one.
    """
    open_executor_windows("2013-06-20")
    on_day("2013-07-01")
    period = ReportingPeriod.objects.get(year=2013, number=1)

    def moving(day):
        client = enter(administrator)
        data = {
            "opens_on": str(period.opens_on),
            "executors_due_on": day,
            "ministry_due_on": "2013-07-20",
            "reason": day,
        }
        return lambda: client.post(f"/admin/reporting/reportingperiod/{period.pk}/change/", data)

    for late in range(7, 19, 2):
        at_once(moving(f"2013-07-{late:02}"), moving(f"2013-07-{late - 1:02}"))
    period.refresh_from_db()
    assert set(period.submissions.values_list("due_on", flat=True)) == {period.executors_due_on}


def test_stale_form_of_dates(roadmap, administrator, on_day):
    """The second administrator's form, opened earlier, silently takes the first one's date back."""
    ReportingPeriod.objects.make_missing(roadmap)
    on_day("2013-07-01")
    period, client = ReportingPeriod.objects.get(year=2014, number=1), enter(administrator)
    initial = {"initial-opens_on": "2014-06-20", "initial-executors_due_on": "2014-07-05"}
    initial |= {"initial-ministry_due_on": "2014-07-20"}
    shown = initial | {
        "opens_on": "2014-06-20",
        "executors_due_on": "2014-07-05",
        "ministry_due_on": "2014-07-20",
        "reason": "x",
    }
    for change in ({"opens_on": "2014-06-10"}, {"executors_due_on": "2014-07-08"}):
        client.post(f"/admin/reporting/reportingperiod/{period.pk}/change/", shown | change)
    period.refresh_from_db()
    assert period.opens_on == D(2014, 6, 10)


# 5 crafted requests


@pytest.mark.parametrize("following", ["foo", "?a=1", "#x", "é"])
def test_language_next(db, following):
    """500 for anybody, signed in or not: redirect() takes it for the name of a view NoReverseMatch)."""
    client = Client(raise_request_exception=False)
    assert client.post("/language/", {"language": "ru", "next": following}).status_code != 500


def test_login_next_is_login(officer):
    """500: LoginView raises «Redirection loop» for a signed-in reader redirect_authenticated_user)."""
    assert enter(officer).get("/accounts/login/?next=/accounts/login/").status_code != 500


@pytest.mark.parametrize("data", [{"revision": "9" * 5000}, {"keep": "9" * 5000}])
def test_approve_with_a_long_number(review_period, ministry, head, data):
    """500: int() of more than 4300 digits."""
    summary = rollup.refresh(review_period, at=moment("2013-07-19 10:00"))
    summary.hand_over(by=ministry, at=moment("2013-07-19 10:00"))
    assert (
        enter(head).post(f"/admin/reporting/summary/{summary.pk}/approve/", data | {"acknowledged": "on"}).status_code
        != 500
    )


@pytest.mark.parametrize("model", ["submission", "summary"])
def test_long_id(review_period, ministry, model):
    """500: isdecimal() lets 5000 digits pass."""
    assert enter(ministry).get(f"/admin/reporting/{model}/{'9' * 5000}/change/").status_code == 404


def test_remarks_with_a_null_byte(review_period, ministry, head):
    """PostgreSQL: 500, and the head's remarks are lost: they come straight from request.POST, through no form."""
    summary = rollup.refresh(review_period, at=moment("2013-07-19 10:00"))
    summary.hand_over(by=ministry, at=moment("2013-07-19 10:00"))
    assert enter(head).post(f"/admin/reporting/summary/{summary.pk}/send-back/", {"remarks": "a\0b"}).status_code != 500


@pytest.mark.parametrize("path", ["submission", "summary"])
def test_filter_with_a_null_byte(review_period, ministry, path):
    """PostgreSQL: 500 on ?status__exact=%00."""
    assert enter(ministry).get(f"/admin/reporting/{path}/?status__exact=%00").status_code != 500


def test_session_cookie_with_a_null_byte(db):
    """PostgreSQL: 500 for anybody: sessionid="\\000aaaaaaaaaaaa"."""
    client = Client(raise_request_exception=False)
    assert client.get("/", headers={"cookie": r'sessionid="\000aaaaaaaaaaaa"'}).status_code != 500


def test_search_for_many_words(ministry, roadmap):
    """500 on SQLite («Expression tree is too large») for a search of 3000 words."""
    assert enter(ministry).get("/admin/roadmap/measure/?q=" + "a+" * 3000).status_code != 500


@english
def test_csrf_refusal_in_words(officer):
    """English technical page of Django («CSRF verification failed»), no sentence in the reader's language, no
    way back.
    """
    client = Client(enforce_csrf_checks=True)
    client.force_login(officer)
    assert "CSRF" not in text_of(client.post("/language/", {"language": "ru"}))


@english
def test_import_without_headings_shows_no_traceback(ministry, roadmap):
    """The page prints a Python traceback with the server's paths to a ministry officer, DEBUG off."""
    assert "Traceback" not in text_of(imported(enter(ministry), b"a,b\n1,2\n"))
