"""Two roadmaps of two ministries side by side: decree 631 by half-years, another act by quarters."""

import datetime
import json
from io import BytesIO

import openpyxl
import pytest
from django.core import mail
from django.core.management import call_command

from conftest import approve, ask_for_measure, entry_of, make_user, moment, send, send_all, submission_of, text_of
from reporting import letter, overview
from reporting.models import LetterTemplate, OffControl, ReportingPeriod, Submission, Summary
from reporting.period_words import ELSEWHERE
from reporting.tasks import make_summary_files, open_executor_windows, open_ministry_windows, send_mail
from roadmap.models import Roadmap, User
from roadmap.tests.sheets_in_tests import export
from roadmap.tests.test_access import EXPECTED, address
from roadmap.tests.test_access import world as world_of_631

from .second_roadmap import SLUG, make_second_people, make_second_roadmap

pytestmark = pytest.mark.only_beside("postgres")

world = world_of_631  # a fixture
OF_631 = ("decree-631", "631", "кластер", "clusters", "ИЖТМ")
OF_SECOND = (SLUG, "Мемлекеттік қызметтерді", "тізілімін", "шлюзін")
OPENED = "2014-04-03"
# The calendar file is known by its key alone.
KNOWN_TO_ALL = ("verify", "login", "admin:jsi18n", "calendar-feed")


@pytest.fixture
def second(in_english, roadmap):
    return make_second_roadmap()


@pytest.fixture
def second_people(second):
    return make_second_people()


def quarter(number, year=2014):
    return ReportingPeriod.objects.get(roadmap__slug=SLUG, year=year, number=number)


def half(number, year=2014):
    return ReportingPeriod.objects.get(roadmap__slug="decree-631", year=year, number=number)


def reopen(*periods):
    for period in periods:
        period.refresh_from_db()


@pytest.fixture
def summer(second_people, people, on_day):
    """4 July 2014: the first quarter approved, the second quarter and the first half-year open."""
    assert open_executor_windows(OPENED) == [f"{SLUG} 2014-Q1"]
    open_ministry_windows("2014-04-11")
    first = quarter(1)
    send_all(first, at="2014-04-07 11:00")
    approve(first, head=second_people["head"], ministry=second_people["ministry"], at="2014-04-20 16:00")
    open_executor_windows("2014-06-20")
    assert open_executor_windows("2014-07-03") == [f"{SLUG} 2014-Q2"]
    on_day("2014-07-04")
    return {"q1": first, "q2": quarter(2), "h1": half(1)}


# Windows


def test_each_has_windows_of_its_own(second):
    days = "2014-04-02", "2014-04-03", "2014-06-19", "2014-06-20", "2014-07-02", "2014-07-03"
    assert [open_executor_windows(day) for day in days] == [
        [], [f"{SLUG} 2014-Q1"], [], ["decree-631 2014-H1"], [], [f"{SLUG} 2014-Q2"],
    ]  # fmt: skip
    days = "2014-04-10", "2014-04-11", "2014-07-05", "2014-07-06", "2014-07-10", "2014-07-11"
    assert [open_ministry_windows(day) for day in days] == [
        [], [f"{SLUG} 2014-Q1"], [], ["decree-631 2014-H1"], [], [f"{SLUG} 2014-Q2"],
    ]  # fmt: skip
    first = quarter(1)
    assert (first.code, first.label) == ("2014-Q1", "2014 жылғы I тоқсан")
    assert {one.executor.code for one in first.submissions.all()} >= {"natr", "zerde"}
    assert submission_of("natr", first).entries.count() == 2  # and 18 of decree 631
    assert submission_of("natr", half(1)).entries.count() == 19


def test_the_fourth_quarter_is_reported_in_the_next_january(second):
    open_executor_windows("2015-01-02")
    last = quarter(4)
    assert not last.executors_opened_at
    assert open_executor_windows("2015-01-03") == [f"{SLUG} 2014-Q4"]
    last = quarter(4)
    assert (last.opens_on, last.executors_due_on, last.ministry_due_on) == (
        datetime.date(2015, 1, 3), datetime.date(2015, 1, 10), datetime.date(2015, 1, 25),
    )  # fmt: skip
    assert last.covers_to == datetime.date(2014, 12, 31)
    # The roadmap's last one falls into the year after its end, and none comes behind it.
    assert quarter(4, 2015).ministry_due_on == datetime.date(2016, 1, 25)
    assert ReportingPeriod.objects.filter(roadmap=second).count() == 8


def test_a_period_ends_in_the_year_that_its_money_is_of(second):
    """In the last quarter less spent than planned needs a reason, in the others not."""
    for day, number, fields in (("2014-10-03", 3, set()), ("2015-01-03", 4, {"money_reason_republican"})):
        open_executor_windows(day)
        entry = entry_of(submission_of("zerde", quarter(number)), 2)
        entry.status, entry.percent, entry.narrative = "in_progress", 30, "Жұмыс жүргізілуде."
        entry.expenditures.update(planned=1000, spent=500)
        entry.save()
        faults = {fault.field for fault in entry.faults(quarter(number), on=datetime.date.fromisoformat(day))}
        assert {field for field in faults if "reason" in field} == fields, number


@pytest.fixture
def monthly(second):
    """The act again, monthly: fifteen days for a report that is due on the 10th reach into the month reported."""
    second.frequency, second.window_days = Roadmap.Frequency.MONTH, 15
    second.save()
    return second


def test_windows_of_two_months_are_open_at_once(monthly, second_people, on_day, sign_in):
    """The ministry consolidates January until 25 February; February's reports open on 23 February."""
    assert open_executor_windows("2014-01-26") == [f"{SLUG} 2014-M1"]
    open_ministry_windows("2014-02-11")
    assert open_executor_windows("2014-02-23") == [f"{SLUG} 2014-M2"]
    on_day("2014-02-24")
    january, february = quarter(1), quarter(2)
    officer = second_people["officer"]
    open_now = list(Submission.objects.for_user(officer).current())
    assert {one.period_id for one in open_now} == {january.pk, february.pk}
    client = sign_in(officer)
    page = text_of(client.get("/", follow=True))
    assert "month 1 of 2014" in page and "month 2 of 2014" in page
    # A late January does not touch February, and the other way round.
    send(submission_of(officer.executor.code, january), by=officer, at="2014-02-24 09:00")
    late, early = (submission_of(officer.executor.code, one) for one in (january, february))
    assert (late.status, early.status) == ("submitted", "draft")
    assert late.is_late_on(datetime.date(2014, 2, 24)) and not early.is_late_on(datetime.date(2014, 2, 24))
    send(early, by=officer, at="2014-02-24 10:00")
    approve(january, head=second_people["head"], ministry=second_people["ministry"], at="2014-02-24 16:00")
    reopen(january, february, early)
    assert january.is_locked and not february.is_locked and early.status == "submitted"
    assert open_executor_windows("2014-02-25") == [] and open_ministry_windows("2014-03-11") == [f"{SLUG} 2014-M2"]
    # The month before stands beside the entry although February was sent before January was approved.
    words = text_of(client.get(f"/roadmaps/{SLUG}/submissions/{early.pk}/check/", follow=True))
    assert "month 2 of 2014" in words and "alf-year" not in words


# The whole way


def fill_by_hand(client, page, submission):
    for entry in submission.entries.select_related("measure"):
        values = {"revision": entry.revision, "status": "in_progress", "percent": 40, "narrative": "Оқыту өтті."}
        position = entry.measure.position
        assert client.post(f"{page}measures/{position}/", values | {"next": ""}).status_code == 302
    submission.refresh_from_db()
    signed = {"signed_by_name": "А. Б. Серікбаев", "signed_by_post": "төраға", "letter_number": "7"}
    signed |= {"letter_date": "2014-04-08", "revision": submission.revision}
    return client.post(page + "submit/", signed)


def test_a_quarter_goes_its_whole_way_beside_the_half_year(second_people, on_day, sign_in, people):
    open_executor_windows(OPENED)
    on_day("2014-04-08")
    period, officer = quarter(1), second_people["officer"]
    client = sign_in(officer)
    own = submission_of(officer.executor.code, period)
    page = f"/roadmaps/{SLUG}/submissions/{own.pk}/"
    assert client.get("/").url == page
    words = text_of(client.get(page + "measures/3/"))
    assert "What was done in the reporting period" in words and "alf-year" not in words
    assert fill_by_hand(client, page, own).url == f"{page}rounds/1/"
    assert f"{SLUG}/2014-Q1/{officer.executor.code}/1" in text_of(client.get(f"{page}rounds/1/"))
    for submission in period.submissions.exclude(pk=own.pk):
        send(submission, at="2014-04-09 10:00")

    open_ministry_windows("2014-04-11")
    on_day("2014-04-14")
    client = sign_in(second_people["ministry"])
    queue = client.get("/").url
    assert queue == f"/admin/reporting/reportingperiod/{period.pk}/queue/"
    for submission in period.submissions.all():
        submission.refresh_from_db()
        answer = {"revision": submission.revision, "accept": ""}
        client.post(f"/admin/reporting/submission/{submission.pk}/change/", answer)
    client.post(f"/admin/reporting/reportingperiod/{period.pk}/consolidate/")
    summary = period.summaries.get()
    assert summary.lines.count() == 3
    for line in summary.lines.all():
        written = {"revision": line.revision, "text_kk": "Жұмыс жүріп жатыр.", "text_ru": "Работа идет."}
        written |= {"overruled_status": "", "overruled_reason": ""}
        client.post(f"/admin/reporting/summary/{summary.pk}/lines/{line.position}/", written)
    page = f"/admin/reporting/summary/{summary.pk}/change/"
    assert "alf-year" not in text_of(client.get(page))
    client.post(f"/admin/reporting/summary/{summary.pk}/hand-over/")

    client = sign_in(second_people["head"])
    assert client.get("/").url == page
    period.refresh_from_db()
    client.post(page.replace("change", "approve"), {"revision": period.revision, "acknowledged": "on"})
    make_summary_files()
    summary.refresh_from_db()
    assert summary.is_approved and summary.frozen["documents"]["kk"]["reference"] == f"ЖА-2014-Q1-{SLUG}"

    client = sign_in(people["government"])
    assert "quarter I of 2014" in text_of(client.get(f"/roadmaps/{SLUG}/summaries/2014-Q1/"))
    book = openpyxl.load_workbook(BytesIO(client.get(f"/roadmaps/{SLUG}/summaries/2014-Q1.xlsx").content))
    words = "\n".join(str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value)
    assert f"ЖА-2014-Q1-{SLUG}" in words and "2014 жылғы I тоқсан" in words and "жартыжылдық" not in words
    assert client.get(f"/roadmaps/{SLUG}/summaries/2014-Q1.docx").status_code == 200
    assert client.get("/roadmaps/decree-631/summaries/2014-Q1/").status_code == 404
    assert client.get(f"/roadmaps/{SLUG}/summaries/2014-H1/").status_code == 404
    # The half-year of decree 631 goes on as if nothing had been.
    open_executor_windows("2014-06-20")
    assert not half(1).is_locked and half(1).submissions.count() == 9
    assert not OffControl.objects.exists()
    call_command("verify_summaries")


# Files and references


def test_no_two_roadmaps_have_the_same_reference(summer, people, second_people, on_day):
    twin = Roadmap.objects.get(slug=SLUG)
    twin.pk, twin.slug, twin.frequency = None, "twin", Roadmap.Frequency.HALF_YEAR
    twin.save()
    ReportingPeriod.objects.make_missing(twin)
    periods = ReportingPeriod.objects.select_related("roadmap")
    references = [Summary(period=period).reference for period in periods]
    assert len(set(references)) == len(references) == 12 + 8 + 4
    of_631 = [Summary(period=period).reference for period in periods.filter(roadmap__slug="decree-631", year=2013)]
    assert sorted(of_631) == ["ЖА-2013-I", "ЖА-2013-II"]


def test_what_was_printed_stays(summer, sign_in, people, monkeypatch):
    """A reference is read out of what was frozen, however it would be made today."""
    monkeypatch.setattr(Summary, "reference", "ЖА-other")
    client = sign_in(people["government"])
    for page in (f"/roadmaps/{SLUG}/", f"/roadmaps/{SLUG}/measures/1/", f"/roadmaps/{SLUG}/summaries/"):
        words = text_of(client.get(page))
        assert f"ЖА-2014-Q1-{SLUG}" in words and "ЖА-other" not in words


def test_each_ministry_has_letter_templates_of_its_own(summer, second_people, people, sign_in):
    second = summer["q1"].roadmap
    LetterTemplate.objects.keep(
        second, "Екінші", letter.default_template(), by=second_people["ministry"], at=moment("2014-07-04 10:00")
    )
    page = "/admin/reporting/lettertemplate/"
    assert "Екінші" in text_of(sign_in(second_people["ministry"]).get(page))
    assert "Екінші" not in text_of(sign_in(people["ministry"]).get(page))


# Words


def test_every_sentence_of_a_half_year_has_one_of_a_period():
    for half_yearly, other in ELSEWHERE.items():
        assert "alf-year" in half_yearly and "alf-year" not in other and half_yearly != other
        assert half_yearly.count("%(") == other.count("%(")


def test_its_pages_do_not_speak_of_half_years(summer, second_people, sign_in):
    own = submission_of(second_people["officer"].executor.code, summer["q2"])
    old = submission_of(second_people["officer"].executor.code, summer["q1"])
    pages = {
        "officer": [
            "/help/executor/", f"/roadmaps/{SLUG}/", f"/roadmaps/{SLUG}/measures/3/", f"/roadmaps/{SLUG}/submissions/",
            *(f"/roadmaps/{SLUG}/submissions/{own.pk}/{tail}" for tail in ("", "check/", "measures/3/", "later/")),
            f"/roadmaps/{SLUG}/submissions/{old.pk}/", f"/roadmaps/{SLUG}/submissions/{old.pk}/rounds/1/",
            f"/roadmaps/{SLUG}/summaries/2014-Q1/", "/calendar/",
        ],
        "ministry": [
            "/admin/", f"/admin/reporting/reportingperiod/{summer['q2'].pk}/queue/", "/admin/reporting/petition/",
            f"/admin/reporting/summary/{summer['q1'].summaries.get().pk}/change/", "/help/ministry_officer/",
        ],
    }  # fmt: skip
    for who, addresses in pages.items():
        client = sign_in(second_people[who])
        for page in addresses:
            words = text_of(client.get(page, follow=True))
            assert "alf-year" not in words, (page, words[max(0, words.index("alf-year") - 200) :][:400])
    words = text_of(sign_in(second_people["officer"]).get(f"/roadmaps/{SLUG}/submissions/{own.pk}/measures/3/"))
    assert "Reporting period before" in words
    words = text_of(sign_in(second_people["officer"]).get("/calendar/"))
    assert "Every quarter, by day 10 of the month that follows" in words


def test_the_return_speaks_of_its_period(summer, second_people, sign_in):
    own = submission_of(second_people["officer"].executor.code, summer["q2"])
    old = f"/roadmaps/{SLUG}/submissions/{own.pk}/return.xlsx"
    book = openpyxl.load_workbook(BytesIO(sign_in(second_people["officer"]).get(old).content))
    words = "\n".join(str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value)
    assert "Reporting period before" in words and "alf-year" not in words


# Who sees what


def test_an_executor_of_both_finds_both(summer, people, sign_in):
    client = sign_in(people["officer"])
    listed = text_of(client.get("/", follow=True))
    for path in ("/submissions/", "/roadmap/", "/summaries/", "/petitions/", "/search/?q=кластер"):
        answer = client.get(path)
        assert answer.status_code == 200, path
        for slug in ("decree-631", SLUG):
            assert f"/roadmaps/{slug}/" in answer.content.decode(), path
    assert "Мемлекеттік қызметтерді" in listed
    for period in (summer["h1"], summer["q2"]):
        slug, own = period.roadmap.slug, submission_of("natr", period)
        assert client.get(f"/roadmaps/{slug}/submissions/{own.pk}/").status_code == 200
        other = {"decree-631": SLUG, SLUG: "decree-631"}[slug]
        assert client.get(f"/roadmaps/{other}/submissions/{own.pk}/").status_code == 404
    feed = client.get(f"/calendar/{people['officer'].calendar_key}.ics").content.decode()
    days = [line for line in feed.replace("\r\n ", "").splitlines() if line.startswith("UID")]
    assert len(days) == len(set(days))
    assert any("decree-631-2014-H1-due" in day for day in days) and any(f"{SLUG}-2014-Q2-due" in day for day in days)


def test_a_reader_of_one_is_led_there(summer, second_people, people, sign_in):
    assert sign_in(second_people["officer"]).get("/submissions/").url == f"/roadmaps/{SLUG}/submissions/"
    assert sign_in(people["ministry"]).get("/summaries/").url == "/roadmaps/decree-631/summaries/"
    assert sign_in(second_people["head"]).get("/summaries/").url == f"/roadmaps/{SLUG}/summaries/"
    government = sign_in(people["government"]).get("/", follow=True)
    assert {f"/roadmaps/{slug}/" in government.content.decode() for slug in ("decree-631", SLUG)} == {True}


def test_a_ministry_of_both_has_a_card_for_each(summer, people, sign_in):
    Roadmap.objects.filter(slug=SLUG).update(coordinator=people["ministry"].executor)
    page = sign_in(people["ministry"]).get("/", follow=True)
    words = text_of(page)
    assert "Half-year I of 2014" in words and "Quarter II of 2014" in words
    for period in (summer["h1"], summer["q2"]):
        assert f"/admin/reporting/reportingperiod/{period.pk}/queue/" in page.content.decode()


def test_nothing_of_decree_631_is_shown_to_the_other_ministry(world, client):
    """Every address that leads to decree 631's things, asked by the people of the other act."""
    make_second_roadmap()
    second_people = make_second_people()
    open_executor_windows(OPENED)
    found = {}
    addresses = {name: address(name, world) for name in EXPECTED if name not in KNOWN_TO_ALL}
    for role in ("officer", "ministry"):
        client.force_login(second_people[role])
        for name, path in addresses.items():
            if role == "officer" and name.startswith("admin:"):
                continue
            answer = client.get(path)
            content = b"".join(answer.streaming_content) if answer.streaming else answer.content
            words = content.decode(errors="replace")
            told = [word for word in OF_631 if word in words and word not in path]
            if answer.status_code == 200 and told:
                found[role, name] = [words[max(0, words.index(word) - 60) :][:120] for word in told]
    assert found == {}


def test_nothing_of_the_other_act_is_shown_to_decree_631s_people(summer, people, second_people, sign_in):
    own = submission_of(second_people["officer"].executor.code, summer["q1"])
    summary = summer["q1"].summaries.get()
    paths = [
        "/", "/roadmaps/", "/calendar/", f"/roadmaps/{SLUG}/", f"/roadmaps/{SLUG}/measures/1/",
        f"/roadmaps/{SLUG}/summaries/", f"/roadmaps/{SLUG}/summaries/2014-Q1/",
        f"/roadmaps/{SLUG}/summaries/2014-Q1.xlsx",
        f"/roadmaps/{SLUG}/search/?q=шлюз", "/roadmaps/decree-631/search/?q=шлюз", f"/roadmaps/{SLUG}/petitions/",
        f"/roadmaps/{SLUG}/submissions/{own.pk}/", f"/roadmaps/{SLUG}/submissions/{own.pk}/rounds/1/",
        "/admin/", f"/admin/reporting/reportingperiod/{summer['q1'].pk}/queue/",
        f"/admin/reporting/submission/{own.pk}/change/", f"/admin/reporting/summary/{summary.pk}/change/",
        *(f"/admin/reporting/{model}/" for model in (
            "reportingperiod", "submission", "summary", "offcontrol", "petition", "lettertemplate",
        )),
        *(f"/admin/roadmap/{model}/" for model in ("roadmap", "section", "measure", "executor", "amendment")),
    ]  # fmt: skip
    for person in (
        people["ministry"],
        people["head"],
        people["stranger"],
        make_user("king", User.Role.EXECUTOR, "king"),
    ):
        if person.username == "zerde":
            continue  # reports on both
        client = sign_in(person)
        for path in paths:
            answer = client.get(path, follow=True)
            words = answer.content.decode(errors="replace")
            assert not [word for word in OF_SECOND if word in words and word not in path], (person, path)


def test_exports_hold_the_own_roadmap_alone(summer, people, second_people, sign_in):
    for person, own, other in (
        (people["ministry"], "decree-631", SLUG), (second_people["ministry"], SLUG, "decree-631"),
    ):  # fmt: skip
        client = sign_in(person)
        words = {model: export(client, model, "csv").decode() for model in ("roadmap", "measure", "executor")}
        assert own in words["roadmap"] and own in words["measure"]
        assert not [model for model in words if other in words[model]]


def test_petitions_go_to_the_ministry_of_their_roadmap(summer, people, second_people, sign_in):
    ask_for_measure(2, by=people["officer"], at="2014-07-04 10:00")
    page, row = "/admin/reporting/petition/", "A later deadline of the measure"
    assert row in text_of(sign_in(people["ministry"]).get(page)).partition("Filter")[0]
    assert row not in text_of(sign_in(second_people["ministry"]).get(page)).partition("Filter")[0]


def test_the_government_sees_each_in_one_line(summer, people):
    lines = {line.roadmap.slug: line for line in overview.lines(Roadmap.objects.all(), people["government"], "kk")}
    assert lines[SLUG].summary.period == summer["q1"] and lines["decree-631"].summary is None


def test_rows_and_the_chain_hold_both(summer, people, second_people, on_day, sign_in):
    open_ministry_windows("2014-07-06")
    send_all(summer["h1"], at="2014-07-04 10:00")
    approve(half(1), head=people["head"], ministry=people["ministry"], at="2014-07-19 16:00")
    call_command("verify_summaries")
    client = sign_in(people["government"])
    make_summary_files()
    told = {}
    for slug, code in (("decree-631", "2014-H1"), (SLUG, "2014-Q1")):
        told[slug] = json.loads(client.get(f"/roadmaps/{slug}/summaries/{code}.json").content)
    assert told["decree-631"]["reference"] == "ЖА-2014-I" and told[SLUG]["reference"] == f"ЖА-2014-Q1-{SLUG}"


def test_letters_speak_of_the_own_roadmap_alone(summer, people, second_people):
    readers = {"ministry": people["ministry"], "second": second_people["ministry"], "both": people["officer"]}
    for name, person in readers.items():
        User.objects.filter(pk=person.pk).update(email=f"{name}@example.org")
    send_mail("2014-07-04T10:00")
    letters = {name: [one for one in mail.outbox if one.to == [f"{name}@example.org"]] for name in readers}
    assert len(letters["ministry"]) == len(letters["second"]) == 1
    assert "half-year I of 2014" in letters["ministry"][0].subject + letters["ministry"][0].body
    assert "quarter" not in letters["ministry"][0].subject + letters["ministry"][0].body
    told = letters["second"][0].subject + letters["second"][0].body
    assert "quarter II of 2014" in told and "alf-year" not in told and "631" not in told
    words = "\n".join(one.subject for one in letters["both"])
    assert "half-year I of 2014" in words and "quarter II of 2014" in words


def test_it_speaks_kazakh_and_russian_of_its_periods(summer, second_people, sign_in):
    officer = second_people["officer"]
    own = submission_of(officer.executor.code, summer["q2"])
    for language, said, not_said in (
        ("kk", "Алдыңғы есепті кезең", "артыжылдық"), ("ru", "Предыдущий отчетный период", "олугоди"),
    ):  # fmt: skip
        User.objects.filter(pk=officer.pk).update(language=language)
        officer.language = language
        for page in ("", "measures/3/"):
            words = text_of(sign_in(officer).get(f"/roadmaps/{SLUG}/submissions/{own.pk}/{page}"))
            assert said in words and not_said not in words, (language, page)
