"""What a letter says of a matter: the words of its occasion with their values, and the facts beside them.

`part(wanted)` is in the language of who is written to; a letter has one part, a person's letter of the day several.
"""

import datetime
from dataclasses import dataclass, replace

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from roadmap import clock
from roadmap.models import Measure

from .mail_letter import Block, letter
from .mail_words import Words, compose, day_words
from .models import Petition
from .occasions import Occasion
from .receipt import read_heading, read_payload
from .reminders import Figures, Wanted

# A report that waits longer for its review is named to the ministry each day.
WAITS_LONG = datetime.timedelta(days=3)
MOST_NAMES = 10

OF_SUMMARY = (Occasion.READY, Occasion.APPROVED)
QUOTED = (Occasion.RETURNED, Occasion.RESEND_IN_1, Occasion.RESEND_TODAY, Occasion.RESEND_LATE_1, Occasion.ACCEPTED)


@dataclass(frozen=True)
class Part:
    """The first block says the words of the occasion; others, of the figures, what they are about."""

    words: Words
    blocks: list

    @property
    def text(self):
        """What the log keeps of it."""
        said = [self.words.body, *(block.quote for block in self.blocks if block.quote)]
        return "\n\n".join(text for text in said if text)

    def as_section(self):
        """The same under a heading of its own."""
        return [replace(self.blocks[0], heading=self.words.subject), *self.blocks[1:]]


def part(wanted: Wanted, today) -> Part:
    """Return the words and blocks about one matter, for its person, with the days that are left today."""
    with translation.override(wanted.person.language):
        link = _link(wanted)
        values = _values(wanted, today) | {"link": f"{settings.SITE_URL}{link}"}
        words = compose(wanted.occasion, wanted.roadmap, wanted.person.language, values)
        remarks = _remarks(wanted)
        block = Block(
            paragraphs=words.paragraphs,
            facts=_facts(wanted),
            # Where the ministry's words for the occasion hold the remarks already, they do not stand twice.
            quote="" if remarks and remarks in words.body else remarks,
            link=link,
            link_label=words.action,
        )
        more = _of_figures(wanted.source, wanted.period) if wanted.occasion == Occasion.DIGEST else []
    return Part(words, [block, *more])


def single(wanted, part, message_id):
    """The letter about one matter."""
    if wanted.occasion == Occasion.RECEIPT:
        return _receipt(wanted, part.words, message_id)
    return letter(wanted.person, part.words.subject, part.blocks, message_id)


def together(person, parts, message_id):
    """The letter of a person's day."""
    with translation.override(person.language):
        words = compose(Occasion.PERSONAL_DIGEST, None, person.language, {"person": str(person)})
    blocks = [Block(paragraphs=words.paragraphs), *(block for part in parts for block in part.as_section())]
    return letter(person, words.subject, blocks, message_id)


def _receipt(wanted, words, message_id):
    """The receipt has a form of its own: all that was sent."""
    sent, person = wanted.source, wanted.person
    with translation.override(person.language):
        context = {
            "sent": sent,
            "words": words,
            "person": person,
            "submission": wanted.submission,
            "period": wanted.period,
            "heading": read_heading(sent),
            "lines": read_payload(sent.payload),
            "link": f"{settings.SITE_URL}{_link(wanted)}",
            "language": person.language,
        }
        made = EmailMultiAlternatives(
            subject=words.subject,
            body=render_to_string("mail/receipt.txt", context),
            to=[person.email],
            headers={
                "Content-Language": person.language,
                "Auto-Submitted": "auto-generated",
                "Message-ID": message_id,
            },
        )
        made.attach_alternative(render_to_string("mail/receipt.html", context), "text/html")
    return made


# What stands in the words


def _values(wanted, today):
    """{placeholder: text} in the active language."""
    language = wanted.person.language
    found = {
        "person": str(wanted.person),
        "act": wanted.roadmap.act,
        "period": wanted.period.label if wanted.period else "",
        "executor": wanted.submission.executor.full_name if wanted.submission else wanted.roadmap.coordinator.full_name,
        "comment": _remarks(wanted),
    }
    if wanted.term:
        days = abs((wanted.term - today).days)
        found["due"] = found["resubmit_by"] = day_words(wanted.term, language)
        found["days"] = ngettext("%(days)d day", "%(days)d days", days) % {"days": days}
    return found | _OWN_VALUES.get(wanted.occasion, lambda wanted: {})(wanted)


def _of_receipt(wanted):
    return {"number": wanted.source.reference}


def _of_change(wanted):
    change, language = wanted.source, wanted.person.language
    return {
        "before": day_words(wanted.roadmap.effective(change.before), language),
        "after": day_words(wanted.term, language),
        "reason": change.reason,
    }


def _of_extension(wanted):
    """The day before it: the one granted earlier, else the half-year's own."""
    petition, language = wanted.source, wanted.person.language
    earlier = Petition.objects.filter(
        submission=petition.submission_id, status=Petition.Status.GRANTED, pk__lt=petition.pk
    ).order_by("pk")
    before = earlier.values_list("granted_until", flat=True).last() or wanted.period.executors_due_on
    return {
        "before": day_words(wanted.roadmap.effective(before), language),
        "after": day_words(wanted.term, language),
        "reason": petition.answer or petition.reason,
    }


def _of_petition(wanted):
    petition, language = wanted.source, wanted.person.language
    about = wanted.period.label if wanted.period else petition.measure
    decision = ""
    if petition.decision_date:
        day = day_words(petition.decision_date, language)
        decision = f"{petition.decision_body}, {petition.decision_name} № {petition.decision_number}, {day}"
    return {
        "executor": petition.executor.full_name,
        "petition": f"{petition.get_kind_display()} – {about}",
        "answer": petition.get_status_display(),
        "after": day_words(petition.granted_until, language) if petition.granted_until else "",
        "decision": decision,
        "reason": petition.answer,
    }


def _of_reopening(wanted):
    return {"reason": wanted.source.words}


def _of_approval(wanted):
    return {"number": f"{wanted.source.reference}, {wanted.source.version}"}


def _of_standing(wanted):
    """How the newest half-year stands; of others there are blocks."""
    standing = wanted.source.standings[wanted.period.pk]
    return {
        "received": str(standing.received),
        "expected": str(standing.expected),
        "late": _named([line for line in standing.executors if line.is_received and line.is_late]),
        "missing": _named(standing.missing),
        "waiting": str(len(standing.not_reviewed)),
    }


_OWN_VALUES = {
    Occasion.RECEIPT: _of_receipt,
    Occasion.DATES_MOVED: _of_change,
    Occasion.EXTENSION: _of_extension,
    Occasion.PETITION: _of_petition,
    Occasion.REOPENED: _of_reopening,
    Occasion.APPROVED: _of_approval,
    Occasion.DIGEST: _of_standing,
}


def _named(lines):
    """«2 (Зерде, ҰИТ)»."""
    names = [line.submission.executor.short_name for line in lines]
    more = ["…"] if len(names) > MOST_NAMES else []
    return f"{len(names)} ({', '.join(names[:MOST_NAMES] + more)})" if names else "0"


def _remarks(wanted):
    """The ministry's words to the round that is to be sent again: in general, then measure by measure."""
    if wanted.occasion not in QUOTED:
        return ""
    sent = wanted.source or wanted.submission.rounds.defer("payload").order_by("number").last()
    if not sent:
        return ""
    measures = Measure.objects.in_bulk([int(pk) for pk in sent.measure_comments])
    at_measures = [
        _("Measure %(number)s: %(words)s") % {"number": measures[int(pk)].number, "words": words}
        for pk, words in sent.measure_comments.items()
        if int(pk) in measures
    ]
    return "\n".join(filter(None, [sent.comment, *at_measures]))


# What stands beside them


def _link(wanted):
    """The page on which something is done about it."""
    slug, occasion = wanted.roadmap.slug, wanted.occasion
    if occasion == Occasion.RECEIPT:
        return reverse("receipt", args=[slug, wanted.submission.pk, wanted.source.number])
    if occasion == Occasion.PETITION:
        return reverse("petition", args=[slug, wanted.source.pk])
    if occasion == Occasion.DIGEST:
        return reverse("admin:reporting_reportingperiod_queue", args=[wanted.period.pk])
    if occasion == Occasion.READY:
        return reverse("admin:reporting_summary_change", args=[wanted.source.pk])
    if occasion == Occasion.APPROVED:
        return reverse("summary", args=[slug, wanted.period.code]) + f"?version={wanted.source.version}"
    return reverse("submission", args=[slug, wanted.submission.pk])


def _facts(wanted):
    facts = [(_("Act"), wanted.roadmap.act)]
    if wanted.submission:
        facts.append((_("Executor"), wanted.submission.executor.full_name))
    if wanted.occasion == Occasion.RECEIPT:
        facts.append((_("Sent"), date_format(wanted.source.sent_at.astimezone(clock.ZONE), "DATETIME_FORMAT")))
    return facts


def _of_figures(figures: Figures, newest):
    """Of each half-year the reports that have waited long for their review; of older ones how they stand, too."""
    blocks = []
    for period in figures.periods:
        standing = figures.standings[period.pk]
        if period != newest:
            blocks.append(_older(period, standing))
        long = [
            line
            for line in standing.not_reviewed
            if figures.day - clock.day_of(line.submission.last_round.sent_at) > WAITS_LONG
        ]
        blocks += [_waiting(line, figures.day) for line in long[:MOST_NAMES]]
    return blocks


def _older(period, standing):
    received = _("%(received)s of %(expected)s") % {"received": standing.received, "expected": standing.expected}
    return Block(
        heading=period.label,
        facts=[
            (_("Received"), received),
            (_("Waiting for review"), str(len(standing.not_reviewed))),
            (_("Missing"), _named(standing.missing)),
        ],
        link=reverse("admin:reporting_reportingperiod_queue", args=[period.pk]),
        link_label=_("Open the board"),
    )


def _waiting(line, today):
    submission = line.submission
    sent_on = clock.day_of(submission.last_round.sent_at)
    days = (today - sent_on).days
    return Block(
        heading=submission.executor.full_name,
        facts=[
            (_("Sent"), date_format(sent_on)),
            (_("Waits for its review"), ngettext("%(days)d day", "%(days)d days", days) % {"days": days}),
        ],
        link=reverse("admin:reporting_submission_change", args=[submission.pk]),
        link_label=_("Open the review"),
    )
