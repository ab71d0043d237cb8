"""Help for each role in each language, and the pages that say what went wrong."""

import re

import pytest
from django.test import Client, RequestFactory

from conftest import text_of
from reporting import screens
from reporting.screens import Picture, size_of
from roadmap.models import Roadmap, User
from roadmap.views import bad_request

ROLES = {
    "officer": "executor", "ministry": "ministry_officer", "head": "ministry_head", "government": "government",
    "administrator": "administrator",
}  # fmt: skip
KAZAKH = set("әғқңөұүһі")


@pytest.mark.parametrize("role", ROLES)
def test_help_leads_to_ones_own_role(sign_in, people, role):
    assert sign_in(people[role]).get("/help/").url == f"/help/{ROLES[role]}/"


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
@pytest.mark.parametrize("role", User.Role.values)
def test_everybody_reads_the_help_of_each_role_in_the_own_language(sign_in, officer, role, language):
    User.objects.filter(pk=officer.pk).update(language=language)
    page = sign_in(officer).get(f"/help/{role}/")
    assert page.status_code == 200
    steps = re.search(r"<article.*?id=\"statuses\"", page.content.decode(), re.DOTALL)[0]
    words = re.sub(r"<[^>]+>", " ", steps)
    letters = set(words.lower())
    assert bool(letters & KAZAKH) == (language == "kk")
    assert ("ы" in letters) == (language != "en")
    assert 150 < len(words.split()) < 480, "at most two screens"


def test_it_speaks_of_the_days_of_the_readers_roadmaps(sign_in, people, in_english, roadmap):
    pages = {"executor": "officer", "ministry_officer": "ministry", "government": "government"}
    said = {role: text_of(sign_in(people[name]).get(f"/help/{role}/")) for role, name in pages.items()}
    assert "by 5 January and 5 July" in said["executor"] and "21 December and 20 June" in said["executor"]
    Roadmap.objects.update(executors_due_day=10, ministry_due_day=25, window_days=20)
    said = {role: text_of(sign_in(people[name]).get(f"/help/{role}/")) for role, name in pages.items()}
    assert "by 10 January and 10 July" in said["executor"] and "21 December and 20 June" in said["executor"]
    assert "from 11 January and 11 July" in said["ministry_officer"] and "25 July" in said["government"]
    Roadmap.objects.update(frequency=Roadmap.Frequency.QUARTER)
    for role, name in pages.items():
        words = text_of(sign_in(people[name]).get(f"/help/{role}/"))
        assert "January" not in words and "July" not in words and "each period" in words


def test_no_other_role_has_help(sign_in, officer):
    for role in ("nobody", "kk", "page"):
        assert sign_in(officer).get(f"/help/{role}/").status_code == 404


def test_it_shows_each_status_with_its_shape_and_the_main_words(sign_in, officer):
    page = sign_in(officer).get("/help/executor/").content.decode()
    for status in ("done", "in_progress", "not_started", "not_done", "no_information", "not_begun", "off_control"):
        assert f'class="status {status}"' in page
    assert page.count('lang="en"') >= 11


def test_a_picture_that_lacks_leaves_nothing_behind(sign_in, officer, monkeypatch):
    monkeypatch.setattr("reporting.views.help.picture", lambda name, language: None)
    assert "<img" not in sign_in(officer).get("/help/executor/").content.decode()


def test_a_picture_that_is_there_is_described_and_sized(sign_in, officer, monkeypatch):
    monkeypatch.setattr("reporting.views.help.picture", lambda name, language: Picture(f"/{name}", 800, 500))
    for role in User.Role.values:
        images = re.findall(r"<img[^>]*>", sign_in(officer).get(f"/help/{role}/").content.decode())
        assert images
        for image in images:
            assert re.search(r'width="800" height="500" alt="[^"]{20,}" loading="lazy"', image)


def test_the_kazakh_picture_stands_in_for_one_that_lacks(tmp_path, settings):
    folder = tmp_path / "roadmap" / "help" / "kk"
    folder.mkdir(parents=True)
    (folder / "some-screen.webp").write_bytes(b"RIFF\0\0\0\0WEBPVP8X" + bytes(8) + b"\x1f\x03\0" + b"\xf3\x01\0")
    settings.STATICFILES_DIRS = [tmp_path]
    screens.finders.get_finder.cache_clear()
    screens.picture.cache_clear()
    try:
        assert screens.picture("some-screen", "ru") == Picture("/static/roadmap/help/kk/some-screen.webp", 800, 500)
        assert screens.picture("no-screen", "ru") is None
    finally:
        screens.finders.get_finder.cache_clear()
        screens.picture.cache_clear()


@pytest.mark.parametrize(
    ("header", "size"),
    [
        (b"RIFF\0\0\0\0WEBPVP8 " + bytes(4) + b"\0\0\0\x9d\x01\x2a" + b"\x20\x03\xf4\x01", (800, 500)),
        (b"RIFF\0\0\0\0WEBPVP8L" + bytes(4) + b"\x2f" + (799 | 499 << 14).to_bytes(4, "little") + bytes(5), (800, 500)),
        (b"\x89PNG" + bytes(40), None),
        (b"", None),
    ],
)
def test_it_reads_the_size_of_a_picture(header, size):
    assert size_of(header) == size


# What went wrong


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_a_page_that_is_not_there_says_what_to_do(sign_in, officer, language):
    User.objects.filter(pk=officer.pk).update(language=language)
    page = sign_in(officer).get("/no/such/page/")
    assert page.status_code == 404
    assert f'<html lang="{language}">' in page.content.decode()
    assert page.content.decode().count("<li>") >= 2


def test_the_wrong_role_is_told_which_it_is(sign_in, administrator, in_english, roadmap):
    page = sign_in(administrator).get("/roadmaps/decree-631/summaries/")
    assert page.status_code == 403
    assert "administrator" in text_of(page)


def test_a_form_of_an_older_sign_in_is_explained(officer):
    client = Client(enforce_csrf_checks=True)
    client.force_login(officer)
    page = client.post("/calendar/new-address/")
    assert page.status_code == 403
    assert "<ol>" in page.content.decode()


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_what_broke_is_told_in_three_languages(officer, monkeypatch, language):
    def break_down(*args):
        raise RuntimeError

    monkeypatch.setattr("reporting.agenda.agenda", break_down)
    client = Client(raise_request_exception=False)
    client.force_login(officer)
    page = client.get("/calendar/")
    assert page.status_code == 500
    assert f'class="says" lang="{language}"' in page.content.decode()
    assert "roadmap/app.css" in page.content.decode()


def test_a_request_that_nobody_could_read_is_answered_before_it_is_known_whose_it_is(db):
    assert "<html" in bad_request(RequestFactory().get("/"), None).content.decode()
    page = Client().get("/calendar/%00")
    assert page.status_code == 400
    assert page.content.decode().count('class="says"') == 3


def test_the_sign_in_offers_the_languages_and_a_way_without_the_password(db):
    page = Client().get("/accounts/login/").content.decode()
    for name in ("Қазақша", "Русский", "English"):
        assert f">{name}</button>" in page
    assert "<details>" in page


def test_an_unknown_language_is_refused_with_a_page(db):
    page = Client().post("/language/", {"language": "xx"})
    assert page.status_code == 400
    assert "<h1>" in page.content.decode()
