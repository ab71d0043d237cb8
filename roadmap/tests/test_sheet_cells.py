"""Cells and files: whatever is written is read again; whatever is typed is read or refused."""

import datetime

import pytest
import tablib
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st

from roadmap.columns import (
    ChoiceCell,
    Column,
    DateCell,
    FlagCell,
    NumberCell,
    NumberedTextCell,
    PeriodsCell,
    SlugCell,
    TextCell,
)
from roadmap.measure_sheet import AssignedCell, SourcesCell
from roadmap.models import Measure
from roadmap.resources import SpellingsCell
from roadmap.sheets import UnarmedCSV, UnarmedXLSX, kind_of

TYPED = st.one_of(
    st.text(max_size=40), st.text("0123456789.-–; ()yes\n", max_size=24), st.integers(), st.floats(), st.booleans(),
    st.dates(), st.datetimes(), st.times(), st.none(),
)  # fmt: skip
CELLS = [
    TextCell(max_length=20), NumberedTextCell(), SlugCell(max_length=20), NumberCell(1, 99), DateCell(), PeriodsCell(),
    FlagCell(), ChoiceCell(Measure.Recurrence.choices), SpellingsCell(), AssignedCell(), SourcesCell(),
]  # fmt: skip


def written_and_read(kind, values):
    dataset = tablib.Dataset(*([value] for value in values), headers=["Text"])
    column = Column("text", TextCell(), "Text", column_name="text")
    dataset.title, dataset.columns, dataset.rules, dataset.necessary = "Text", [column], [], ()
    content = kind().export_data(dataset)
    content = content.encode() if isinstance(content, str) else content
    return [row[0] for row in kind_of(content)().create_dataset(content)]


@pytest.mark.parametrize("kind", [UnarmedXLSX, UnarmedCSV])
@settings(derandomize=True, max_examples=60, deadline=None)
@given(texts=st.lists(st.text(st.characters(codec="utf-8"), min_size=1, max_size=30), min_size=1, max_size=5))
def test_any_text_is_written_and_read_as_one_would_type_it(kind, texts):
    cell = TextCell()
    typed = [cell.render(text).replace("\r\n", "\n").replace("\r", "\n").strip() for text in texts]
    kept = [text for text in typed if text]
    if kept:
        assert [cell.clean(value) for value in written_and_read(kind, kept)] == kept


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: type(cell).__name__)
@settings(derandomize=True, max_examples=150, deadline=None)
@given(value=TYPED)
def test_whatever_is_typed_is_read_or_refused_with_a_sentence(cell, value):
    try:
        read = cell.clean("" if value is None else value)
    except ValidationError as error:
        assert all(error.messages)
        return
    if not isinstance(cell, AssignedCell):  # who is meant is found later
        assert cell.clean(cell.render(read)) == read


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("31.12.2014", datetime.date(2014, 12, 31)),
        (" 1.2.2014 ", datetime.date(2014, 2, 1)),
        ("2014-12-31", datetime.date(2014, 12, 31)),
        (datetime.datetime(2014, 12, 31), datetime.date(2014, 12, 31)),
        ("", None),
    ],
)
def test_a_date_is_read_as_officials_write_it(typed, read):
    assert DateCell().clean(typed) == read


@pytest.mark.parametrize("word", ["yes", "YES", "1", 1, True, "True", "x", "+", 1.0])
def test_a_flag_is_read_as_people_set_it(word):
    assert FlagCell().clean(word) is True
