"""An act becomes a roadmap in the admin: upload or paste, preview, correct, confirm; nothing before that."""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from conftest import at_once, make_user, text_of
from roadmap import enactment
from roadmap.models import ActDraft, Executor, Measure, Roadmap, User
from roadmap.plan import restore

ACTS = Path(__file__).parent / "acts"
ADD = "/admin/roadmap/actdraft/add/"
pytestmark = [pytest.mark.usefixtures("in_english"), pytest.mark.only_beside("postgres")]


def upload(client, name="russian-roadmap.txt", **more):
    file = SimpleUploadedFile(name, (ACTS / name).read_bytes())
    return client.post(ADD, {"file": file, "text": "", "language": "", **more})


def the_draft():
    return ActDraft.objects.get()


def page_of(draft, tail="change/"):
    return f"/admin/roadmap/actdraft/{draft.pk}/{tail}"


def typed(client, address):
    """What a browser would send back from the page's form, as it stands."""
    form = client.get(address).context["form"]
    return {field.html_name: "" if field.value() is None else str(field.value()) for field in form}


@pytest.fixture
def admin(sign_in, administrator):
    return sign_in(administrator)


@pytest.fixture
def draft(admin):
    assert upload(admin).status_code == 302
    return the_draft()


def test_a_file_is_read_and_kept_as_a_draft(admin, draft):
    assert (draft.source_name, draft.slug, draft.made_by.username) == ("russian-roadmap.txt", "decree-137", "admin")
    page = text_of(admin.get(page_of(draft)))
    assert "the deadline «по мере поступления заявок» was not understood" in page
    assert Roadmap.objects.count() == 1


def test_pasted_text_is_read(admin):
    text = (ACTS / "agro-2010-kk.txt").read_text(encoding="utf-8")
    assert admin.post(ADD, {"text": text, "language": ""}).status_code == 302
    assert len(restore(the_draft().plan).measures) == 12


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"text": "", "language": ""}, "Choose a file, or paste the text."),
        ({"text": "Мәтін ғана, кестесіз.", "language": "kk"}, "There is no table in it."),
        ({"file": SimpleUploadedFile("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), "text": ""}, "save it as .docx"),
        ({"file": SimpleUploadedFile("a.docx", b"PK\x03\x04broken"), "text": ""}, "damaged"),
        ({"file": SimpleUploadedFile("a.txt", b""), "text": ""}, "empty"),
        ({"text": "a", "language": "de"}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_read_is_refused_on_the_page(admin, data, sentence):
    response = admin.post(ADD, data)
    assert response.status_code == 200 and sentence in text_of(response)
    assert not ActDraft.objects.exists()


def test_pasted_text_stays_when_it_is_refused(admin):
    assert "Мәтін ғана" in admin.post(ADD, {"text": "Мәтін ғана", "language": ""}).content.decode()


def test_the_whole_way_to_a_roadmap(admin, draft):
    address = page_of(draft)
    data = typed(admin, address) | {
        "slug": "instruments",
        "title": "Дорожная карта приборостроения",
        "short_0": "МИИР РК",
    }
    assert admin.post(address, data).status_code == 302
    row = page_of(draft, "rows/30/")
    data = typed(admin, row)
    assert data["deadline_text"] == ""
    response = admin.post(row, data | {"deadline_text": "декабрь 2024 года", "executors": "МОН (свод), Новый центр"})
    assert response.status_code == 302 and response.url.endswith("#row-30")
    plan = restore(the_draft().plan)
    assert plan.measures[29].deadline.ends_on.isoformat() == "2024-12-31"
    assert not [doubt for doubt in plan.doubts if doubt.measure == 30]
    response = admin.post(page_of(draft, "confirm/"), typed(admin, address), follow=True)
    made = Roadmap.objects.get(slug="instruments")
    assert "40 measures" in text_of(response)
    assert (made.title_ru, made.coordinator.short_name_ru) == ("Дорожная карта приборостроения", "МИИР РК")
    measure = made.measures.get(position=30)
    assert [(one.executor.short_name_ru, one.lead) for one in measure.assignments.all()] == [
        ("МОН", True), ("Новый центр", False),
    ]  # fmt: skip
    assert made.measures.filter(deadline_needs_review=True).count() == 3
    assert the_draft().roadmap == made


def test_confirming_twice_makes_one(admin, draft):
    data = typed(admin, page_of(draft))
    for _click in range(2):
        assert admin.post(page_of(draft, "confirm/"), data, follow=True).status_code == 200
    assert Roadmap.objects.filter(slug="decree-137").count() == 1
    assert "has been made" in text_of(admin.get(page_of(draft)))
    assert admin.post(page_of(draft), data).status_code == 200
    assert admin.get(page_of(draft, "rows/1/")).status_code == 302


def test_two_who_confirm_at_once_make_one(threads, administrator):
    client = Client()
    client.force_login(administrator)
    upload(client)
    draft = the_draft()
    plan = restore(draft.plan)

    def confirm():
        return enactment.enact_draft(ActDraft.objects.get(pk=draft.pk), plan, slug="one", coordinator="")

    results = at_once(confirm, confirm)
    assert sorted(type(result).__name__ for result in results) == ["Enacted", "Refused"]
    assert Roadmap.objects.filter(slug="one").count() == 1


def test_who_saves_second_sees_their_own_text(admin, draft):
    row = page_of(draft, "rows/1/")
    data = typed(admin, row)
    assert admin.post(row, data | {"title": "Бірінші"}).status_code == 302
    response = admin.post(row, data | {"title": "Екінші"})
    assert "Somebody corrected this act meanwhile" in text_of(response)
    assert "Екінші" in response.content.decode()
    assert restore(the_draft().plan).measures[0].title == "Бірінші"
    data = data | {
        "title": "Екінші", "revision": str(response.context["form"]["revision"].value()),
    }  # fmt: skip
    assert admin.post(row, data).status_code == 302
    assert restore(the_draft().plan).measures[0].title == "Екінші"


def test_an_older_page_cannot_be_confirmed(admin, draft):
    data = typed(admin, page_of(draft))
    admin.post(page_of(draft, "rows/1/"), typed(admin, page_of(draft, "rows/1/")) | {"title": "Басқа"})
    response = admin.post(page_of(draft, "confirm/"), data | {"title": "Менің тақырыбым"})
    assert "look again" in text_of(response) and "Менің тақырыбым" in response.content.decode()
    assert Roadmap.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"slug": "decree-631"}, "There is a roadmap at the address"),
        ({"slug": "бір"}, "valid “slug”"),
        ({"number": ""}, "required"),
        ({"date": "31.31.2022"}, "valid date"),
        ({"last_year": "1999"}, "The last year lies before the first."),
        ({"ministry_due_day": "3"}, "The ministry reports after the executors."),
        ({"short_0": ""}, "required"),
        ({"coordinator": "act:999"}, "valid choice"),
    ],
)
def test_a_wrong_act_is_refused_at_its_field(admin, draft, changes, sentence):
    response = admin.post(page_of(draft, "confirm/"), typed(admin, page_of(draft)) | changes)
    assert response.status_code == 200 and sentence in text_of(response)
    assert Roadmap.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"title": ""}, "required"),
        ({"starts_on": "2025-01-01", "ends_on": "2024-01-01"}, "lies before the beginning"),
        ({"starts_on": "2025-01-01", "ends_on": ""}, "Give the end too"),
        ({"section": "99"}, "valid choice"),
        ({"recurrence": "sometimes"}, "valid choice"),
    ],
)
def test_a_wrong_row_is_refused_at_its_field(admin, draft, changes, sentence):
    row = page_of(draft, "rows/1/")
    response = admin.post(row, typed(admin, row) | changes)
    assert response.status_code == 200 and sentence in text_of(response)


def test_dates_that_a_person_gives_stand_for_the_words(admin, draft):
    row = page_of(draft, "rows/36/")
    assert admin.post(row, typed(admin, row) | {"ends_on": "2025-06-30"}).status_code == 302
    deadline = restore(the_draft().plan).measures[35].deadline
    assert (deadline.text, deadline.ends_on.isoformat(), deadline.doubt) == (
        "по мере поступления заявок",
        "2025-06-30",
        "",
    )


def test_what_a_correction_leaves_open_is_doubted_anew(admin, draft):
    row = page_of(draft, "rows/1/")
    typed_row = typed(admin, row) | {"deadline_text": "по мере готовности", "executors": ""}
    assert admin.post(row, typed_row).status_code == 302
    codes = {doubt.code for doubt in restore(the_draft().plan).doubts if doubt.measure == 1}
    assert codes == {"deadline_unread", "no_executors"}


def test_another_spelling_in_a_correction_is_the_same_body(admin, draft):
    row = page_of(draft, "rows/1/")
    admin.post(row, typed(admin, row) | {"executors": 'МНЭ РК (свод), ТОО "KazMicro Systems"'})
    plan = restore(the_draft().plan)
    assert [named.name for named in plan.measures[0].executors] == ["МНЭ", "ТОО «KazMicro Systems»"]


def test_a_body_that_no_row_names_any_more_is_not_made(admin, draft):
    row = page_of(draft, "rows/1/")
    admin.post(row, typed(admin, row) | {"executors": "Жаңа орган"})
    admin.post(row, typed(admin, row) | {"executors": "МНЭ"})
    admin.post(page_of(draft, "confirm/"), typed(admin, page_of(draft)))
    assert not Executor.objects.filter(short_name_ru="Жаңа орган").exists()


def test_the_chosen_ministry_stays_chosen(admin, draft):
    admin.post(page_of(draft), typed(admin, page_of(draft)) | {"coordinator": "known:mint"})
    assert typed(admin, page_of(draft))["coordinator"] == "known:mint"


def test_a_ministry_is_known_by_its_name_where_bodies_are_merged(admin, draft):
    data = typed(admin, page_of(draft))
    place = next(int(name[6:]) for name, value in data.items() if name.startswith("short_") and value == "МФ")
    merged = {"short_1": data["short_0"], "coordinator": f"act:{place}"}
    assert admin.post(page_of(draft, "confirm/"), data | merged).status_code == 302
    assert Roadmap.objects.get(slug="decree-137").coordinator.short_name_ru == "МФ"


def test_only_rows_to_review_are_listed_on_demand(admin, draft):
    response = admin.get(page_of(draft) + "?rows=doubted")
    assert [place for place, *_row in response.context["page"]] == [18, 30, 36, 39]


def test_a_known_ministry_may_coordinate(admin, draft):
    data = typed(admin, page_of(draft)) | {"coordinator": "known:mint"}
    admin.post(page_of(draft, "confirm/"), data)
    assert Roadmap.objects.get(slug="decree-137").coordinator.code == "mint"


@pytest.mark.parametrize("role", ["ministry", "head"])
def test_the_administrator_alone_enters_acts(client, people, admin, draft, role):
    client.force_login(people[role])
    for tail in ("change/", "rows/1/", "confirm/", "delete/"):
        assert client.get(page_of(draft, tail)).status_code == 403
        assert client.post(page_of(draft, tail)).status_code == 403
    assert client.get(ADD).status_code == 403
    assert client.get("/admin/roadmap/actdraft/").status_code == 403


def test_a_draft_is_thrown_away_and_leaves_its_roadmap(admin, draft):
    admin.post(page_of(draft, "confirm/"), typed(admin, page_of(draft)))
    admin.post(page_of(draft, "delete/"), {"post": "yes"})
    assert not ActDraft.objects.exists() and Roadmap.objects.filter(slug="decree-137").exists()


def test_the_pages_speak_kazakh_and_russian(admin, draft, administrator):
    for language, words in (("kk", "Мәтіннен не түсінілді"), ("ru", "Что понято")):
        User.objects.filter(pk=administrator.pk).update(language=language)
        for address in (ADD, page_of(draft), page_of(draft, "rows/30/"), "/admin/roadmap/actdraft/"):
            assert admin.get(address).status_code == 200
        assert words in text_of(admin.get(page_of(draft)))


def test_an_officer_of_a_new_body_finds_the_new_roadmap(admin, draft, client):
    admin.post(page_of(draft, "confirm/"), typed(admin, page_of(draft)))
    body = Executor.objects.get(code="miir")
    person = make_user("miir", User.Role.EXECUTOR, "miir")
    client.force_login(person)
    assert client.get("/roadmaps/decree-137/submissions/").status_code == 200
    assert client.get("/roadmaps/decree-631/submissions/").status_code == 404
    assert Measure.objects.filter(executors=body).exists()


def test_one_message_tells_what_was_made_with_the_new_bodies(admin, draft):
    response = admin.post(page_of(draft, "confirm/"), typed(admin, page_of(draft)), follow=True)
    said = [str(message) for message in response.context["messages"]]
    assert len(said) == 1 and "New bodies, with their codes: " in said[0] and "(miir)" in said[0]
