"""The sheet of executors with their other spellings; the same spellings in the admin."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from conftest import text_of
from roadmap.models import Executor, ExecutorAlias, Roadmap
from roadmap.tests.sheets_in_tests import bring, export, faults_of, rows_of, sheet, upload

pytestmark = pytest.mark.usefixtures("in_english")


def body(code="natr", **changes):
    known = Executor.objects.filter(code=code).first()
    names = ("short_name_kk", "short_name_ru", "full_name_kk", "full_name_ru")
    return {"code": code} | {name: getattr(known, name, "") for name in names} | changes


def spellings(code="natr"):
    return list(ExecutorAlias.objects.filter(executor__code=code).values_list("name", flat=True))


def test_a_body_comes_with_its_other_spellings_and_goes_with_them(sign_in, administrator):
    client = sign_in(administrator)
    row = body("akimat", short_name_ru="акимат", full_name_ru="акимат области", aliases="Акимат обл.\n«Әкімдік»; 1")
    assert "without semicolons" in faults_of(upload(client, "executor", sheet(row)))[0]
    bring(client, "executor", sheet(row | {"aliases": "Акимат обл. (аппарат)\n\n әкімдік "}))
    assert spellings("akimat") == ["Акимат обл. (аппарат)", "әкімдік"]
    content = export(client, "executor")
    assert "Акимат обл. (аппарат)\nәкімдік" in [row[8] for row in rows_of(content)]
    ExecutorAlias.objects.all().delete()
    bring(client, "executor", content)
    assert spellings("akimat") == ["Акимат обл. (аппарат)", "әкімдік"]
    bring(client, "executor", sheet(row | {"aliases": ""}))
    assert spellings("akimat") == []


def test_a_spelling_with_a_semicolon_that_is_there_already_stays(sign_in, administrator):
    ExecutorAlias.objects.create(executor=Executor.objects.get(code="natr"), name="НАТР; бұрынғы")
    client = sign_in(administrator)
    assert len(upload(client, "executor", export(client, "executor")).context["result"].unchanged) == 9


@pytest.mark.parametrize(
    ("aliases", "sentence"),
    [
        ("АО KAZNEX-INVEST", "«АО KAZNEX-INVEST» means «kaznex» already"),
        ("Зерде холдинг АҚ", "means «zerde» already"),
        ("НАТР плюс\nНАТР  ПЛЮС", "is listed twice"),
        ("!!!", "«!!!» names nobody"),
    ],
)
def test_a_spelling_that_is_not_clear_is_refused(sign_in, administrator, aliases, sentence):
    ExecutorAlias.objects.create(executor=Executor.objects.get(code="zerde"), name="«Зерде холдинг» АҚ")
    faults = faults_of(upload(sign_in(administrator), "executor", sheet(body(aliases=aliases))))
    assert len(faults) == 1 and sentence in faults[0]


def test_a_spelling_may_move_from_one_body_to_another_in_a_sheet(sign_in, administrator):
    ExecutorAlias.objects.create(executor=Executor.objects.get(code="zerde"), name="Холдинг")
    rows = body("zerde", aliases=""), body("natr", aliases="Холдинг")
    bring(sign_in(administrator), "executor", sheet(*rows))
    assert spellings("natr") == ["Холдинг"] and spellings("zerde") == []


def test_a_spelling_may_mean_another_body_in_an_act_of_its_own(sign_in, administrator):
    bring(sign_in(administrator), "executor", sheet(body("wg", roadmap="decree-631", aliases="АО «Казахтелеком»")))
    assert spellings("wg") == ["АО «Казахтелеком»"]


def test_the_admin_refuses_a_spelling_of_another_body_too(sign_in, administrator):
    natr = Executor.objects.get(code="natr")
    with translation.override("en"), pytest.raises(ValidationError, match="means «kaznex» already"):
        ExecutorAlias(executor=natr, name="KAZNEX INVEST АҚ").full_clean()
    client = sign_in(administrator)
    form = {
        **body(), "short_name_en": "", "full_name_en": "", "roadmap": "", "change_reason": "Хат № 5",
        "aliases-TOTAL_FORMS": "1", "aliases-INITIAL_FORMS": "0", "aliases-0-executor": natr.pk,
    }  # fmt: skip
    address = f"/admin/roadmap/executor/{natr.pk}/change/"
    page = client.post(address, form | {"aliases-0-name": "KAZNEX INVEST АҚ"})
    assert "means «kaznex» already" in text_of(page)
    client.post(address, form | {"aliases-0-name": "НАТР (агенттік)"})
    assert spellings() == ["НАТР (агенттік)"] and ExecutorAlias.objects.get().normal == "натр агенттік"


def test_a_ministry_changes_no_body_that_other_roadmaps_know(sign_in, ministry, administrator):
    content = sheet(body(short_name_kk="Басқа"))
    client = sign_in(ministry)
    assert "Only an administrator changes bodies" in faults_of(upload(client, "executor", content))[0]
    assert "Only an administrator" in faults_of(upload(client, "executor", sheet(body("x", **NAMES))))[0]
    bring(client, "executor", sheet(body("x", roadmap="decree-631", **NAMES)))
    assert Executor.objects.get(code="x").roadmap.slug == "decree-631"
    bring(sign_in(administrator), "executor", content)
    assert Executor.objects.get(code="natr").short_name_kk == "Басқа"


NAMES = {"short_name_ru": "Х", "full_name_ru": "Хэ"}


def test_a_ministry_leaves_what_it_does_not_change(sign_in, ministry):
    client = sign_in(ministry)
    assert len(upload(client, "executor", export(client, "executor")).context["result"].unchanged) == 9


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ({"code": "new"}, "Give the short and the full name"),
        ({"code": "new", "short_name_kk": "А", "full_name_ru": "Б"}, "Give the short and the full name"),
        ({"code": "два слова", **NAMES}, "use Latin letters"),
        ({"code": "", **NAMES}, "has to be filled in"),
        ({"code": "x" * 41, **NAMES}, "longer than 40 letters"),
        ({"code": "new", "roadmap": "decree-7", **NAMES}, "no roadmap «decree-7»"),
    ],
)
def test_what_the_database_would_refuse_is_refused_with_a_sentence(sign_in, administrator, row, sentence):
    faults = faults_of(upload(sign_in(administrator), "executor", sheet(row)))
    assert any(sentence in fault for fault in faults), faults


def test_one_code_may_stand_for_bodies_of_several_acts(sign_in, administrator, roadmap):
    Roadmap.objects.create(
        slug="plan-7", number="7", date="2020-01-01", act_ru="Акт", title_ru="План", first_year=2020, last_year=2025,
        coordinator=roadmap.coordinator,
    )  # fmt: skip
    rows = body("wg", roadmap="plan-7", **NAMES), body("wg", **NAMES)
    bring(sign_in(administrator), "executor", sheet(*rows))
    assert {each.roadmap and each.roadmap.slug for each in Executor.objects.filter(code="wg")} == {
        "decree-631", "plan-7", None
    }  # fmt: skip


def test_a_ministry_makes_no_shadow_of_a_body_known_everywhere(sign_in, ministry):
    response = upload(sign_in(ministry), "executor", sheet(body("zerde", roadmap="decree-631", **NAMES)))
    assert "has this code" in faults_of(response)[0]


def test_bodies_without_a_kazakh_name_stand_in_the_order_of_their_russian_ones(roadmap):
    names = [("b", "Вторая"), ("c", "Вторая"), ("a", "Третья"), ("d", "Первая")]
    for code, name in names:
        Executor.objects.create(code=code, short_name_ru=name, full_name_ru=name)
    assert [body.code for body in Executor.objects.filter(short_name_kk="")] == ["b", "c", "d", "a"]
