"""The frame of a mail: one letter as HTML and as plain text that say the same, in the language of its reader."""

from dataclasses import dataclass, field
from email.header import Header

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.message import utf8_charset_qp
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from roadmap.models import User

from .mail_words import clean, one_line, whole


@dataclass(frozen=True)
class Table:
    headings: list
    rows: list  # of lists of text, as long as the headings

    @property
    def labelled(self):
        """Rows of (heading, text): on a phone each text has its heading beside it."""
        return [list(zip(self.headings, row, strict=False)) for row in self.rows]


@dataclass(frozen=True)
class Block:
    """A part of a letter; a digest has one for each of its matters. Text is plain, markup in it is shown as typed."""

    heading: str = ""
    paragraphs: list = field(default_factory=list)
    facts: list = field(default_factory=list)  # of (label, value)
    quote: str = ""  # what a person wrote
    link: str = ""  # whole, or a path of this site
    link_label: str = ""
    table: Table | None = None


class Letter(EmailMultiAlternatives):
    def message(self):
        """Begin the subject on its own line: Django leaves that empty where the first encoded word is long."""
        message = super().message()
        message.replace_header("Subject", Header(self.subject, "utf-8", header_name="Subject").encode())
        return message


def letter(person, subject, blocks, message_id, *, language=None):
    """Return the letter to a person. `message_id`: «<…@host>», the same for a letter that is tried again.

    `language` is the person's own, but where one looks at the words in another.
    """
    language = language or person.language
    with translation.override(language):
        context = _context(person, subject, blocks) | {"language": language}
        made = Letter(
            subject=context["subject"],
            body=render_to_string("mail/notice.txt", context),
            to=[person.email],
            headers={
                "Content-Language": language,
                "Auto-Submitted": "auto-generated",
                "Message-ID": one_line(message_id),
            },
        )
        made.attach_alternative(render_to_string("mail/notice.html", context), "text/html")
    # Quoted-printable, so that no server on the way has to take eight bits, or a line of any length.
    made.encoding = utf8_charset_qp
    return made


def _context(person, subject, blocks):
    """What the two templates ask for, in the language that is active."""
    return {
        "person": person,
        "name": one_line(person.get_full_name()),
        "subject": one_line(subject),
        "blocks": [_cleaned(block) for block in blocks],
        "body_name": one_line(person.executor.full_name) if person.executor_id else "",
        "is_executor": person.role == User.Role.EXECUTOR,
        "choice": f"{settings.SITE_URL}{reverse('letters')}",
    }


def _cleaned(block):
    table = block.table and Table(
        [one_line(text) for text in block.table.headings],
        [[one_line(text) for text in row] for row in block.table.rows],
    )
    return Block(
        heading=one_line(block.heading),
        paragraphs=[clean(text) for text in block.paragraphs if clean(text)],
        facts=[(one_line(label), one_line(value)) for label, value in block.facts if one_line(value)],
        quote=clean(block.quote),
        link=whole(one_line(block.link)),
        link_label=one_line(block.link_label),
        table=table,
    )
