"""The catalogs: whole, compiled as written, with their placeholders and plural forms; Kazakh words hold no Latin."""

import importlib
import itertools
import re
from pathlib import Path

import polib
import pytest

SOURCES = sorted(Path(__file__).resolve().parents[1].glob("locale*/*/LC_MESSAGES/*.po"))
# The packages whose words people meet; humanize is not used.
PACKAGES = (
    "django", "django.contrib.admin", "django.contrib.auth", "django.contrib.contenttypes",
    "django.contrib.sessions", "import_export",
)  # fmt: skip
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")


PLURALS = {
    "kk": (2, "nplurals=2; plural=(n!=1);"),
    "ru": (
        4,
        "nplurals=4; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : "
        "n%10==0 || (n%10>=5 && n%10<=9) || (n%100>=11 && n%100<=14)? 2 : 3);",
    ),
}


def name_of(path):
    return f"{path.parts[-4]}/{path.parts[-3]}/{path.stem}"


def catalog(path):
    return pytest.param(path, id=name_of(path))


@pytest.fixture(params=[catalog(path) for path in SOURCES])
def source(request):
    return polib.pofile(str(request.param)), request.param


def texts(entry):
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def test_it_is_there_for_both_languages():
    assert [name_of(path) for path in SOURCES] == [
        "locale/kk/django", "locale/ru/django", "locale_django/kk/django", "locale_django/kk/djangojs",
        "locale_django/ru/django", "locale_django/ru/djangojs",
    ]  # fmt: skip


def test_it_is_whole(source):
    entries, _path = source
    assert not entries.fuzzy_entries() and not entries.obsolete_entries()
    assert not [entry.msgid for entry in entries if not all(texts(entry))]


def test_it_is_compiled_as_it_is_written(source):
    entries, path = source
    compiled = polib.mofile(str(path.with_suffix(".mo")))

    def content(catalog):
        return {(entry.msgctxt, entry.msgid): texts(entry) for entry in catalog if entry.msgid}

    assert content(compiled) == content(entries)


def test_it_keeps_the_placeholders(source):
    entries, _path = source
    wrong = []
    for entry in entries:
        allowed = set(PLACEHOLDER.findall(entry.msgid)) | set(PLACEHOLDER.findall(entry.msgid_plural or ""))
        for text in texts(entry):
            found = set(PLACEHOLDER.findall(text))
            if not found <= allowed or (not entry.msgid_plural and found != allowed):
                wrong.append((entry.msgid, text))
    assert wrong == []


def test_kazakh_words_hold_no_latin_letter():
    mixed = re.compile(r"[а-яәғқңөұүһі][a-z]|[a-z][а-яәғқңөұүһі]", re.IGNORECASE)
    for path in SOURCES:
        for entry in polib.pofile(str(path)):
            for text in texts(entry):
                assert not mixed.search(PLACEHOLDER.sub("", text)), text


def test_it_counts_as_its_language_does(source):
    """Without gettext too; `make lint` asks msgfmt where it is there."""
    entries, path = source
    forms, header = PLURALS[path.parts[-3]]
    assert entries.metadata["Plural-Forms"] == header
    assert not [entry.msgid for entry in entries if entry.msgid_plural and len(entry.msgstr_plural) != forms]


def test_kazakh_noun_stays_singular_after_a_numeral():
    for path in SOURCES:
        for entry in polib.pofile(str(path)):
            is_counted = PLACEHOLDER.search(entry.msgid_plural or "") and not entry.msgid_plural.startswith("All ")
            if is_counted and path.parts[-3] == "kk":
                assert len(set(texts(entry))) == 1, entry.msgid


def test_no_name_of_rows_follows_a_numeral(source):
    """Kazakh would need the singular there, Russian a case: models know neither."""
    entries, _path = source
    counted = re.compile(r"count(er)?\)[sd] %\((name|items|\w*model\w*|module_name|verbose\w*)\)")
    assert not [text for entry in entries for text in texts(entry) if counted.search(text)]


def test_texts_begin_and_end_as_their_source(source):
    """What msgfmt asks too: line breaks at both ends."""
    entries, _path = source
    for entry in entries:
        for text in texts(entry):
            assert text.startswith("\n") == entry.msgid.startswith("\n"), entry.msgid
            assert text.endswith("\n") == entry.msgid.endswith("\n"), entry.msgid


def installed(package, language, domain):
    """The catalog that an installed package ships."""
    folder = Path(importlib.import_module(package).__file__).parent
    path = folder / "conf" / "locale" if package == "django" else folder / "locale"
    path = path / language / "LC_MESSAGES" / f"{domain}.po"
    return [entry for entry in polib.pofile(str(path)) if not entry.obsolete] if path.exists() else []


def test_nothing_that_the_packages_say_is_left_in_english():
    """Django's English sources, and django-import-export's Russian for want of such, against what answers here."""
    ours = {lang: {} for lang in PLURALS}
    for path in SOURCES:
        ours[path.parts[-3]] |= {(path.stem, entry.msgctxt, entry.msgid): entry for entry in polib.pofile(str(path))}
    left = []
    for package, domain, language in itertools.product(PACKAGES, ("django", "djangojs"), PLURALS):
        theirs = {(entry.msgctxt, entry.msgid) for entry in installed(package, language, domain) if entry.translated()}
        for entry in installed(package, "ru" if package == "import_export" else "en", domain):
            key = (entry.msgctxt, entry.msgid)
            if key not in theirs and (domain, *key) not in ours[language]:
                left.append((package, language, entry.msgid))
    assert left == []
