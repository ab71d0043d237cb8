"""The same act in its other language fills the empty columns, and doubts where the two disagree."""

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from roadmap.models import Executor, Roadmap

KAZAKH = """Қазақстан Республикасы Үкіметінің 2021 жылғы 5 ақпандағы № 44 қаулысымен бекітілген
Сүт өндірісін дамыту жөніндегі 2021 – 2023 жылдарға арналған іс-шаралар жоспары
Р/с №\t|\tІс-шара\t|\tАяқталу нысаны\t|\tЖауапты орындаушылар\t|\tОрындау мерзімі
1. Қолдау
1\t|\tСубсидия беру\t|\tбұйрық\t|\tАШМ, ҚМ\t|\t2021 жылғы маусым
2\t|\tФерма салу\t|\tакт\t|\tҚМ (келісім бойынша)\t|\t2022 жыл
"""
RUSSIAN = """Утвержден постановлением Правительства Республики Казахстан от 5 февраля 2021 года № 44
План мероприятий по развитию производства молока на 2021 – 2023 годы
№\t|\tСрок исполнения\t|\tМероприятие\t|\tФорма завершения\t|\tОтветственные исполнители
1. Поддержка
1\t|\tиюнь 2021 года\t|\tВыделить субсидии\t|\tприказ\t|\tМСХ, МФ
2\t|\t2022 год\t|\tПостроить фермы\t|\tакт\t|\tМФ (по согласованию)
Примечание: расшифровка аббревиатур: МФ – Министерство финансов; МСХ – Министерство сельского хозяйства
"""


@pytest.fixture
def enter(db, tmp_path, capsys):
    def run(text, *words):
        path = tmp_path / "act.txt"
        path.write_text(text, encoding="utf-8")
        call_command("import_decree", str(path), "--slug", "milk", *words)
        return capsys.readouterr().out

    return run


def test_russian_words_come_beside_the_kazakh(enter):
    enter(KAZAKH)
    enter(RUSSIAN)
    made = Roadmap.objects.get(slug="milk")
    assert (made.title_ru, made.sections.get().title_ru) == (
        "План мероприятий по развитию производства молока на 2021 – 2023 годы", "Поддержка",
    )  # fmt: skip
    assert list(made.measures.values_list("title_kk", "title_ru", "completion_form_ru", "deadline_text_ru")) == [
        ("Субсидия беру", "Выделить субсидии", "приказ", "июнь 2021 года"),
        ("Ферма салу", "Построить фермы", "акт", "2022 год"),
    ]
    finance = Executor.objects.get(short_name_kk="ҚМ")
    assert (finance.short_name_ru, finance.full_name_ru) == ("МФ", "Министерство финансов")
    assert Executor.objects.filter(short_name_kk="").count() == 0


def test_the_other_way_round_too(enter):
    enter(RUSSIAN)
    enter(KAZAKH)
    made = Roadmap.objects.get(slug="milk")
    assert made.title_kk.startswith("Сүт") and made.measures.get(number="2").title_kk == "Ферма салу"


def test_where_the_languages_disagree_it_says_so_and_changes_no_deadline(enter, in_english_console):
    enter(KAZAKH)
    said = enter(RUSSIAN.replace("июнь 2021 года", "июль 2021 года").replace("МСХ, МФ", "МСХ, МФ, МЭ"))
    assert "is not the one of the other language" in said and "executors are not those" in said
    assert str(Roadmap.objects.get(slug="milk").measures.get(number="1").ends_on) == "2021-06-30"


@pytest.mark.parametrize(
    ("old", "new"), [("№ 44", "№ 45"), ("2\t|\t2022", "7\t|\t2022"), ("2021 года № 44", "2020 года № 44")]
)
def test_another_act_is_refused(enter, old, new):
    enter(KAZAKH)
    with pytest.raises(CommandError):
        enter(RUSSIAN.replace(old, new))
    assert Roadmap.objects.get(slug="milk").title_ru == ""


def test_a_roadmap_that_has_both_is_not_written_over(enter):
    enter(KAZAKH)
    enter(RUSSIAN)
    with pytest.raises(CommandError):
        enter(RUSSIAN)


@pytest.fixture
def in_english_console():
    with translation.override("en"):
        yield
