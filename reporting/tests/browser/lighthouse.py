"""Lighthouse on each role's first pages, delivered as in production: `make lighthouse`.

It runs by npx, needs the network once, and is no part of the suite. A score below 95 ends it with 1.
"""

import json
import os
import shutil
import subprocess
import sys
import urllib.request

from django.conf import settings

from . import chromium, stage

PACKAGE = "lighthouse@13.5.0"
CATEGORIES = ("performance", "accessibility", "best-practices")
LEAST = 95
ATTEMPTS = 3  # on a busy machine it sometimes misses the beginning of a page, and asks to be run again
LACKS_NODE = "Node's npx is not installed: apt-get install npm"
# Whose first page, or what follows it.
PAGES = (
    ("natr", ""),
    ("natr", "measures/9/"),
    ("ministry", ""),
    ("head", ""),
    ("government", ""),
    ("admin", ""),
    (None, ""),
)


def first_page(address, cookie):
    """Where somebody lands who is signed in so, or is not."""
    request = urllib.request.Request(address, headers={"Cookie": cookie})  # noqa: S310 - our own server
    with urllib.request.urlopen(request) as answer:  # noqa: S310
        return answer.url


def categories(url, cookie):
    """What Lighthouse finds of one page, as a middling phone on a slow line sees it."""
    command = [
        "npx", "--yes", PACKAGE, url, "--quiet", "--output=json",
        f"--only-categories={','.join(CATEGORIES)}",
        f"--chrome-flags=--headless=new {' '.join(chromium.FLAGS)}",
        f"--extra-headers={json.dumps({'Cookie': cookie})}",
    ]  # fmt: skip
    environment = os.environ | {"CHROME_PATH": chromium.program()}
    for _attempt in range(ATTEMPTS):
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
        if done.returncode == 0:
            break
    else:
        sys.exit(f"Lighthouse failed at {url}:\n{done.stderr[-2000:]}")
    report = json.loads(done.stdout)
    if report["finalDisplayedUrl"] != url:
        sys.exit(f"{url} led away to {report['finalDisplayedUrl']}")
    return {name: report["categories"][name] for name in CATEGORIES}, report["audits"]


def judge(url, cookie):
    """Print one page's points, and below 95 what cost them; return the least."""
    found, audits = categories(url, cookie)
    points = {name: round(category["score"] * 100) for name, category in found.items()}
    print(*(f"{points[name]:>{len(name)}}" for name in CATEGORIES), url, sep="  ", flush=True)
    for name in CATEGORIES:
        for part in found[name]["auditRefs"] if points[name] < LEAST else ():
            audit = audits[part["id"]]
            if part["weight"] and audit["score"] is not None and audit["score"] < 0.9:
                print(f"    {audit['title']} {audit.get('displayValue', '')}")
    return min(points.values())


def main():
    if not shutil.which("npx"):
        return LACKS_NODE
    if not chromium.program():
        return chromium.LACKS
    with stage.demonstration() as (address, sessions):
        print(*CATEGORIES, "page", sep="  ")
        least = 100
        for who, rest in PAGES:
            cookie = f"{settings.SESSION_COOKIE_NAME}={sessions[who]}" if who else ""
            least = min(least, judge(first_page(address, cookie) + rest, cookie))
    return int(least < LEAST)


if __name__ == "__main__":
    sys.exit(main())
