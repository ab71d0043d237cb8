"""What the four people do on their pages, with whichever hand."""

import datetime

from playwright.sync_api import expect

TODAY = datetime.date(2014, 1, 8)
SIGNATURE = {"signed_by_name": "Н. Т. Қасымов", "signed_by_post": "төраға", "letter_number": "03-1/15"}


def fill_in(hand, position, *, percent, narrative):
    """Executor: from the first page to the measure, and save it as in progress."""
    page = hand.page
    page.goto("/")
    hand.press(page.locator(f"main a[href*='/measures/{position}/']"))
    hand.choose(page.locator("input[name=status][value=in_progress]"))
    hand.write(page.locator("#id_percent"), percent)
    hand.write(page.locator("#id_narrative"), narrative)
    hand.write(page.locator("#id_reason"), "Келісу рәсімдері созылды.")
    hand.press(page.locator("button[name=next]"))
    expect(page.locator(".message.success")).to_be_visible()


def send(hand):
    """Executor: from the first page to the check of what the ministry will see; sign, send, and get a receipt."""
    page = hand.page
    page.goto("/")
    hand.press(page.locator("main a[href$='/check/']"))
    form = page.locator("form[action$='/submit/']")
    for name, value in SIGNATURE.items():
        hand.write(form.locator(f"[name={name}]"), value)
    hand.date(form.locator("[name=letter_date]"), TODAY)
    hand.press(form.locator("button"))
    expect(page.locator(".receipt .number")).to_be_visible()


def open_submission(hand, submission):
    """Ministry: from the first page to what an executor sent."""
    hand.page.goto("/")
    hand.press(hand.page.locator(f"a[href*='/submission/{submission.pk}/change/']"))


def give_back(hand, submission, words):
    open_submission(hand, submission)
    hand.write(hand.page.locator("#id_comment"), words)
    hand.date(hand.page.locator("#id_resubmit_by"), TODAY + datetime.timedelta(days=2))
    hand.press(hand.page.locator("button[name=return]"))
    expect(hand.page.locator(".messagelist .success")).to_be_visible()


def accept(hand, submission):
    open_submission(hand, submission)
    hand.press(hand.page.locator("button[name=accept]"))
    expect(hand.page.locator(".messagelist .success")).to_be_visible()


def write_up(hand, position, kazakh, russian):
    """Ministry: consolidate, write one line, and hand the whole over."""
    page = hand.page
    page.goto("/")
    hand.press(page.locator("form[action$='/consolidate/'] button"))
    page.wait_for_url("**/summary/*/change/")
    summary = page.url
    hand.press(page.locator(f".lines a[href$='/lines/{position}/']"))
    hand.write(page.locator("#id_text_kk"), kazakh)
    hand.write(page.locator("#id_text_ru"), russian)
    hand.press(page.locator("button[name=save]"))
    expect(page.locator(".messagelist .success")).to_be_visible()
    page.goto(summary)
    hand.press(page.locator("form[action$='/hand-over/'] button"))
    expect(page.locator("form[action$='/hand-over/']")).to_have_count(0)


def approve(hand):
    """Head: read what is listed, and approve."""
    page = hand.page
    page.goto("/")
    form = page.locator("form[action$='/approve/']")
    hand.choose(form.locator("[name=acknowledged]"))
    hand.press(form.locator("button"))
    expect(form).to_have_count(0)


def download(hand, half):
    """Government: from the list of what was approved to the workbook; returns its path."""
    page = hand.page
    page.goto("/summaries/")
    hand.press(page.locator(f"main a[href$='/summaries/{half}/']"))
    with page.expect_download() as downloading:
        hand.press(page.locator(f"main a[href*='/summaries/{half}.xlsx']"))
    return downloading.value.path()
