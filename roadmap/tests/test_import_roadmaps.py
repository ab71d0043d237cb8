"""The sheet of roadmaps, and a whole roadmap that goes from one installation into another."""

import pytest
from django.core import serializers
from django.db import connection

from roadmap.models import Assignment, Executor, ExecutorAlias, FundingSource, Measure, Roadmap, Section, User
from roadmap.tests.sheets_in_tests import bring, export, faults_of, sheet, upload

pytestmark = pytest.mark.usefixtures("in_english")
DECREED = (Roadmap, Executor, ExecutorAlias, FundingSource, Section, Measure, Assignment)


def act(**changes):
    return {
        "slug": "plan-7", "number": "7", "date": "01.02.2020", "act_ru": "Акт", "title_ru": "План", "first_year": 2020,
        "last_year": 2025, "coordinator": "mint",
    } | changes  # fmt: skip


def content_of(model):
    """What a table holds, without its ids, by natural keys."""
    rows = serializers.serialize("python", model.objects.all(), use_natural_foreign_keys=True)
    return sorted((row["fields"] for row in rows), key=repr)


def empty_installation():
    for model in (Measure.funding_sources.through, Assignment, Measure, Section, FundingSource, ExecutorAlias):
        model.objects.all().delete()
    Executor.objects.exclude(coordinated_roadmaps__isnull=False).delete()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM roadmap_roadmap")
        cursor.execute("DELETE FROM roadmap_executor")


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_a_whole_roadmap_goes_into_an_empty_installation(client, roadmap, kind):
    User.objects.all().delete()
    administrator = User.objects.create_user("first", role=User.Role.ADMINISTRATOR, language="en")
    ExecutorAlias.objects.create(executor=Executor.objects.get(code="natr"), name="НАТР (агенттік)")
    client.force_login(administrator)
    order = ("roadmap", "executor", "fundingsource", "measure")
    contents = {model: export(client, model, kind) for model in order}
    before = {model: content_of(model) for model in DECREED}
    empty_installation()
    for model in order:
        bring(client, model, contents[model])
    assert {model: content_of(model) for model in DECREED} == before


def test_a_roadmap_is_made_with_what_a_form_would_give_it(sign_in, administrator):
    bring(sign_in(administrator), "roadmap", sheet(act()))
    made = Roadmap.objects.get(slug="plan-7")
    assert (made.frequency, made.executors_due_day, made.ministry_due_day, made.window_days) == ("half_year", 5, 20, 15)
    assert str(made.date) == "2020-02-01" and made.coordinator.code == "mint"


def test_a_source_of_funding_has_a_name_of_any_length(sign_in, administrator):
    name = "кредиты международных финансовых организаций " * 10
    bring(sign_in(administrator), "fundingsource", sheet({"code": "loans", "name_ru": name.strip()}))
    assert FundingSource.objects.get(code="loans").name_ru == name.strip()


def test_a_ministry_that_is_not_known_yet_is_made_with_its_names(sign_in, administrator):
    client = sign_in(administrator)
    content = sheet(act(coordinator="mdai"))
    assert "There is no body «mdai»" in faults_of(upload(client, "roadmap", content))[0]
    names = {"coordinator_short_name_ru": "МЦРИАП", "coordinator_full_name_ru": "Министерство цифрового развития"}
    rows = act(coordinator="mdai", **names), act(slug="plan-8", coordinator="mdai", **names)
    bring(client, "roadmap", sheet(*rows))
    assert Executor.objects.get(code="mdai").coordinated_roadmaps.count() == 2


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"slug": "план"}, "use Latin letters"),
        ({"date": ""}, "has to be filled in"),
        ({"act_ru": ""}, "Give the words as decreed"),
        ({"title_ru": ""}, "Give the words as decreed"),
        ({"first_year": 1900}, "from 1991 to 2100"),
        ({"last_year": 2019}, "The last year lies before the first."),
        ({"frequency": "never"}, "is not known here"),
        ({"frequency": ""}, "has to be filled in"),
        ({"executors_due_day": 20, "ministry_due_day": 5}, "The ministry reports after the executors"),
        ({"ministry_due_day": 29}, "from 2 to 28"),
        ({"number": "7" * 51}, "longer than 50"),
        ({"coordinator_full_name_ru": "Другое министерство"}, "knows «mint» under another name"),
    ],
)
def test_what_the_database_would_refuse_is_refused_with_a_sentence(sign_in, administrator, changes, sentence):
    faults = faults_of(upload(sign_in(administrator), "roadmap", sheet(act(**changes))))
    assert any(sentence in fault for fault in faults), faults


def test_the_frequency_of_a_roadmap_that_is_there_stays(sign_in, administrator):
    client = sign_in(administrator)
    row = {"slug": "decree-631", "frequency": "Quarterly"}
    assert "frequency of a roadmap that is there" in faults_of(upload(client, "roadmap", sheet(row)))[0]
    bring(
        client,
        "roadmap",
        sheet({"slug": "decree-631", "window_days": 20, "frequency": "полугодовая"} | {"frequency": "half_year"}),
    )
    assert Roadmap.objects.get().window_days == 20
