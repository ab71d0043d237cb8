"""Petitions: a later day for a report, a later deadline of a measure, leaving control and coming back."""

import datetime
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from conftest import approve, ask_for_measure, fill, moment, send, send_all, submission_of, text_of
from reporting.models import Evidence, JournalEntry, OffControl, Petition, ReportingPeriod, Submission
from reporting.tasks import open_executor_windows, open_ministry_windows
from roadmap.models import Measure
from roadmap.tests.sheets_in_tests import bring, sheet
from roadmap.tests.sheets_in_tests import measure as decreed_row

pytestmark = pytest.mark.django_db
WORDS = {
    "situation": "Жоба дайын, сараптама күтілуде.",
    "reason": "Сараптама созылды.",
    "answers_for_name": "А. Б. Серікбаев",
    "answers_for_post": "төраға",
}
DECISION = {
    "decide-decision_body": "Үкімет",
    "decide-decision_name": "қаулы",
    "decide-decision_number": "1024",
    "decide-decision_date": "2013-09-25",
}


def post_ask(client, submission, until, **changed):
    address = reverse("ask-for-report", args=["decree-631", submission.pk])
    return client.post(address, WORDS | {"wanted_until": until} | changed)


def answer(client, petition, step, **fields):
    petition.refresh_from_db()
    typed = {f"{step}-revision": petition.revision, "revision": petition.revision, "step": step}
    address = reverse("admin:reporting_petition_change", args=[petition.pk])
    return client.post(address, typed | {name if "-" in name else f"{step}-{name}": v for name, v in fields.items()})


def decide(client, petition, **changed):
    return answer(client, petition, "decide", **DECISION | {"is_granted": "yes"} | changed)


def measure(number):
    return Measure.objects.get(roadmap__slug="decree-631", number=str(number))


def page(client, name, *args):
    return text_of(client.get(reverse(name, args=["decree-631", *args])))


# A later day for the report


def test_a_report_gets_a_later_day_and_is_on_time_then(
    period, sign_in, officer, stranger, ministry, head, government, on_day, in_english
):
    submission = submission_of("natr", period)
    client = sign_in(officer)
    assert "Ask for a later day" in page(client, "submission", submission.pk)
    on_day("2013-07-05")
    assert "still taken, and marked" in page(client, "ask-for-report", submission.pk)
    asked = post_ask(client, submission, "2013-07-12")
    petition = Petition.objects.get()
    assert asked.url == reverse("petition", args=["decree-631", petition.pk])
    assert petition.is_late and not petition.is_exception and petition.executor.code == "natr"
    assert "asked late" in page(client, "petition", petition.pk)
    assert "not answered yet" in text_of(post_ask(client, submission, "2013-07-13"))
    assert Petition.objects.count() == 1

    assert sign_in(stranger).get(asked.url).status_code == 404
    assert client.post(f"{asked.url}withdraw/", {"revision": 0}).status_code == 404
    assert sign_in(government).get(asked.url).status_code == 403

    client = sign_in(ministry)
    assert "1 petition waits" in text_of(client.get(f"/admin/reporting/reportingperiod/{period.pk}/queue/"))
    change = reverse("admin:reporting_petition_change", args=[petition.pk])
    assert change in client.get("/admin/reporting/petition/?open=1").content.decode()
    assert change not in client.get("/admin/reporting/petition/?open=0").content.decode()
    refused = text_of(answer(client, petition, "grant", until="2013-07-21", words="Жарайды."))
    assert "The ministry itself reports by 20 July 2013" in refused and "Жарайды." in refused
    assert "a later day is needed" in text_of(answer(client, petition, "grant", until="2013-07-05"))
    assert answer(sign_in(head), petition, "grant", until="2013-07-10").status_code == 403
    seen = client.get(change).content.decode()
    assert "Серікбаев" in seen and 'name="step"' not in seen
    assert "Choose what to answer" in text_of(decide(sign_in(ministry), petition))

    on_day("2013-07-08")
    assert submission.is_late_on(datetime.date(2013, 7, 8))
    answer(sign_in(ministry), petition, "grant", until="2013-07-10", words="Он шілдеге дейін.")
    submission.refresh_from_db()
    petition.refresh_from_db()
    assert submission.due_on == datetime.date(2013, 7, 10) and petition.status == "granted"
    assert not submission.is_late_on(datetime.date(2013, 7, 10)) and submission.is_late_on(datetime.date(2013, 7, 11))
    assert list(JournalEntry.objects.values_list("details__step", flat=True).order_by("pk")) == ["asked", "granted"]

    client = sign_in(officer)
    both = "by decree 5 July 2013; extended to 10 July 2013"
    assert both in page(client, "submission", submission.pk) and both in page(client, "submissions")
    assert "Он шілдеге дейін." in page(client, "petition", petition.pk)
    feed = client.get(f"/calendar/{officer.calendar_key}.ics").content.decode().replace("\r\n ", "")
    assert "DTSTART;VALUE=DATE:20130710" in feed and "Moved to 10 July 2013" in feed
    book = load_workbook(BytesIO(client.get(reverse("return-template", args=["decree-631", submission.pk])).content))
    assert any(both in str(cell.value) for row in book.worksheets[0].iter_rows(max_row=6) for cell in row)

    on_day("2013-07-10")
    assert "not the first: an exception" in page(client, "ask-for-report", submission.pk)
    post_ask(client, submission, "2013-07-15")
    second = Petition.objects.first()
    assert second.is_exception and second.is_late
    client.post(reverse("petition-withdraw", args=["decree-631", second.pk]), {"revision": second.revision})
    second.refresh_from_db()
    assert second.status == "withdrawn"

    send(submission, at="2013-07-10 17:00")
    on_day("2013-07-11")
    assert not submission.is_late_on(datetime.date(2013, 7, 11))
    assert "on time" in page(sign_in(officer), "submission", submission.pk)
    open_ministry_windows("2013-07-11")
    period.refresh_from_db()
    summary = approve(period, head=head, ministry=ministry)
    state = next(who for who in summary.frozen["facts"]["attendance"] if who["executor"] == "natr")["state"]
    due = {line["state"]: line["due_on"] for line in summary.frozen["documents"]["en"]["attendance"]}
    assert state == "on_time" and due["on_time"] == both


def test_a_granted_day_survives_a_later_move_of_the_periods_dates(period, officer, ministry, administrator):
    natr, zerde = submission_of("natr", period), submission_of("zerde", period)
    asked = Petition.objects.ask(
        natr, kind=Petition.Kind.EXTEND_REPORT, by=officer, at=moment("2013-07-01 10:00"),
        values=WORDS | {"wanted_until": datetime.date(2013, 7, 12)},
    )  # fmt: skip
    asked.grant(by=ministry, at=moment("2013-07-01 11:00"), revision=0, until=datetime.date(2013, 7, 12))
    for day, granted in ((10, 12), (15, 15)):
        period.refresh_from_db()
        dates = {"executors_due_on": datetime.date(2013, 7, day)}
        period.move_dates(dates, by=administrator, at=moment("2013-07-02 10:00"), reason="Мереке.")
        natr.refresh_from_db()
        zerde.refresh_from_db()
        assert (natr.due_on.day, zerde.due_on.day) == (granted, day)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"wanted_until": "9999-12-31"}, "The ministry itself reports by"),
        ({"wanted_until": "0001-01-01"}, "a later day is needed"),
        ({"wanted_until": "erteng"}, "Enter a valid date"),
        ({"reason": "a\0b"}, "Null characters are not allowed"),
        ({"situation": "ы" * 300_000}, "at most 20000 characters"),
        ({"answers_for_name": "x" * 201}, "at most 200 characters"),
        ({"letter_date": "2099-01-01"}, "between the act's day"),
        ({"reason": " "}, "This field is required"),
    ],
)
def test_what_cannot_be_asked_stands_at_its_field(period, sign_in, officer, in_english, changed, said):
    refused = post_ask(sign_in(officer), submission_of("natr", period), **{"until": "2013-07-12"} | changed)
    assert refused.status_code == 200 and said in text_of(refused)
    assert WORDS["answers_for_post"] in refused.content.decode()
    assert not Petition.objects.exists()


def test_nobody_asks_for_a_report_that_is_sent_or_of_others(period, sign_in, stranger, officer, in_english):
    natr = submission_of("natr", period)
    assert post_ask(sign_in(stranger), natr, "2013-07-12").status_code == 404
    assert sign_in(stranger).get("/roadmaps/decree-631/measures/2/later/").status_code == 404
    send(natr)
    assert "has been sent" in text_of(post_ask(sign_in(officer), natr, "2013-07-12"))
    assert not Petition.objects.exists()


def test_a_request_that_nobody_answered_ends_with_the_approval(
    review_period, sign_in, officer, head, ministry, in_english
):
    natr = submission_of("natr", review_period)
    post_ask(sign_in(officer), natr, "2013-07-19")
    petition = Petition.objects.get()
    approve(review_period, head=head, ministry=ministry)
    assert not Petition.objects.open().exists()
    assert "not answered before the approval" in page(sign_in(officer), "petition", petition.pk)
    assert "has been approved" in text_of(answer(sign_in(ministry), petition, "grant", until="2013-07-20"))
    petition.refresh_from_db()
    assert petition.status == "asked"


# A measure's deadline


@pytest.fixture
def september(review_period, on_day, people):
    """25 September 2013: H1 is approved, measure 2 is due on the 30th."""
    send_all(review_period, at="2013-07-03 11:20")
    approve(review_period, head=people["head"], ministry=people["ministry"])
    on_day("2013-09-25")


def asked_and_proposed(client, number, *, by, kind="extend_measure", **values):
    petition = ask_for_measure(number, by=by, at="2013-09-25 10:00", kind=kind, **values)
    answer(client, petition, "propose", words="Ұзартуды ұсынамыз.")
    return petition


def test_a_measure_keeps_the_decrees_deadline_until_the_government_has_decided(
    september, sign_in, officer, ministry, government, on_day, in_english
):
    client = sign_in(officer)
    address = reverse("ask-for-measure", args=["decree-631", 2])
    assert "The deadline in force is 30 September 2013" in text_of(
        client.post(address, WORDS | {"wanted_until": "2013-09-30"})
    )
    assert "The roadmap ends in 2018" in text_of(client.post(address, WORDS | {"wanted_until": "9999-12-31"}))
    client.post(address, WORDS | {"wanted_until": "2014-03-01"})
    petition = Petition.objects.get()
    assert not petition.is_late
    client = sign_in(ministry)
    assert "This field is required" in text_of(answer(client, petition, "propose", words=""))
    answer(client, petition, "propose", words="Ұзартуды ұсынамыз.")
    on_day("2013-10-10")
    assert "no word since the deadline" in page(client, "measure", 2)
    assert measure(2).is_overdue_on(datetime.date(2013, 10, 10))

    assert "an extension ends later" in text_of(decide(client, petition, granted_until="2013-09-30"))
    assert "The roadmap ends in 2018" in text_of(decide(client, petition, granted_until="2019-01-01"))
    late = decide(client, petition, granted_until="2014-03-01", **{"decide-decision_date": "2014-01-01"})
    assert "between the act's day" in text_of(late) and "1024" in late.content.decode()
    assert "required" in text_of(decide(client, petition, granted_until="2014-03-01", decision_number=" "))
    assert "none of the kinds" in text_of(
        decide(client, petition, granted_until="2014-03-01", evidence=SimpleUploadedFile("a.exe", b"MZ"))
    )
    assert measure(2).extended_to is None and not Evidence.objects.exists()
    scan = SimpleUploadedFile("қаулы.pdf", b"%PDF-1.4")
    decide(client, petition, granted_until="2014-03-01", evidence=scan)
    petition.refresh_from_db()
    extended = measure(2)
    assert petition.status == "granted" and extended.extended_to == datetime.date(2014, 3, 1)
    assert extended.ends_on == datetime.date(2013, 9, 30) and not extended.is_overdue_on(datetime.date(2014, 3, 1))

    both = "extended to 1 March 2014 (Үкімет, decision No. 1024 of 25 September 2013)"
    for person in (officer, ministry, government):
        said = page(sign_in(person), "measure", 2)
        assert both in said and "no word since the deadline" not in said
        assert (
            "to 1 March 2014, by the decree to 30 September 2013"
            in sign_in(person).get("/roadmaps/decree-631/measures/2/").content.decode()
        )
    assert "◇" in sign_in(government).get("/roadmaps/decree-631/").content.decode()
    found = sign_in(government).get("/roadmaps/decree-631/search/?q=2")
    assert both in text_of(found)
    evidence = reverse("evidence", args=[Evidence.objects.get().pk])
    for person in (officer, ministry):
        assert b"".join(sign_in(person).get(evidence).streaming_content) == b"%PDF-1.4"
    assert sign_in(government).get(evidence).status_code == 404
    feed = sign_in(officer).get(f"/calendar/{officer.calendar_key}.ics").content.decode().replace("\r\n ", "")
    assert "DTSTART;VALUE=DATE:20140301" in feed and "Moved to 1 March 2014: Deadline of measure 2" in feed
    assert "1 March 2014" in text_of(sign_in(ministry).get("/admin/roadmap/measure/"))


def test_an_extended_measure_is_not_overdue_in_the_summary_and_both_dates_are_frozen(
    september, sign_in, officer, ministry, head, on_day, in_english
):
    petition = asked_and_proposed(sign_in(ministry), 2, by=officer, wanted_until=datetime.date(2014, 3, 1))
    decide(sign_in(ministry), petition, granted_until="2014-03-01")
    open_executor_windows("2013-12-21")
    open_ministry_windows("2014-01-06")
    on_day("2014-01-08")
    period = ReportingPeriod.objects.get(year=2013, number=2)
    entry = submission_of("natr", period).entries.get(measure=measure(2))
    fill(entry.submission)
    entry.refresh_from_db()
    entry.reason = ""
    assert not [fault for fault in entry.faults(period, on=datetime.date(2014, 1, 8)) if fault.field == "reason"]
    shown = page(sign_in(officer), "entry", entry.submission_id, 2)
    assert "extended to 1 March 2014" in shown and "A later deadline of the measure" in shown
    send_all(period, at="2014-01-03 11:00")
    summary = approve(period, head=head, ministry=ministry, at="2014-01-17 16:00", with_files=True)
    facts = {fact["position"]: fact for fact in summary.frozen["facts"]["measures"]}
    assert (facts[2]["ends_on"], facts[2]["decreed_ends_on"]) == ("2014-03-01", "2013-09-30")
    assert not facts[2]["is_overdue"] and facts[1]["is_overdue"] and facts[1]["decreed_ends_on"] == ""
    answered = sign_in(officer).get("/roadmaps/decree-631/summaries/2013-H2.xlsx?lang=en")
    cells = [
        str(cell.value) for row in load_workbook(BytesIO(answered.content))["Measures"].iter_rows() for cell in row
    ]
    assert any("extended to 1 March 2014" in " ".join(value.split()) for value in cells)
    on_day("2014-02-01")
    glance = sign_in(officer).get("/roadmaps/decree-631/").content.decode()
    assert "to 1 March 2014, by the decree to 30 September 2013" in glance


def test_a_sheet_of_measures_leaves_the_extension_alone(september, sign_in, officer, ministry, administrator):
    petition = asked_and_proposed(sign_in(ministry), 2, by=officer, wanted_until=datetime.date(2014, 3, 1))
    decide(sign_in(ministry), petition, granted_until="2014-03-01")
    bring(sign_in(administrator), "measure", sheet({**decreed_row(), "title_ru": "Другое название"}))
    assert (measure(2).title_ru, measure(2).extended_to) == ("Другое название", datetime.date(2014, 3, 1))


def test_the_government_may_refuse_and_a_second_extension_is_an_exception(
    september, sign_in, officer, ministry, on_day, in_english
):
    client = sign_in(ministry)
    first = asked_and_proposed(client, 2, by=officer, wanted_until=datetime.date(2014, 3, 1))
    decide(client, first, is_granted="no", words="Үкімет қолдамады.")
    first.refresh_from_db()
    assert first.status == "refused" and measure(2).extended_to is None and first.decision_number == "1024"
    assert "Үкімет қолдамады." in page(sign_in(officer), "petition", first.pk)
    client = sign_in(ministry)
    second = asked_and_proposed(client, 2, by=officer, wanted_until=datetime.date(2014, 3, 1))
    decide(client, second, granted_until="2014-03-01")
    third = asked_and_proposed(client, 2, by=officer, wanted_until=datetime.date(2014, 6, 1))
    assert not second.is_exception and third.is_exception
    assert "an exception" in text_of(client.get(f"/admin/reporting/petition/{third.pk}/change/"))
    own = client.post(
        f"/admin/reporting/petition/add/?kind=extend_measure&measure={measure(4).pk}",
        WORDS | {"wanted_until": "2014-06-01"},
    )
    proposed = Petition.objects.first()
    assert own.url.endswith(f"/{proposed.pk}/change/")
    assert (proposed.status, proposed.executor) == ("proposed", None)
    assert sign_in(officer).get(f"/roadmaps/decree-631/petitions/{proposed.pk}/").status_code == 404
    answer(sign_in(ministry), proposed, "withdraw")
    proposed.refresh_from_db()
    assert proposed.status == "withdrawn"


# Off control


def test_a_measure_off_control_leaves_the_next_half_year_and_comes_back(
    september, sign_in, officer, ministry, head, on_day, in_english
):
    client = sign_in(officer)
    client.post(reverse("ask-off-control", args=["decree-631", 2]), WORDS | {"ground": "1"})
    assert not Petition.objects.exists()
    client.post(reverse("ask-off-control", args=["decree-631", 2]), WORDS | {"ground": "4"})
    petition = Petition.objects.get()
    client = sign_in(ministry)
    answer(client, petition, "propose", words="Алып тастауды ұсынамыз.")
    assert not OffControl.objects.filter(ground=4).exists()
    decide(client, petition)
    taken = OffControl.objects.get(ground=4)
    assert (taken.petition, taken.decision_number, taken.decided_on.isoformat()) == (petition, "1024", "2013-09-25")
    open_executor_windows("2013-12-21")
    open_ministry_windows("2014-01-06")
    on_day("2014-01-08")
    period = ReportingPeriod.objects.get(year=2013, number=2)
    assert not period.submissions.filter(entries__measure=measure(2)).exists()
    summary = approve(period, head=head, ministry=ministry, at="2014-01-17 16:00")
    row = next(row for row in summary.frozen["documents"]["en"]["rows"] if row["position"] == 2)
    assert "impossible for objective reasons, 25 September 2013, Үкімет, қаулы No. 1024" in row["notes"]

    address = reverse("admin:reporting_offcontrol_change", args=[taken.pk])
    revoked = {name.removeprefix("decide-"): value for name, value in DECISION.items()}
    assert sign_in(head).post(address, revoked).status_code == 403
    early = sign_in(ministry).post(address, revoked | {"decision_date": "2013-09-01"})
    assert "between the one that took the measure off control" in text_of(early)
    on_day("2014-02-10")
    sign_in(ministry).post(address, revoked | {"decision_date": "2014-02-10", "decision_number": "77"})
    taken.refresh_from_db()
    assert taken.revoked_on == datetime.date(2014, 2, 10)
    assert "№ 77" in text_of(sign_in(ministry).get(address))
    open_executor_windows("2014-06-20")
    later = ReportingPeriod.objects.get(year=2014, number=1)
    assert Submission.objects.filter(period=later, entries__measure=measure(2)).exists()


# Two at once


def test_of_two_officers_who_answer_at_once_one_is_told(period, sign_in, officer, ministry, in_english):
    petition = Petition.objects.ask(
        submission_of("natr", period), kind=Petition.Kind.EXTEND_REPORT, by=officer, at=moment("2013-07-01 10:00"),
        values=WORDS | {"wanted_until": datetime.date(2013, 7, 12)},
    )  # fmt: skip
    client = sign_in(ministry)
    answer(client, petition, "refuse", words="Мерзім жеткілікті.")
    typed = {"grant-revision": 0, "grant-until": "2013-07-12", "grant-words": "Келісемін.", "step": "grant"}
    second = client.post(f"/admin/reporting/petition/{petition.pk}/change/", typed)
    assert "has been answered, withdrawn or changed meanwhile" in text_of(second)
    assert "Келісемін." in second.content.decode()
    petition.refresh_from_db()
    assert petition.status == "refused"
    assert submission_of("natr", period).due_on == datetime.date(2013, 7, 5)
