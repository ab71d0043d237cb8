"""The canonical phrase of a deadline, in Kazakh and Russian. Pure: no Django."""

import calendar

from .deadline_words import HALF, KAZAKH_MONTHS, QUARTER, RUSSIAN_MONTHS, tokens

_OFTEN = {
    "kk": {
        "yearly": "жыл сайын",
        "half-yearly": "жартыжылдық сайын",
        "quarterly": "тоқсан сайын",
        "monthly": "ай сайын",
        "permanent": "тұрақты",
    },
    "ru": {
        "yearly": "ежегодно",
        "half-yearly": "раз в полугодие",
        "quarterly": "ежеквартально",
        "monthly": "ежемесячно",
        "permanent": "постоянно",
    },
}
_ROMAN = ("I", "II", "III", "IV")
_OF_MONTHS = [month + "а" if month[-1] == "т" else month[:-1] + "я" for month in RUSSIAN_MONTHS]
_TO_MONTHS = (
    "қаңтарға", "ақпанға", "наурызға", "сәуірге", "мамырға", "маусымға", "шілдеге", "тамызға", "қыркүйекке", "қазанға",
    "қарашаға", "желтоқсанға",
)  # fmt: skip
_FROM_MONTHS = (
    "қаңтардан", "ақпаннан", "наурыздан", "сәуірден", "мамырдан", "маусымнан", "шілдеден", "тамыздан", "қыркүйектен",
    "қазаннан", "қарашадан", "желтоқсаннан",
)  # fmt: skip


def format(deadline, language):
    """Write periods and recurrence as a phrase of "kk" or "ru" that `parse` reads back.

    31 December may be a year's end, a quarter's or a month's: it is called what the deadline's own text calls it.
    """
    end_words, range_words = {"kk": (_end_kk, _range_kk), "ru": (_end_ru, _range_ru)}[language]
    named = {token.value if token.kind == "Q" else token.kind for token in tokens(deadline.text)}
    words = [_OFTEN[language][deadline.recurrence]] if deadline.recurrence else []
    for period in deadline.periods:
        start, end = period.starts_on, period.ends_on
        words.append(range_words(start, end) if start else end_words(end, _unit(end, named)))
    return ", ".join(words)


def _unit(end, named):
    """Return the months of the largest part of the year that ends on this day and is named in the text; 0 for a day."""
    if not _ends_month(end):
        return 0
    if end.month == 12 and not named & {"M", "D", HALF, QUARTER}:
        return 12
    return next((months for months in (HALF, QUARTER) if months in named and end.month % months == 0), 1)


def _ends_month(day):
    return day.day == calendar.monthrange(day.year, day.month)[1]


def _is_whole_months(start, end):
    return start.day == 1 and _ends_month(end)


def _is_whole_years(start, end):
    return (start.month, start.day, end.month, end.day) == (1, 1, 12, 31)


def _end_ru(day, unit):
    month = RUSSIAN_MONTHS[day.month - 1]
    return {
        12: f"{day.year} год",
        HALF: f"{_ROMAN[(day.month - 1) // HALF]} полугодие {day.year} года",
        QUARTER: f"{_ROMAN[(day.month - 1) // QUARTER]} квартал {day.year} года",
        1: f"{month} {day.year} года",
        0: f"до {_day_ru(day)}",
    }[unit]


def _day_ru(day):
    return f"{day.day} {_OF_MONTHS[day.month - 1]} {day.year} года"


def _range_ru(start, end):
    if _is_whole_years(start, end):
        return f"в течение {end.year} года" if start.year == end.year else f"{start.year} – {end.year} годы"
    if not _is_whole_months(start, end):
        return f"с {_day_ru(start)} по {_day_ru(end)}"
    first, last = RUSSIAN_MONTHS[start.month - 1], RUSSIAN_MONTHS[end.month - 1]
    if start.year != end.year:
        return f"{first} {start.year} года – {last} {end.year} года"
    if first == last:
        return f"в течение {_OF_MONTHS[end.month - 1]} {end.year} года"
    return f"{first} – {last} {end.year} года"


def _end_kk(day, unit):
    return {
        12: f"{day.year} жыл",
        HALF: f"{day.year} жылғы {_ROMAN[(day.month - 1) // HALF]} жартыжылдық",
        QUARTER: f"{day.year} жылғы {_ROMAN[(day.month - 1) // QUARTER]} тоқсан",
        1: f"{day.year} жылғы {KAZAKH_MONTHS[day.month - 1]}",
        0: f"{day.year} жылғы {day.day} {_TO_MONTHS[day.month - 1]} дейін",
    }[unit]


def _range_kk(start, end):
    if _is_whole_years(start, end):
        return f"{end.year} жыл ішінде" if start.year == end.year else f"{start.year} – {end.year} жылдар"
    if not _is_whole_months(start, end):
        since = f"{start.year} жылғы {start.day} {_FROM_MONTHS[start.month - 1]} бастап"
        return f"{since} {_end_kk(end, 0)}"
    first, last = KAZAKH_MONTHS[start.month - 1], KAZAKH_MONTHS[end.month - 1]
    if start.year != end.year:
        return f"{start.year} жылғы {first} – {end.year} жылғы {last}"
    if first == last:
        return f"{end.year} жылғы {last} ішінде"
    return f"{end.year} жылғы {first} – {last}"
