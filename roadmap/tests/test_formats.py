"""Dates, times, numbers and money as each language writes them."""

import datetime

import pytest
from django import forms
from django.template.defaultfilters import filesizeformat, floatformat
from django.utils import formats, translation

from reporting.forms import DateInput, TengeField
from roadmap import clock
from roadmap.templatetags.figures import tenge

DAY = datetime.date(2014, 1, 5)
WRITTEN = {
    "kk": {
        "DATE_FORMAT": "2014 жылғы 5 қаңтар", "SHORT_DATE_FORMAT": "05.01.2014",
        "YEAR_MONTH_FORMAT": "2014 жылғы қаңтар", "MONTH_DAY_FORMAT": "5 қаңтар",
        "DATETIME_FORMAT": "2014 жылғы 5 қаңтар, 09:05",
        "SHORT_DATETIME_FORMAT": "05.01.2014 09:05", "TIME_FORMAT": "09:05",
        "number": "12\xa0500\xa0000,5", "tenge": "12\xa0500\xa0000\xa0теңге", "size": "1,5\xa0МБ", "decimal": "0,5",
    },
    "ru": {
        "DATE_FORMAT": "5 января 2014 г.", "SHORT_DATE_FORMAT": "05.01.2014", "YEAR_MONTH_FORMAT": "Январь 2014 г.",
        "MONTH_DAY_FORMAT": "5 января", "DATETIME_FORMAT": "5 января 2014 г., 09:05",
        "SHORT_DATETIME_FORMAT": "05.01.2014 09:05", "TIME_FORMAT": "09:05",
        "number": "12\xa0500\xa0000,5", "tenge": "12\xa0500\xa0000\xa0тенге", "size": "1,5\xa0МБ", "decimal": "0,5",
    },
    "en": {
        "DATE_FORMAT": "5 January 2014", "SHORT_DATE_FORMAT": "05.01.2014", "YEAR_MONTH_FORMAT": "January 2014",
        "MONTH_DAY_FORMAT": "5 January", "DATETIME_FORMAT": "5 January 2014, 09:05",
        "SHORT_DATETIME_FORMAT": "05.01.2014 09:05", "TIME_FORMAT": "09:05",
        "number": "12\xa0500\xa0000.5", "tenge": "12\xa0500\xa0000\xa0tenge", "size": "1.5\xa0MB", "decimal": "0.5",
    },
}  # fmt: skip


@pytest.fixture(params=WRITTEN)
def written(request):
    with translation.override(request.param):
        yield WRITTEN[request.param]


def test_dates_and_times_are_written_as_the_language_does(written):
    moment = datetime.datetime.combine(DAY, datetime.time(9, 5))
    for name in (name for name in written if name.endswith("_FORMAT")):
        assert formats.date_format(moment, name) == written[name], name


def test_numbers_part_their_thousands_with_a_space_that_does_not_break(written):
    assert formats.number_format(12_500_000.5, 1, force_grouping=True) == written["number"]
    assert floatformat(0.5, 1) == written["decimal"]
    assert filesizeformat(1_572_864) == written["size"]


def test_money_has_its_unit_and_what_is_unknown_a_dash(written):
    assert tenge(12_500_000) == written["tenge"]
    assert tenge(0).startswith("0\xa0")
    assert tenge(None) == tenge("") == "—"


def test_a_date_is_taken_by_points_and_as_iso(written):
    for text in ("05.01.2014", "2014-01-05"):
        assert forms.DateField().clean(text) == DAY
    assert TengeField().clean("12\xa0500 000") == 12_500_000


def test_the_browsers_own_date_field_gets_iso(written):
    assert 'value="2014-01-05"' in DateInput().render("day", DAY)


def test_weeks_begin_on_monday_and_the_day_is_almatys(written, settings):
    assert formats.get_format("FIRST_DAY_OF_WEEK") == 1
    assert settings.TIME_ZONE == "Asia/Almaty"


def test_the_clock_of_almaty_went_back_an_hour_in_march_2024():
    hours = [datetime.datetime(year, 7, 1, tzinfo=clock.ZONE).utcoffset().seconds // 3600 for year in (2013, 2024)]
    assert hours == [6, 5]
