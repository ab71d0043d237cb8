"""Two ways to work a page: with a pointer, and with the keyboard alone."""

# Focus must be seen: an outline or a shadow of its own, inside the window, and not under another element. A date's
# parts and its calendar are marked by the browser itself, inside the field.
STOP = """wanted => {
  const element = document.activeElement;
  if (element === document.body) return null;
  const style = getComputedStyle(element);
  const box = element.getBoundingClientRect();
  const marked = (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1)
    || style.boxShadow !== 'none' || element.type === 'date';
  const at = (x, y) => document.elementFromPoint(box.left + box.width * x, box.top + box.height * y);
  const places = [[.5, .5], [.1, .5], [.9, .5], [.5, .1], [.5, .9]];
  const isShown = places.some(([x, y]) => {
    const top = at(x, y);
    return top && (element.contains(top) || top.contains(element));
  });
  const name = `${element.tagName} ${element.id || element.name || element.textContent.trim().slice(0, 40)}`;
  return { name, isSeen: marked && isShown, isWanted: element === wanted };
}"""


class Pointer:
    def __init__(self, page):
        self.page = page

    def press(self, target):
        target.first.click()

    def choose(self, target):
        target.first.check()

    def write(self, target, text):
        target.first.fill(text)

    def date(self, target, day):
        target.first.fill(day.isoformat())


class Keyboard:
    """Tab, Enter, Space and the arrows; every stop on the way shows where it is, and none is a trap."""

    LIMIT = 400  # stops on one page

    def __init__(self, page):
        self.page = page

    def reach(self, target):
        if not any(stop and stop["isWanted"] for stop in self.stops(target.first.element_handle())):
            raise AssertionError(f"{target} cannot be reached by Tab on {self.page.url}")

    def stops(self, wanted=None):
        """Each stop of Tab from here on, None where it leaves the page."""
        for _stop in range(self.LIMIT):
            self.page.keyboard.press("Tab")
            stop = self.page.evaluate(STOP, wanted)
            assert stop is None or stop["isSeen"], f"focus is not seen at {stop['name']} on {self.page.url}"
            yield stop

    def go_round(self):
        """Tab through the whole page and out of it; returns the number of stops."""
        for count, stop in enumerate(self.stops()):
            if stop is None:
                return count
        raise AssertionError(f"Tab does not leave {self.page.url}")

    def press(self, target):
        self.reach(target)
        self.page.keyboard.press("Enter")

    def choose(self, target):
        """A box by Space; of a group of radios Tab reaches one, the arrows the others."""
        if target.first.get_attribute("type") == "radio":
            name = target.first.get_attribute("name")
            group = self.page.locator(f"input[type=radio][name={name}]")
            chosen = self.page.locator(f"input[type=radio][name={name}]:checked")
            self.reach(chosen if chosen.count() else group)
            for _step in range(group.count()):
                if target.first.is_checked():
                    return
                self.page.keyboard.press("ArrowDown")
        else:
            self.reach(target)
            self.page.keyboard.press("Space")
        assert target.first.is_checked()

    def write(self, target, text):
        self.reach(target)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def date(self, target, day):
        """A date's parts stand in the order of the browser's own language, which is English here."""
        self.reach(target)
        self.page.keyboard.type(f"{day:%m%d%Y}")
        assert target.first.input_value() == day.isoformat()
