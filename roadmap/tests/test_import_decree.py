"""`manage.py import_decree`: decree 631 through this door equals the fixture; other acts; who is taken for whom."""

import io
import json
import re
import resource
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from roadmap import decree, enactment, tables
from roadmap.models import Executor, ExecutorAlias, FundingSource, Measure, Roadmap

ROOT = Path(__file__).resolve().parents[2]
DECREE = ROOT / "fixtures" / "decree-631-kk.txt"
RUSSIAN = Path(__file__).parent / "acts" / "russian-roadmap.txt"

HEAD = """Қазақстан Республикасы Үкіметінің 2021 жылғы 5 ақпандағы № 44 қаулысымен бекітілген
Сүт өндірісін дамыту жөніндегі 2021 – 2023 жылдарға арналған іс-шаралар жоспары
Р/с №\t|\tІс-шара\t|\tАяқталу нысаны\t|\tЖауапты орындаушылар\t|\tОрындау мерзімі
"""
NOTE = "Ескертпе: аббревиатуралардың толық жазылуы:\n"


def run(*words):
    out = io.StringIO()
    call_command("import_decree", *map(str, words), stdout=out)
    return out.getvalue()


def understood(path, *words):
    return json.loads(run(path, "--dry-run", "--json", *words))


def act(tmp_path, *rows, note="", head=HEAD):
    path = tmp_path / "act.txt"
    path.write_text(head + "\n".join("\t|\t".join(row) for row in rows) + "\n" + note, encoding="utf-8")
    return path


def snapshot(roadmap):
    """What the Kazakh text of an act decides, without what only the fixture has."""
    measures = roadmap.measures.select_related("section").prefetch_related("assignments__executor", "funding_sources")
    return {
        "act": (roadmap.act_kk, roadmap.number, roadmap.date, roadmap.title_kk, roadmap.first_year, roadmap.last_year),
        "days": (roadmap.frequency, roadmap.executors_due_day, roadmap.ministry_due_day, roadmap.coordinator.code),
        "sections": list(roadmap.sections.order_by("position").values_list("position", "number", "title_kk")),
        "measures": [
            (
                measure.position, measure.section.position, measure.number, measure.title_kk,
                measure.completion_form_kk, measure.deadline_text_kk, measure.deadline_periods, measure.recurrence,
                measure.deadline_needs_review, measure.starts_on, measure.ends_on, measure.funding_volume,
                [source.name_kk for source in measure.funding_sources.all()],
                [(one.position, one.executor.short_name_kk, one.by_agreement, one.lead)
                 for one in measure.assignments.all()],
            )
            for measure in measures
        ],
    }  # fmt: skip


def test_decree_631_through_this_door_equals_the_fixture(roadmap):
    run(DECREE, "--slug", "again")
    made = Roadmap.objects.get(slug="again")
    assert snapshot(made) == snapshot(roadmap)
    own = set(Executor.objects.filter(roadmap=made).values_list("short_name_kk", flat=True))
    assert own == {"басқарушы компания", "жұмыс тобы"}
    assert FundingSource.objects.count() == 1


def test_decree_631_into_an_empty_database_brings_its_bodies(db):
    Measure.objects.all().delete()
    Roadmap.objects.all()[0].sections.all().delete()
    Executor.objects.update(roadmap=None)
    Roadmap.objects.all().delete()
    Executor.objects.all().delete()
    run(DECREE)
    made = Roadmap.objects.get()
    assert made.slug == "decree-631" and made.measures.count() == 20
    ministry = made.coordinator
    assert ministry.short_name_kk == "ИЖТМ"
    assert ministry.full_name_kk == "Қазақстан Республикасы Индустрия және жаңа технологиялар министрлігі"
    assert Executor.objects.count() == 9


def test_json_of_decree_631_has_the_shape_that_was_agreed(roadmap):
    said = understood(DECREE)
    assert said["act"] == {
        "number": "631", "date": "2013-06-19", "title": roadmap.title_kk, "first_year": 2013, "last_year": 2018,
    }  # fmt: skip
    assert said["sections"][1] == {"number": "2", "title": "«ИТП» АЭА-ның инфрақұрылымын дамыту"}
    assert said["measures"][19] == {
        "section": 2,
        "number": "20",
        "title": roadmap.measures.get(number="20").title_kk,
        "completion_form": "ИЖТМ-ге ақпарат",
        "executors": [{"short_name": "«ТДҰА» АҚ", "by_agreement": True, "lead": False}],
        "deadline": {
            "text": "2016 жылғы І-тоқсан",
            "periods": [{"starts_on": None, "ends_on": "2016-03-31"}],
            "recurrence": None,
            "needs_review": False,
        },
        "funding": [],
        "funding_volume": None,
    }
    assert said["measures"][13]["funding"] == ["республикалық бюджет"]
    names = {body["short_name"]: body["full_name"] for body in said["executors"]}
    assert names["ИЖТМ"].endswith("министрлігі") and names["Алматы қаласының әкімдігі"] == ""
    assert len([line for line in said["needs_review"] if "Алматы қаласының әкімдігі" in line]) == 1


def test_dry_run_changes_nothing(roadmap):
    before = [model.objects.count() for model in (Roadmap, Measure, Executor, FundingSource)]
    run(DECREE, "--dry-run")
    understood(RUSSIAN)
    assert [model.objects.count() for model in (Roadmap, Measure, Executor, FundingSource)] == before


def test_a_russian_roadmap_with_every_trap_comes_in(roadmap):
    run(RUSSIAN)
    made = Roadmap.objects.get(slug="decree-137")
    assert (made.title_kk, made.coordinator.short_name_ru) == ("", "МИИР")
    assert str(made) == made.title_ru
    assert made.measures.count() == 40 and made.sections.count() == 4
    assert made.measures.filter(deadline_needs_review=True).count() == 4
    assert made.own_executors.get(short_name_ru="рабочая группа").code != "wg"
    assert Executor.objects.get(code="wg").assignments.filter(measure__roadmap=made).count() == 0


@pytest.mark.parametrize("words", [[], ["--slug", "decree-631"], ["--slug", "Жол картасы"]])
def test_it_refuses_an_address_that_is_taken_or_none(roadmap, words):
    with pytest.raises(CommandError) as refused:
        run(DECREE, *words)
    assert refused.value.returncode == 2
    assert Roadmap.objects.count() == 1


@pytest.mark.parametrize("name", ["refused-no-table.txt", "refused-binary.docx", "nowhere.txt"])
def test_refusals_end_with_status_2_and_one_line(name, tmp_path):
    done = subprocess.run(
        [sys.executable, "manage.py", "import_decree", str(RUSSIAN.parent / name), "--dry-run"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.strip().splitlines()) == 1


def test_standard_input_is_read(roadmap):
    done = subprocess.run(
        [sys.executable, "manage.py", "import_decree", "-", "--dry-run", "--json", "--lang", "kk"],
        cwd=ROOT, capture_output=True, input=DECREE.read_bytes(), check=True,
    )  # fmt: skip
    assert len(json.loads(done.stdout)["measures"]) == 20


# Who is who


def test_a_known_body_is_found_by_its_name_in_full(roadmap, tmp_path):
    note = NOTE + "ММ – Қазақстан Республикасы Индустрия және жаңа технологиялар министрлігі"
    run(act(tmp_path, ["1", "Бір", "есеп", "ММ", "2021 жыл"], note=note), "--slug", "one")
    assert Roadmap.objects.get(slug="one").measures.get().executors.get().code == "mint"


def test_a_known_body_is_found_by_another_spelling(roadmap, tmp_path):
    ExecutorAlias.objects.create(executor=Executor.objects.get(code="natr"), name="Техагенттік")
    run(act(tmp_path, ["1", "Бір", "есеп", "«Техагенттік», ИЖТМ", "2021 жыл"]), "--slug", "one")
    assert set(Roadmap.objects.get(slug="one").measures.get().executors.values_list("code", flat=True)) == {
        "natr",
        "mint",
    }


def test_another_acts_working_group_is_never_taken(roadmap, tmp_path):
    run(act(tmp_path, ["1", "Бір", "есеп", "жұмыс тобы, басқарушы компания", "2021 жыл"]), "--slug", "one")
    made = Roadmap.objects.get(slug="one")
    assert set(made.measures.get().executors.values_list("roadmap", flat=True)) == {made.pk}
    assert Executor.objects.filter(short_name_kk="жұмыс тобы").count() == 2


def test_one_short_name_of_two_ministries_makes_two_bodies(roadmap, tmp_path):
    note = NOTE + "ИЖТМ – Қазақстан Республикасы Инфрақұрылым және жол-транспорт министрлігі"
    path = act(tmp_path, ["1", "Бір", "есеп", "ИЖТМ", "2021 жыл"], note=note)
    assert "Индустрия және жаңа технологиялар" in run(path, "--slug", "one")
    other = Roadmap.objects.get(slug="one").measures.get().executors.get()
    assert other.code != "mint" and other.roadmap.slug == "one"


def test_spellings_within_an_act_are_one_body(roadmap, tmp_path):
    rows = [["1", "Бір", "есеп", "«Сүт» АҚ (келісім бойынша)", "2021 жыл"],
            ["2", "Екі", "есеп", 'АҚ "Сүт", ҚР ИЖТМ, ИЖТM', "2021 жыл"]]  # fmt: skip
    said = understood(act(tmp_path, *rows))
    assert [body["short_name"] for body in said["executors"]] == ["«Сүт» АҚ", "ҚР ИЖТМ"]
    assert [one["short_name"] for one in said["measures"][1]["executors"]] == ["«Сүт» АҚ", "ҚР ИЖТМ"]


def test_the_gathering_body_is_the_lead(roadmap, tmp_path):
    run(act(tmp_path, ["1", "Бір", "есеп", "ҚМ, ИЖТМ (жинақтау)", "2021 жыл"]), "--slug", "one")
    leads = {one.executor.short_name_kk: one.lead for one in Measure.objects.get(roadmap__slug="one").assignments.all()}
    assert leads == {"ҚМ": False, "ИЖТМ": True}


# What the table leaves open


def test_nothing_is_dropped_and_everything_odd_is_said(roadmap, tmp_path):
    rows = [
        ["1", "Бір", "есеп", "ИЖТМ", "2021 жылғы маусым"],
        ["1", "Қайталанған нөмір", "-\"-", '"', "-//-"],
        ["", "Нөмірсіз", "есеп", "ИЖТМ", "қажеттілігіне қарай"],
        ["4", "Мерзімсіз", "есеп", "ИЖТМ", ""],
        ["5", "Орындаушысыз", "есеп", "", "2030 жыл"],
        ["", "", "", "ҚМ", ""],
        ["", "Барлығы", "", "", "12"],
    ]  # fmt: skip
    said = understood(act(tmp_path, *rows))
    titles = [measure["title"] for measure in said["measures"]]
    assert titles == ["Бір", "Қайталанған нөмір", "Нөмірсіз", "Мерзімсіз", "Орындаушысыз"]
    first, second = said["measures"][:2]
    assert (second["completion_form"], second["executors"], second["deadline"]) == (
        first["completion_form"], first["executors"], first["deadline"],
    )  # fmt: skip
    assert [measure["deadline"]["needs_review"] for measure in said["measures"]] == [False, False, True, True, True]
    assert [one["short_name"] for one in said["measures"][4]["executors"]] == ["ҚМ"]
    words = "\n".join(said["needs_review"])
    assert all(part in words for part in ("қажеттілігіне қарай", "Барлығы", "2030"))


def test_a_footnote_between_rows_takes_nothing_away(roadmap, tmp_path):
    rows = [["1", "Бір", "есеп", "ИЖТМ", "2021 жыл"], ["Ескерту. 2-жол жаңа редакцияда – ҚР Үкіметінің қаулысымен."],
            ["2", "Екі", "есеп", "", "2021 жыл"], ["* жоба"], ["3", "Үш", "есеп", "ҚМ", ""]]  # fmt: skip
    said = understood(act(tmp_path, *rows))
    assert [measure["title"] for measure in said["measures"]] == ["Бір", "Екі", "Үш"]
    assert said["sections"] == []


def test_rows_of_a_table_behind_the_plan_are_counted(roadmap, tmp_path):
    rows = [
        ["1", "Бір", "есеп", "ИЖТМ", "2021 жыл"],
        ["Қосымша."],
        ["атауы", "саны", "бағасы"],
        ["қағаз", "12", "500"],
    ]
    said = understood(act(tmp_path, *rows))
    assert len(said["measures"]) == 1
    assert any("left aside: 2" in line or line.endswith(": 2.") for line in said["needs_review"])


def test_a_long_address_is_refused_with_a_sentence(roadmap):
    with pytest.raises(CommandError, match="50"):
        run(DECREE, "--slug", "a" * 60)


def test_marks_of_two_spellings_of_one_known_body_are_both_kept(roadmap, tmp_path):
    ExecutorAlias.objects.create(executor=Executor.objects.get(code="natr"), name="Техагенттік")
    path = act(tmp_path, ["1", "Бір", "есеп", "«Техагенттік» (жинақтау), «ТДҰА» АҚ (келісім бойынша)", "2021 жыл"])
    run(path, "--slug", "one")
    one = Measure.objects.get(roadmap__slug="one").assignments.get()
    assert (one.executor.code, one.lead, one.by_agreement) == ("natr", True, True)


def test_columns_that_have_no_place_are_named(roadmap, tmp_path):
    head = HEAD.replace("\tОрындау мерзімі", "\tОрындау мерзімі\t|\tИндикатор")
    said = understood(act(tmp_path, ["1", "Бір", "есеп", "ИЖТМ", "2021 жыл", "5 %"], head=head))
    assert any("«Индикатор»" in line for line in said["needs_review"])


def test_a_yearly_december_ends_in_the_december_of_the_last_year(roadmap, tmp_path):
    said = understood(act(tmp_path, ["1", "Бір", "есеп", "ИЖТМ", "жыл сайын, желтоқсан"]))["measures"][0]["deadline"]
    assert (said["recurrence"], said["periods"]) == ("yearly", [{"starts_on": None, "ends_on": "2023-12-31"}])


# Size


def test_two_thousand_rows_come_in_quickly_and_in_little_memory(roadmap, tmp_path):
    lines = DECREE.read_text(encoding="utf-8").splitlines()
    rows = [line for line in lines if re.match(r"\d+\.\t", line)]
    start = lines.index(next(line for line in lines if line.startswith("Р/с№")))
    many = [re.sub(r"^\d+", str(number + 1), rows[number % len(rows)]) for number in range(2000)]
    path = tmp_path / "many.txt"
    path.write_text("\n".join([*lines[: start + 2], *many, lines[-2], lines[-1]]), encoding="utf-8")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.process_time()  # other tests run on the same machine
    run(path, "--slug", "many")
    assert time.process_time() - began < 12
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 150 * 1024
    assert Roadmap.objects.get(slug="many").measures.count() == 2000


def test_query_count_does_not_grow_with_the_rows(roadmap, tmp_path, django_assert_max_num_queries):
    rows = [[str(number), f"Іс-шара {number}", "есеп", "ИЖТМ, «ТДҰА» АҚ", "2021 жыл"] for number in range(1, 401)]
    plan = decree.parse(tables.read(act(tmp_path, *rows).read_bytes()))
    with django_assert_max_num_queries(25):
        enactment.enact(plan, slug="one")
