"""A mail's words and its frame: each occasion in each language, as a mail program reads it."""

import datetime
import re
from email import message_from_bytes, policy
from html import unescape

import pytest
from django.utils.translation import override

from conftest import moment
from reporting.mail_letter import Block, Table, letter
from reporting.mail_samples import Sample
from reporting.mail_supplied import MEANINGS, SUPPLIED
from reporting.mail_words import Words, compose, day_words, faults, fill
from reporting.models import MailText
from reporting.models.mail_text import OCCASIONS
from roadmap.models import User

LANGUAGES = ("kk", "ru", "en")
DAY = datetime.date(2013, 7, 1)


@pytest.fixture
def reader(officer):
    officer.email, officer.first_name, officer.last_name = "natr@example.org", "Әсел", "Қуанышқызы"
    return officer


def parsed(made):
    """The letter as it goes over the wire, read by Python's own mail parser."""
    return message_from_bytes(made.message().as_bytes(), policy=policy.default)


def parts_of(message):
    return [message.get_body((kind,)).get_content() for kind in ("plain", "html")]


def words_of(html):
    return " ".join(unescape(re.sub(r"<(style|title)>.*?</\1>|<[^>]+>", " ", html, flags=re.S)).split())


def as_one_line(text):
    return " ".join(text.split())


# Every occasion in every language


def test_every_occasion_is_supplied_and_every_name_is_explained():
    assert set(SUPPLIED) == set(MailText.Occasion) and set(MailText.Occasion.values) == set(OCCASIONS)
    for supplied in SUPPLIED.values():
        assert set(supplied.placeholders) <= set(MEANINGS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_read_by_a_mail_program_for_each_occasion(roadmap, period, reader, language):
    reader.language = language
    for occasion, supplied in SUPPLIED.items():
        sample = Sample(roadmap, occasion, language, reader, DAY)
        words = compose(occasion, roadmap, language, sample.values())
        made = letter(reader, words.subject, [_block(words)], f"<{occasion}@example.org>")
        message = parsed(made)
        assert not message.defects and message["Content-Language"] == language
        assert message["Auto-Submitted"] == "auto-generated" and message["Message-ID"] == f"<{occasion}@example.org>"
        assert message["Subject"] == words.subject and "{" not in words.subject + words.body
        raw = made.message().as_bytes()
        assert b"\nSubject: =?" in raw or language == "en"
        assert raw.isascii() and max(map(len, raw.splitlines())) <= 998
        plain, html = parts_of(message)
        assert f'<html lang="{language}">' in html
        page = words_of(html)
        for text in (*words.paragraphs, words.action, "http://127.0.0.1:8000/x/", "http://127.0.0.1:8000/letters/"):
            assert as_one_line(text) in as_one_line(plain) and as_one_line(text) in page, occasion
        assert page.count(words.subject) == 1
        for part in message.iter_parts():
            assert part.get_content_charset() == "utf-8" and part["Content-Transfer-Encoding"] == "quoted-printable"
        with override(language):
            assert faults(str(supplied.subject) + str(supplied.body), supplied.placeholders) == []


def _block(words):
    return Block(paragraphs=words.paragraphs, link="/x/", link_label=words.action)


def test_it_says_in_russian_when_the_term_ends(roadmap):
    values = {"period": "I полугодие 2013 года", "days": "5 дней", "due": day_words(datetime.date(2013, 7, 5), "ru")}
    words = compose("due_in_5", roadmap, "ru", values)
    assert words.paragraphs[0] == (
        "Через 5 дней, 5 июля 2013 года, истекает срок представления информации за I полугодие 2013 года."
    )


def test_kazakh_letters_arrive_as_they_were_written(reader):
    reader.language = "kk"
    letters = "ӘәҒғҚқҢңӨөҰұҮүҺһІі"
    message = parsed(letter(reader, letters, [Block(paragraphs=[letters * 100])], "<1@example.org>"))
    assert message["Subject"] == letters
    assert all(letters * 100 in part for part in parts_of(message))
    assert "Құрметті Әсел Қуанышқызы!" in parts_of(message)[0]


def test_both_parts_say_what_stands_in_every_piece_of_a_digest(reader):
    reader.language = "en"
    blocks = [
        Block("First", ["One.\nTwo."], [("Term", "5 July 2013"), ("Empty", "")], quote="Name it.\nPlease."),
        Block(
            "Second", table=Table(["Executor", "State"], [["Agency", "late"], ["<b>", "missing"]]), link="https://x.kz/"
        ),
    ]
    plain, html = parts_of(parsed(letter(reader, "Digest", blocks, "<1@example.org>")))
    page = words_of(html)
    for text in ("First", "One. Two.", "Term", "5 July 2013", "Name it. Please.", "Second", "Executor", "State",
                 "Agency", "late", "<b>", "missing", "https://x.kz/"):  # fmt: skip
        assert text in as_one_line(plain) and text in page, text
    assert "Empty" not in plain + page
    assert "src=" not in html and "@import" not in html and "url(" not in html


@pytest.mark.parametrize(
    ("role", "words"),
    [("officer", "you report on roadmaps for: "), ("ministry", "you take part in the reporting on roadmaps at: "),
     ("government", "you take part in the reporting on roadmaps.")],
)  # fmt: skip
def test_it_says_why_the_person_gets_it(people, role, words):
    person = people[role]
    person.language = "en"
    plain, html = parts_of(parsed(letter(person, "S", [], "<1@example.org>")))
    assert words in plain and words in words_of(html)
    assert person.executor is None or person.executor.full_name_en in plain


# Values


def test_a_line_without_its_value_is_left_out_and_the_rest_stands():
    body = "The report was returned.\nBy: {resubmit_by}\n\nMend it."
    assert fill("S", body, {}) == Words("S", "The report was returned.\n\nMend it.")
    assert fill("S", body, {"resubmit_by": "5 July"}).body == "The report was returned.\nBy: 5 July\n\nMend it."


def test_where_nothing_would_be_left_the_gap_is_shown():
    assert fill("About {period}", "By {due}.", {}) == Words("About …", "By ….")


def test_values_that_nobody_asked_for_or_that_are_no_text_break_nothing(roadmap):
    values = {"period": 7, "due": None, "strange": object(), "": "x"}
    assert "7" in compose("opened", roadmap, "en", values).subject


def test_a_personal_digest_needs_no_roadmap():
    assert compose("personal_digest", None, "en", {}).body


def test_what_a_value_holds_is_not_filled_in_again():
    assert fill("{comment}", "{comment}", {"comment": "{due} {", "due": "5 July"}).body == "{due} {"


def test_a_date_with_a_full_stop_ends_the_sentence_once():
    assert fill("S", "Срок – {due}.", {"due": "5 июля 2013 г."}).body == "Срок – 5 июля 2013 г."


@pytest.mark.parametrize(
    "hostile",
    [
        "x\r\nBcc: all@example.org",
        "x\nBcc: all@example.org",
        "x\x0bBcc: all@example.org\u2028",
        "x\x85Bcc: all@example.org",
    ],
)
def test_no_value_makes_a_header_of_its_own(reader, hostile):
    words = fill("Report {period}", "{period}", {"period": hostile})
    message = parsed(letter(reader, words.subject, [_block(words)], f"<1@example.org>{hostile}"))
    assert message["Bcc"] is None and message["To"] == "natr@example.org"
    assert "Bcc: all@example.org" in message["Subject"]
    made = letter(reader, hostile, [Block(heading=hostile, facts=[(hostile, hostile)])], "<1@example.org>")
    assert parsed(made)["Bcc"] is None


def test_markup_in_a_value_is_shown_as_it_was_typed(reader):
    typed = "<script>alert(1)</script> & {due} \"'"
    made = letter(
        reader, typed, [Block(typed, [typed], [(typed, typed)], typed, link_label=typed, link="/x/")], "<1@x>"
    )
    plain, html = parts_of(parsed(made))
    assert "<script" not in html and words_of(html).count(typed) == 7 and plain.count(typed) == 6


# The ministry's own words


def test_the_latest_own_words_count_in_their_roadmap_occasion_and_language_alone(roadmap, ministry):
    def write(subject, seen, at="2013-07-01 10:00"):
        key = (roadmap, "opened", "en")
        MailText.objects.write(*key, subject=subject, body=subject and "B {due}", by=ministry, at=moment(at), seen=seen)

    supplied = compose("opened", roadmap, "en", {"period": "H1", "due": "5 July"})
    write("First {period}", 0)
    write("Second {period}", 1)
    own = compose("opened", roadmap, "en", {"period": "H1", "due": "5 July"})
    assert (own.subject, own.body, own.action) == ("Second H1", "B 5 July", supplied.action)
    assert compose("due_today", roadmap, "en", {}).subject != "Second H1"
    assert "Second" not in compose("opened", roadmap, "ru", {}).subject
    write("", 2)
    assert compose("opened", roadmap, "en", {"period": "H1", "due": "5 July"}) == supplied
    assert MailText.objects.count() == 3


@pytest.mark.parametrize(
    ("text", "words"),
    [("By {due}", None), ("{Due}", "{Due} is not known here"), ("{ due }", "{ due } is not known"),
     ("{}", "{} is not known here"), ("by {due", "A brace stands alone at «by {due»"), ("due} and", "«due} and»"),
     ("{{due}}", "A brace stands alone"), ("{comment}", "{comment} is not known here; choose one of the list.")],
)  # fmt: skip
def test_it_names_the_brace_that_cannot_be_filled(text, words):
    with override("en"):
        found = faults(text, ("due", "period"))
    assert (found == []) if words is None else (len(found) == 1 and words in found[0]), found


def test_the_language_of_a_user_is_no_matter_of_the_thread(reader):
    reader.language = "ru"
    with override("kk"):
        assert "Здравствуйте, Әсел" in letter(reader, "S", [], "<1@x>").body


def test_it_knows_the_choice_of_the_person(officer):
    assert officer.mail_choice == User.MailChoice.SINGLE
