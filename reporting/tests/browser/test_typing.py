"""Nothing typed is lost: by a lost line, a closed tab, an expired session, or a second tab."""

import hashlib

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from conftest import entry_of, send, submission_of
from reporting import story
from roadmap.models import User

TYPED = "Оқу бағдарламасы келісілді, 40 адам оқытылды."


@pytest.fixture
def entry(demonstration):
    return entry_of(submission_of("zerde", demonstration), 15)


@pytest.fixture
def page(enter, entry):
    opened = enter("zerde")
    opened.goto(f"/roadmaps/decree-631/submissions/{entry.submission_id}/measures/15/")
    return opened


def kept(entry):
    entry.refresh_from_db()
    return entry.narrative


def expect_kept(page, entry, text):
    """What the page shows and what the server has agree, in the end."""
    for _moment in range(100):
        if kept(entry) == text:
            break
        page.wait_for_timeout(100)
    assert kept(entry) == text
    expect_state(page, "saved")


def type_into(page, text):
    """Type over what stands there, and leave the field."""
    page.locator("#id_narrative").fill(text)
    page.locator("#id_narrative").blur()


def expect_state(page, name):
    expect(page.locator(f"#draft-state [data-state={name}]")).to_be_visible()


def test_what_is_typed_saves_itself(page, entry):
    type_into(page, TYPED)
    expect_kept(page, entry, TYPED)


def test_lost_line_costs_nothing(page, entry, complaints):
    before = kept(entry)
    page.context.set_offline(True)
    type_into(page, TYPED)
    expect_state(page, "offline")
    assert kept(entry) == before
    complaints.clear()  # the browser says that there is no line
    page.context.set_offline(False)
    expect_kept(page, entry, TYPED)


def test_closed_tab_gives_back_what_never_arrived(page, entry, complaints):
    page.context.set_offline(True)
    type_into(page, TYPED)
    expect_state(page, "offline")
    address, context = page.url, page.context
    page.close()
    complaints.clear()
    context.set_offline(False)

    again = context.new_page()
    again.goto(address)
    expect(again.locator("#unsaved")).to_contain_text(TYPED)
    assert again.locator("#id_narrative").input_value() != TYPED
    again.locator("#unsaved-take").click()
    expect(again.locator("#id_narrative")).to_have_value(TYPED)
    expect(again.locator("#unsaved")).to_be_hidden()
    type_into(again, TYPED)
    expect_kept(again, entry, TYPED)


def test_report_that_was_sent_meanwhile_still_gives_back_what_was_typed(page, entry, complaints):
    send(entry.submission, by=User.objects.get(username="zerde"), at="2014-01-08 10:00")
    type_into(page, TYPED)
    expect_state(page, "locked")
    complaints.clear()  # the browser says that it was answered 409

    page.reload()
    waiting = page.locator("#unsaved")
    expect(waiting).to_contain_text(f"Орындау барысы: {TYPED}")
    expect(page.locator("#unsaved-take")).to_have_count(0)
    signs = page.locator("[data-draft-mark]:visible")
    expect(signs).to_have_count(1)
    page.locator("#unsaved-drop").click()
    expect(waiting).to_be_hidden()
    expect(signs).to_have_count(0)
    page.goto(page.url.split("measures/")[0])
    expect(signs).to_have_count(0)


def test_damaged_slot_stops_nothing(page, entry):
    prefix = page.locator("#unsaved").get_attribute("data-draft")
    for damage in ("{", "null", '{"at": 1}'):
        page.evaluate("([key, value]) => localStorage.setItem(key, value)", [f"{prefix}1", damage])
        page.reload()
        expect(page.locator("#unsaved")).to_be_hidden()
        assert page.evaluate("localStorage.length") == 0
    type_into(page, TYPED)
    expect_kept(page, entry, TYPED)


@pytest.mark.parametrize(
    "forbidden",
    [
        "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('', 'SecurityError') }})",
        "Storage.prototype.setItem = () => { throw new DOMException('', 'QuotaExceededError') }",
    ],
)
def test_browser_that_keeps_nothing_says_so_and_the_server_keeps_it(page, entry, forbidden):
    page.add_init_script(forbidden)
    page.reload()
    page.locator("#id_narrative").fill(TYPED)
    expect_state(page, "full")
    page.locator("#id_narrative").blur()
    expect_kept(page, entry, TYPED)


def test_expired_session_waits_for_the_sign_in(page, entry, complaints):
    Session.objects.all().delete()
    type_into(page, TYPED)
    expect_state(page, "signed-out")
    assert kept(entry) != TYPED
    complaints.clear()  # the browser says that it was answered 401

    with page.expect_popup() as opening:
        page.locator("#draft-state a").click()
    door = opening.value
    door.locator("#id_username").fill("zerde")
    door.locator("#id_password").fill(story.PASSWORD)
    door.locator("#id_password").press("Enter")
    door.wait_for_url("**/measures/15/")
    door.close()

    type_into(page, f"{TYPED} Сертификаттар берілді.")
    expect_kept(page, entry, f"{TYPED} Сертификаттар берілді.")


def test_expired_session_does_not_lose_an_ordinary_save(page, entry, complaints):
    page.locator("#id_narrative").fill(TYPED)
    Session.objects.all().delete()
    page.locator("button[name=save]").click()
    expect_state(page, "signed-out")
    expect(page.locator("#id_narrative")).to_have_value(TYPED)
    complaints.clear()


def test_letter_that_was_typed_waits_for_the_sign_in(page, entry):
    page.goto(page.url.split("measures/")[0] + "check/")
    page.locator("#id_letter_number").fill("04-7/99")
    Session.objects.all().delete()
    page.locator("#send button:not([type=button])").click()
    page.locator("#id_username").fill("zerde")
    page.locator("#id_password").fill(story.PASSWORD)
    page.locator("#id_password").press("Enter")
    page.wait_for_url("**/check/")
    expect(page.locator("#unsaved")).to_contain_text("04-7/99")
    assert page.locator("#id_letter_number").input_value() == ""
    page.locator("#unsaved-take").click()
    expect(page.locator("#id_letter_number")).to_have_value("04-7/99")
    expect(page.locator("#unsaved")).to_be_hidden()
    # Once the report is sent, by whatever page, nothing of its letter waits any more.
    send(submission_of("zerde", entry.submission.period), at="2014-01-08 10:00")
    page.goto(page.url.replace("check/", "rounds/1/"))
    page.wait_for_function("localStorage.length === 0")


def test_second_tab_shows_both_texts(page, entry, complaints):
    other = page.context.new_page()
    other.goto(page.url)
    type_into(page, "Бірінші терезе.")
    expect_kept(page, entry, "Бірінші терезе.")
    type_into(other, "Екінші терезе.")
    expect_state(other, "conflict")
    assert kept(entry) == "Бірінші терезе."
    complaints.clear()  # the browser says that it was answered 409

    other.locator("#draft-state button").click()
    expect(other.locator(".note").filter(has_text="Бірінші терезе.")).to_be_visible()
    expect(other.locator("#id_narrative")).to_have_value("Екінші терезе.")
    other.locator("button[name=save]").last.click()
    expect(other.locator(".message.success")).to_be_visible()
    assert kept(entry) == "Екінші терезе."


@pytest.mark.parametrize("with_javascript", [True, False])
def test_evidence_goes_up_and_comes_back(enter, entry, tmp_path, with_javascript):
    letter = tmp_path / "Хат № 15.pdf"
    letter.write_bytes(b"%PDF-1.4\n" + b"0" * 50_000)
    page = enter("zerde", java_script_enabled=with_javascript)
    page.goto(f"/roadmaps/decree-631/submissions/{entry.submission_id}/measures/15/")
    page.locator("#id_evidence").set_input_files(letter)
    page.locator("button[name=save]").last.click()
    link = page.get_by_role("link", name="Хат № 15.pdf")
    expect(link).to_be_visible()
    with page.expect_download() as downloading:
        link.click()
    assert downloading.value.suggested_filename == "Хат № 15.pdf"
    assert downloading.value.path().read_bytes() == letter.read_bytes()
    assert entry.evidence.get().sha256 == hashlib.sha256(letter.read_bytes()).hexdigest()
