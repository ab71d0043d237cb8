"""A mail as it would look, with values of a real period: what the ministry sees before its words count."""

import datetime
from dataclasses import dataclass

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from roadmap.models import Executor, Roadmap

from .calendar import Interval
from .mail_letter import Block, letter
from .mail_supplied import MEANINGS, SUPPLIED
from .mail_words import day_words, fill, whole
from .models import MailText, Petition, ReportingPeriod

Occasion = MailText.Occasion
# Days to the term, or since it.
DISTANCES = {
    Occasion.OPENED: 15, Occasion.DUE_IN_10: 10, Occasion.DUE_IN_5: 5, Occasion.DUE_IN_1: 1, Occasion.LATE_1: 1,
    Occasion.LATE_3: 3, Occasion.LATE_7: 7, Occasion.RESEND_IN_1: 1, Occasion.RESEND_LATE_1: 1,
}  # fmt: skip
TO_THE_GOVERNMENT = (Occasion.DIGEST, Occasion.READY)
QUOTED = (Occasion.RETURNED, Occasion.RESEND_IN_1, Occasion.RESEND_TODAY, Occasion.RESEND_LATE_1)


@dataclass(frozen=True)
class Sample:
    """One occasion of a roadmap in a language, for a person of the ministry."""

    roadmap: Roadmap
    occasion: str
    language: str
    person: object
    today: datetime.date

    @property
    def period(self):
        """The half-year in work on that day, else the latest, else the first that the act names."""
        own = ReportingPeriod.objects.filter(roadmap=self.roadmap)
        begun = own.filter(opens_on__lte=self.today).order_by("-opens_on").first()
        first = Interval(self.roadmap.frequency, self.roadmap.first_year, 1)
        return begun or own.order_by("opens_on").first() or ReportingPeriod.from_interval(self.roadmap, first)

    def values(self):
        """{placeholder: text} in the letter's language, of those that the occasion knows."""
        period = self.period
        with translation.override(self.language):
            found = self._dates(period) | {
                "person": str(self.person),
                "executor": self._executor(),
                "act": self.roadmap.act,
                "period": period.label,
                "link": whole(reverse("start")),
                "number": f"{self.roadmap.slug}/{period.code}/natr/1",
                "comment": _("Please name the document by which measure 4 was completed."),
                "reason": _("The covering letter came later."),
                "petition": f"{Petition.Kind.EXTEND_MEASURE.label} – 4",
                "answer": str(Petition.Status.GRANTED.label),
                "decision": self.roadmap.act,
                "received": "7", "expected": "9", "late": "1", "missing": "2", "waiting": "3",
            }  # fmt: skip
        return {name: found[name] for name in SUPPLIED[self.occasion].placeholders}

    def _executor(self):
        named = Executor.objects.filter(assignments__measure__roadmap=self.roadmap)
        others = named.exclude(pk=self.roadmap.coordinator_id).order_by("assignments__measure__position")
        return (others.first() or self.roadmap.coordinator).full_name

    def _dates(self, period):
        is_ministrys = self.occasion in TO_THE_GOVERNMENT
        due = period.ministry_effective_on if is_ministrys else period.executors_effective_on
        later = day_words(due + datetime.timedelta(days=7), self.language)
        count = DISTANCES.get(self.occasion, 5)
        return {
            "due": day_words(due, self.language),
            "days": ngettext("%(days)d day", "%(days)d days", count) % {"days": count},
            "resubmit_by": later,
            "before": day_words(due, self.language),
            "after": later,
        }

    def known(self):
        """(placeholder, what it stands for, an example), for the form."""
        return [(f"{{{name}}}", MEANINGS[name], value) for name, value in self.values().items()]

    def letter(self, subject, body, message_id="<sample@localhost>"):
        """The letter of these words, to the person, in the language of the words."""
        values = self.values()
        with translation.override(self.language):
            words = fill(subject, body, values, str(SUPPLIED[self.occasion].action))
        quote = values.get("comment", "") if self.occasion in QUOTED else ""
        block = Block(paragraphs=words.paragraphs, quote=quote, link=reverse("start"), link_label=words.action)
        return letter(self.person, words.subject, [block], message_id, language=self.language)
