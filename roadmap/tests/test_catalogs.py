"""The catalogs: whole, compiled as they are written, with the same placeholders, and no Latin in Kazakh words."""

import re
from pathlib import Path

import polib
import pytest

SOURCES = sorted(Path(__file__).resolve().parents[1].glob("locale*/*/LC_MESSAGES/django.po"))
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")


def catalog(path):
    return pytest.param(path, id="/".join(path.parts[-4:-2]))


@pytest.fixture(params=[catalog(path) for path in SOURCES])
def source(request):
    return polib.pofile(str(request.param)), request.param


def texts(entry):
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def test_it_is_there_for_both_languages():
    assert [path.parts[-4:-2] for path in SOURCES] == [("locale", "kk"), ("locale", "ru"), ("locale_django", "kk")]


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
