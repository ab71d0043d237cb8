"""The ministry writes the words of the mails in the admin, and a person chooses how letters come."""

import smtplib
from html import unescape

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from conftest import at_once, make_user, moment, text_of
from reporting.errors import Conflict
from reporting.mail_words import compose
from reporting.models import MailText
from roadmap import clock
from roadmap.models import Executor, Roadmap, User

ALL = "/admin/reporting/mailtext/"
PAGE = f"{ALL}decree-631/due_in_5/en/"
GOOD = {"seen": "0", "subject": "Mind the {due}", "body": "Dear colleagues,\r\n\r\nsend it by {due}."}


@pytest.fixture
def editor(sign_in, ministry, in_english):
    return sign_in(ministry)


def post(client, step, page=PAGE, **values):
    return client.post(page, GOOD | values | {step: ""}, follow=True)


def words(roadmap, language="en"):
    return compose("due_in_5", roadmap, language, {"period": "H1", "days": "5 days", "due": "5 July"})


# Editing


def test_the_list_has_every_occasion_in_every_language(editor, roadmap):
    page = text_of(editor.get(ALL))
    assert page.count("as supplied") == 3 * len(MailText.Occasion)
    assert "Five days before the term" in page
    post(editor, "save")
    page = text_of(editor.get(f"{ALL}?roadmap=decree-631"))
    assert page.count("as supplied") == 3 * len(MailText.Occasion) - 1 and "own words since " in page


def test_own_words_count_from_the_saving_on_and_say_who_and_when(editor, roadmap, ministry, on_day):
    on_day("2013-07-03")
    answer = post(editor, "save")
    assert answer.redirect_chain == [(PAGE, 302)]
    page = text_of(answer)
    assert "Saved. Letters from now on" in page and "own words since 3 July 2013, ministry" in page
    assert words(roadmap).subject == "Mind the 5 July"
    assert words(roadmap).body == "Dear colleagues,\n\nsend it by 5 July."
    kept = MailText.objects.get()
    assert (kept.number, kept.written_by, str(clock.day_of(kept.written_at))) == (1, ministry, "2013-07-03")
    assert 'value="Mind the {due}"' in editor.get(PAGE).content.decode()


def test_earlier_words_are_kept_and_the_supplied_ones_come_back(editor, roadmap):
    supplied = words(roadmap)
    post(editor, "save")
    post(editor, "save", seen="1", subject="Second")
    page = text_of(editor.get(PAGE))
    assert "Mind the {due}" in page and "Second" in page and str(supplied.action) == "Open the report"
    answer = editor.post(PAGE, {"seen": "2", "supplied": ""}, follow=True)
    assert "The supplied words count again; yours are kept below." in text_of(answer)
    assert words(roadmap) == supplied and "Second" in text_of(answer)
    assert [text.subject for text in MailText.objects.all()] == ["", "Second", "Mind the {due}"]
    again = editor.post(PAGE, {"seen": "3", "supplied": ""}, follow=True)
    assert "The supplied words count already." in text_of(again) and MailText.objects.count() == 3


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"subject": "Of {perid}"}, "Subject: {perid} is not known here; choose one of the list."),
        ({"body": "By {comment}"}, "{comment} is not known here"),
        ({"body": "By {due and so on"}, "A brace stands alone at «By {due and so on»"),
        ({"subject": ""}, "Subject: This field is required."),
        ({"body": " \r\n "}, "Text of the letter: This field is required."),
        ({"body": "\u200b\u202e"}, "Write something that can be read."),
        ({"subject": "x" * 151}, "at most 150 "),
        ({"body": "x" * 4001}, "at most 4000"),
        ({"body": "a\0b"}, "Text of the letter: "),
        ({"seen": "x"}, "Enter a whole number."),
    ],
)
def test_what_cannot_be_filled_is_named_at_its_field_and_nothing_is_kept(editor, values, sentence):
    for step in ("save", "preview"):
        answer = post(editor, step, **values)
        assert answer.status_code == 200 and sentence.casefold() in " ".join(text_of(answer).split()).casefold()
    assert not MailText.objects.exists() and "srcdoc" not in answer.content.decode()


def test_a_subject_is_one_line_whatever_is_posted(editor, roadmap):
    post(editor, "save", subject="One\r\nBcc: all@example.org")
    assert words(roadmap).subject == "One Bcc: all@example.org"


def test_who_saves_second_sees_both_texts_and_may_save_again(editor, roadmap, ministry):
    key = (roadmap, "due_in_5", "en")
    MailText.objects.write(*key, subject="Theirs", body="T", by=ministry, at=moment("2013-07-01 10:00"), seen=0)
    answer = post(editor, "save")
    page = text_of(answer)
    assert "Somebody else changed these words meanwhile" in page and "Theirs" in page
    html = answer.content.decode()
    assert "Mind the {due}" in html and 'name="seen" value="1"' in html
    post(editor, "save", seen="1")
    assert words(roadmap).subject == "Mind the 5 July" and MailText.objects.count() == 2
    stale = editor.post(PAGE, {"seen": "1", "supplied": ""}, follow=True)
    assert "Somebody else changed" in text_of(stale) and MailText.objects.count() == 2


def test_of_two_at_once_one_is_told(threads, roadmap, ministry):
    def write(subject):
        return lambda: MailText.objects.write(
            roadmap, "opened", "kk", subject=subject, body="B", by=ministry, at=moment("2013-07-01 10:00"), seen=0
        )

    first, second = at_once(write("One"), write("Two"))
    assert {type(first), type(second)} == {MailText, Conflict} and MailText.objects.count() == 1
    MailText.objects.all().delete()


# The preview


def test_the_preview_shows_the_mail_with_values_of_a_real_period_before_it_is_saved(editor, period):
    answer = post(editor, "preview", subject="By {due}", body="Five days, {person}.\n\n<b>{period}</b>")
    page = unescape(unescape(answer.content.decode()))
    assert "By 5 July 2013" in page and "<b>half-year I of 2013</b>" in text_of(answer)
    assert 'sandbox=""' in page and not MailText.objects.exists()
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'self'; ") and policy.endswith("; style-src 'self' 'unsafe-inline'")
    assert "unsafe-inline" not in editor.get(PAGE).headers["Content-Security-Policy"]


def test_no_markup_gets_out_of_the_frame(editor, period):
    typed = "</iframe></pre><script>alert(1)</script>"
    html = post(editor, "preview", subject=typed, body=f'{typed}" onload="x').content.decode()
    assert "<script>alert" not in html and 'onload="x' not in html
    assert html.count("</iframe>") == 1 and html.count("</pre>") == 1


def test_every_page_answers_before_the_roadmap_has_any_period(editor, roadmap):
    for occasion in MailText.Occasion:
        answer = editor.get(f"{ALL}decree-631/{occasion}/ru/")
        assert answer.status_code == 200 and "{person}" in text_of(answer)


def test_the_sample_is_sent_to_the_own_address_alone(editor, period, ministry):
    assert "No address of yours is known" in text_of(post(editor, "send")) and mail.outbox == []
    User.objects.filter(pk=ministry.pk).update(email="ministry@example.org")
    answer = post(editor, "send", f"{ALL}decree-631/due_in_5/kk/")
    assert "Sent to ministry@example.org." in text_of(answer) and not MailText.objects.exists()
    (letter,) = mail.outbox
    assert letter.to == ["ministry@example.org"] and letter.extra_headers["Content-Language"] == "kk"
    assert letter.subject == "Mind the 2013 жылғы 5 шілде"


class _Refusing(EmailBackend):
    def send_messages(self, messages):
        raise smtplib.SMTPServerDisconnected("gone")


def test_a_server_that_does_not_take_the_sample_is_named(editor, period, ministry, settings):
    settings.EMAIL_BACKEND = f"{__name__}._Refusing"
    User.objects.filter(pk=ministry.pk).update(email="ministry@example.org")
    assert "The mail server did not take the letter" in text_of(post(editor, "send"))


# Whose words they are


def test_one_ministry_never_sees_anothers(editor, roadmap, ministry):
    other = Roadmap.objects.create(
        slug="other", number="1", date="2013-01-01", act_kk="Қаулы", title_kk="Басқа карта", first_year=2013,
        last_year=2014, coordinator=Executor.objects.get(code="zerde"),
    )  # fmt: skip
    theirs = make_user("their-ministry", User.Role.MINISTRY_OFFICER, "zerde")
    text = MailText.objects.write(
        other, "opened", "kk", subject="Құпия", body="B", by=theirs, at=moment("2013-07-01 10:00"), seen=0
    )
    assert "Басқа" not in text_of(editor.get(ALL))
    for page in (f"{ALL}other/opened/kk/", f"{ALL}?roadmap=other", f"{ALL}no-such/opened/kk/",
                 f"{ALL}decree-631/no-such/kk/", f"{ALL}decree-631/opened/de/"):  # fmt: skip
        assert editor.get(page).status_code == 404, page
    assert post(editor, "save", f"{ALL}other/opened/kk/").status_code == 404
    assert editor.get(f"{ALL}{text.pk}/change/").status_code == 302
    assert MailText.objects.count() == 1 and not MailText.objects.for_user(ministry).exists()


def test_the_head_reads_and_nobody_else_writes(sign_in, people, roadmap, in_english):
    page = sign_in(people["head"]).get(PAGE)
    assert page.status_code == 200 and 'name="save"' not in page.content.decode()
    for role in ("head", "administrator", "officer", "government"):
        answer = sign_in(people[role]).post(PAGE, GOOD | {"save": ""})
        assert answer.status_code in (302, 403), role
    assert not MailText.objects.exists()


# The person's choice


@pytest.mark.parametrize("role", ["officer", "ministry", "government", "administrator"])
def test_a_person_chooses_one_letter_a_day_and_the_language(sign_in, people, in_english, role):
    person, client = people[role], sign_in(people[role])
    assert 'href="/letters/"' in client.get("/letters/").content.decode()
    answer = client.post("/letters/", {"mail_choice": "digest", "language": "ru"}, follow=True)
    person.refresh_from_db()
    assert (person.mail_choice, person.language) == (User.MailChoice.DIGEST, "ru")
    assert answer.redirect_chain == [("/letters/", 302)] and '<html lang="ru"' in answer.content.decode()


@pytest.mark.parametrize(
    "values", [{}, {"mail_choice": "never", "language": "en"}, {"mail_choice": "single", "language": "de"}]
)
def test_what_is_no_choice_is_refused_in_a_sentence(sign_in, officer, in_english, values):
    answer = sign_in(officer).post("/letters/", values)
    assert answer.status_code == 200 and "Put this right" in text_of(answer)
    officer.refresh_from_db()
    assert (officer.mail_choice, officer.language) == ("single", "en")


def test_it_shows_the_address_or_whom_to_ask(sign_in, officer, administrator, in_english):
    User.objects.filter(pk=administrator.pk).update(email="admin@example.org", first_name="Айгүл")
    page = text_of(sign_in(officer).get("/letters/"))
    assert "No letter reaches you until" in page and "Айгүл" in page and "admin@example.org" in page
    User.objects.filter(pk=officer.pk).update(email="natr@example.org")
    page = text_of(sign_in(officer).get("/letters/"))
    assert "natr@example.org" in page and "Айгүл" not in page


def test_an_administrator_sets_it_on_the_persons_page(sign_in, administrator, officer, in_english):
    address = f"/admin/roadmap/user/{officer.pk}/change/"
    client = sign_in(administrator)
    values = {
        "username": officer.username, "language": "en", "role": officer.role, "executor": officer.executor_id,
        "is_active": "on", "mail_choice": "digest", "first_name": "", "last_name": "", "email": "",
    }  # fmt: skip
    assert client.post(address, values).status_code == 302
    officer.refresh_from_db()
    assert officer.mail_choice == User.MailChoice.DIGEST
