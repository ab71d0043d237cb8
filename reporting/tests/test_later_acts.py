"""What later acts change, over HTTP: a body's successor from a day on, and an act that amends the plan."""

import datetime
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from conftest import approve, at_once, entry_of, make_user, moment, send, send_all, submission_of, text_of
from reporting import amending, succession
from reporting.amended import Acts
from reporting.models import JournalEntry, OffControl, ProgressEntry, ReportingPeriod, Submission
from reporting.tasks import apply_acts, open_executor_windows, open_ministry_windows
from roadmap.models import Amendment, Assignment, Executor, Measure, MeasureChange, Roadmap, Succession, User

ADMIN = "/admin/roadmap/"
H2_2013, H1_2014, H2_2014 = (2013, 2), (2014, 1), (2014, 2)


def half_year(key):
    return ReportingPeriod.objects.get(year=key[0], number=key[1])


@pytest.fixture
def h2_2013(people, in_english, on_day):
    """H2 2013 with everybody's word, approved on 19 January 2014."""
    open_executor_windows("2013-12-21")
    period = half_year(H2_2013)
    send_all(period, at="2014-01-03 11:20")
    open_ministry_windows("2014-01-06")
    period.refresh_from_db()
    approve(period, head=people["head"], ministry=people["ministry"], at="2014-01-19 16:00", with_files=True)
    on_day("2014-01-27")
    return period


@pytest.fixture
def h1_2014(h2_2013, on_day):
    """H1 2014 on 4 August 2014: both windows are open, the agency has sent, the others write."""
    open_executor_windows("2014-06-20")
    send(submission_of("natr", half_year(H1_2014)), at="2014-07-03 11:20")
    open_ministry_windows("2014-07-06")
    on_day("2014-08-04")
    return half_year(H1_2014)


def body(code, **values):
    names = {f"{kind}_name_{language}": f"{code.upper()} {language}" for kind in ("short", "full")
             for language in ("kk", "ru", "en")}  # fmt: skip
    return Executor.objects.create(code=code, **names | values)


def recording(former, heir, **values):
    return {
        "predecessor": Executor.objects.get(code=former).pk,
        "successor": Executor.objects.get(code=heir).pk,
        "from_day": "2014-08-06",
        "act": "Указ Президента",
        "number": "875",
        "date": "2014-08-04",
    } | values


def record(client, former, heir, **values):
    """Look at what will happen, and confirm what was seen; returns the page that was looked at."""
    data = recording(former, heir, **values)
    page = client.post(f"{ADMIN}succession/add/", data)
    assert page.status_code == 200 and page.context["forecast"], page.context["form"].errors
    seen = page.context["form"]["seen"].value()
    assert client.post(f"{ADMIN}succession/add/", data | {"seen": seen, "confirm": "1"}).status_code == 302
    return page


def approved_files(client):
    return [client.get(f"/roadmaps/decree-631/summaries/2013-H2.xlsx?language={code}").content for code in ("kk", "ru")]


def test_a_ministry_passes_over_to_its_successor_on_its_day_and_the_past_keeps_its_name(
    h1_2014, people, sign_in, on_day
):
    mid = body("mid")
    reporter = make_user("mint", User.Role.EXECUTOR, "mint")
    User.objects.update(language="en")
    draft = submission_of("mint", h1_2014)
    ProgressEntry.objects.filter(submission=draft).update(narrative="Жартылай жазылды.")
    frozen = approved_files(sign_in(people["government"]))
    named = Assignment.objects.filter(executor__code="mint").count()

    page = record(sign_in(people["administrator"]), "mint", "mid")
    forecast = page.context["forecast"]
    assert (len(forecast.users), len(forecast.assignments), len(forecast.passing)) == (3, named, 1)
    assert "6 August 2014" in text_of(page)
    apply_acts("2014-08-05")
    assert Roadmap.objects.get().coordinator.code == "mint"
    on_day("2014-08-06")
    assert apply_acts() == [str(Succession.objects.get())]
    assert apply_acts() == []

    # The roadmap, the measures, the accounts and the draft are the successor's.
    assert Roadmap.objects.get().coordinator == mid
    assert (Assignment.objects.filter(executor=mid).count(), mid.users.count()) == (named, 3)
    draft.refresh_from_db()
    assert draft.executor == mid
    assert draft.entries.filter(narrative="Жартылай жазылды.").count() == draft.entries.count() > 0
    assert h1_2014.submissions.count() == 9
    assert JournalEntry.objects.filter(kind="succession", submission=draft).exists()

    # Its officer goes on with the draft, reads what the old ministry sent, and has its text as a start.
    client = sign_in(User.objects.get(pk=reporter.pk))
    sent = submission_of("mint", half_year(H2_2013))
    before = client.get(f"/roadmaps/decree-631/submissions/{sent.pk}/")
    assert "MID en" in text_of(before) and "until 6 August 2014" in text_of(before)
    assert "Жұмыс жүргізілуде." in text_of(client.get(f"/roadmaps/decree-631/submissions/{draft.pk}/measures/1/"))
    assert client.get(f"/roadmaps/decree-631/submissions/{sent.pk}/rounds/1/").status_code == 200

    # The ministry's staff works on under the new name; what was approved has not changed by a byte.
    staff = sign_in(User.objects.get(pk=people["ministry"].pk))
    board = staff.get(f"{ADMIN.replace('roadmap', 'reporting')}reportingperiod/{h1_2014.pk}/queue/")
    assert board.status_code == 200 and "MID en" in text_of(board)
    old_board = staff.get(f"/admin/reporting/reportingperiod/{half_year(H2_2013).pk}/queue/")
    assert "MID en" not in {str(each.submission.executor) for each in old_board.context["board"].executors}
    assert approved_files(sign_in(people["government"])) == frozen

    # As decreed, and as it is now.
    government = sign_in(people["government"])
    assert "as decreed: " in text_of(government.get("/roadmaps/decree-631/measures/1/")).lower()
    assert "MID en" not in text_of(government.get("/roadmaps/decree-631/measures/1/?on=2014-07-01"))
    assert "its successor is MID en" in text_of(government.get("/roadmaps/decree-631/"))

    # The next half-year is asked of the successor alone.
    open_executor_windows("2014-12-21")
    later = half_year(H2_2014)
    assert {"mid"} == set(later.submissions.filter(executor__code__in=["mint", "mid"]).values_list(
        "executor__code", flat=True))  # fmt: skip


def test_what_was_sent_stays_under_the_old_name_and_is_not_asked_again(h1_2014, people, sign_in, on_day):
    """The agency sent its report; its successor, named beside it, has one of its own, and sends the rest."""
    own = submission_of("mint", h1_2014)
    had = set(own.entries.values_list("measure", flat=True))
    sent = submission_of("natr", h1_2014)
    officer = make_user("mint", User.Role.EXECUTOR, "mint")
    shared = Assignment.objects.filter(executor__code="natr", measure__in=had).values_list("measure", flat=True)
    shared = set(shared)
    assert shared
    on_day("2014-08-06")
    page = record(sign_in(people["administrator"]), "natr", "mint")
    assert page.context["forecast"].merged == len(shared)
    assert Succession.objects.get().applied_at  # its day has come

    sent.refresh_from_db()
    assert (sent.executor.code, sent.status) == ("natr", "submitted")
    open_executor_windows("2014-08-07")
    assert set(own.entries.values_list("measure", flat=True)) == had
    assert not Assignment.objects.filter(executor__code="natr").exists()
    client = sign_in(officer)
    assert client.get(f"/roadmaps/decree-631/submissions/{sent.pk}/").status_code == 200
    stranger = sign_in(people["stranger"])
    assert stranger.get(f"/roadmaps/decree-631/submissions/{sent.pk}/").status_code == 404

    # A draft that the successor has no room for stays too; the successor sends it.
    draft = submission_of("zerde", h1_2014)
    record(sign_in(people["administrator"]), "zerde", "mint", number="876")
    send(draft, by=officer, at="2014-08-06 12:00")
    draft.refresh_from_db()
    assert (draft.executor.code, draft.entered_by) == ("zerde", officer)

    # Through two reorganisations.
    body("last")
    record(sign_in(people["administrator"]), "mint", "last", number="877")
    officer.refresh_from_db()
    assert officer.executor.code == "last"
    seen = set(Submission.objects.for_user(officer).values_list("executor__code", flat=True))
    assert seen == {"natr", "zerde", "mint", "last"}


def test_it_refuses_a_succession_that_cannot_be(people, in_english, sign_in, on_day):
    mid, natr, zerde = body("mid"), Executor.objects.get(code="natr"), Executor.objects.get(code="zerde")
    body("theirs", roadmap=Roadmap.objects.get())
    act = {"act": "Қаулы", "number": "1", "date": "2014-01-01", "recorded_by": people["administrator"],
           "recorded_at": moment("2014-01-01 10:00"), "from_day": "2014-02-01"}  # fmt: skip
    Succession.objects.create(predecessor=mid, successor=zerde, **act)
    Succession.objects.create(predecessor=natr, successor=mid, **act | {"from_day": "2014-01-05"})
    on_day("2014-08-04")
    client = sign_in(people["administrator"])
    for former, heir, values, sentence in (
        ("mid", "natr", {}, "This body has a successor already."),
        ("mgmt", "mid", {}, "its successor is"),
        ("zerde", "natr", {}, "This body is itself succeeded by the former one."),
        ("king", "king", {}, "A body cannot be its own successor."),
        ("king", "almaty", {"from_day": "2014-08-03"}, "It cannot be in force before the act's own date."),
        ("king", "almaty", {"date": "2014-08-05"}, "The act's date lies in the future."),
        ("king", "theirs", {}, "This body is known in one act alone"),
    ):
        page = client.post(f"{ADMIN}succession/add/", recording(former, heir, **values) | {"confirm": "1"})
        assert page.status_code == 200 and sentence in text_of(page), (sentence, page.context["form"].errors)
    assert Succession.objects.count() == 2


# Amending acts

ACT = {"act_kk": "Үкімет қаулысы", "act_ru": "Постановление", "number": "82", "date": "2014-01-27"}


def number(value):
    return Measure.objects.get(number=value)


@pytest.fixture
def amendment(h2_2013, people, sign_in):
    """An act of 27 January, in force from 1 February 2014, written down over HTTP: a term, a drop, an addition."""
    client = sign_in(people["administrator"])
    act = ACT | {"roadmap": Roadmap.objects.get().pk, "in_force_on": "2014-02-01"}
    assert client.post(f"{ADMIN}amendment/add/", act).status_code == 302
    made = Amendment.objects.get()
    base = f"{ADMIN}amendment/{made.pk}/changes/add/"
    words = {"deadline_text_kk": "2015 жылғы желтоқсан", "deadline_text_ru": "декабрь 2015 года"}
    added = {
        "number": "20-1", "section": number("20").section_id, "title_kk": "Инкубатор ашу",
        "title_ru": "Открыть инкубатор", "completion_form_kk": "ҮА-ға ақпарат",
        "executors": "natr (келісім бойынша), zerde", "deadline_text_kk": "2014 жылғы қыркүйек",
    }  # fmt: skip
    for kind, data in (
        ("deadline", {"measure": number("1").pk} | words),
        ("drop", {"measure": number("3").pk}),
        ("add", added),
    ):
        answer = client.post(f"{base}{kind}/", data)
        assert answer.status_code == 302, answer.context["form"].errors
    return made


def confirm(client, amendment):
    seen = client.get(f"{ADMIN}amendment/{amendment.pk}/change/").context["seen"]
    return client.post(f"{ADMIN}amendment/{amendment.pk}/confirm/", {"seen": seen}, follow=True)


def test_an_amending_act_is_in_force_from_its_day_and_both_are_visible(h2_2013, amendment, people, sign_in, on_day):
    decreed = number("1")
    government = sign_in(people["government"])
    frozen = approved_files(government)
    client = sign_in(people["administrator"])
    page = text_of(client.get(f"{ADMIN}amendment/{amendment.pk}/change/"))
    assert decreed.deadline_text_en in page and "2015 жылғы желтоқсан" in page and "20-1" in page
    stale = client.post(f"{ADMIN}amendment/{amendment.pk}/confirm/", {"seen": "old"}, follow=True)
    assert "look again" in text_of(stale)
    assert "comes into force on 1 February 2014" in text_of(confirm(client, amendment))
    refused = client.post(f"{ADMIN}amendment/{amendment.pk}/changes/add/drop/", {"measure": number("5").pk})
    assert refused.status_code == 302 and amendment.changes.count() == 3
    apply_acts("2014-01-31")
    assert number("1").deadline_text_kk == decreed.deadline_text_kk
    apply_acts("2014-02-01")
    apply_acts("2014-02-02")

    changed = number("1")
    assert (changed.deadline_text_kk, changed.ends_on.isoformat()) == ("2015 жылғы желтоқсан", "2015-12-31")
    assert OffControl.objects.get(measure=number("3")).ground == OffControl.Ground.REPLACED
    added = number("20-1")
    assert (added.position, added.in_force_from.isoformat(), added.ends_on.isoformat()) == (
        21, "2014-02-01", "2014-09-30"
    )  # fmt: skip
    assert [(each.executor.code, each.by_agreement) for each in added.assignments.all()] == [
        ("natr", True), ("zerde", False)
    ]  # fmt: skip

    # What was approved before stays to the byte; the added measure is not of that half-year.
    on_day("2014-02-03")
    government = sign_in(people["government"])
    assert approved_files(government) == frozen
    now = text_of(government.get("/roadmaps/decree-631/measures/1/"))
    assert f"as decreed: «{decreed.deadline_text_en}" in now and "№ 82" in now
    then = text_of(government.get("/roadmaps/decree-631/measures/1/?on=2014-01-31"))
    assert decreed.deadline_text_en in then and "№ 82" not in then
    glance = government.get("/roadmaps/decree-631/")
    assert [each.number for each in glance.context["glance"].measures][-1] == "20-1"
    assert glance.context["glance"].measures[0].ends_on.isoformat() == "2015-12-31"
    assert glance.context["glance"].measures[2].status == "off_control"
    past = government.get("/roadmaps/decree-631/?on=2014-01-31")
    assert past.context["glance"].measures[2].status == "in_progress"
    assert len(past.context["glance"].measures) == 20

    # The next half-year: the dropped one is off control, the added one is reported, the entry says both.
    open_executor_windows("2014-06-20")
    period = half_year(H1_2014)
    own = submission_of("zerde", period)
    assert own.entries.filter(measure=added).exists()
    assert not ProgressEntry.objects.filter(submission__period=period, measure=number("3")).exists()
    on_day("2014-07-01")
    entry = text_of(sign_in(people["officer"]).get(
        f"/roadmaps/decree-631/submissions/{submission_of('natr', period).pk}/measures/1/"))  # fmt: skip
    assert "as decreed" in entry
    review = f"/admin/reporting/submission/{submission_of('natr', period).pk}/change/"
    assert f"as decreed: «{decreed.deadline_text_en}" in text_of(sign_in(people["ministry"]).get(review))
    send_all(period, at="2014-07-03 11:20")
    assert f"as decreed: «{decreed.deadline_text_en}" in text_of(sign_in(people["ministry"]).get(review))
    open_ministry_windows("2014-07-06")
    period.refresh_from_db()
    approve(period, head=people["head"], ministry=people["ministry"], at="2014-07-19 16:00")
    on_day("2014-07-20")
    summary = sign_in(people["government"]).get("/roadmaps/decree-631/summaries/2014-H1/")
    rows = {row.number: row for row in summary.context["document"].rows}
    assert len(rows) == 21 and rows["3"].status == "off_control"
    assert "№ 82" in " ".join(rows["3"].notes)
    assert "as decreed" in " ".join(rows["1"].notes) and rows["1"].deadline == "2015 жылғы желтоқсан"


def test_what_is_not_understood_is_named_and_an_act_that_waits_can_be_corrected(amendment, people, sign_in):
    client = sign_in(people["administrator"])
    base = f"{ADMIN}amendment/{amendment.pk}/"
    change = amendment.changes.get(kind="deadline")
    odd = {"measure": change.measure_id, "deadline_text_kk": "жақсы күн туғанда"}
    page = client.post(f"{base}changes/{change.pk}/", odd)
    assert "«жақсы күн туғанда» was not understood" in text_of(page)
    assert client.post(f"{base}changes/{change.pk}/", odd | {"ends_on": "2016-06-30"}).status_code == 302
    change.refresh_from_db()
    assert change.after["deadline_periods"] == [{"starts_on": None, "ends_on": "2016-06-30"}]
    apart = {"measure": change.measure_id, "deadline_text_kk": "2015 жылғы желтоқсан", "deadline_text_ru": "май 2015"}
    assert "name different days" in text_of(client.post(f"{base}changes/{change.pk}/", apart))
    twice = client.post(f"{base}changes/add/drop/", {"measure": change.measure_id})
    assert "changes that measure already" in text_of(twice)
    unknown = client.post(f"{base}changes/add/add/", {
        "number": "20", "title_kk": "Іс", "executors": "natr, Ай министрлігі", "deadline_text_kk": "2015 жылғы мамыр",
    })  # fmt: skip
    assert "«Ай министрлігі»" in text_of(unknown) and "a measure 20 already" in text_of(unknown)

    confirm(client, amendment)
    assert client.post(f"{base}reopen/", follow=True).status_code == 200
    assert client.post(f"{base}changes/{change.pk}/remove/").status_code == 302
    assert amendment.changes.count() == 2
    confirm(client, amendment)
    apply_acts("2014-02-01")
    assert "only another amending act" in text_of(client.post(f"{base}reopen/", follow=True))
    assert client.get(f"{base}delete/").status_code == 403


def test_an_older_sheet_does_not_take_an_act_back(amendment, people, sign_in, on_day):
    client = sign_in(people["administrator"])
    sheet = client.get(f"{ADMIN}measure/export/").content
    confirm(client, amendment)
    on_day("2014-02-03")
    apply_acts()
    body("mid")
    record(client, "mint", "mid", from_day="2014-02-02", date="2014-01-30")
    page = client.post(f"{ADMIN}measure/import/", {"import_file": SimpleUploadedFile("m.xlsx", sheet)})
    said = text_of(page)
    assert "before it was amended by" in said and "its successor is MID en" in said
    anew = client.get(f"{ADMIN}measure/export/").content
    page = client.post(f"{ADMIN}measure/import/", {"import_file": SimpleUploadedFile("m.xlsx", anew)})
    assert not page.context["result"].has_validation_errors()
    rows = load_workbook(io.BytesIO(anew)).active.iter_rows(values_only=True)
    assert any("20-1" in map(str, row) for row in rows)


@pytest.mark.usefixtures("threads")
def test_two_workers_bring_an_act_into_force_once(roadmap):
    open_executor_windows("2013-06-20")
    period = ReportingPeriod.objects.get(year=2013, number=1)
    by = make_user("admin", User.Role.ADMINISTRATOR)
    recorded = {"recorded_by": by, "recorded_at": moment("2013-06-25 10:00"), "number": "9", "date": "2013-06-25"}
    act = Amendment.objects.create(
        roadmap=roadmap, act_kk="Қаулы", in_force_on="2013-07-01", confirmed_at=moment("2013-06-25 10:00"), **recorded
    )
    MeasureChange.objects.create(amendment=act, kind="drop", measure=number("2"))
    row = Succession.objects.create(
        predecessor=Executor.objects.get(code="mint"), successor=body("mid"), from_day="2013-07-01", act="Қаулы",
        **recorded,
    )  # fmt: skip
    at = moment("2013-07-01 00:00")
    acts = [lambda: amending.apply(Amendment.objects.get(pk=act.pk), at=at)] * 2
    bodies = [lambda: succession.apply(Succession.objects.get(pk=row.pk), at=at)] * 2
    assert sorted(at_once(*acts)) == [False, True]
    assert sorted(at_once(*bodies)) == [False, True]
    assert OffControl.objects.count() == 1
    assert entry_of(submission_of("mid", period), 1)
    assert not period.submissions.filter(executor__code="mint").exists()


def test_an_act_that_came_on_the_day_of_an_approval_counts_from_that_day():
    day, measure = datetime.date(2014, 1, 8), Measure(pk=9)
    change = MeasureChange(kind="deadline", amendment=Amendment(in_force_on=day), after={"ends_on": "2014-12-31"})
    acts = Acts(changes={9: [change]})
    assert acts.deadline_since(measure, day, day) == {"ends_on": datetime.date(2014, 12, 31)}
    assert acts.deadline_since(measure, day, day - datetime.timedelta(days=1)) == {}
