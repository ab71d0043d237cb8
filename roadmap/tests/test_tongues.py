"""It speaks Kazakh and Russian everywhere: pages, the admin, forms, refusals, letters, sheets, console; no English."""

import functools
import itertools
import json
import re
from io import BytesIO

import polib
import pytest
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.staticfiles import finders
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, transaction
from django.template.response import TemplateResponse
from django.test import Client, RequestFactory
from openpyxl import load_workbook
from openpyxl.cell import MergedCell

from conftest import make_user
from reporting.mail_supplied import MEANINGS
from reporting.management.commands import demo
from roadmap.models import CalendarDay, Executor, FundingSource, Measure, Roadmap, Section, User
from roadmap.sheet_admin import BY_IMPORT
from roadmap.tests.reading import Page, english_in, sheet_words
from roadmap.tests.test_access import EXPECTED, OPEN, ROLES, address, world  # noqa: F401  (a fixture)
from roadmap.tests.test_catalogs import PACKAGES, SOURCES, installed, texts
from roadmap.views import server_error

# Words are the same whatever database; that every address answers, test_access.py holds on both.
pytestmark = pytest.mark.only_beside("sqlite")

LANGUAGES = ("kk", "ru")
# Names of formats, programs and keys, which are written so in every language; the names of our languages.
ALLOWED = {
    "Excel", "Word", "LibreOffice", "OpenDocument", "Markdown", "CSV", "PDF", "JSON", "HTML", "XML", "JPEG", "PNG",
    "UTF", "CSRF", "DEBUG", "cookie", "Alt", "Enter", "Control", "Command", "Caps", "Lock", "English",
    "KAZNEX", "INVEST", "Outlook", "Google", "Calendar", "SHA", "Android", "iPhone", "iPad", "Mac", "URL",
    "celery", "roadmap", "beat", "worker", "migrate",  # what an administrator types to start what stands still
    "Ctrl", "for", "if", "endfor", "endif", "tr", "kk", "ru",  # keys, and what a letter's template says
    "csv", "doc", "docx", "jpeg", "jpg", "ods", "odt", "pdf", "png", "txt", "xls", "xlsx",
}  # fmt: skip
NOT_POSTED = ("/language/", "/accounts/logout/", "/admin/logout/")


@pytest.fixture
def typed(people):
    """What people typed, longest first: accounts, codes, addresses, and the English texts of what was decreed."""
    found = {user.username for user in User.objects.all()} | {"natr", "mint", "mgmt", "again", "decree-631"}
    for model in (Roadmap, Section, Measure, Executor, FundingSource, CalendarDay):
        for row in model.objects.all():
            found |= {getattr(row, field.name) for field in row._meta.fields if field.name.endswith("_en")}
            found |= {getattr(row, name) for name in ("code", "slug") if hasattr(row, name)}
    found |= {f"{{{name}}}" for name in MEANINGS}  # what stands for values in the words of the letters
    found |= {part for user in User.objects.all() for part in re.findall(r"\w+", user.password)}
    return sorted(filter(None, found), key=len, reverse=True)


@functools.cache
def words_of_the_other(language):
    """The sentences of the catalogs that stand in the other language alone."""
    spoken = {code: set() for code in LANGUAGES}
    for path in SOURCES:
        for entry in polib.pofile(str(path)):
            spoken[path.parts[-3]] |= {text.casefold() for text in texts(entry)}
    for package, code in itertools.product(PACKAGES, LANGUAGES):
        spoken[code] |= {text.casefold() for entry in installed(package, code, "django") for text in texts(entry)}
    other = next(code for code in LANGUAGES if code != language)
    names = {name.casefold() for _code, name in settings.LANGUAGES}
    return {text for text in spoken[other] - spoken[language] - names if re.search(r"\w{4}", text)}


def html_of(answer):
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return content.decode() if "html" in answer.get("Content-Type", "") else ""


def page_of(answer):
    return Page(html_of(answer))


def wrong_words(answer, language, typed, page=None):
    """What of an answer does not stand in the reader's language; `page` is the answer's, where it was read already."""
    page = page or page_of(answer)
    if page.html and f'<html lang="{language}"' not in page.html:
        return ["the page is not marked with its language"]
    wrong = []
    for marked, text in page.words:
        if marked == language:
            wrong += [(word, text[:80]) for word in english_in(text, typed, ALLOWED)]
            wrong += [text] if text.casefold() in words_of_the_other(language) else []
    return wrong


def speak(people, language):
    User.objects.update(language=language)
    for person in people.values():
        person.language = language


@pytest.fixture(params=LANGUAGES)
def language(request, people):
    speak(people, request.param)
    return request.param


def addresses(people, world):  # noqa: F811
    """(role, name, address) of all; the stranger's own submission is a draft, its forms are open."""
    draft = world["submission"].period.submissions.get(executor=people["stranger"].executor)
    own = {
        "submission",
        "submit",
        "check",
        "entry",
        "entry-autosave",
        "return",
        "return-template",
        "return-confirm",
        "return-marked",
    }
    place = f"/measures/{draft.entries.get().measure.position}/"
    known = {name: address(name, world) for name in EXPECTED}
    own = {name: address(name, world | {"submission": draft}).replace("/measures/2/", place) for name in own}
    for role, name in itertools.product(ROLES, EXPECTED):
        yield role, name, own.get(name, known[name]) if role == "stranger" else known[name]


def test_pages_before_the_sign_in_speak_the_chosen_language(client, world, typed, language):  # noqa: F811
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    for name in OPEN:
        assert wrong_words(client.get(address(name, world)), language, typed) == [], name
    for path in ("/accounts/login/", "/admin/login/"):
        for data in ({}, {"username": "natr", "password": "wrong"}):
            assert wrong_words(client.post(path, data), language, typed) == [], path


def fillings(form):
    """What to post, by each button: the form empty, as it stands, and with nonsense in every field."""
    kept = {name: value for name, value in form["fields"].items() if name in form["hidden"]}
    nonsense = dict.fromkeys(form["fields"], "?!") | dict.fromkeys(form["options"], "0") | kept
    for place, (name, value) in enumerate(form["buttons"] or [("", "")]):
        pressed = {name: value} if name else {}
        yield name, form["fields"] | pressed
        if not (place and name.startswith("_")):  # the admin's own buttons refuse alike
            files = {name: SimpleUploadedFile("хат.txt", b"\xff?!") for name in form["files"]}
            yield name, kept | pressed
            yield name, nonsense | files | pressed


def post_and_undo(client, path, data):
    """Post, follow where it leads, and take everything back."""
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    with transaction.atomic():
        answer = client.post(path, data, follow=True)
        if isinstance(answer, TemplateResponse):
            answer.render()
        transaction.set_rollback(True)
    client.cookies.clear()
    client.cookies[settings.SESSION_COOKIE_NAME] = session
    return answer


def actions(form):
    """For a list of the admin: each action, with all rows chosen, and with none."""
    rows = form["options"].get("_selected_action", [])
    for action in filter(None, form["options"].get("action", [])):
        for chosen in (rows, []):
            yield action, {"action": action, "_selected_action": chosen, "index": "0"}


def posts(page, path):
    """(where to, what, by which button) of every form of a page."""
    for form in page.forms:
        target = form["action"] or path
        if form["method"] == "post" and target not in NOT_POSTED:
            for button, data in [*fillings(form), *actions(form)]:
                yield target, data, button


def test_every_page_and_every_form_answers_in_the_readers_language(client, people, world, typed, language):  # noqa: F811
    """Each page is read once, and what its forms lead to, each form once however many pages and people have it."""
    found, seen, signed_in = {}, set(), None
    for role, name, path in addresses(people, world):
        if role != signed_in:
            client.force_login(people[role])
            signed_in = role
        answer = client.get(path)
        page = page_of(answer)
        wrong = wrong_words(answer, language, typed, page)
        if wrong:
            found[role, name, answer.status_code] = wrong
        for target, data, button in posts(page, path) if answer.status_code == 200 else ():
            alike = (target, button, *sorted(data), data.get("action"), bool(data.get("_selected_action")))
            step = (*alike, "?!" in data.values())
            if step not in seen:
                seen.add(step)
                wrong = wrong_words(post_and_undo(client, target, data), language, typed)
                if wrong:
                    found[role, name, button] = wrong
    assert len(seen) > 180
    assert found == {}


@pytest.mark.parametrize("sheet", ["roadmap", "measure", "executor", "fundingsource", "user"])
def test_a_sheet_is_exported_and_read_in_the_readers_language(client, people, typed, language, sheet):
    client.force_login(people["administrator"])
    base = f"/admin/roadmap/{sheet}"
    words = list(sheet_words(client.get(f"{base}/export/").content))
    resource = admin.site.get_model_admin(apps.get_model("roadmap", sheet)).resource_classes[0]
    codes = [column.column_name for column in resource(user=people["administrator"]).columns]
    assert [word for text in words if text not in codes for word in english_in(text, typed, ALLOWED)] == []
    heading, *rows = client.get(f"{base}/export/?format=csv").content.decode("utf-8-sig").splitlines()
    width = heading.count(",")
    uploads = {
        "unchanged": "\n".join([heading, *rows]),
        "nonsense": "\n".join([heading, ",".join(["?!"] * (width + 1))]),
        "empty row": "\n".join([heading, "x" + "," * width]),
        "no rows": heading,
        "other headings": "a,b\n1,2",
    }
    for kind, text in uploads.items():
        file = SimpleUploadedFile("парақ.csv", text.encode("utf-8-sig"))
        answer = client.post(f"{base}/import/", {"import_file": file})
        known = [*typed, "«a»", "«b»"]
        assert wrong_words(answer, language, known) == [], kind


def test_workbooks_are_in_the_asked_language(client, people, world, typed, language):  # noqa: F811
    client.force_login(people["stranger"])
    draft = world["submission"].period.submissions.get(executor=people["stranger"].executor)
    own = world | {"submission": draft}
    for name in ("summary-file", "return-template"):
        content = client.get(f"{address(name, own)}?lang={language}").content
        wrong = [(word, text) for text in sheet_words(content) for word in english_in(text, typed, ALLOWED)]
        assert wrong == [], name
    for value in ("?!", "=1/0", "орындалды", None):
        file = SimpleUploadedFile("қайтарым.xlsx", filled(content, value))
        answer = client.post(address("return", own), {"workbook": file}, follow=True)
        assert wrong_words(answer, language, typed) == [], value
        marked = client.get(address("return-marked", own))
        spoken = sheet_words(marked.content) if marked.status_code == 200 else ()
        assert [word for text in spoken for word in english_in(text, typed, ALLOWED)] == [], value


def filled(content, value):
    """The return with that value in every cell that is open."""
    book = load_workbook(BytesIO(content))
    for row in book.worksheets[0].iter_rows():
        for cell in row:
            if not cell.protection.locked and not isinstance(cell, MergedCell):
                cell.value = value
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def test_refusals_speak_the_readers_language(client, people, typed, language, settings):
    strict = Client(enforce_csrf_checks=True)
    for visitor in (client, strict):
        visitor.force_login(people["officer"])
    assert wrong_words(strict.post("/accounts/password_change/", {}), language, typed) == []
    assert wrong_words(client.get("/nothing/here/"), language, typed) == []
    assert wrong_words(client.get("/admin/reporting/submission/"), language, typed) == []
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 1
    refused = client.post("/accounts/password_change/", {"a": "1", "b": "2"})
    assert refused.status_code == 400 and wrong_words(refused, language, typed) == []


@pytest.mark.parametrize("cause", [ValueError(), OperationalError()])
def test_the_page_of_an_error_speaks_all_three_languages(cause):
    try:
        raise cause
    except type(cause):
        page = Page(server_error(RequestFactory().get("/")).content.decode())
    assert {marked for marked, _text in page.words} == {"kk", "ru", "en"}
    assert not [text for marked, text in page.words if marked != "en" and english_in(text, [], ALLOWED)]


def test_a_letter_and_the_page_that_it_leads_to_speak_the_recipients_language(client, people, typed, language):
    speak(people, "en")
    guest = make_user("newcomer", User.Role.GOVERNMENT)
    guest.set_unusable_password()
    guest.email, guest.language = "newcomer@example.kz", language
    guest.save()
    client.force_login(people["administrator"])
    client.post(f"/admin/roadmap/user/{guest.pk}/invite/")
    (letter,) = mail.outbox
    html, _kind = letter.alternatives[0]
    spoken = [letter.subject, letter.body, *(text for _marked, text in Page(html).words)]
    known = [*typed, "http://testserver", "testserver", "newcomer"]
    assert [word for text in spoken for word in english_in(text, known, ALLOWED)] == []
    assert f'<html lang="{language}"' in html
    link = re.search(r"http://testserver(\S+)", letter.body)[1]
    visitor = Client()
    visitor.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    page = visitor.get(link, follow=True)
    assert page.status_code == 200 and wrong_words(page, language, known) == []
    refused = visitor.post(page.request["PATH_INFO"], {"new_password1": "1", "new_password2": "12345678"})
    assert wrong_words(refused, language, known) == []


def test_history_is_told_in_the_readers_language(client, people, typed, language):
    """Whoever wrote it, in whatever language."""
    speak(people, "en")
    administrator, measure = people["administrator"], Measure.objects.first()
    client.force_login(administrator)
    path = f"/admin/roadmap/measure/{measure.pk}/"
    form = next(form for form in Page(html_of(client.get(f"{path}change/"))).forms if "title_en" in form["fields"])
    changed = {
        "title_en": "Another",
        "deadline_needs_review": "on",
        "assignments-0-by_agreement": "on",
        "change_reason": "Қаулы",
    }
    assert client.post(f"{path}change/", form["fields"] | changed).status_code == 302
    client.get("/admin/")  # where it was told at once, in English
    LogEntry.objects.log_actions(administrator.pk, [measure], 2, change_message=BY_IMPORT)
    speak(people, language)
    answer = client.get(f"{path}history/")
    assert wrong_words(answer, language, [*typed, "Another"]) == []
    expected = {"kk": ["атауы (ағылшынша)", "Импорт арқылы."], "ru": ["название (на английском)", "Через импорт."]}
    for words in expected[language]:
        assert words in answer.content.decode()


def test_the_admins_javascript_speaks_the_readers_language(client, people, language):
    client.force_login(people["administrator"])
    script = client.get("/admin/jsi18n/").content.decode()
    catalog = json.loads(re.search(r"newcatalog = (\{.*?\});\n", script, re.DOTALL)[1])
    known = {entry.msgid for entry in installed("django.contrib.admin", "en", "djangojs") if not entry.msgctxt}
    assert known <= set(catalog)
    spoken = [text for key in known for text in ([catalog[key]] if isinstance(catalog[key], str) else catalog[key])]
    allowed = ALLOWED | {"sel", "cnt", "OK"}
    assert [word for text in spoken for word in english_in(text, [], allowed)] == []
    assert finders.find(f"admin/js/vendor/select2/i18n/{language}.js")
    assert f"select2/i18n/{language}.js" in client.get("/admin/roadmap/measure/add/").content.decode()


def test_the_console_of_the_demonstration_speaks_all_three_languages(settings):
    settings.VAR_DIR = "/srv/roadmap-5wgdv_k"  # a working group's account is a piece of it
    day = demo.clock.day_of(demo.story.LAST_MOMENT)
    kazakh, russian, english = demo.in_each_language(lambda: demo.guide(day, serving=True))
    known = ["natr", "wg", "ministry", "head", "government", "admin", settings.VAR_DIR]
    for said in (kazakh, russian):
        assert english_in(said, known, ALLOWED | {"Ctrl", "Celery"}) == []
    assert "users, roadmaps, dates" in english


# Each looked at: words that Kazakh took over as they are.
SAME = {"Импорт", "Импорт: %(sheet)s", "Акт", "Файл", "файл", "код"}


def test_no_russian_stands_for_kazakh():
    kazakh, russian = ({}, {})
    for path in SOURCES:
        known = kazakh if path.parts[-3] == "kk" else russian
        for entry in polib.pofile(str(path)):
            known |= {(path.stem, entry.msgctxt, entry.msgid, place): text for place, text in enumerate(texts(entry))}
    same = {text for key, text in kazakh.items() if russian.get(key) == text and english_free(text)}
    assert same <= SAME, same - SAME


def english_free(text):
    return re.search(r"[А-Яа-яЁё]{3}", re.sub(r"%\(\w+\)[sd]|\{\w*\}", "", text))
