"""The glance's pictures with their words, in the reader's language. Values from `glance`, markup from `pictures`."""

from dataclasses import dataclass, replace

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from . import glance as seen
from . import glance_figures, pictures
from .models.period import ROMAN

DONE, OFF_CONTROL = seen.Status.DONE, seen.Status.OFF_CONTROL
ATTENDANCE = ("on_time", "late", "missing")


@dataclass(frozen=True)
class Row:
    """A measure in the timeline."""

    measure: seen.MeasureState
    lane: pictures.Svg
    notes: tuple[tuple[str, str], ...]  # (class, words) beside its status
    slip: str  # both days, where it is late


def axis_of(roadmap):
    return pictures.Axis.of_years(roadmap.first_year, roadmap.last_year)


def timeline_head(roadmap, day) -> pictures.Svg:
    return pictures.timeline_head(axis_of(roadmap), day, date_format(day, "SHORT_DATE_FORMAT"))


def timeline(glance, measures) -> list[tuple[tuple[str, str], list[Row]]]:
    """(section, its rows) of those measures."""
    axis = axis_of(glance.roadmap)
    by_section = {}
    for measure in measures:
        by_section.setdefault(measure.section, []).append(row(measure, axis, glance.day))
    return [(glance.sections[place], rows) for place, rows in sorted(by_section.items())]


def row(measure, axis, day) -> Row:
    notes, slip = _notes(measure), slip_words(measure, day)
    words = f"{measure.number or measure.position}. {term_words(measure)}. " + ", ".join(
        filter(None, [measure.status_label, f"{measure.known.percent} %", *(note for _class, note in notes), slip])
    )
    return Row(measure, pictures.lane(bar(measure, day, words), axis), notes, slip)


def bar(measure, day, words) -> pictures.Bar:
    slip, until = "", None
    if measure.is_done_late:
        slip, until = "late", measure.known.done_on
    elif measure.is_overdue:
        slip, until = "overdue", day
    elif measure.is_due_since:
        slip, until = "due_since", day
    return pictures.Bar(
        starts=measure.starts_on,
        ends=measure.ends_on,
        status=DONE if measure.known.is_done else measure.status,
        percent=measure.known.percent,
        words=words,
        done_on=measure.known.done_on,
        slip=slip,
        slips_to=until,
        decreed_ends=measure.decreed_ends_on,
    )


def _notes(measure):
    if measure.is_done_late:
        return (("late", _("done late")),)
    if measure.known.is_done and measure.status == OFF_CONTROL:
        return (("done", _("done")),)
    if measure.is_overdue:
        return (("overdue", _("overdue")),)
    if measure.is_due_since:
        return (("due_since", _("no word since the deadline")),)
    return ()


def slip_words(measure, day):
    """Both days of what is late, and how many days lie between."""
    if measure.is_done_late:
        late = (measure.known.done_on - measure.ends_on).days
        words = _("deadline %(deadline)s, done %(done)s") % {
            "deadline": date_format(measure.ends_on),
            "done": date_format(measure.known.done_on),
        }
    elif measure.is_overdue or measure.is_due_since:
        late = (day - measure.ends_on).days
        words = _("deadline %(deadline)s") % {"deadline": date_format(measure.ends_on)}
    else:
        return ""
    days = ngettext("%(days)s day late.", "%(days)s days late.", late) % {"days": late}
    return f"{words}. {days}"


def term_words(measure):
    starts, ends = date_format(measure.starts_on), measure.ends_on and date_format(measure.ends_on)
    if measure.decreed_ends_on:
        return _("from %(starts)s to %(ends)s, by the decree to %(decreed)s") % {
            "starts": starts,
            "ends": ends,
            "decreed": date_format(measure.decreed_ends_on),
        }
    return _("from %(starts)s to %(ends)s") % {"starts": starts, "ends": ends or _("no last day")}


@dataclass(frozen=True)
class Trend:
    percents: pictures.Svg
    counts: pictures.Svg
    points: list


def trend(glance) -> Trend:
    """Mean readiness, and how many are done, overdue and expected by their deadlines."""
    points = glance_figures.trend(glance)
    slots = [ROMAN.get(point.period.number, str(point.period.number)) for point in points]
    groups = _year_names(points)
    total = len(glance.measures)
    mean = pictures.Series("mean", [point.mean for point in points])
    lines = [
        pictures.Series("expected", [point.expected for point in points], is_labelled=False),
        pictures.Series("overdue", [point.overdue for point in points], is_below=True),
        pictures.Series("done", [point.done for point in points]),
    ]
    known = [(point.period.label, point) for point in points if point.half_year]
    said = "; ".join(f"{name}: {point.mean} %" for name, point in known if point.mean is not None)
    counted = "; ".join(
        _("%(half_year)s: done %(done)s, overdue %(overdue)s, expected by the deadlines %(expected)s")
        % {"half_year": name, "done": point.done, "overdue": point.overdue, "expected": point.expected}
        for name, point in known
    )
    return Trend(
        percents=pictures.trend(slots, groups, [mean], 100, " ".join([_("Mean readiness, %."), said])),
        counts=pictures.trend(slots, groups, lines, total, " ".join([_("Number of measures."), counted])),
        points=points,
    )


def _year_names(points):
    """Each year under its first half-year; of very many, every so many."""
    years = sorted({point.period.year for point in points})
    shown = set(years[:: -(-len(years) // pictures.MOST_YEARS) or 1])
    names, last = [], None
    for point in points:
        year = point.period.year
        names.append(str(year) if year != last and year in shown else "")
        last = year
    return names


@dataclass(frozen=True)
class Attendance:
    """Who reported a half-year, and when."""

    half_year: seen.HalfYear
    picture: pictures.Svg
    counts: dict[str, int]  # by state

    @property
    def expected(self):
        return sum(self.counts.values())

    @property
    def received(self):
        return self.expected - self.counts["missing"]


@dataclass(frozen=True)
class Discipline:
    half_years: list[Attendance]
    records: list
    legend: list  # (state, words)
    totals: list  # (words, a number for each half-year)


def discipline(glance, language) -> Discipline:
    """The half-years' bars, and the executors' records and sums behind them."""
    legend = list(zip(ATTENDANCE, (_("On time"), _("Late"), _("Missing")), strict=True))
    half_years = [_attendance(half_year, legend) for half_year in glance.half_years]
    totals = [
        (_("Expected"), [attendance.expected for attendance in half_years]),
        (_("Received"), [attendance.received for attendance in half_years]),
        *((words, [attendance.counts[state] for attendance in half_years]) for state, words in legend),
    ]
    words = dict(legend)
    records = [
        replace(record, states=tuple((state, words.get(state, "")) for state in record.states))
        for record in glance_figures.records(glance, language)
    ]
    return Discipline(half_years, records, legend, totals)


def _attendance(half_year, legend):
    states = [presence.state for presence in half_year.facts.attendance]
    counts = {state: states.count(state) for state in ATTENDANCE}
    said = ", ".join(f"{words} {counts[state]}" for state, words in legend)
    parts = [pictures.Part(state, count) for state, count in counts.items()]
    return Attendance(half_year, pictures.stacked(parts, f"{half_year.period.label}: {said}"), counts)


def money(glance, language):
    """(the year's money, its picture), all to one scale."""
    years = glance_figures.money(glance, language)
    top = max((max(year.planned, year.spent) for year in years), default=0)
    return [(year, pictures.amount(year.planned, year.spent, top, _money_words(year))) for year in years]


def _money_words(year):
    return _("%(year)s, %(source)s: planned %(planned)s tenge, spent %(spent)s tenge") % {
        "year": year.year,
        "source": year.source,
        "planned": number_format(year.planned, force_grouping=True),
        "spent": number_format(year.spent, force_grouping=True),
    }


def gauge(percent, status, words) -> pictures.Svg:
    return pictures.gauge(percent, status, f"{words}, {percent} %")
