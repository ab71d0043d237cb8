"""The pictures of the screens, for the help pages and the README: `make screenshots` takes them anew.

    python -m reporting.tests.browser.pictures [name of a picture ...]

The demonstration of 8 January 2014, at ten in the morning, in three languages.
"""

import base64
import sys
from pathlib import Path

from django.conf import settings

from . import chromium, stage

LANGUAGES = ("kk", "ru", "en")
FOLDER = Path(__file__).resolve().parents[3] / "roadmap" / "static" / "roadmap" / "help"
SIZE = {"width": 1200, "height": 900}
SCALE = 900 / SIZE["width"]
QUALITY = 35
ROADMAP = "/roadmaps/decree-631/"

# Picture -> who looks, where, and the links that lead on.
PICTURES = {
    "executor-start": ("natr", "/"),
    "executor-measure": ("natr", "/", "main a[href*='/measures/9/']", "a[rel=next]"),
    "executor-check": ("natr", "/", "main a[href$='/check/']"),
    "executor-receipt": ("king", "/", "main a[href*='/rounds/']"),
    "ministry-board": ("ministry", "/"),
    "ministry-review": ("ministry", "/", "section:has(#queue) a[href$='/change/']"),
    "ministry-line": ("ministry", "/", "a[href*='/summary/'][href$='/change/']", ".lines a[href$='/lines/5/']"),
    "head-summary": ("head", "/"),
    "government-glance": ("government", f"{ROADMAP}#timeline"),
    "government-measure": ("government", f"{ROADMAP}measures/14/"),
    "administrator-index": ("admin", "/admin/"),
}
# What is done before a picture is taken: the ministry consolidates, and hands over.
BEFORE = {
    "ministry-line": ("ministry", "/", "form[action$='/consolidate/'] button"),
    "head-summary": (
        "ministry", "/", "a[href*='/summary/'][href$='/change/']", "form[action$='/hand-over/'] button",
    ),
}  # fmt: skip


def walk(page, start, *steps):
    page.goto(start)
    for step in steps:
        page.locator(step).first.click()
        page.wait_for_load_state()


def choose_language(page, language):
    page.goto("/accounts/password_change/")
    page.locator(f"button[name=language][value={language}]").click()
    page.wait_for_load_state()


def take(page, path):
    """Write what the window shows as a small WebP."""
    clip = {"x": 0, "y": page.evaluate("scrollY"), "scale": SCALE, **SIZE}
    page.bring_to_front()  # what lies behind is not always drawn
    devtools = page.context.new_cdp_session(page)
    shot = devtools.send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY, "clip": clip})
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(base64.b64decode(shot["data"]))
    print(f"{path.stat().st_size:7} {path.relative_to(FOLDER)}", flush=True)


def window(browser, address, session, language="kk"):
    quiet = {"reduced_motion": "reduce", "timezone_id": "Asia/Almaty", "locale": language}
    context = browser.new_context(base_url=address, viewport=SIZE, **quiet)
    context.add_cookies([chromium.cookie(settings.SESSION_COOKIE_NAME, session, address)])
    return context.new_page()


def take_all(wanted):
    with stage.demonstration() as (address, sessions), chromium.started() as browser:
        for name, (who, *way) in PICTURES.items():
            if name in BEFORE:
                doer, *steps = BEFORE[name]
                walk(window(browser, address, sessions[doer]), *steps)
            for language in LANGUAGES if not wanted or name in wanted else ():
                page = window(browser, address, sessions[who], language)
                choose_language(page, language)
                walk(page, *way)
                take(page, FOLDER / language / f"{name}.webp")
                page.context.close()


if __name__ == "__main__":
    sys.exit(chromium.LACKS if not chromium.program() else take_all(sys.argv[1:]))
