"""Pictures as SVG: lanes of a timeline, stacked bars, a trend, amounts. Pure: values and words in, escaped markup out.

Across, everything is in percent of the place that a picture gets, so letters keep their size on a phone; down, in
pixels. Colours are classes of `palette.css`, patterns stand in `reporting/_patterns.html`, so that grey tells them
apart. A picture names itself by its `words`.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree import ElementTree

# The shape of each status, as in the style sheet, in the order of a bar.
SHAPES = {
    "done": "●", "off_control": "■", "in_progress": "◐", "not_started": "○", "not_done": "✕", "no_information": "✕",
    "not_begun": "◌", "on_time": "●", "late": "▲", "missing": "✕",
}  # fmt: skip
OVERDUE, DUE_SINCE, DECREED = "▲", "△", "◇"
MOST_YEARS, MOST_SLOTS = 12, 14
LANE, BAR, TREND = 28, 24, 178
LABELLED = 7  # percent of a bar that its letters need
THIN = 0.4  # percent that a bar of one day is drawn with


class Svg(str):
    """Markup that templates take as it is; everything in it went through ElementTree."""

    __slots__ = ()

    def __html__(self):
        return self


@dataclass(frozen=True)
class Axis:
    """The days from the first to the last, both whole."""

    first: datetime.date
    last: datetime.date

    @classmethod
    def of_years(cls, first, last):
        return cls(datetime.date(first, 1, 1), datetime.date(last, 12, 31))

    def begin(self, day):
        """Where the day begins, in percent; what lies outside stands at the edge."""
        days = (day - self.first).days
        return min(max(100 * days / ((self.last - self.first).days + 1), 0), 100)

    def end(self, day):
        """Where the day ends."""
        return 100 if day >= self.last else self.begin(day + datetime.timedelta(days=1))

    def holds(self, day):
        return self.first <= day <= self.last

    @property
    def years(self):
        """The years to be named, each or every so many of them."""
        every = range(self.first.year, self.last.year + 1)
        return every[:: -(-len(every) // MOST_YEARS)]


@dataclass(frozen=True)
class Bar:
    """A measure on the timeline: its term, how far it is, and what lies beyond the deadline.

    No `ends`: it has no deadline. `slip` is «overdue», «late» (done after it) or «due_since» (the deadline has
    passed, and no approved word is of later); the slip runs from the deadline to `slips_to`.
    """

    starts: datetime.date
    ends: datetime.date | None
    status: str
    percent: int
    words: str
    done_on: datetime.date | None = None
    slip: str = ""
    slips_to: datetime.date | None = None
    decreed_ends: datetime.date | None = None  # the decree's own deadline, where a later one is in force


@dataclass(frozen=True)
class Part:
    """A status in a stacked bar; `marked` of its `count` are overdue."""

    code: str
    count: int
    marked: int = 0


@dataclass(frozen=True)
class Series:
    """A line of a trend: a value for each slot, None where nothing is known."""

    code: str
    values: Sequence[int | None]
    is_labelled: bool = True
    is_below: bool = False  # its numbers stand below its points


def timeline_head(axis: Axis, day: datetime.date, day_words: str) -> Svg:
    """The years above the lanes, and the lines that every lane takes from here: `years` and `day`."""
    root = _picture(34, "", "axis")
    root.set("aria-hidden", "true")
    years = _add(root, "g", id="years")
    for year in axis.years:
        x = _percent(axis.begin(datetime.date(year, 1, 1)))
        _add(years, "line", ("year-line",), x1=x, x2=x, y1=0, y2="100%")
        _text(root, str(year), x, 30, "tick", dx=3)
    marker = _add(root, "g", id="day")
    if axis.holds(day):
        x = axis.begin(day)
        _add(marker, "line", ("day-line",), x1=_percent(x), x2=_percent(x), y1=0, y2="100%")
        _text(root, day_words, _percent(x), 12, "today", **_away_from_the_edge(x))
    return _written(root)


def lane(bar: Bar, axis: Axis) -> Svg:
    """A row of the timeline. It may be higher than its bar, which stays in the middle."""
    root = _picture(LANE, bar.words, "lane")
    left = axis.begin(bar.starts)
    right = axis.end(bar.ends) if bar.ends else 100
    _add(root, "use", href="#years")
    middle = _add(root, "svg", y="50%", overflow="visible")
    _rect(middle, left, right, -6, 12, "track", bar.status)
    if bar.percent:
        _rect(middle, left, left + (right - left) * bar.percent / 100, -6, 12, "fill", bar.status, pattern=bar.status)
    if bar.slips_to:
        _draw_slip(middle, bar, axis, right)
    if bar.ends:
        _add(middle, "line", ("deadline",), x1=_percent(right), x2=_percent(right), y1=-10, y2=10)
    if bar.decreed_ends:
        _text(middle, DECREED, _percent(axis.end(bar.decreed_ends)), 5, "mark decreed", anchor="middle")
    if bar.done_on:
        _text(middle, SHAPES["done"], _percent(axis.begin(bar.done_on)), 5, "mark done", anchor="middle")
    _add(root, "use", href="#day")
    return _written(root)


def _draw_slip(parent, bar, axis, deadline):
    end = axis.end(bar.slips_to) if bar.slip == "late" else axis.begin(bar.slips_to)
    _rect(parent, deadline, end, -4, 8, "slip", bar.slip, pattern="" if bar.slip == "due_since" else "late")
    shape = DUE_SINCE if bar.slip == "due_since" else OVERDUE
    beyond = 9 if bar.done_on else 3  # the document's dot stands there
    _text(parent, shape, _percent(end), 5, f"mark {bar.slip}", **_away_from_the_edge(end, beyond))


def ordered(counts):
    """Bring (status, …) into the order of a bar: what is done first."""
    return sorted(counts, key=lambda count: list(SHAPES).index(count[0]))


def stacked(parts: Sequence[Part], words: str) -> Svg:
    """One bar of all parts."""
    root = _picture(BAR + 8, words, "stacked")
    whole = sum(part.count for part in parts) or 1
    left = 0.0
    for part in parts:
        width = 100 * part.count / whole
        if part.count:
            _rect(root, left, left + width, 1, BAR, "part", part.code, pattern=part.code)
        if part.marked:
            _rect(root, left, left + 100 * part.marked / whole, BAR + 3, 4, "overdue")
        if width >= LABELLED:
            place = _percent(left + width / 2)
            _text(root, f"{SHAPES[part.code]} {part.count}", place, 18, "inside", anchor="middle")
        left += width
    return _written(root)


def gauge(percent: int, code: str, words: str) -> Svg:
    """A small bar of 100 percent."""
    root = _picture(14, words, "gauge")
    _rect(root, 0, 100, 1, 12, "track", code)
    if percent:
        _rect(root, 0, percent, 1, 12, "fill", code, pattern=code)
    return _written(root)


def amount(planned: int, spent: int, top: int, words: str) -> Svg:
    """What was planned as a frame, what was spent in it; `top` is the longest frame of the picture."""
    root = _picture(26, words, "amount")
    scale = 100 / (top or 1)
    _rect(root, 0, planned * scale, 1, 22, "track", "in_progress")
    if spent:
        _rect(root, 0, spent * scale, 6, 12, "fill", "in_progress", pattern="in_progress")
    return _written(root)


# A trend's slots lie between these two, in percent; its lines between these two, in pixels.
PLOT = (7, 98)
TOP, BOTTOM = 18, 130


def trend(slots: Sequence[str], groups: Sequence[str], series: Sequence[Series], top: int, words: str) -> Svg:
    """Lines over the half-years: slots named below, groups (years) under their first slots; a gap is left as a gap."""
    root = _picture(TREND, words, "trend")
    for share in (0, 0.5, 1):
        value = round(top * share)
        height = _height(value, top)
        _add(root, "line", ("year-line",), x1=_percent(PLOT[0]), x2=_percent(PLOT[1]), y1=height, y2=height)
        _text(root, str(value), _percent(PLOT[0] - 1), height + 4, "tick", anchor="end")
    for place, name in enumerate(slots):
        x = _percent(slot(place, len(slots)))
        if len(slots) <= MOST_SLOTS:
            _text(root, name, x, 157, "tick", anchor="middle")
        if groups[place]:
            _text(root, groups[place], x, 174, "tick", anchor="middle")
    for line in series:
        _draw_series(root, line, top)
    return _written(root)


def slot(place: int, count: int) -> float:
    """Where a half-year stands, in percent: the middle of its share."""
    return PLOT[0] + (PLOT[1] - PLOT[0]) * (place + 0.5) / count


def _height(value, top):
    return round(BOTTOM - (BOTTOM - TOP) * value / (top or 1), 1)


def _draw_series(root, line, top):
    known = {place: value for place, value in enumerate(line.values) if value is not None}
    group = _add(root, "g", ("series", line.code))
    for place, value in known.items():
        x, y = _percent(slot(place, len(line.values))), _height(value, top)
        if place + 1 in known:
            after = _percent(slot(place + 1, len(line.values)))
            _add(group, "line", x1=x, y1=y, x2=after, y2=_height(known[place + 1], top))
        _add(group, "circle", cx=x, cy=y, r=4 if line.is_labelled else 2)
        if line.is_labelled:
            _text(group, str(value), x, y + (17 if line.is_below else -8), "value", anchor="middle")


def _picture(height, words, *classes):
    """Make the root of a picture as high as that; without words it adds nothing to what stands beside it."""
    root = ElementTree.Element("svg", {"class": " ".join(("pic", *classes)), "width": "100%", "height": str(height)})
    if words:
        root.set("role", "img")
        _add(root, "title").text = words
    return root


def _add(parent, tag, classes=(), **attributes):
    values = {name.replace("_", "-"): str(value) for name, value in attributes.items() if value != ""}
    if any(classes):
        values = {"class": " ".join(filter(None, classes))} | values
    return ElementTree.SubElement(parent, tag, values)


def _rect(parent, left, right, y, height, *classes, pattern=""):
    """A bar from `left` to `right` percent; what is shorter than a line is as wide as one."""
    width = max(right - left, THIN)
    left = min(left, 100 - width)
    fill = f"url(#p-{pattern})" if pattern else ""
    _add(parent, "rect", classes, x=_percent(left), y=y, width=_percent(width), height=height, fill=fill)


def _text(parent, words, x, y, name, *, anchor="", dx=""):
    _add(parent, "text", (name,), x=x, y=y, dx=dx, text_anchor=anchor).text = words


def _away_from_the_edge(x, gap=3):
    """A text at `x` percent stands right of it, or left where the picture ends."""
    return {"anchor": "end", "dx": -gap} if x > 75 else {"dx": gap}


def _percent(value):
    return f"{value:.2f}".rstrip("0").rstrip(".") + "%"


def _written(root):
    return Svg(ElementTree.tostring(root, encoding="unicode"))
