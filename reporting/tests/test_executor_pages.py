"""The executor's way through the pages, as a person walks it: over HTTP, reading what the page says."""

import datetime
import html
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from conftest import SIGNATURE, approve, entry_of, fill, make_user, moment, send, send_all, submission_of, text_of
from reporting.models import Evidence, OffControl, ProgressEntry, Submission
from reporting.tasks import open_executor_windows
from roadmap.models import User

pytestmark = pytest.mark.only_beside("postgres")

PDF = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"


def page(submission, position=None):
    tail = f"measures/{position}/" if position else ""
    return f"/roadmaps/decree-631/submissions/{submission.pk}/{tail}"


def typed(entry, **changes):
    """What the browser sends for an entry's form."""
    entry.refresh_from_db()
    return {
        "revision": entry.revision,
        "status": "in_progress",
        "percent": "40",
        "narrative": "Жұмыс басталды.",
        "obstacles": "",
        "reason": "",
        "document_name": "",
        "document_number": "",
        "document_date": "",
    } | changes


@pytest.fixture
def draft(period):
    return submission_of("natr", period)


@pytest.fixture
def executor(sign_in, officer):
    officer.language = "en"
    officer.save()
    client = sign_in(officer)
    client.officer = officer
    return client


def signature(submission, **changes):
    submission.refresh_from_db()
    return {"revision": submission.revision} | SIGNATURE | {"letter_date": "2013-06-28"} | changes


# The first page


def test_start_leads_to_the_open_half_year(executor, draft):
    assert executor.get("/").url == page(draft)


def test_start_lists_the_reports_when_no_window_is_open(executor, roadmap, on_day):
    on_day("2013-06-19")
    response = executor.get("/", follow=True)
    assert "There is no report yet" in text_of(response)


def test_list_stands_newest_first_and_says_where_nothing_is_to_be_done(executor, review_period, head, ministry, on_day):
    send_all(review_period)
    approve(review_period, head=head, ministry=ministry)
    words = text_of(executor.get("/submissions/", follow=True))
    assert "Nothing is to be filled in now." in words and "opens on 21 December 2013" in words
    open_executor_windows("2013-12-21")
    on_day("2013-12-22")
    words = text_of(executor.get("/submissions/", follow=True))
    assert words.index("half-year II of 2013") < words.index("half-year I of 2013")
    assert "Nothing is to be filled in now." not in words


def test_list_says_where_no_window_follows(executor, roadmap, on_day):
    on_day("2020-01-01")
    assert "No further window is planned" in text_of(executor.get("/submissions/", follow=True))


def test_list_names_the_next_window(executor, roadmap, on_day):
    open_executor_windows("2013-06-20")
    on_day("2013-07-30")
    assert "half-year II of 2013, opens on 21 December 2013" in text_of(executor.get("/submissions/", follow=True))


def test_page_shows_every_measure_with_the_decrees_columns(executor, draft):
    words = text_of(executor.get(page(draft)))
    assert words.count("Form of completion") == 18
    assert "Information to the Government of the Republic of Kazakhstan" in words
    assert "August 2013" in words and "Republican budget" in words and "MINT, NATD JSC (by agreement)" in words
    assert "Басқарушы компанияны «ТДҰА» АҚ-ға сенімгерлік басқаруға беру" in words


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("2013-06-25", "10 days left."),
        ("2013-07-04", "1 day left."),
        ("2013-07-05", "Today is the last day."),
        ("2013-07-06", "1 day late."),
        ("2013-07-15", "10 days late."),
    ],
)
def test_page_says_how_many_days_are_left_or_late(executor, draft, on_day, day, words):
    on_day(day)
    assert words in text_of(executor.get(page(draft)))


@pytest.mark.parametrize("position", [None, 1])
def test_page_of_another_executor_is_404(sign_in, stranger, draft, position):
    assert sign_in(stranger).get(page(draft, position)).status_code == 404
    assert sign_in(stranger).post(page(draft, position)).status_code in (404, 405)


@pytest.mark.parametrize(
    ("role", "status"), [("ministry", 404), ("head", 403), ("government", 403), ("administrator", 403)]
)
def test_page_is_not_for_other_roles(sign_in, people, draft, role, status):
    """The ministry's officers fill in what they enter for an executor, and see no other draft."""
    assert sign_in(people[role]).get(page(draft)).status_code == status


def test_page_wants_a_sign_in(client, draft):
    assert client.get(page(draft)).url.startswith("/accounts/login/")


def test_page_under_another_roadmaps_address_is_404(executor, draft):
    assert executor.get(f"/roadmaps/other/submissions/{draft.pk}/").status_code == 404


def test_page_tells_in_one_look_what_is_left_and_how_the_half_year_before_went(executor, draft, period, on_day):
    words = re.sub(r"\s+", " ", text_of(executor.get(page(draft))))
    assert "Ready to be sent 0 / 18" in words and "Left: 18" in words and "No report was sent." in words
    send(draft)
    open_executor_windows("2013-12-21")
    on_day("2013-12-22")
    later = Submission.objects.get(executor=draft.executor, period__number=2)
    words = re.sub(r"\s+", " ", text_of(executor.get(page(later))))
    assert "Half-year before on time half-year I of 2013 , sent" in words


# A measure


def test_measures_lead_to_their_neighbours_and_to_each_other(executor, draft):
    content = executor.get(page(draft, 10)).content.decode()
    assert re.search(rf'href="{page(draft, 9)}" rel="prev"', content)
    assert re.search(rf'href="{page(draft, 12)}" rel="next"', content)
    assert content.count('<span class="status empty">') == 18 and 'aria-current="page"><span class="status' in content
    assert 'rel="prev"' not in executor.get(page(draft, 1)).content.decode()
    assert 'rel="next"' not in executor.get(page(draft, 20)).content.decode()


@pytest.fixture
def later(executor, draft, on_day):
    """H2 2013, after H1 was sent with texts."""
    fill(draft)
    draft.entries.update(narrative="Бірінші жартыжылдықта басталды", reason="Қаржы кеш бөлінді")
    draft.entries.filter(measure__position=2).update(narrative="", reason="", status="not_started", percent=0)
    draft.refresh_from_db()
    draft.submit(
        by=executor.officer, at=moment("2013-07-03 11:20"), revision=draft.revision, signature=SIGNATURE
    )  # fmt: skip
    open_executor_windows("2013-12-21")
    on_day("2013-12-22")
    return Submission.objects.get(executor=draft.executor, period__number=2)


def test_text_of_the_half_year_before_is_taken_over_where_nothing_is_typed(executor, later):
    assert b'name="start"' in executor.get(page(later, 1)).content
    values = typed(entry_of(later, 1), narrative="", reason="Өз себебім", percent="", status="", start="")
    assert executor.post(page(later, 1), values).status_code == 302
    entry = entry_of(later, 1)
    assert (entry.narrative, entry.reason) == ("Бірінші жартыжылдықта басталды", "Өз себебім")
    assert (entry.status, entry.percent) == ("", None)
    assert b'name="start"' not in executor.get(page(later, 1)).content


def test_nothing_is_taken_over_where_there_is_no_text(executor, later):
    assert b'name="start"' not in executor.get(page(later, 2)).content
    values = typed(entry_of(later, 2), narrative="", start="")
    assert "Nothing was taken over" in text_of(executor.post(page(later, 2), values, follow=True))


def test_page_of_a_measure_is_never_kept_by_the_browser(executor, draft):
    assert "no-store" in executor.get(page(draft, 1))["Cache-Control"]


def test_draft_may_be_incomplete(executor, draft):
    entry = entry_of(draft, 1)
    response = executor.post(page(draft, 1), typed(entry, status="", percent="", narrative="Жартысы"))
    assert response.status_code == 302
    entry.refresh_from_db()
    assert (entry.status, entry.percent, entry.narrative) == ("", None, "Жартысы")


def test_saving_says_when(executor, draft):
    response = executor.post(page(draft, 1), typed(entry_of(draft, 1)), follow=True)
    assert re.search(r"Saved at \d\d:\d\d", text_of(response))


def test_save_and_go_on_leads_to_the_next_measure_and_from_the_last_to_the_list(executor, draft):
    assert executor.post(page(draft, 10), typed(entry_of(draft, 10), next="")).url == page(draft, 12)
    assert executor.post(page(draft, 20), typed(entry_of(draft, 20), next="")).url == page(draft)


def test_percent_follows_from_done_and_not_started(executor, draft):
    executor.post(page(draft, 1), typed(entry_of(draft, 1), status="done", percent=""))
    executor.post(page(draft, 2), typed(entry_of(draft, 2), status="not_started", percent=""))
    assert (entry_of(draft, 1).percent, entry_of(draft, 2).percent) == (100, 0)


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("percent", "150", "A percentage lies between 0 and 100."),
        ("percent", "-1", "Ensure this value is greater than or equal to 0."),
        ("percent", "жүз", "Enter a whole number."),
        ("document_date", "2013-06-18", "The document's date lies between the act's day, 19 June 2013, and today"),
        ("document_date", "2013-07-02", "The document's date lies between the act's day, 19 June 2013, and today"),
        ("document_date", "31.02.2013", "Enter a valid date."),
        ("status", "finished", "Select a valid choice."),
        ("narrative", "ұ" * 500_000, "Ensure this value has at most 20000 characters (it has 500000)."),
        ("document_number", "9" * 101, "Ensure this value has at most 100 characters"),
        ("narrative", "ab\x00cd", "Null characters are not allowed."),
    ],
)
def test_what_cannot_be_kept_is_refused_at_its_field_and_not_lost(executor, draft, field, value, sentence):
    entry = entry_of(draft, 1)
    values = typed(entry, narrative="Ұзақ жазылған мәтін") | {field: value}
    response = executor.post(page(draft, 1), values)
    assert response.status_code == 200
    assert sentence in text_of(response)
    assert field in response.context["form"].errors
    assert values["narrative"].replace("\x00", "") in html.unescape(response.content.decode()).replace("\x00", "")
    entry.refresh_from_db()
    assert entry.revision == 0


def test_money_is_asked_where_the_decree_funds_and_taken_with_spaces(executor, draft):
    entry = entry_of(draft, 14)
    values = typed(entry, planned_republican="1 850 000 000", spent_republican="0")
    assert executor.post(page(draft, 14), values).status_code == 302
    money = entry.expenditures.get()
    assert (money.planned, money.spent) == (1_850_000_000, 0)


@pytest.mark.parametrize(
    ("amount", "sentence"),
    [("-1", "A sum cannot be negative."), ("көп", "Give whole tenge, in digits."), ("1" * 30, "Ensure this value")],
)
def test_sum_that_is_none_is_refused(executor, draft, amount, sentence):
    response = executor.post(page(draft, 14), typed(entry_of(draft, 14), planned_republican=amount))
    assert sentence in text_of(response)
    assert list(response.context["form"].errors) == ["planned_republican"]


def test_money_on_an_unfunded_measure_is_refused(executor, draft):
    response = executor.post(page(draft, 1), typed(entry_of(draft, 1), planned_republican="5"))
    assert "no money can be reported for it" in text_of(response)
    assert entry_of(draft, 1).revision == 0


def test_form_shows_the_half_year_before(executor, officer, draft, on_day):
    send(draft, by=officer)
    ProgressEntry.objects.filter(submission=draft, measure__position=1).update(
        narrative="Бірінші жартыжылдықта басталды"
    )
    open_executor_windows("2013-12-21")
    on_day("2013-12-22")
    later = Submission.objects.get(executor=draft.executor, period__number=2)
    assert "Бірінші жартыжылдықта басталды" in text_of(executor.get(page(later, 1)))


def test_co_executors_document_is_taken_over_by_one_click(executor, draft, period):
    send(submission_of("mint", period), m1="done")
    response = executor.get(page(draft, 1))
    offered = re.search(r'name="take" value="(\d+)"', response.content.decode())
    assert executor.post(page(draft, 1), typed(entry_of(draft, 1), take=offered[1])).status_code == 302
    entry = entry_of(draft, 1)
    assert (entry.document_name, entry.document_number, entry.document_date) == (
        "Хат", "12-3/45", datetime.date(2013, 6, 28),
    )  # fmt: skip
    assert entry.narrative == "Жұмыс басталды."


def test_document_of_a_draft_is_not_offered_nor_taken(executor, draft, period):
    fill(submission_of("mint", period), m1="done")
    other = entry_of(submission_of("mint", period), 1)
    assert b'name="take"' not in executor.get(page(draft, 1)).content
    response = executor.post(page(draft, 1), typed(entry_of(draft, 1), take=str(other.pk)), follow=True)
    assert "not there any more" in text_of(response)
    assert entry_of(draft, 1).document_number == ""


def test_two_tabs_show_both_texts_and_the_second_may_then_be_kept(executor, draft):
    entry = entry_of(draft, 1)
    first, second = typed(entry, narrative="Бірінші мәтін"), typed(entry, narrative="Екінші мәтін")
    assert executor.post(page(draft, 1), first).status_code == 302
    response = executor.post(page(draft, 1), second)
    assert response.status_code == 200
    assert "Бірінші мәтін" in text_of(response) and "Екінші мәтін" in text_of(response)
    entry.refresh_from_db()
    assert entry.narrative == "Бірінші мәтін"
    again = second | {"revision": re.search(r'name="revision" value="(\d+)"', response.content.decode())[1]}
    assert executor.post(page(draft, 1), again).status_code == 302
    entry.refresh_from_db()
    assert entry.narrative == "Екінші мәтін"


def test_form_that_is_sent_twice_is_no_conflict(executor, draft):
    values = typed(entry_of(draft, 1))
    assert executor.post(page(draft, 1), values).status_code == 302
    assert executor.post(page(draft, 1), values).status_code == 302


def test_measure_that_is_not_reported_is_404(executor, draft):
    assert executor.get(page(draft, 11)).status_code == 404


# Evidence


def upload(name="хат.pdf", content=PDF):
    return SimpleUploadedFile(name, content)


def attach(client, submission, *files, **changes):
    return client.post(page(submission, 1), typed(entry_of(submission, 1), **changes) | {"evidence": list(files)})


def test_evidence_is_kept_outside_any_public_folder_and_served_as_an_attachment(executor, draft):
    assert attach(executor, draft, upload(), upload("екінші.pdf")).status_code == 302
    file = Evidence.objects.first()
    assert re.fullmatch(r"[0-9a-f]{2}/[0-9a-f]{32}", file.file.name)
    response = executor.get(f"/evidence/{file.pk}/")
    assert b"".join(response.streaming_content) == PDF
    assert response["Content-Disposition"].startswith("attachment") and response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Type"] == "application/pdf"


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (("run.exe", b"MZ"), "none of the kinds that are taken"),
        (("letter.pdf", b"<script>"), "is not what its ending says"),
        (("page.html", b"<html>"), "none of the kinds that are taken"),
        (("big.pdf", PDF + b"0" * (10 * 1024 * 1024)), "at most 10.0"),
        (("empty.pdf", b""), "empty"),
    ],
)
def test_evidence_of_a_forbidden_kind_or_size_is_refused_and_the_text_is_not_lost(executor, draft, file, sentence):
    response = attach(executor, draft, upload(*file))
    assert sentence in text_of(response)
    assert "Жұмыс басталды." in text_of(response)
    assert not Evidence.objects.exists()


def test_a_full_disk_is_said_and_the_text_is_not_lost(executor, draft, settings):
    settings.EVIDENCE_ROOT = "/proc/no-room"  # where nobody can write
    words = text_of(attach(executor, draft, upload()))
    assert "there is no room for it now" in words and "Жұмыс басталды." in words
    assert not Evidence.objects.exists()


def test_good_file_is_kept_beside_a_bad_one(executor, draft):
    attach(executor, draft, upload("run.exe", b"MZ"), upload())
    assert [file.name for file in Evidence.objects.all()] == ["хат.pdf"]


def test_evidence_that_is_taken_away_stays_in_the_round_that_was_sent(executor, officer, draft, ministry):
    attach(executor, draft, upload())
    send(draft, by=officer)
    draft.return_for_rework(
        by=ministry, at=moment("2013-07-08 10:00"), revision=draft.revision, comment="Толықтырыңыз",
        resubmit_by=datetime.date(2013, 7, 10),
    )  # fmt: skip
    file = Evidence.objects.get()
    executor.post(page(draft, 1), typed(entry_of(draft, 1), detach=str(file.pk)))
    assert b"detach" not in executor.get(page(draft, 1)).content
    assert draft.rounds.get().payload[0]["evidence"][0]["sha256"] == file.sha256
    assert b"".join(executor.get(f"/evidence/{file.pk}/").streaming_content) == PDF


def test_evidence_is_404_for_strangers_and_for_the_ministry_until_it_is_sent(
    client, sign_in, executor, officer, draft, people
):
    attach(executor, draft, upload())
    url = f"/evidence/{Evidence.objects.get().pk}/"
    for role in ("stranger", "ministry", "head", "government", "administrator"):
        assert sign_in(people[role]).get(url).status_code == 404, role
    send(draft, by=officer)
    assert b"".join(sign_in(people["ministry"]).get(url).streaming_content) == PDF
    assert sign_in(people["stranger"]).get(url).status_code == 404
    client.logout()
    assert client.get(url).url.startswith("/accounts/login/")


# Sending


def test_check_shows_what_the_ministry_will_see_with_the_faults_on_top(executor, draft):
    fill(draft, m3="done")
    draft.entries.filter(measure__position=1).update(narrative="", document_name="Хаттама")
    attach(executor, draft, upload(), status="in_progress", percent="30", narrative="", reason="Мерзімі өтті")
    words = re.sub(r"\s+", " ", text_of(executor.get(page(draft) + "check/")))
    assert words.index("1. Say what was done and with what result.") < words.index("Measures")
    assert (
        "Хат № 12-3/45, 28 June 2013" in words
        and "хат.pdf" in words
        and "planned 1 000 tenge, spent 1 000 tenge" in words
    )
    assert f'href="{page(draft, 1)}?check=1#id_narrative"' in executor.get(page(draft) + "check/").content.decode()


def test_check_says_when_nothing_is_missing_and_changes_nothing(executor, draft):
    fill(draft)
    draft.refresh_from_db()
    assert "Nothing is missing" in text_of(executor.get(page(draft) + "check/"))
    assert Submission.objects.get(pk=draft.pk).revision == draft.revision


def test_check_of_what_was_sent_leads_to_its_page(executor, draft):
    send(draft)
    assert executor.get(page(draft) + "check/").url == page(draft)
    assert executor.get(page(draft) + "submit/").url == page(draft) + "check/"


@pytest.mark.parametrize(
    ("role", "status"),
    [("stranger", 404), ("ministry", 404), ("head", 403), ("government", 403), ("administrator", 403)],
)
def test_check_is_for_the_own_body_alone(sign_in, people, draft, role, status):
    assert sign_in(people[role]).get(page(draft) + "check/").status_code == status


def test_sending_lists_every_fault_with_a_link_to_its_field_and_keeps_the_signature(executor, draft):
    response = executor.post(page(draft) + "submit/", signature(draft, signed_by_name="Б. Қ. Оспанов"))
    links = re.findall(r'href="([^"]+\?check=1#id_\w+)"', response.content.decode())
    assert len(links) == 20  # a status in each of 18 measures, and two sums of measure 14
    assert "Б. Қ. Оспанов" in response.content.decode()
    field = executor.get(links[0])
    assert "Choose the status." in text_of(field)
    draft.refresh_from_db()
    assert draft.status == "draft"


@pytest.mark.parametrize("field", ["signed_by_name", "signed_by_post", "letter_number", "letter_date"])
def test_sending_needs_the_letters_requisites(executor, draft, field):
    fill(draft)
    response = executor.post(page(draft) + "submit/", signature(draft, **{field: ""}))
    assert list(response.context["form"].errors) == [field]
    assert "This field is required." in text_of(response)


@pytest.mark.parametrize("revision", ["", "x"])
def test_sending_incompletely_is_told_on_top_and_may_be_done_again(executor, draft, revision):
    fill(draft)
    response = executor.post(page(draft) + "submit/", signature(draft, revision=revision))
    assert "was sent incompletely" in text_of(response).split("Measures")[0]
    again = re.search(r'name="revision" value="(\d+)"', response.content.decode())[1]
    assert "Sent to the ministry" in text_of(
        executor.post(page(draft) + "submit/", signature(draft, revision=again), follow=True)
    )


def test_sending_locks_and_shows_the_receipt(executor, draft):
    fill(draft)
    response = executor.post(page(draft) + "submit/", signature(draft), follow=True)
    words = text_of(response)
    assert "Sent to the ministry: round 1" in words and "decree-631/2013-H1/natr/1" in words
    assert "04-12/1187" in words
    assert "waits for the ministry's review" in text_of(executor.get(page(draft)))
    entry = entry_of(draft, 1)
    refused = executor.post(page(draft, 1), typed(entry, narrative="Кеш қалған мәтін"))
    assert "can no longer be changed" in text_of(refused) and "Кеш қалған мәтін" in text_of(refused)
    entry.refresh_from_db()
    assert entry.narrative != "Кеш қалған мәтін"


def test_sending_twice_is_told_and_makes_one_round(executor, draft):
    fill(draft)
    values = signature(draft)
    executor.post(page(draft) + "submit/", values)
    assert "look again" in text_of(executor.post(page(draft) + "submit/", values, follow=True))
    assert draft.rounds.count() == 1


def test_sending_after_the_approval_is_refused_in_words(executor, review_period, ministry, head):
    draft = submission_of("natr", review_period)
    fill(draft)
    values = signature(draft)
    approve(review_period, head=head, ministry=ministry, at="2013-07-08 11:00")
    assert "has been approved" in text_of(executor.post(page(draft) + "submit/", values, follow=True))
    assert OffControl.objects.count() == 0


def test_returned_report_shows_the_ministrys_words_and_can_be_sent_again(executor, officer, draft, ministry, on_day):
    send(draft, by=officer)
    measure = entry_of(draft, 6).measure
    draft.return_for_rework(
        by=ministry, at=moment("2013-07-08 10:00"), revision=draft.revision, comment="Нақтылау қажет",
        measure_comments={measure.pk: "Құжатты көрсетіңіз"}, resubmit_by=datetime.date(2013, 7, 10),
    )  # fmt: skip
    on_day("2013-07-09")
    words = text_of(executor.get(page(draft)))
    assert "Нақтылау қажет" in words and "Құжатты көрсетіңіз" in words and "10 July 2013" in words
    assert "Құжатты көрсетіңіз" in text_of(executor.get(page(draft, 6)))
    executor.post(page(draft) + "submit/", signature(draft))
    draft.refresh_from_db()
    assert (draft.status, draft.rounds.count()) == ("submitted", 2)
    assert not draft.is_late_on(datetime.date(2013, 7, 9))


def test_what_is_due_today_is_not_overdue_yet(executor, draft, on_day):
    on_day("2013-08-31")
    assert "overdue" not in text_of(executor.get(page(draft, 1)))
    on_day("2013-09-01")
    assert "overdue" in text_of(executor.get(page(draft, 1)))


def test_letter_that_was_typed_is_kept_while_the_faults_are_mended(executor, draft):
    executor.post(page(draft) + "submit/", signature(draft, letter_number="77-Х"))
    assert 'value="77-Х"' in executor.get(page(draft) + "check/").content.decode()


def test_what_is_sent_again_goes_with_a_letter_of_its_own(executor, officer, draft, ministry, on_day):
    send(draft, by=officer)
    draft.return_for_rework(
        by=ministry, at=moment("2013-07-08 10:00"), revision=draft.revision, comment="Түзетіңіз",
        resubmit_by=datetime.date(2013, 7, 10),
    )  # fmt: skip
    on_day("2013-07-09")
    content = executor.get(page(draft) + "check/").content.decode()
    assert 'value="04-12/1187"' not in content and 'value="А. Б. Серікбаев"' in content


def test_words_at_a_measure_stay_in_sight_when_it_is_sent_again(executor, officer, draft, ministry, on_day):
    send(draft, by=officer)
    measure = entry_of(draft, 6).measure
    draft.return_for_rework(
        by=ministry, at=moment("2013-07-08 10:00"), revision=draft.revision,
        measure_comments={measure.pk: "Құжатты көрсетіңіз"}, resubmit_by=datetime.date(2013, 7, 10),
    )  # fmt: skip
    draft.refresh_from_db()
    send(draft, by=officer, at="2013-07-09 10:00")
    assert "Құжатты көрсетіңіз" in text_of(executor.get(page(draft, 6)))


def test_incomplete_measure_leads_to_its_faults(executor, draft):
    draft.entries.filter(measure__position=1).update(status="in_progress", percent=10)
    assert f'href="{page(draft, 1)}?check=1"' in executor.get(page(draft)).content.decode()


# Weight


@pytest.mark.parametrize(
    ("tail", "queries"), [("", 14), ("measures/14/", 18), ("check/", 21), ("rounds/1/", 8)],
    ids=["list", "measure", "check", "receipt"],
)  # fmt: skip
def test_number_of_queries_does_not_grow_with_the_measures(sign_in, period, django_assert_num_queries, tail, queries):
    """18 measures and 1 cost the same: the list with its faults and the half-year before, a form, check, receipt."""
    for code in ("natr", "almaty"):
        submission = submission_of(code, period)
        fill(submission)
        client = sign_in(make_user(code, User.Role.EXECUTOR, code))
        if tail.startswith("rounds"):
            send(submission)
        client.get(page(submission) + tail)
        with django_assert_num_queries(queries):
            client.get(page(submission) + tail)
