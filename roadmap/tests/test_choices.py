"""What no page offered as a choice is refused on the page, whatever was sent in its place."""

import pytest

from conftest import text_of
from roadmap.models import Amendment, Measure
from roadmap.tests.test_tongues import Page

NO_KEYS = ["x", "{person.password}", "9" * 20, "-1", "1.5", "\u0000", "\u202e7"]


@pytest.fixture
def administers(sign_in, administrator, in_english):
    return sign_in(administrator)


def typed(client, path):
    """What the form of a page holds."""
    page = Page(client.get(path).content.decode())
    return next(form for form in page.forms if "title_en" in form["fields"])["fields"]


@pytest.mark.parametrize("value", NO_KEYS)
@pytest.mark.parametrize("field", ["funding_sources", "assignments-0-executor", "assignments-0-id", "section"])
def test_a_measures_form_refuses_it_and_is_shown_again(administers, roadmap, field, value):
    path = f"/admin/roadmap/measure/{Measure.objects.get(number='14').pk}/change/"
    fields = typed(administers, path) | {"title_en": "Typed", "change_reason": "Қаулы", field: value}
    answer = administers.post(path, fields)
    assert answer.status_code == 200 and "Typed" in answer.content.decode()
    assert "Please correct the error" in text_of(answer)
    assert not Measure.objects.filter(title_en="Typed").exists()


@pytest.mark.parametrize("value", NO_KEYS)
def test_an_added_measures_funding_is_refused(administers, administrator, roadmap, value):
    act = {"number": "82", "date": "2014-01-07", "recorded_at": "2014-01-07T10:00Z"}
    made = Amendment.objects.create(
        roadmap=roadmap,
        act_kk="Қаулы",
        in_force_on="2014-02-01",
        recorded_by_id=administers.session["_auth_user_id"],
        **act,
    )
    answer = administers.post(f"/admin/roadmap/amendment/{made.pk}/changes/add/add/", {"funding_sources": value})
    assert answer.status_code == 200 and "funding_sources" in answer.context["form"].errors
