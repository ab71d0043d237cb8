"""What was decreed changes on a named ground; what it was before, who changed it and when is kept and shown."""

import pytest
from django.forms import model_to_dict
from django.utils.translation import override

from conftest import text_of
from reporting.tests.test_hostile import measure_form
from roadmap import audit
from roadmap.models import Assignment, Executor, Measure, Roadmap
from roadmap.tests.sheets_in_tests import confirm, measure, sheet, upload

pytestmark = pytest.mark.django_db


def page_of(measure, tail="change/"):
    return f"/admin/roadmap/measure/{measure.pk}/{tail}"


def test_a_decreed_value_changes_only_on_a_named_ground(in_english, administrator, roadmap, sign_in):
    found, client = roadmap.measures.get(position=14), sign_in(administrator)
    form = measure_form(found, number="14а", funding_sources=[], change_reason=" ")
    refused = client.post(page_of(found), form)
    assert "say on what ground" in text_of(refused) and Measure.objects.get(pk=found.pk).number == "14"
    client.post(page_of(found), form | {"change_reason": "<b>№ 15</b> қаулы"})
    assert Measure.objects.get(pk=found.pk).number == "14а"
    page = client.get(page_of(found, "history/")).content.decode()
    states = page.split('id="states"')[1]
    assert "<del>14</del>" in states and "<ins>14а</ins>" in states
    assert "&lt;b&gt;№ 15&lt;/b&gt;" in states and str(administrator) in states
    assert "Republican budget" in states.replace("republican", "Republican")  # the source that was taken away
    assert {change.by for change in audit.measure_changes(found.pk)} == {administrator}
    assert len([change for change in audit.measure_changes(found.pk) if change.model is Measure]) == 1


def test_an_executor_is_taken_from_a_measure_only_on_a_named_ground(in_english, administrator, roadmap, sign_in):
    found, client = roadmap.measures.get(position=15), sign_in(administrator)
    gone = found.assignments.first()
    form = measure_form(found, change_reason="") | {"assignments-0-DELETE": "on"}
    client.post(page_of(found), form)
    assert Assignment.objects.filter(pk=gone.pk).exists()
    client.post(page_of(found), form | {"change_reason": "Өкім № 3"})
    assert not Assignment.objects.filter(pk=gone.pk).exists()
    (change,) = [change for change in audit.measure_changes(found.pk) if change.kind == audit.DELETED]
    assert (change.reason, change.by) == ("Өкім № 3", administrator)


def test_what_is_no_decreed_value_needs_no_ground_and_nothing_needs_none(in_english, administrator, roadmap, sign_in):
    client, page = sign_in(administrator), f"/admin/roadmap/roadmap/{roadmap.pk}/change/"
    form = {name: "" if value is None else value for name, value in model_to_dict(roadmap).items()}
    assert client.post(page, form | {"four_eyes": "on"}).status_code == 302
    assert client.post(page, form | {"four_eyes": ""}).status_code == 302
    assert not Roadmap.objects.get().four_eyes
    assert client.post(page, form | {"last_year": 2020}).status_code == 200
    with override("en"):
        (change,) = audit.changes(Roadmap.history.filter(id=roadmap.pk))
    assert [label for label, _before, _after in change.fields] == ["Four eyes"]


def test_nothing_decreed_is_deleted_without_a_ground(in_english, administrator, roadmap, sign_in):
    found = Measure.objects.create(roadmap=roadmap, position=21, title_kk="Артық")
    client = sign_in(administrator)
    assert "say on what ground" in text_of(client.post(page_of(found, "delete/"), {"post": "yes"}))
    assert Measure.objects.filter(pk=found.pk).exists()
    assert "delete_selected" not in client.get("/admin/roadmap/measure/").content.decode()
    client.post(page_of(found, "delete/"), {"post": "yes", "change_reason": "Қате енгізілген"})
    assert not Measure.objects.filter(pk=found.pk).exists()
    gone = audit.changes(Measure.history.filter(id=found.pk))[0]
    assert (gone.kind, gone.by, gone.reason) == (audit.DELETED, administrator, "Қате енгізілген")


def test_an_import_keeps_the_sheets_name_as_the_ground(in_english, administrator, roadmap, sign_in):
    client = sign_in(administrator)
    row = measure(2, executors="mgmt", title_ru="Другое")
    response = upload(client, "measure", sheet(row, measure(21, number="21", title_kk="Жаңа")), name="№15 қаулы.csv")
    confirm(client, "measure", response)
    changed = Measure.objects.get(position=2)
    found = audit.measure_changes(changed.pk)
    assert {change.reason for change in found} == {"№15 қаулы.csv"} and found[0].by == administrator
    with override("en"):
        found = audit.measure_changes(changed.pk)
    labels = {label for change in found for label, _before, _after in change.fields}
    assert {"Title (Russian)", "Executor"} <= labels
    (made,) = audit.changes(Measure.history.filter(id=Measure.objects.get(position=21).pk))
    assert (made.kind, made.reason) == (audit.ADDED, "№15 қаулы.csv")


def test_history_costs_the_same_for_one_state_and_for_many(roadmap, administrator, django_assert_max_num_queries):
    body = Executor.objects.get(code="natr")
    for number in range(30):
        body.full_name_ru = f"Агентство {number}"
        body.save()
    with django_assert_max_num_queries(6):
        found = audit.changes(Executor.history.filter(id=body.pk))
    assert len(found) == 29 and found[0].fields[0][1:] == ("Агентство 28", "Агентство 29")
