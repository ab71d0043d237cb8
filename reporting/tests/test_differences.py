"""Two texts compared word by word."""

import time

import pytest

from reporting.differences import ADDED, REMOVED, SAME, differences, has_changed


def of(*kinds, pieces):
    return "".join(text for kind, text in pieces if kind in kinds)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("", "", ()),
        ("Сөз.", "Сөз.", ((SAME, "Сөз."),)),
        ("", "Сөз.", ((ADDED, "Сөз."),)),
        ("Құрылыс 40 пайыз.", "Құрылыс 60 пайыз.",
         ((SAME, "Құрылыс"), (REMOVED, " 40"), (ADDED, " 60"), (SAME, " пайыз."))),
        ("Екі жаңа резидент тартылды.", "Бес резидент тартылды.",
         ((REMOVED, "Екі жаңа"), (ADDED, "Бес"), (SAME, " резидент тартылды."))),
        ("Келісілді.", "Келісілді, қол қойылды.",
         ((SAME, "Келісілді"), (ADDED, ", қол қойылды"), (SAME, "."))),
        ("бір\r\nекі", "бір\nекі", ((SAME, "бір\nекі"),)),
    ],
)  # fmt: skip
def test_it_names_the_words_that_changed(before, after, expected):
    assert differences(before, after) == expected


def test_it_gives_both_texts_back_and_takes_no_time_for_a_long_one():
    before = "\n".join(f"Бет {page}: құрылыс жүріп жатыр, мердігер {page % 7}." for page in range(5000))
    after = before.replace("Бет 4999", "Бет соңғы").replace("мердігер 3", "мердігер үш")
    started = time.process_time()
    pieces = differences(before, after)
    assert time.process_time() - started < 5
    assert of(SAME, REMOVED, pieces=pieces) == before
    assert of(SAME, ADDED, pieces=pieces) == after
    assert has_changed(pieces)
    assert not has_changed(differences(before, before))
