"""Invitations: the letter, the link, and the page behind it."""

import datetime
import re
import smtplib

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core import mail
from django.core.mail.backends import locmem

from conftest import PASSWORD, text_of
from roadmap import invitations
from roadmap.models import User

pytestmark = pytest.mark.usefixtures("in_english")


@pytest.fixture
def guest(roadmap):
    """Somebody without a password yet, who reads Kazakh."""
    return User.objects.create_user(
        "guest", "guest@example.kz", role=User.Role.GOVERNMENT, first_name="Әсел", last_name="Қуатқызы", language="kk"
    )


def invite(client, user):
    return client.post(f"/admin/roadmap/user/{user.pk}/invite/", follow=True)


def link(letter):
    return re.search(r"https?://\S+", letter.body)[0]


@pytest.fixture
def letter(sign_in, administrator, guest):
    invite(sign_in(administrator), guest)
    return mail.outbox[0]


def set_password(client, address, password=PASSWORD):
    form = client.get(address, follow=True)
    return client.post(form.request["PATH_INFO"], {"new_password1": password, "new_password2": password}, follow=True)


def test_the_letter_is_in_the_persons_language_as_text_and_as_html(letter):
    message = letter.message()
    text, html = message.get_payload()
    assert message["Content-Language"] == "kk" and letter.to == ["guest@example.kz"]
    assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    for part in (text, html):
        assert part.get_content_charset() == "utf-8"
        words = part.get_payload(decode=True).decode()
        assert "Әсел Қуатқызы" in words and "guest" in words and link(letter) in words.replace("&amp;", "&")
    assert '<html lang="kk">' in html.get_payload(decode=True).decode()


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_the_letter_keeps_its_letters_on_the_way(sign_in, administrator, guest, language):
    User.objects.filter(pk=guest.pk).update(language=language)
    invite(sign_in(administrator), guest)
    raw = mail.outbox[0].message().as_bytes()
    raw.decode("ascii" if b"8bit" not in raw else "utf-8")
    assert f"Content-Language: {language}".encode() in raw


def test_the_link_is_at_the_host_that_was_asked(sign_in, administrator, guest, settings):
    settings.ALLOWED_HOSTS = ["reports.example.kz"]
    client = sign_in(administrator)
    client.post(f"/admin/roadmap/user/{guest.pk}/invite/", headers={"host": "reports.example.kz"})
    assert link(mail.outbox[0]).startswith("http://reports.example.kz/accounts/invitation/")


def test_the_person_sets_a_password_and_is_signed_in(client, letter, guest):
    client.logout()
    page = client.get(link(letter), follow=True)
    assert page.status_code == 200 and '<html lang="kk">' in page.content.decode() and "guest" in text_of(page)
    answer = set_password(client, link(letter))
    assert answer.status_code == 200 and answer.wsgi_request.user == guest
    assert authenticate(username="guest", password=PASSWORD) == guest


def test_a_weak_password_is_refused(client, letter, guest):
    client.logout()
    answer = set_password(client, link(letter), "12345")
    assert answer.context["form"].errors and authenticate(username="guest", password="12345") is None


def test_a_link_works_once(client, letter):
    client.logout()
    set_password(client, link(letter))
    client.logout()
    page = client.get(link(letter), follow=True)
    assert page.context["validlink"] is False and page.status_code == 200
    assert "form" not in page.context or page.context["form"] is None


def test_a_link_grows_old(client, letter, settings, monkeypatch):
    client.logout()
    late = datetime.datetime.now() + datetime.timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT + 60)
    monkeypatch.setattr(PasswordResetTokenGenerator, "_now", lambda self: late)
    assert client.get(link(letter), follow=True).context["validlink"] is False


@pytest.mark.parametrize("change", [{"is_active": False}, {"email": "other@example.kz"}])
def test_a_link_of_a_closed_or_moved_account_does_not_work(client, letter, guest, change):
    client.logout()
    User.objects.filter(pk=guest.pk).update(**change)
    assert client.get(link(letter), follow=True).context["validlink"] is False


@pytest.mark.parametrize("address", ["/accounts/invitation/x/y/", "/accounts/invitation/MTIz/set-password/"])
def test_a_link_that_never_was_has_a_clear_page(client, roadmap, address):
    page = client.get(address)
    assert page.status_code == 200 and page.context["validlink"] is False


def test_the_page_is_in_the_language_that_the_reader_chose(client, letter):
    client.logout()
    client.post("/language/", {"language": "en", "next": "/"})
    page = client.get(link(letter), follow=True)
    assert "Choose your password" in text_of(page) and '<html lang="en">' in page.content.decode()


# The admin


def test_the_page_of_a_person_without_a_password_shows_the_link(sign_in, administrator, guest, officer):
    client = sign_in(administrator)
    page = text_of(client.get(f"/admin/roadmap/user/{guest.pk}/change/"))
    assert "http://testserver/accounts/invitation/" in page and "Send the invitation" in page
    assert "accounts/invitation" not in text_of(client.get(f"/admin/roadmap/user/{officer.pk}/change/"))


def test_who_has_no_address_is_given_the_link_by_hand(client, sign_in, administrator, guest):
    User.objects.filter(pk=guest.pk).update(email="")
    administration = sign_in(administrator)
    page = text_of(administration.get(f"/admin/roadmap/user/{guest.pk}/change/"))
    assert "give them this link by hand" in page and "Send the invitation" not in page
    address = re.search(r"http://testserver(/accounts/invitation/\S+)", page)[1]
    assert "No e-mail address: guest." in text_of(invite(administration, guest)) and mail.outbox == []
    client.logout()
    set_password(client, address)
    assert authenticate(username="guest", password=PASSWORD)


def test_the_list_invites_those_who_are_chosen_and_due(sign_in, administrator, guest, officer):
    client = sign_in(administrator)
    chosen = {"action": "invite", "_selected_action": [guest.pk, officer.pk]}
    page = text_of(client.post("/admin/roadmap/user/", chosen, follow=True))
    assert "1 invitation was sent." in page and "closed: natr." in page
    assert [letter.to for letter in mail.outbox] == [["guest@example.kz"]]


def test_a_mail_server_that_is_not_there_is_told_of(sign_in, administrator, guest, monkeypatch):
    def gone(self):
        raise ConnectionRefusedError

    monkeypatch.setattr(locmem.EmailBackend, "open", gone)
    assert "did not take the letters to guest" in text_of(invite(sign_in(administrator), guest))


def test_an_address_that_is_refused_keeps_no_letter_back(sign_in, administrator, guest, monkeypatch):
    User.objects.create_user("second", "second@example.kz", role=User.Role.GOVERNMENT, language="ru")
    deliver = locmem.EmailBackend.send_messages

    def refuse_the_guest(self, letters):
        if letters[0].to == ["guest@example.kz"]:
            raise smtplib.SMTPRecipientsRefused({"guest@example.kz": (550, b"nobody here")})
        return deliver(self, letters)

    monkeypatch.setattr(locmem.EmailBackend, "send_messages", refuse_the_guest)
    chosen = {"action": "invite", "_selected_action": list(User.objects.values_list("pk", flat=True))}
    page = text_of(sign_in(administrator).post("/admin/roadmap/user/", chosen, follow=True))
    assert "1 invitation was sent." in page and "did not take the letters to guest." in page
    assert [letter.to for letter in mail.outbox] == [["second@example.kz"]]


def test_a_mail_server_that_does_not_answer_is_given_up():
    assert mail.get_connection("django.core.mail.backends.smtp.EmailBackend").timeout == 20


@pytest.mark.parametrize("role", ["ministry", "head"])
def test_only_administrators_invite(sign_in, people, guest, role):
    client = sign_in(people[role])
    assert client.post(f"/admin/roadmap/user/{guest.pk}/invite/").status_code == 403
    assert mail.outbox == []


def test_a_user_made_in_the_admin_without_a_password_can_be_invited(sign_in, administrator, roadmap):
    client = sign_in(administrator)
    form = {
        "username": "fresh",
        "usable_password": "false",
        "role": "government",
        "email": "f@example.kz",
        "language": "ru",
    }
    page = client.post("/admin/roadmap/user/add/", form, follow=True)
    user = User.objects.get(username="fresh")
    assert not user.has_usable_password() and "Send the invitation" in text_of(page)
    invite(client, user)
    assert mail.outbox[0].message()["Content-Language"] == "ru"
    assert invitations.is_due(user)
