"""Kazakhstan's working days: what the law, the acts that move days off, and the staff's own table say."""

import datetime
import importlib

import pytest

from roadmap import workdays
from roadmap.models import CalendarDay, Roadmap
from roadmap.workdays import WorkingDays

D = datetime.date
migration = importlib.import_module("roadmap.migrations.0010_working_calendar")


def off(year):
    return {day.day for day in workdays.named_days(year) if not day.is_working}


@pytest.mark.parametrize("year", range(2013, 2031))
def test_it_knows_the_holidays_of_fixed_date(year):
    always = {(1, 1), (1, 2), (1, 7), (3, 8), (3, 21), (3, 22), (3, 23), (5, 1), (5, 7), (5, 9), (7, 6), (12, 16)}
    assert {D(year, *day) for day in always} <= off(year)
    assert (D(year, 12, 1) in off(year)) is (year <= 2021)
    assert (D(year, 12, 17) in off(year)) is (year <= 2021 or year == 2029)  # its 16th is a Sunday
    assert (D(year, 10, 25) in off(year)) is (year >= 2022)
    assert (D(year, 3, 15) in off(year)) is (year >= 2027)
    if year != 2026:  # the library has no Constitution Day in it
        assert (D(year, 8, 30) in off(year)) is (year <= 2025)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (D(2013, 7, 5), True), (D(2013, 7, 8), False),  # Capital Day fell on a Saturday
        (D(2014, 1, 3), False), (D(2013, 12, 28), True),  # moved by an act over the New Year
        (D(2014, 7, 7), False), (D(2018, 1, 8), True),  # Christmas on a Sunday does not shift
        (D(2020, 1, 5), True), (D(2020, 1, 3), False), (D(2023, 7, 7), False), (D(2023, 7, 1), True),
        (D(2026, 10, 25), False), (D(2026, 10, 26), False), (D(2026, 10, 27), True),
        (D(2014, 10, 4), False), (D(2014, 10, 6), True),  # Kurban-ait on a Saturday does not shift
        (D(2014, 1, 11), False), (D(2014, 1, 12), False), (D(2014, 1, 13), True),
        (D(1980, 1, 1), True), (D(2095, 7, 6), False),
    ],
)  # fmt: skip
def test_it_knows_whether_a_day_is_worked(day, works):
    assert WorkingDays().is_working(day) is works


def test_a_table_overrules_the_library():
    days = WorkingDays({D(2014, 1, 6): False, D(2014, 1, 7): True, D(2014, 1, 11): True})
    assert days.effective(D(2014, 1, 4)) == D(2014, 1, 7)
    assert days.effective(D(2014, 1, 11)) == D(2014, 1, 11)
    assert days.effective(D(2014, 1, 18)) == D(2014, 1, 20)


@pytest.mark.parametrize(
    ("day", "count", "then"),
    [
        (D(2014, 1, 8), 0, D(2014, 1, 8)),
        (D(2014, 1, 8), 1, D(2014, 1, 9)),
        (D(2014, 1, 8), 2, D(2014, 1, 10)),
        (D(2014, 1, 9), 2, D(2014, 1, 13)),
        (D(2014, 1, 6), 2, D(2014, 1, 9)),
        (D(2013, 12, 31), 2, D(2014, 1, 8)),
        (D(2013, 12, 13), 1, D(2013, 12, 18)),
        (D(2013, 12, 27), 1, D(2013, 12, 28)),
    ],
)
def test_it_counts_working_days_after_a_day(day, count, then):
    assert WorkingDays().add(day, count) == then


def test_the_file_that_seeds_the_calendar_says_what_the_library_says():
    assert workdays.seeded() == [day for year in workdays.SEEDED for day in workdays.named_days(year)]


def test_every_seeded_day_has_its_basis_in_three_languages():
    assert all(day.basis_kk and day.basis_ru and day.basis_en for day in workdays.seeded())
    latin_or_foreign = [day for day in workdays.seeded() if set("abcdefgijkі") & set(day.basis_ru)]
    assert latin_or_foreign == []


def test_a_day_off_names_the_day_that_is_worked_for_it_and_back():
    known = {day.day: day for day in workdays.seeded()}
    assert "28.12.2013" in known[D(2014, 1, 3)].basis_kk
    assert "03.01.2014" in known[D(2013, 12, 28)].basis_ru
    assert known[D(2013, 12, 28)].is_working


def test_the_migration_seeds_the_calendar(db):
    kept = CalendarDay.objects.values_list("day", "is_working", "basis_kk", "basis_ru", "basis_en")
    assert list(kept) == [tuple(day) for day in workdays.seeded()]


def test_the_seeding_can_be_taken_back():
    assert all(operation.reversible for operation in migration.Migration.operations)


def test_a_roadmap_counts_by_the_calendar_in_one_query(roadmap, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert roadmap.effective(D(2014, 1, 5)) == D(2014, 1, 6)
    CalendarDay.objects.create(day=D(2014, 1, 6), basis_kk="Акт")
    assert roadmap.effective(D(2014, 1, 5)) == D(2014, 1, 8)
    days = CalendarDay.objects.working_days()
    with django_assert_num_queries(0):
        assert [roadmap.effective(D(2014, 1, number), days) for number in (4, 9)] == [D(2014, 1, 8), D(2014, 1, 9)]


def test_a_roadmap_may_leave_terms_as_decreed(roadmap, django_assert_num_queries):
    Roadmap.objects.update(moves_to_working_day=False)
    roadmap.refresh_from_db()
    with django_assert_num_queries(0):
        assert roadmap.effective(D(2014, 1, 5)) == D(2014, 1, 5)
