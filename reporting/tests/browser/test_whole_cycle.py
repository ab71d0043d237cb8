"""The half-year by four people: the executor, the ministry's officer, the head, and the Government's reader."""

import datetime
import io

import openpyxl
import pytest
from django.utils import translation
from django.utils.translation import gettext

from conftest import submission_of, write_up
from reporting.models import Summary
from reporting.tasks import make_summary_files
from roadmap.models import User

from . import people
from .chromium import PHONE
from .hands import Keyboard, Pointer


def whole_cycle(enter, period, hand, language, **window):
    """Measure 15 of one executor from an empty form to the workbook; returns the workbook's words."""
    submission = submission_of("zerde", period)
    executor, officer, head, reader = (
        hand(enter(name, language, **window)) for name in ("zerde", "ministry", "head", "government")
    )
    with translation.override(language):
        people.fill_in(executor, 15, percent="45", narrative="Оқу бағдарламасы келісілді.")
        people.send(executor)
        submission.refresh_from_db()
        assert submission.status == "submitted" and submission.letter_date == datetime.date(2014, 1, 8)

        people.give_back(officer, submission, "Қанша адам оқытылғанын көрсетіңіз.")
        executor.page.goto("/")
        assert "Қанша адам оқытылғанын көрсетіңіз." in executor.page.locator("main").inner_text()
        people.fill_in(executor, 15, percent="50", narrative="Оқу бағдарламасы келісілді, 40 адам оқытылды.")
        people.send(executor)

        people.accept(officer, submission)
        people.write_up(officer, 15, "Жиырма үш маман оқытылды.", "Обучены двадцать три специалиста.")
        write_up(Summary.objects.get(period=period), by=User.objects.get(username="ministry"), at="2014-01-08 11:00")
        people.approve(head)
        make_summary_files()  # the worker's part
        path = people.download(reader, "2013-H2")
    assert Summary.objects.get(period=period).is_approved
    assert [sent.decision for sent in submission.rounds.order_by("number")] == ["returned", "accepted"]
    return words_of(path)


def words_of(path):
    book = openpyxl.load_workbook(io.BytesIO(path.read_bytes()))
    return "\n".join(str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value)


def test_in_kazakh(enter, demonstration):
    words = whole_cycle(enter, demonstration, Pointer, "kk")
    assert "Жиырма үш маман оқытылды." in words
    assert "40 адам оқытылды" in words


def test_in_russian_without_javascript(enter, demonstration):
    words = whole_cycle(enter, demonstration, Pointer, "ru", java_script_enabled=False)
    assert "Жиырма үш маман оқытылды." in words or "Обучены двадцать три специалиста." in words


def test_on_a_phone_with_the_keyboard_alone(enter, demonstration):
    words = whole_cycle(enter, demonstration, Keyboard, "kk", **PHONE)
    assert "40 адам оқытылды" in words


@pytest.mark.parametrize("name", ["natr", "ministry", "head", "government", "admin"])
def test_first_page_is_no_trap_for_the_keyboard(enter, demonstration, name):
    page = enter(name, **PHONE)
    page.goto("/")
    assert Keyboard(page).go_round() > 10


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_signing_in_and_out_and_choosing_the_language(enter, demonstration, language):
    page = enter()
    page.goto("/")
    page.locator(f".languages button[value={language}]").click()
    page.locator("#id_username").fill("zerde")
    page.locator("#id_password").fill("roadmap-demo")
    page.locator("#id_password").press("Enter")
    page.wait_for_url("**/submissions/**")
    page.locator(f".languages button[value={language}]").click()
    assert page.locator("html").get_attribute("lang") == language
    page.locator("details.person summary").click()
    with translation.override(language):
        page.get_by_role("button", name=gettext("Sign out")).click()
    page.wait_for_url("**/accounts/login/**")
