"""Reporting periods as calendar arithmetic. Pure: no Django, no clock.

Decree 631, points 2.2 and 3: twice a year, on the results of the half-year, executors report by 5 January and 5 July
and the ministry by 20 January and 20 July. The half-year is one frequency among four; the others are values here.
"""

import datetime
import re
from dataclasses import dataclass

MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
LETTERS = {"month": "M", "quarter": "Q", "half_year": "H", "year": "Y"}
_FREQUENCIES = {letter: frequency for frequency, letter in LETTERS.items()}
_CODE = re.compile(r"(?P<year>[0-9]{4})-(?P<letter>[MQHY])(?P<number>[1-9][0-9]?)")


@dataclass(frozen=True, order=True)
class Interval:
    """The `number`-th month, quarter, half-year or year of a year: Interval("half_year", 2013, 2) is H2 2013."""

    frequency: str
    year: int
    number: int

    def __post_init__(self):
        if not 1 <= self.number <= 12 // MONTHS[self.frequency]:
            raise ValueError(f"a year has no {self.frequency} {self.number}")

    @classmethod
    def parse(cls, code):
        """Read «2013-H1»; ValueError where it is none."""
        match = _CODE.fullmatch(code)
        if not match:
            raise ValueError(f"no reporting period: {code}")
        return cls(_FREQUENCIES[match["letter"]], int(match["year"]), int(match["number"]))

    @classmethod
    def between(cls, frequency, first_year, last_year):
        """Return every interval of the years, oldest first."""
        numbers = range(1, 12 // MONTHS[frequency] + 1)
        return [cls(frequency, year, number) for year in range(first_year, last_year + 1) for number in numbers]

    @property
    def code(self):
        return f"{self.year}-{LETTERS[self.frequency]}{self.number}"

    @property
    def starts(self):
        return datetime.date(self.year, (self.number - 1) * MONTHS[self.frequency] + 1, 1)

    @property
    def ends(self):
        return self.next.starts - datetime.timedelta(days=1)

    @property
    def next(self):
        if self.number == 12 // MONTHS[self.frequency]:
            return Interval(self.frequency, self.year + 1, 1)
        return Interval(self.frequency, self.year, self.number + 1)

    @property
    def previous(self):
        if self.number == 1:
            return Interval(self.frequency, self.year - 1, 12 // MONTHS[self.frequency])
        return Interval(self.frequency, self.year, self.number - 1)

    @property
    def is_last_of_its_year(self):
        return self.next.year > self.year

    def due(self, day):
        """Return that day of the month after the interval: due(5) of H1 2013 is 5 July 2013."""
        return self.next.starts.replace(day=day)
