"""The sheet of users: roles, bodies, addresses; never a password."""

import pytest
from django.core import mail

from conftest import text_of
from roadmap.models import Executor, Roadmap, User
from roadmap.tests.sheets_in_tests import bring, confirm, export, faults_of, rows_of, sheet, upload

pytestmark = pytest.mark.usefixtures("in_english")


def person(username="new", **changes):
    return {
        "username": username, "last_name": "Серікбаев", "first_name": "Асқар", "email": f"{username}@example.kz",
        "language": "kk", "role": "executor", "executor": "natr", "roadmap": "", "is_active": "yes",
    } | changes  # fmt: skip


def test_people_are_made_with_their_roles_and_without_a_password(sign_in, administrator):
    rows = (
        person("one", executor="mgmt", roadmap="decree-631"),
        person("two", role="сотрудник министерства", executor="mint", language="Русский"),
        person("three", role="administrator", executor="", is_active=""),
    )
    role = dict(User.Role.choices)[User.Role.MINISTRY_OFFICER]
    rows[1]["role"] = str(role)
    bring(sign_in(administrator), "user", sheet(*rows))
    one, two, three = (User.objects.get(username=name) for name in ("one", "two", "three"))
    assert (one.role, one.executor.code, one.executor.roadmap.slug, one.is_staff) == (
        "executor", "mgmt", "decree-631", False,
    )  # fmt: skip
    assert (two.role, two.language, two.is_staff) == ("ministry_officer", "ru", True)
    assert (three.executor, three.is_staff, three.is_active) == (None, True, True)
    assert not any(user.has_usable_password() for user in (one, two, three))


def test_a_change_of_role_is_a_change_of_access_and_leaves_the_password(sign_in, administrator, officer):
    before = User.objects.get(pk=officer.pk).password
    row = person("natr", role="ministry_officer", executor="mint")
    bring(sign_in(administrator), "user", sheet(row))
    after = User.objects.get(pk=officer.pk)
    assert (after.is_staff, after.executor.code, after.password) == (True, "mint", before)


def test_a_closed_account_is_closed_and_not_invited(sign_in, administrator):
    bring(sign_in(administrator), "user", sheet(person(is_active="no")))
    assert not User.objects.get(username="new").is_active and mail.outbox == []


def test_no_sheet_holds_a_password(sign_in, administrator, officer):
    client = sign_in(administrator)
    assert officer.password not in export(client, "user", "csv").decode()
    faults = faults_of(upload(client, "user", sheet(person() | {"password": "secret"})))
    assert "no column «password»" in faults[0]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"username": "a b"}, "use letters, digits and @"),
        ({"username": ""}, "has to be filled in"),
        ({"role": ""}, "has to be filled in"),
        ({"role": "superuser"}, "is not known here"),
        ({"language": "de"}, "is not known here"),
        ({"email": "nowhere"}, "is no e-mail address"),
        ({"email": "TAKEN@example.kz"}, "Another user has this e-mail address."),
        ({"executor": ""}, "This role belongs to a body"),
        ({"executor": "mgmt"}, "There is no body «mgmt»"),
        ({"executor": "natr", "roadmap": "decree-631"}, "There is no body «natr»"),
        ({"role": "government"}, "This role belongs to no body"),
    ],
)
def test_what_the_database_would_refuse_is_refused_with_a_sentence(sign_in, administrator, stranger, changes, sentence):
    User.objects.filter(pk=stranger.pk).update(email="taken@example.kz")
    faults = faults_of(upload(sign_in(administrator), "user", sheet(person(**changes))))
    assert any(sentence in fault for fault in faults), faults


def test_two_people_may_change_their_addresses_over(sign_in, administrator, officer, stranger):
    User.objects.filter(pk=officer.pk).update(email="a@example.kz")
    User.objects.filter(pk=stranger.pk).update(email="b@example.kz")
    rows = (
        person("natr", email="b@example.kz"),
        person("zerde", email="a@example.kz", executor="zerde"),
    )
    bring(sign_in(administrator), "user", sheet(*rows))
    assert User.objects.get(pk=officer.pk).email == "b@example.kz"
    assert faults_of(upload(sign_in(administrator), "user", sheet(*(row | {"email": "x@y.kz"} for row in rows))))


@pytest.mark.parametrize("changes", [{"role": "government"}, {"is_active": "no"}])
def test_nobody_shuts_themselves_out(sign_in, administrator, changes):
    row = person("admin", role="administrator", executor="") | changes
    assert "your own account" in faults_of(upload(sign_in(administrator), "user", sheet(row)))[0]


# Invitations


def test_new_people_are_invited_once_and_those_without_an_address_are_named(sign_in, administrator):
    client = sign_in(administrator)
    content = sheet(person("one"), person("two", email=""))
    preview = text_of(upload(client, "user", content))
    assert "1 invitation will be sent." in preview and "No e-mail address: two." in preview and mail.outbox == []
    page = text_of(bring(client, "user", content))
    assert "1 invitation was sent." in page and "No e-mail address: two." in page
    assert [letter.to for letter in mail.outbox] == [["one@example.kz"]]
    assert "Nothing to change" in text_of(upload(client, "user", content))
    assert len(mail.outbox) == 1


def test_confirming_twice_invites_once(sign_in, administrator):
    client = sign_in(administrator)
    response = upload(client, "user", sheet(person()))
    confirm(client, "user", response)
    confirm(client, "user", response)
    assert len(mail.outbox) == 1


def test_a_corrected_address_is_invited_until_there_is_a_password(sign_in, administrator, officer):
    client = sign_in(administrator)
    bring(client, "user", sheet(person(), person("natr", email="")))
    bring(client, "user", sheet(person(email="right@example.kz"), person("natr", email="natr@example.kz")))
    assert [letter.to[0] for letter in mail.outbox] == ["new@example.kz", "right@example.kz"]


def test_nothing_is_sent_where_the_import_is_refused(sign_in, administrator):
    client = sign_in(administrator)
    upload(client, "user", sheet(person("one"), person("two", role="")))
    response = upload(client, "user", sheet(person("one")))
    User.objects.create_user("one", role=User.Role.GOVERNMENT)
    confirm(client, "user", response)
    assert mail.outbox == []


def test_people_of_bodies_with_one_code_are_told_apart(sign_in, administrator, roadmap):
    other = Roadmap.objects.create(
        slug="plan-7", number="7", date="2020-01-01", act_ru="Акт", title_ru="План", first_year=2020, last_year=2025,
        coordinator=roadmap.coordinator,
    )  # fmt: skip
    Executor.objects.create(roadmap=other, code="wg", short_name_ru="РГ", full_name_ru="РГ")
    client = sign_in(administrator)
    rows = person("a", executor="wg", roadmap="decree-631"), person("b", executor="wg", roadmap="plan-7")
    bring(client, "user", sheet(*rows))
    assert User.objects.get(username="b").executor.roadmap == other
    assert ["wg", "plan-7"] in [list(row[6:8]) for row in rows_of(export(client, "user", "csv"))]
