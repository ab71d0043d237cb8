"""What Django's admin does with its own scripts works under the policy that lets a page hold none."""

import pytest
from playwright.sync_api import expect

from roadmap.models import Assignment, Measure

pytestmark = pytest.mark.usefixtures("demonstration")


def choose(page, box, words):
    """Pick from an autocomplete box by typing."""
    box.click()
    page.locator(".select2-search__field").last.fill(words)
    page.locator(".select2-results__option--highlighted").filter(has_text=words).click()


def test_measure_gets_another_executor_in_a_new_row(enter):
    measure = Measure.objects.get(position=15)
    before = Assignment.objects.filter(measure=measure).count()
    page = enter("admin")
    page.goto(f"/admin/roadmap/measure/{measure.pk}/change/")
    page.locator(".add-row a").last.click()
    row = page.locator("tr.dynamic-assignments").last
    row.locator("[name$=-position]").fill("9")
    choose(page, row.locator("[role=combobox]"), "ҚМГИ")
    expect(row.locator("[role=combobox] [aria-label$='ҚМГИ» АҚ']")).to_be_visible()
    page.locator("[name=change_reason]").fill("Үкіметтің 2014 жылғы 3 наурыздағы № 15 қаулысы")
    page.locator("[name=_save]").click()
    expect(page.locator(".messagelist .success")).to_be_visible()
    assert Assignment.objects.filter(measure=measure).count() == before + 1


def test_section_gets_a_roadmap_that_is_added_in_a_second_window(enter):
    page = enter("admin")
    page.goto("/admin/roadmap/section/add/")
    with page.expect_popup() as opening:
        page.locator("#add_id_roadmap").click()
    window = opening.value
    for name, value in {"slug": "second", "act": "Қаулы № 2", "number": "2", "title_kk": "Екінші жол картасы"}.items():
        field = window.locator(f"[name={name}], [name={name}_kk]").first
        field.fill(value)
    window.locator("[name=date]").fill("2013-06-19")
    window.locator("[name=first_year]").fill("2013")
    window.locator("[name=last_year]").fill("2014")
    window.locator("#id_coordinator").select_option(label="ИЖТМ")
    with window.expect_event("close"):
        window.locator("[name=_save]").click()
    expect(page.locator("#id_roadmap option:checked")).to_have_text("Екінші жол картасы")


def test_list_is_worked_on_by_an_action(enter, demonstration):
    page = enter("ministry")
    page.goto("/admin/reporting/submission/?status__exact=submitted")
    page.locator("#action-toggle").check()
    page.locator("select[name=action]").select_option("accept_chosen")
    page.locator("button[name=index]").click()
    expect(page.locator(".messagelist .success")).to_be_visible()
    assert not demonstration.submissions.filter(status="submitted").exists()
