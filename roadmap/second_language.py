"""The same act in its other language: its words go beside those of the roadmap; nothing that was decreed changes."""

from django.db import transaction
from django.utils.translation import gettext as _

from .models import Executor, Measure, Section
from .plan import Doubt, periods_json


class OtherAct(Exception):
    """The text is not the same act's; the message is a sentence for the reader."""


def lacks(roadmap, language):
    """Does the roadmap lack this language's words?"""
    return not getattr(roadmap, f"title_{language}")


def add(plan, roadmap):
    """Write the plan's words into the roadmap's empty columns; return doubts where the two languages disagree.

    1 refuse a text of other sections or numbers; 2 fill the act, sections and measures; 3 name the bodies, by their
    place in each measure; rows whose deadlines or bodies disagree are doubted and keep what was decreed first.
    """
    measures = list(roadmap.measures.prefetch_related("assignments__executor").order_by("position"))
    sections = list(roadmap.sections.order_by("position"))
    _refuse_other(plan, roadmap, measures, sections)
    language, doubts = plan.language, []
    with transaction.atomic():
        _fill(roadmap, language, act=plan.act.text, title=plan.act.title)
        roadmap.save(update_fields=[f"act_{language}", f"title_{language}"])
        for section, read in zip(sections, plan.sections, strict=True):
            _fill(section, language, title=read.title)
        Section.objects.bulk_update(sections, [f"title_{language}"])
        for measure, read in zip(measures, plan.measures, strict=True):
            words = {"title": read.title, "completion_form": read.completion_form, "deadline_text": read.deadline.text}
            _fill(measure, language, **words)
            if periods_json(read.deadline.periods) != measure.deadline_periods:
                doubts.append(Doubt("other_deadline", {"text": read.deadline.text}, measure.position))
        Measure.objects.bulk_update(
            measures, [f"{name}_{language}" for name in ("title", "completion_form", "deadline_text")], batch_size=200
        )
        doubts += _name_bodies(plan, measures)
    return doubts


def _refuse_other(plan, roadmap, measures, sections):
    if plan.act.number and plan.act.number != roadmap.number:
        words = {"mine": plan.act.number, "theirs": roadmap.number}
        raise OtherAct(_("This text is of act No. %(mine)s, the roadmap of act No. %(theirs)s.") % words)
    years = (plan.act.first_year, plan.act.last_year)
    if plan.act.date not in (None, roadmap.date) or years != (roadmap.first_year, roadmap.last_year):
        raise OtherAct(_("This text has another date or other years than the roadmap at this address."))
    same = [measure.number for measure in plan.measures] == [measure.number for measure in measures]
    if not same or len(plan.sections) != len(sections):
        words = {"mine": len(plan.measures), "theirs": len(measures)}
        raise OtherAct(
            _("This text has other rows than the roadmap: %(mine)s measures instead of %(theirs)s, or other numbers.")
            % words
        )


def _fill(row, language, **words):
    for name, text in words.items():
        if text and not getattr(row, f"{name}_{language}"):
            setattr(row, f"{name}_{language}", text)


def _name_bodies(plan, measures):
    """Names in this language for bodies that have none, where a measure names equally many in both languages."""
    full_names = {body.short_name: body.full_name or body.short_name for body in plan.executors}
    named, doubts, unsure = {}, [], set()
    for measure, read in zip(measures, plan.measures, strict=True):
        executors = [assignment.executor for assignment in measure.assignments.all()]
        if len(executors) != len(read.executors):
            doubts.append(Doubt("other_bodies", {}, measure.position))
            continue
        for executor, body in zip(executors, read.executors, strict=True):
            if named.setdefault(executor.pk, (executor, body.name))[1] != body.name:
                unsure.add(executor.pk)
                doubts.append(Doubt("other_bodies", {}, measure.position))
    sure = [pair for pk, pair in named.items() if pk not in unsure]
    for executor, name in sure:
        _fill(executor, plan.language, short_name=name, full_name=full_names[name])
    fields = [f"short_name_{plan.language}", f"full_name_{plan.language}"]
    Executor.objects.bulk_update([executor for executor, _name in sure], fields)
    return doubts
