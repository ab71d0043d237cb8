"""The Excel return as a person uses it: download, fill in, upload, look, confirm; and all that may come between."""

import datetime
import re
import zipfile
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl.utils.datetime import to_excel

from conftest import SIGNATURE, at_once, entry_of, make_user, moment, send, submission_of, text_of
from reporting.errors import Incomplete
from reporting.models import ProgressEntry, ReturnUpload, Submission
from reporting.tasks import open_executor_windows
from roadmap.models import User

from .workbooks import make

pytestmark = pytest.mark.only_beside("postgres")

D = datetime.date
FILLED = {
    "kk": {"status": "орындалуда", "percent": 30, "narrative": "Жұмыс жүргізілуде."},
    "ru": {"status": "на исполнении", "percent": 30, "narrative": "Работа ведется."},
    "en": {"status": "in progress", "percent": 30, "narrative": "Work goes on."},
}
english = pytest.mark.usefixtures("in_english")


def address(submission, tail=""):
    return f"/roadmaps/decree-631/submissions/{submission.pk}/{tail}"


class Workbook(make.Return):
    """A downloaded return, filled in by measure and field."""

    def __init__(self, content, submission):
        super().__init__(content)
        entries = submission.entries.select_related("measure")
        self.keys = {entry.measure.position: f"entry-{entry.pk}" for entry in entries}

    def row(self, position):
        return next(cell.row for cell in self.sheet["B"] if cell.value == self.keys[position])

    def file(self):
        return SimpleUploadedFile("return.xlsx", self.bytes())


@pytest.fixture
def draft(period):
    return submission_of("natr", period)


@pytest.fixture
def executor(sign_in, officer):
    return sign_in(officer)


def download(client, submission, language="en"):
    return Workbook(client.get(address(submission, f"return.xlsx?lang={language}")).content, submission)


def upload(client, submission, workbook):
    return client.post(address(submission, "return/"), {"workbook": workbook.file()}, follow=True)


def confirm(client, submission, shown, **data):
    seen = shown.context["checked"].fingerprint
    return client.post(address(submission, "return/confirm/"), {"seen": seen} | data, follow=True)


def save_on_the_site(entry, by, **values):
    entry.refresh_from_db()
    entry.save_draft(by=by, at=moment("2013-07-01 15:00"), revision=entry.revision, values=values, money={})


# The whole way


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_whole_half_year_goes_through_excel_alone(client, officer, ministry, draft, language):
    User.objects.filter(pk=officer.pk).update(language=language)
    client.force_login(User.objects.get(pk=officer.pk))
    page = client.get(address(draft)).content.decode()
    assert address(draft, "return.xlsx") in page

    workbook = Workbook(client.get(address(draft, "return.xlsx")).content, draft)
    for position in workbook.keys:
        workbook.put(position, **FILLED[language])
    workbook.put(14, planned_republican=1_850_000_000, spent_republican=0)
    shown = upload(client, draft, workbook)
    assert len(shown.context["checked"].changed) == 18
    assert not [line.missing for line in shown.context["checked"].lines if line.missing]
    answer = confirm(client, draft, shown)
    assert answer.redirect_chain[-1][0] == address(draft)

    draft.refresh_from_db()
    letter = SIGNATURE | {"letter_date": "2013-06-28", "revision": draft.revision}
    client.post(address(draft, "submit/"), letter)
    draft.refresh_from_db()
    assert draft.status == "submitted"
    sent = draft.rounds.get().payload
    assert {entry["narrative"] for entry in sent} == {FILLED[language]["narrative"]}
    (money,) = sent[12]["money"]
    assert (money["source"], money["planned"], money["spent"]) == ("republican", 1_850_000_000, 0)
    draft.accept(by=ministry, at=moment("2013-07-08 10:00"), revision=draft.revision)
    draft.refresh_from_db()
    assert draft.status == "accepted"


# The workbook that goes out


@english
def test_workbook_locks_what_was_decreed_and_opens_what_is_asked(executor, draft):
    workbook = download(executor, draft)
    sheet = workbook.sheet
    assert sheet.protection.sheet and not sheet.protection.password
    opened = {name for name in workbook.columns if not workbook.at(1, name).protection.locked}
    assert opened == {
        "status", "percent", "is_whole_measure", "narrative", "obstacles", "reason", "is_impossible", "document_name",
        "document_number", "document_date",
    }  # fmt: skip
    assert "Transfer of the management company" in workbook.at(1, "title").value
    assert workbook.at(1, "deadline").value == "August 2013"
    assert workbook.at(1, "others").value == "MINT"
    assert workbook.at(1, "funding").value == "not required"
    assert not workbook.at(14, "planned_republican").protection.locked
    assert workbook.at(2, "planned_republican").protection.locked
    assert [s.sheet_state for s in workbook.book.worksheets] == ["visible", "visible", "veryHidden"]
    assert workbook.book.security.lockStructure
    assert sheet.freeze_panes == "E7" and sheet.print_title_rows == "$6:$6"
    assert sheet.page_setup.orientation == "landscape" and sheet.page_setup.fitToWidth == 1


@english
def test_workbook_checks_while_it_is_filled_in(executor, draft):
    workbook = download(executor, draft)
    rules = {}
    for rule in workbook.sheet.data_validations.dataValidation:
        for name in workbook.columns:
            if workbook.at(14, name).coordinate in rule.sqref:
                rules[name] = (rule.type, rule.formula1, rule.formula2)
    first = str(int(to_excel(D(2013, 6, 19))))
    assert rules == {
        "status": ("list", '"not started,in progress,done,not done"', None),
        "is_whole_measure": ("list", '"yes,no"', None),
        "is_impossible": ("list", '"yes,no"', None),
        "percent": ("whole", "0", "100"),
        "document_date": ("date", first, "TODAY()"),
        "planned_republican": ("whole", "0", None),
        "spent_republican": ("whole", "0", None),
    }
    headings = workbook.sheet[make.KEYS_ROW + 1]
    assert sum(bool(cell.comment) for cell in headings) == 13


def test_workbook_asks_no_money_where_nothing_is_funded(sign_in, period):
    submission = submission_of("zerde", period)
    client = sign_in(make_user("zerde", User.Role.EXECUTOR, "zerde"))
    assert not [name for name in download(client, submission).columns if name.startswith("planned")]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("kk", ("Басқарушы компанияны «ТДҰА» АҚ-ға сенімгерлік басқаруға беру", "талап етілмейді")),
        ("ru", ("Передача управляющей компании", "не требуется")),
        ("en", ("Transfer of the management company", "not required")),
    ],
)
def test_workbook_speaks_the_language_that_is_asked_for(executor, draft, language, words):
    workbook = download(executor, draft, language)
    assert words[0] in workbook.at(1, "title").value
    assert workbook.at(1, "funding").value == words[1]


def test_workbook_of_an_unknown_language_is_404(executor, draft):
    assert executor.get(address(draft, "return.xlsx?lang=de")).status_code == 404


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_workbook_keeps_to_what_excel_opens(executor, draft, language):
    """Excel calls a workbook damaged where these are longer."""
    workbook = download(executor, draft, language)
    for rule in workbook.sheet.data_validations.dataValidation:
        assert len(rule.errorTitle) <= 32 and len(rule.error) <= 255 and len(rule.formula1) <= 255
        assert rule.type != "list" or rule.formula1.count(",") in (1, 3)
    for sheet in workbook.book.worksheets:
        assert len(sheet.title) <= 31
        assert len(sheet.oddFooter.left.text or "") + len(sheet.oddFooter.center.text or "") < 200
    assert max(dimension.height or 0 for dimension in workbook.sheet.row_dimensions.values()) <= 409


@english
def test_rows_grow_with_what_is_typed(executor, draft):
    content = executor.get(address(draft, "return.xlsx")).content
    with zipfile.ZipFile(BytesIO(content)) as archive:
        rows = re.findall(r"<row [^>]*>", archive.read("xl/worksheets/sheet1.xml").decode())
    assert "customHeight" not in rows[-1] and " ht=" in rows[-1]


@english
def test_workbook_holds_the_draft_as_it_is(executor, officer, draft):
    save_on_the_site(
        entry_of(draft, 1), officer, status="done", percent=100, narrative="=1+1\nекінші", is_whole_measure=True,
        document_date=D(2013, 6, 28),
    )  # fmt: skip
    workbook = download(executor, draft)
    values = {
        name: workbook.at(1, name).value
        for name in ("status", "percent", "narrative", "is_whole_measure", "obstacles", "document_date")
    }
    assert values == {
        "status": "done", "percent": 100, "narrative": "=1+1\nекінші", "is_whole_measure": "yes", "obstacles": None,
        "document_date": datetime.datetime(2013, 6, 28),
    }  # fmt: skip
    assert workbook.at(1, "narrative").data_type == "s"
    assert "Nothing to change" in text_of(upload(executor, draft, workbook))


@pytest.fixture
def second_half(draft, officer, ministry, on_day):
    """H2 2013 after an accepted H1."""
    send(draft, by=officer, m1="done")
    draft.accept(by=ministry, at=moment("2013-07-08 10:00"), revision=draft.revision)
    open_executor_windows("2013-12-21")
    on_day("2013-12-22")
    return Submission.objects.get(executor=draft.executor, period__number=2)


@english
def test_empty_draft_is_prefilled_with_the_state_that_was_accepted(executor, officer, second_half):
    save_on_the_site(entry_of(second_half, 3), officer, obstacles="Кедергі бар")
    workbook = download(executor, second_half)
    assert [workbook.at(1, name).value for name in ("status", "percent", "document_number")] == ["done", 100, "12-3/45"]
    assert [workbook.at(2, name).value for name in ("status", "percent")] == ["in progress", 30]
    assert workbook.at(2, "narrative").value is None
    assert workbook.at(2, "before").value == "in progress, 30\xa0%\nЖұмыс жүргізілуде.\nМерзімі өтті."
    assert workbook.at(3, "status").value is None  # the draft says something of its own


@english
def test_state_that_was_only_sent_is_shown_but_not_taken_for_granted(executor, draft, officer, on_day):
    send(draft, by=officer)
    open_executor_windows("2013-12-21")
    on_day("2013-12-22")
    workbook = download(executor, Submission.objects.get(executor=draft.executor, period__number=2))
    assert workbook.at(2, "status").value is None
    assert workbook.at(2, "before").value.startswith("in progress, 30")


@english
def test_state_that_was_accepted_longer_ago_is_taken_where_nothing_was_sent_since(executor, second_half, on_day):
    open_executor_windows("2014-06-20")
    on_day("2014-06-21")
    workbook = download(executor, Submission.objects.get(executor=second_half.executor, period__year=2014))
    assert [workbook.at(2, name).value for name in ("status", "percent")] == ["in progress", 30]
    assert workbook.at(2, "before").value is None


@english
def test_state_that_was_accepted_last_wins(executor, officer, ministry, second_half, on_day):
    send(second_half, by=officer, at="2013-12-23 10:00", m2="not_done")
    second_half.accept(by=ministry, at=moment("2014-01-08 10:00"), revision=second_half.revision)
    open_executor_windows("2014-06-20")
    on_day("2014-06-21")
    workbook = download(executor, Submission.objects.get(executor=second_half.executor, period__year=2014))
    assert [workbook.at(2, name).value for name in ("status", "percent")] == ["not done", 10]


@english
def test_cells_that_the_deadline_makes_needless_are_closed(executor, second_half):
    workbook = download(executor, second_half)
    assert workbook.at(1, "is_whole_measure").protection.locked  # August 2013
    assert not workbook.at(10, "is_whole_measure").protection.locked  # 2014


# What is shown before anything is written


@english
def test_preview_shows_each_change_and_what_is_still_missing_and_writes_nothing(executor, officer, draft):
    save_on_the_site(entry_of(draft, 1), officer, narrative="Бұрынғы мәтін", obstacles="Кедергі")
    workbook = download(executor, draft)
    workbook.put(1, narrative="Жаңа мәтін", obstacles=None, status="done")
    shown = upload(executor, draft, workbook)
    changes = [(c.label, c.before, c.after) for c in shown.context["checked"].changed[0].changes]
    assert changes == [
        ("Status", "", "done"),
        ("Readiness, %", "", "100"),
        ("Progress", "Бұрынғы мәтін", "Жаңа мәтін"),
        ("Obstacles and proposals", "Кедергі", ""),
    ]
    words = text_of(shown)
    assert "cleared" in words
    assert "Still missing before sending:" in words and "Name the completion document." in words
    assert "Nothing to change at the measures: 2, 3, 4" in words
    assert entry_of(draft, 1).narrative == "Бұрынғы мәтін"


@english
def test_preview_names_measures_without_a_row(executor, draft):
    workbook = download(executor, draft)
    workbook.sheet.delete_rows(workbook.row(5))
    shown = upload(executor, draft, workbook)
    assert "Their rows are not in the workbook; the draft stays: 5" in " ".join(text_of(shown).split())


@english
def test_lines_that_end_otherwise_in_browsers_are_no_change(executor, officer, draft):
    save_on_the_site(entry_of(draft, 1), officer, narrative="бірінші\r\nекінші")
    shown = upload(executor, draft, download(executor, draft))
    assert "Nothing to change: the draft holds just what the workbook says." in text_of(shown)


@english
def test_workbook_of_another_executor_or_half_year_is_told_apart(executor, officer, draft, second_half):
    """Also where it has other columns: the one has no money, the other's draft is of another period."""
    theirs = make_user("zerde", User.Role.EXECUTOR, "zerde")
    other = submission_of("zerde", second_half.period)
    executor.force_login(theirs)
    workbook = download(executor, other)
    executor.force_login(officer)
    assert "This is another executor’s return." in text_of(upload(executor, second_half, workbook))
    workbook = download(executor, second_half)
    Submission.objects.filter(pk=draft.pk).update(status="returned")
    shown = upload(executor, draft, workbook)
    assert "another half-year’s return, 2013-H2; this page is of the half-year I of 2013." in text_of(shown)


@english
def test_uploading_nothing_is_told(executor, draft):
    answer = executor.post(address(draft, "return/"))
    assert answer.status_code == 200 and "Choose the workbook first." in text_of(answer)


@english
def test_measure_that_left_since_the_download_is_passed_over(executor, draft):
    workbook = download(executor, draft)
    workbook.put(20, narrative="Жұмыс басталды.")
    row = workbook.row(20)
    entry_of(draft, 20).delete()
    shown = upload(executor, draft, workbook)
    assert f"passed over are the rows: {row}" in " ".join(text_of(shown).split())


# Others at the same time


@english
def test_what_somebody_saved_since_the_download_stays_unless_it_is_chosen(executor, officer, draft):
    workbook = download(executor, draft)
    colleague = make_user("colleague", User.Role.EXECUTOR, "natr")
    save_on_the_site(entry_of(draft, 1), colleague, narrative="Сайттағы мәтін")
    workbook.put(1, narrative="Кітаптағы мәтін")
    workbook.put(2, narrative="Екінші")
    shown = upload(executor, draft, workbook)
    assert "Saved on the site by colleague, 1 July 2013, 15:00, after this workbook was downloaded." in text_of(shown)
    assert "1 measure" in text_of(confirm(executor, draft, shown))
    assert (entry_of(draft, 1).narrative, entry_of(draft, 2).narrative) == ("Сайттағы мәтін", "Екінші")

    shown = upload(executor, draft, workbook)
    assert [line.is_conflict for line in shown.context["checked"].changed] == [True]
    confirm(executor, draft, shown, take=str(entry_of(draft, 1).pk))
    assert entry_of(draft, 1).narrative == "Кітаптағы мәтін"


@english
def test_draft_that_changed_since_the_preview_is_previewed_again(executor, officer, draft):
    workbook = download(executor, draft)
    workbook.put(1, narrative="Кітаптағы мәтін")
    shown = upload(executor, draft, workbook)
    save_on_the_site(entry_of(draft, 1), officer, narrative="Сайттағы мәтін")
    answer = confirm(executor, draft, shown)
    assert "changed since you looked at them" in text_of(answer)
    assert "Сайттағы мәтін" in text_of(answer) and "Кітаптағы мәтін" in text_of(answer)
    assert entry_of(draft, 1).narrative == "Сайттағы мәтін"


@english
def test_workbook_that_was_replaced_since_the_preview_is_previewed_again(executor, draft):
    workbook = download(executor, draft)
    workbook.put(1, narrative="Бірінші")
    shown = upload(executor, draft, workbook)
    workbook.put(1, narrative="Екінші")
    upload(executor, draft, workbook)
    assert "changed since you looked at them" in text_of(confirm(executor, draft, shown))
    assert ReturnUpload.objects.count() == 1 and entry_of(draft, 1).narrative == ""


@english
def test_workbook_that_was_never_confirmed_goes_when_the_report_is_sent(executor, officer, period, draft):
    workbook = download(executor, draft)
    workbook.put(1, narrative="Бірінші")
    confirm(executor, draft, upload(executor, draft, workbook))
    workbook.put(1, narrative="Екінші")
    upload(executor, draft, workbook)
    other = submission_of("mgmt", period)
    ReturnUpload.objects.keep(
        other, by=officer, at=moment("2013-07-01 15:00"), name="a.xlsx", content=b"a", language="kk"
    )
    send(draft, by=officer)
    assert list(ReturnUpload.objects.filter(applied_at=None).values_list("submission", flat=True)) == [other.pk]
    assert ReturnUpload.objects.filter(submission=draft).count() == 1


@english
def test_workbook_that_waits_stays_where_the_report_cannot_be_sent(executor, officer, draft):
    workbook = download(executor, draft)
    workbook.put(1, narrative="Бірінші")
    upload(executor, draft, workbook)
    with pytest.raises(Incomplete):
        draft.submit(by=officer, at=moment("2013-07-03 11:20"), revision=draft.revision, signature=SIGNATURE)
    assert ReturnUpload.objects.filter(applied_at=None).count() == 1


@english
def test_same_workbook_is_filled_in_further_and_uploaded_again(executor, draft):
    workbook = download(executor, draft)
    workbook.put(1, narrative="Бірінші")
    confirm(executor, draft, upload(executor, draft, workbook))
    workbook.put(1, narrative="Бірінші, толық")
    workbook.put(2, narrative="Екінші")
    shown = upload(executor, draft, workbook)
    assert [line.is_conflict for line in shown.context["checked"].changed] == [False, False]
    confirm(executor, draft, shown)
    assert entry_of(draft, 1).narrative == "Бірінші, толық"


@english
def test_colleagues_copy_of_the_same_workbook_overwrites_nothing_unasked(client, officer, draft):
    client.force_login(officer)
    workbook = download(client, draft)
    copy = Workbook(workbook.bytes(), draft)
    workbook.put(1, narrative="Бірінші")
    confirm(client, draft, upload(client, draft, workbook))
    colleague = make_user("colleague", User.Role.EXECUTOR, "natr")
    client.force_login(colleague)
    copy.put(2, narrative="Екінші")
    confirm(client, draft, upload(client, draft, copy))
    assert (entry_of(draft, 1).narrative, entry_of(draft, 2).narrative) == ("Бірінші", "Екінші")


@english
def test_second_click_on_confirm_does_nothing_twice(executor, draft):
    workbook = download(executor, draft)
    workbook.put(1, narrative="Бірінші")
    shown = upload(executor, draft, workbook)
    confirm(executor, draft, shown)
    answer = confirm(executor, draft, shown)
    assert "it has been taken over already" in text_of(answer)
    assert entry_of(draft, 1).revision == 1


@pytest.mark.usefixtures("threads")
def test_two_clicks_at_once_save_once(client, roadmap, on_day):
    open_executor_windows("2013-06-20")
    on_day("2013-07-01")
    officer = make_user("natr", User.Role.EXECUTOR, "natr")
    draft = Submission.objects.get(executor__code="natr", period__number=1)
    client.force_login(officer)
    workbook = download(client, draft)
    for position in (1, 2, 3):
        workbook.put(position, narrative="Бір рет")
    seen = upload(client, draft, workbook).context["checked"].fingerprint

    def click():
        other = type(client)()
        other.force_login(officer)
        return other.post(address(draft, "return/confirm/"), {"seen": seen}).status_code

    assert at_once(click, click) == [302, 302]
    assert [entry_of(draft, position).revision for position in (1, 2, 3)] == [1, 1, 1]
    assert ReturnUpload.objects.exclude(applied_at=None).count() == 1


# Who, and when


@english
def test_page_of_another_executor_is_404(sign_in, stranger, draft):
    client = sign_in(stranger)
    for tail in ("return.xlsx", "return/", "return/confirm/", "return/marked.xlsx"):
        assert client.get(address(draft, tail)).status_code == 404
    for tail in ("return/", "return/confirm/"):
        assert client.post(address(draft, tail)).status_code == 404


@pytest.mark.parametrize(
    ("role", "status"), [("ministry", 404), ("head", 403), ("government", 403), ("administrator", 403)]
)
def test_return_is_not_for_other_roles(sign_in, people, draft, role, status):
    client = sign_in(people[role])
    for tail in ("return.xlsx", "return/", "return/confirm/", "return/marked.xlsx"):
        assert client.get(address(draft, tail)).status_code == status


@english
def test_upload_of_a_colleague_is_nobody_elses(client, officer, draft):
    client.force_login(officer)
    workbook = download(client, draft)
    workbook.put(1, percent="1,5")
    upload(client, draft, workbook)
    client.force_login(make_user("colleague", User.Role.EXECUTOR, "natr"))
    assert client.get(address(draft, "return/marked.xlsx")).status_code == 404
    assert client.get(address(draft, "return/")).url.endswith("#offline")


@english
def test_sent_report_has_no_workbook_and_takes_none(executor, officer, draft):
    workbook = download(executor, draft)
    workbook.put(1, narrative="Кеш қалған мәтін")
    shown = upload(executor, draft, workbook)
    send(draft, by=officer)
    for answer in (
        executor.get(address(draft, "return.xlsx"), follow=True),
        upload(executor, draft, workbook),
        executor.get(address(draft, "return/"), follow=True),
        confirm(executor, draft, shown),
    ):
        assert "This report cannot be changed now" in text_of(answer)
        assert "Fill in offline" not in text_of(answer)
    assert entry_of(draft, 1).narrative != "Кеш қалған мәтін"


@english
def test_nothing_is_written_by_a_get(executor, draft):
    workbook = download(executor, draft)
    workbook.put(1, narrative="Бірінші")
    upload(executor, draft, workbook)
    before = list(ProgressEntry.objects.values()), list(ReturnUpload.objects.values()), draft.revision
    for tail in ("", "return.xlsx", "return/", "return/confirm/", "return/marked.xlsx"):
        assert executor.get(address(draft, tail)).status_code in (200, 302)
    draft.refresh_from_db()
    assert before == (list(ProgressEntry.objects.values()), list(ReturnUpload.objects.values()), draft.revision)


@pytest.mark.parametrize("tail", ["return.xlsx", "return/marked.xlsx"])
def test_downloads_are_asked_for_by_get_alone(executor, draft, tail):
    assert executor.post(address(draft, tail)).status_code == 405


@english
def test_count_of_queries_does_not_grow_with_the_measures(executor, draft, django_assert_num_queries):
    workbook = download(executor, draft)
    for position in workbook.keys:
        workbook.put(position, narrative="Жұмыс басталды.")
    upload(executor, draft, workbook)
    # Who asks, the submission, its entries with their details; what was said before, or the upload.
    with django_assert_num_queries(12):
        executor.get(address(draft, "return.xlsx"))
    with django_assert_num_queries(12):
        executor.get(address(draft, "return/"))
    with django_assert_num_queries(12):
        executor.get(address(draft, "return/marked.xlsx"))
