"""Debian's Chromium: where it is, and how it is started. No browser is ever downloaded."""

import contextlib
import os
import shutil

from playwright.sync_api import sync_playwright

PROGRAMS = ("chromium", "chromium-browser")
LACKS = "Chromium is not installed: apt-get install chromium"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
)
PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "is_mobile": True, "has_touch": True}


def program():
    """Return the path of Chromium, or None; CHROMIUM in the environment wins."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, PROGRAMS)), None)


@contextlib.contextmanager
def started():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program(), args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


def cookie(name, value, address):
    return {"name": name, "value": value, "url": address}
