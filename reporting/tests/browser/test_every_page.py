"""Every page, the admin's included: open to everybody, light, from this host alone, and without a fault."""

from pathlib import Path

from playwright.sync_api import Error

from conftest import submission_of
from reporting.models import ReportingPeriod
from roadmap.tests.test_access import EXPECTED, ROLES, address, world  # noqa: F401 - a fixture

from . import chromium, stage

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
STANDARD = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
CHECK = """async rules => {
  const { violations } = await axe.run(document, { runOnly: rules, resultTypes: ['violations'] });
  const places = nodes => nodes.slice(0, 3).map(node => node.target.join(' ')).join(' | ');
  return violations.map(({ id, nodes }) => `${id} (${nodes.length}): ${places(nodes)}`);
}"""
MOST_BYTES = 100 * 1024
NARROW = 320  # px: WCAG 1.4.10, a page enlarged to 400 % needs no scrolling aside
MOST_REQUESTS = {"page": 10, "admin": 30}  # the admin's forms bring some twenty small scripts and signs
NO_PAGES = {"admin:jsi18n", "admin:autocomplete"}  # what other pages ask for


def pages(world):  # noqa: F811
    """(name, a role that sees it, address, what it answers): each URL once, a draft, and errors."""
    for name, answers in EXPECTED.items():
        seen_by = [role for role in ROLES if answers[role] == 200]
        if seen_by and name not in NO_PAGES:
            yield name, seen_by[0], address(name, world), 200
    draft = submission_of("zerde", ReportingPeriod.objects.get(year=2013, number=2))
    page = f"/roadmaps/decree-631/submissions/{draft.pk}/"
    yield "a draft", "stranger", page, 200
    yield "a draft of a measure", "stranger", f"{page}measures/15/", 200
    yield "a draft with faults", "stranger", f"{page}measures/15/?check=1", 200
    yield "sign-in", None, "/accounts/login/", 200
    yield "not there", "officer", "/nothing/", 404
    yield "not for this role", "government", "/roadmaps/decree-631/submissions/", 403


class Window:
    """One person's window, which keeps no file from page to page: what a page brings, and what is wrong with it."""

    SIZE = {"width": 1280, "height": 800}

    def __init__(self, browser, site, session):
        context = browser.new_context(base_url=site, viewport=self.SIZE)
        if session:
            context.add_cookies([chromium.cookie("sessionid", session, site)])
        self.site, self.page = site, context.new_page()
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))
        network = context.new_cdp_session(self.page)
        network.on("Network.loadingFinished", self._came)
        network.send("Network.enable")
        network.send("Network.setCacheDisabled", {"cacheDisabled": True})

    def visit(self, url, expected, kind):
        """Open a page, expecting this status; return what is wrong, its bytes and requests in `weight`."""
        self.bytes, self.requests, self.faults, self.expected = 0, [], [], expected
        try:
            answer = self.page.goto(url, wait_until="load")
        except Error as error:
            return [] if "Download is starting" in error.message else [error.message]
        # The last bytes are counted a moment after the page is there.
        self.page.wait_for_timeout(30)
        self.faults += [f"answers {answer.status}"] if answer.status != expected else []
        return self.faults + self._weight(kind) + self._barriers() + self._narrowness()

    @property
    def weight(self):
        return self.bytes, len(self.requests)

    def _heard(self, message):
        is_own_status = self.expected != 200 and f"status of {self.expected}" in message.text
        if message.type in ("error", "warning") and not is_own_status:
            self.faults.append(message.text)

    def _came(self, event):
        self.bytes += int(event["encodedDataLength"])

    def _weight(self, kind):
        faults = [f"asks {url}" for url in self.requests if not url.startswith((self.site, "data:"))]
        faults += [f"weighs {self.bytes} bytes"] if self.bytes > MOST_BYTES else []
        faults += [f"makes {len(self.requests)} requests"] if len(self.requests) > MOST_REQUESTS[kind] else []
        return faults

    def _barriers(self):
        """What keeps people out by axe: everything in light, the contrast once more in dark."""
        self.page.evaluate(AXE)
        found = self.page.evaluate(CHECK, STANDARD)
        self.page.emulate_media(color_scheme="dark")
        self.page.evaluate("document.getAnimations().forEach(animation => animation.finish())")
        found += [f"dark: {barrier}" for barrier in self.page.evaluate(CHECK, ["color-contrast"])]
        self.page.emulate_media(color_scheme="light")
        return found

    def _narrowness(self):
        self.page.set_viewport_size({"width": NARROW, "height": 640})
        width = self.page.evaluate("document.documentElement.scrollWidth")
        self.page.set_viewport_size(self.SIZE)
        return [f"is {width} px wide in a window of {NARROW}"] if width > NARROW else []


def test_every_page(site, browser, people, world):  # noqa: F811
    windows = {role: Window(browser, site, stage.session_of(person)) for role, person in people.items()}
    windows[None] = Window(browser, site, None)
    found, weights = [], []
    for name, role, url, expected in pages(world):
        faults = windows[role].visit(url, expected, "admin" if name.startswith("admin") else "page")
        found += [f"{name}: {fault}" for fault in faults]
        weights.append((*windows[role].weight, name))
    for window in windows.values():
        window.page.context.close()
    print(*(f"{weight:7} bytes {requests:3} requests  {name}" for weight, requests, name in sorted(weights)), sep="\n")
    assert not found, "\n" + "\n".join(found)
