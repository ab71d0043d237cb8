"""Kazakhstan's working days. Pure.

The maintained library `holidays` knows the public holidays of every year, the days off that follow a holiday on a
weekend, those that the Government moves by act, and the weekend days that are worked for them. A table of days, which
staff keep, overrules it: acts are adopted faster than a library is renewed.
"""

import csv
import datetime
import functools
import re
from pathlib import Path
from typing import NamedTuple

import holidays

SEEDED = range(2013, 2031)
SEED = Path(__file__).with_name("calendar_days.csv")
# The library knows no Russian, and calls some holidays otherwise than the law does.
NAMES = {
    "Жаңа жыл": ("Новый год", "New Year"),
    "Православиелік Рождество": ("Православное Рождество", "Orthodox Christmas"),
    "Халықаралық әйелдер күні": ("Международный женский день", "International Women's Day"),
    "Наурыз мейрамы": ("Наурыз мейрамы", "Nauryz"),
    "Қазақстан халқының бірлігі мерекесі": ("Праздник единства народа Казахстана", "Day of the People's Unity"),
    "Отан Қорғаушы күні": ("День защитника Отечества", "Defender of the Fatherland Day"),
    "Жеңіс күні": ("День Победы", "Victory Day"),
    "Астана күні": ("День столицы", "Capital Day"),
    "Қазақстан Республикасының Конституциясы күні": ("День Конституции Республики Казахстан", "Constitution Day"),
    "Республика күні": ("День Республики", "Republic Day"),
    "Қазақстан Республикасы күні": ("День Республики Казахстан", "Day of the Republic of Kazakhstan"),
    "Қазақстан Республикасының Тұңғыш Президенті күні": (
        "День Первого Президента Республики Казахстан",
        "First President Day",
    ),
    "Тәуелсіздік күні": ("День независимости", "Independence Day"),
    "Құрбан айт": ("Первый день Курбан-айта", "First day of Kurban Ait"),
}
OWN_KAZAKH = {"Құрбан айт": "Құрбан айттың бірінші күні", "Отан Қорғаушы күні": "Отан қорғаушы күні"}
# Kazakh, Russian, English.
ESTIMATED = ("{} (болжам бойынша)", "{} (предположительно)", "{} (estimated)")
OBSERVED = (
    "{}: мереке демалыс күніне тура келді, демалыс ауыстырылды",
    "{}: праздник совпал с выходным днем, выходной перенесен",
    "{}: the holiday fell on a day off, which moved",
)
MOVED = (
    "{} күнінен акт бойынша ауыстырылған демалыс күні",
    "выходной день, перенесенный актом с {}",
    "day off moved by an act from {}",
)
WORKED = (
    "жұмыс күні: демалыс акт бойынша {} күніне ауыстырылды",
    "рабочий день: выходной перенесен актом на {}",
    "working day: the day off was moved by an act to {}",
)
_MOVED = re.compile(r"Демалыс күні \((\d\d\.\d\d\.\d{4}) бастап ауыстырылды\)")
_HOLIDAY = re.compile(r"(?P<name>[^(]+?)(?: \((?P<label>[^)]+)\))?")


class NamedDay(NamedTuple):
    """A day that is worked or off against the rule of the week, or for another ground too."""

    day: datetime.date
    is_working: bool
    basis_kk: str
    basis_ru: str
    basis_en: str


class WorkingDays:
    """Working days by a table {day: is it worked?}; where it says nothing, by the library and the week."""

    def __init__(self, table=None):
        self.table = table or {}

    def is_working(self, day):
        known = self.table.get(day)
        if known is None:
            known = _named_days(day.year).get(day)
            return day.weekday() < 5 if known is None else known.is_working
        return known

    def effective(self, day):
        """Return the day, or the next working day: until then a term of that day counts."""
        while not self.is_working(day):
            day += datetime.timedelta(days=1)
        return day

    def add(self, day, count):
        """Return the `count`-th working day after `day`."""
        while count:
            day += datetime.timedelta(days=1)
            count -= self.is_working(day)
        return day


def named_days(year):
    """Return the year's named days in order, as the library knows them."""
    return [day for _date, day in sorted(_named_days(year).items())]


@functools.lru_cache(maxsize=64)
def _named_days(year):
    # The year after tells, too, which days of this one are worked for its days off.
    known = holidays.KZ(years=(year, year + 1), language="kk", expand=False)
    found = {day: NamedDay(day, False, *_basis(name)) for day, name in known.items()}
    moved_to = {_read(match[1]): day for day, name in known.items() if (match := _MOVED.search(name))}
    for day in known.weekend_workdays & moved_to.keys():
        found[day] = NamedDay(day, True, *_each(WORKED, [_written(moved_to[day])] * 3))
    return {day: named for day, named in found.items() if day.year == year}


def _basis(name):
    """(kk, ru, en) of what the library says in Kazakh; several holidays may fall on one day."""
    parts = [_basis_of_one(part) for part in name.split("; ")]
    return tuple("; ".join(words) for words in zip(*parts, strict=True))


def _basis_of_one(name):
    moved = _MOVED.fullmatch(name)
    if moved:
        return _each(MOVED, [moved[1]] * 3)
    found = _HOLIDAY.fullmatch(name)
    ru, en = NAMES.get(found["name"], (found["name"], found["name"]))
    words = (OWN_KAZAKH.get(found["name"], found["name"]), ru, en)
    label = found["label"] or ""
    if "бағаланған" in label:
        words = _each(ESTIMATED, words)
    return _each(OBSERVED, words) if "қайта белгіленген" in label else words


def _each(templates, words):
    return tuple(template.format(word) for template, word in zip(templates, words, strict=True))


def _read(text):
    day, month, year = map(int, text.split("."))
    return datetime.date(year, month, day)


def _written(day):
    return f"{day:%d.%m.%Y}"


def seeded():
    """Return the named days that an installation begins with: kept in a file, for libraries change."""
    with SEED.open(encoding="utf-8", newline="") as file:
        return [
            NamedDay(datetime.date.fromisoformat(day), kind == "working", *basis)
            for day, kind, *basis in list(csv.reader(file))[1:]
        ]
