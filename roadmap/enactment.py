"""A plan -> a roadmap in the database, in one transaction; nobody's earlier body is taken without its name fitting."""

import re
from dataclasses import dataclass, field, replace

from anyascii import anyascii
from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from . import second_language
from .bodies import merged, normal_name
from .models import Assignment, Executor, FundingSource, Measure, Roadmap, Section
from .plan import Doubt, Plan, keep, periods_json
from .preamble import body_named_in

_KINDS = (("қаулы|постановлени", "decree"), ("бұйры|приказ", "order"), ("өкім|распоряжени", "instruction"),
          ("жарлы|указ", "edict"), ("хаттама|протокол", "minutes"))  # fmt: skip
# Bodies that are other bodies in other acts.
_OF_ONE_ACT = re.compile(
    r"^(?:жұмыс тобы|жұмыс топтары|басқарушы компания|қатысушы|мүдделі|ведомствоаралық|жобалық кеңсе|жобалық топ"
    r"|(?:рабоч\w+|проектн\w+) (?:групп|офис)|управляющ\w+ компан|участник|заинтересован|инвестор|межведомственн"
    r"|центральн\w+ (?:гос|исполн|орган)|местны\w+ исполн|госорган|государственны\w+ орган|субъект\w* )"
    r"|мемлекеттік органдар",
    re.IGNORECASE,
)


SLUG_LIMIT = 50


class Refused(Exception):
    """The roadmap cannot be made; the message is a sentence for the reader."""


@dataclass
class Enacted:
    """The roadmap that was made, and what a person should look at."""

    roadmap: Roadmap
    doubts: list[Doubt] = field(default_factory=list)
    measures: list = field(default_factory=list)


def slug_of(plan: Plan) -> str:
    """«decree-631», from the kind of the act and its number."""
    kind = next((slug for words, slug in _KINDS if re.search(words, plan.act.text, re.IGNORECASE)), "act")
    return f"{kind}-{code_of(plan.act.number) or (plan.act.date or 'plan')}"[:SLUG_LIMIT].strip("-")


def code_of(name: str) -> str:
    """A short Latin code from a name in Kazakh or Russian."""
    return _cut(slugify(anyascii(name.replace("ъ", "").replace("ь", "").replace("Ъ", "").replace("Ь", ""))), 40)


def _cut(code, limit):
    """Shorten a code between its words; within the first word where that alone is longer."""
    if len(code) > limit:
        code = code[: limit + 1].rpartition("-")[0] or code[:limit]
    return code.strip("-")


def enact(plan: Plan, *, slug: str, coordinator: str = "") -> Enacted:
    """Make the roadmap of a plan with its sections, measures, bodies and sources of funding.

    Where the address has a roadmap that lacks this language, the words go beside its own (`second_language.py`).
    `coordinator`: «act:0», the place of one of the plan's bodies, or «known:mint», the code of one known everywhere;
    empty: whom the reporting clause names.

    1 refuse what lacks the act's own data or an address of its own; 2 find the bodies that are known, make the others;
    3 write everything in bulk.
    """
    there = Roadmap.objects.filter(slug=slug).first()
    if there and second_language.lacks(there, plan.language):
        return _enact_second_language(plan, there)
    refuse_incomplete(plan, slug)
    try:
        return _write(plan, slug, coordinator)
    except IntegrityError as error:
        raise Refused(_("Somebody entered an act or a body with the same name at this moment; try again.")) from error


def _write(plan, slug, coordinator):
    with transaction.atomic():
        bodies = _Bodies(plan)
        ministry = bodies.coordinator(coordinator)
        roadmap = Roadmap.objects.create(slug=slug, coordinator=ministry, **_roadmap_values(plan))
        Executor.objects.filter(pk__in=bodies.of_this_act).update(roadmap=roadmap)
        sections = Section.objects.bulk_create(
            Section(roadmap=roadmap, position=place, number=section.number, **{f"title_{plan.language}": section.title})
            for place, section in enumerate(plan.sections, start=1)
        )
        _make_measures(plan, roadmap, sections, bodies)
    return Enacted(roadmap, bodies.doubts, plan.measures)


def _enact_second_language(plan, roadmap):
    try:
        return Enacted(roadmap, second_language.add(plan, roadmap), plan.measures)
    except second_language.OtherAct as error:
        raise Refused(str(error)) from error


def enact_draft(draft, plan, *, slug, coordinator) -> Enacted:
    """Make the roadmap of a draft, once: two clicks at the same time make one."""
    with transaction.atomic():
        made = enact(plan, slug=slug, coordinator=coordinator)
        mine = type(draft).objects.filter(pk=draft.pk, roadmap=None, revision=draft.revision)
        if not mine.update(roadmap=made.roadmap, slug=slug, plan=keep(plan)):
            raise Refused(_("Somebody confirmed or corrected this act meanwhile; look again."))
    return made


def coordinator_in(plan, known):
    """The short name of the plan's body that the reporting clause has the others report to, one of `known`, or None."""
    clause = plan.reporting.recipient
    names = {body.short_name: body.full_name or body.short_name for body in plan.executors}
    named = body_named_in(clause, names) or body_named_in(clause, {name: name for name in names})
    if named:
        return named
    for executor in known:
        spelt = {name: name for name in (executor.full_name_kk, executor.full_name_ru) if name}
        if body_named_in(clause, spelt):
            return executor
    return None


def refuse_incomplete(plan, slug):
    if not plan.act.title or not plan.act.date or not plan.act.number or not plan.act.first_year:
        raise Refused(_("A roadmap needs the act's number, date, title and years; give what was not found."))
    if not slug or slug != slugify(slug) or len(slug) > SLUG_LIMIT:
        raise Refused(
            _("«%(slug)s» is no address: take small Latin letters, digits and hyphens, at most 50.") % {"slug": slug}
        )
    if Roadmap.objects.filter(slug=slug).exists():
        raise Refused(_("There is a roadmap at the address «%(slug)s» already; take another one.") % {"slug": slug})
    if plan.act.last_year < plan.act.first_year:
        raise Refused(_("The last year lies before the first."))


def _roadmap_values(plan):
    act, reporting, language = plan.act, plan.reporting, plan.language
    days = {name: getattr(reporting, name) for name in ("executors_due_day", "ministry_due_day")}
    values = {name: day for name, day in days.items() if day}
    if values.get("executors_due_day", 5) >= values.get("ministry_due_day", 20):
        # One of the days was not found, and the usual one does not go with the other.
        known = values.get("executors_due_day") or values["ministry_due_day"]
        values = {"executors_due_day": min(known, 27), "ministry_due_day": min(known + 15, 28)}
        if not days["executors_due_day"]:
            values = {"executors_due_day": max(1, known - 15), "ministry_due_day": known}
    return values | {
        f"act_{language}": act.text or act.title,
        f"title_{language}": act.title,
        "number": act.number,
        "date": act.date,
        "first_year": act.first_year,
        "last_year": act.last_year,
        "frequency": reporting.frequency or Roadmap.Frequency.HALF_YEAR,
    }


class _Bodies:
    """The act's bodies as rows: known ones found by name, the others made. `by_name` goes by the plan's short names."""

    def __init__(self, plan):
        self.plan, self.doubts, self.of_this_act = plan, [], []
        self._codes = set(Executor.objects.values_list("code", flat=True))
        known = _known_bodies()
        self.by_name = {body.short_name: self._find(body, known) or self._make(body) for body in plan.executors}

    def _find(self, body, known):
        """By the name in full where the act writes it, else by the short one."""
        if body.full_name and normal_name(body.full_name) in known:
            return known[normal_name(body.full_name)]
        if _OF_ONE_ACT.search(body.short_name):
            return None
        found = known.get(normal_name(body.short_name))
        if not found or not body.full_name:
            return found
        language = self.plan.language
        theirs = getattr(found, f"full_name_{language}")
        is_other = theirs and normal_name(theirs) not in (normal_name(body.full_name), normal_name(found.short_name))
        if is_other:
            self.doubts.append(Doubt("other_body", {"name": body.short_name, "full_name": theirs}))
        return None if is_other else found

    def _make(self, body):
        code = self._free_code(code_of(body.short_name) or "body")
        language = self.plan.language
        names = {f"short_name_{language}": body.short_name, f"full_name_{language}": body.full_name or body.short_name}
        made = Executor.objects.create(code=code, **names)
        is_other = any(doubt.code == "other_body" and doubt.words["name"] == body.short_name for doubt in self.doubts)
        if is_other or _OF_ONE_ACT.search(body.short_name):
            self.of_this_act.append(made.pk)
        self.doubts.append(Doubt("new_body", {"name": body.short_name, "code": code}))
        return made

    def _free_code(self, wanted):
        code, place = wanted, 2
        while code in self._codes:
            code, place = f"{_cut(wanted, 36)}-{place}", place + 1
        self._codes.add(code)
        return code

    def coordinator(self, chosen):
        """Who was chosen, or whom the clause has the executors report to; else the first body, with a doubt."""
        source, _sign, key = chosen.partition(":")
        if source == "act":
            return self.by_name[self.plan.executors[int(key)].short_name]
        if source == "known":
            return Executor.objects.get(code=key, roadmap=None)
        named = coordinator_in(self.plan, Executor.objects.filter(roadmap=None))
        if named:
            return self.by_name.get(named, named)
        if not self.by_name:
            raise Refused(_("The act names no executor at all; no ministry can be taken for the coordinating one."))
        first = next(iter(self.by_name.values()))
        self.doubts.append(Doubt("no_coordinator", {"name": first.short_name}))
        return first


def _known_bodies():
    """{normal form of a name or another spelling: the body}, of those known everywhere; what means two means none."""
    found, several = {}, set()
    for executor in Executor.objects.filter(roadmap=None).prefetch_related("aliases"):
        names = [getattr(executor, f"{kind}_name_{code}") for kind in ("short", "full") for code in ("kk", "ru", "en")]
        forms = {normal_name(name) for name in names} | {alias.normal for alias in executor.aliases.all()}
        for form in forms - {""}:
            if found.setdefault(form, executor) != executor:
                several.add(form)
    return {form: executor for form, executor in found.items() if form not in several}


def _make_measures(plan, roadmap, sections, bodies):
    language = plan.language
    measures = Measure.objects.bulk_create(
        [_measure(row, place, roadmap, sections, language) for place, row in enumerate(plan.measures, start=1)],
        batch_size=500,
    )
    pairs = list(zip(measures, plan.measures, strict=True))
    Assignment.objects.bulk_create(
        (assignment for measure, row in pairs for assignment in _assignments(measure, row, bodies)), batch_size=500
    )
    sources = _sources({source for row in plan.measures for source in row.funding}, language)
    through = Measure.funding_sources.through
    links = {(measure.pk, sources[source].pk) for measure, row in pairs for source in row.funding}
    through.objects.bulk_create(
        [through(measure_id=measure, fundingsource_id=source) for measure, source in sorted(links)], batch_size=500
    )


def _measure(row, place, roadmap, sections, language):
    deadline = row.deadline
    return Measure(
        roadmap=roadmap,
        section=sections[row.section - 1] if row.section else None,
        position=place,
        number=row.number,
        deadline_periods=periods_json(deadline.periods),
        recurrence=deadline.recurrence or "",
        deadline_needs_review=deadline.needs_review,
        starts_on=deadline.starts_on,
        ends_on=deadline.ends_on,
        funding_volume=row.funding_volume or "",
        **{
            f"title_{language}": row.title or "—",
            f"completion_form_{language}": row.completion_form,
            f"deadline_text_{language}": deadline.text,
        },
    )


def _assignments(measure, row, bodies):
    """A measure's bodies in order; two names that are one body here are named once, with the marks of both."""
    by_key = {str(executor.pk): executor for executor in bodies.by_name.values()}
    once = merged(replace(named, name=str(bodies.by_name[named.name].pk)) for named in row.executors)
    for place, named in enumerate(once, start=1):
        marks = {"by_agreement": named.by_agreement, "lead": named.lead}
        yield Assignment(measure=measure, position=place, executor=by_key[named.name], **marks)


def _sources(names, language):
    """{name: the source of funding}, found by its name or made."""
    known = {}
    for source in FundingSource.objects.all():
        for name in (source.name_kk, source.name_ru, source.name_en):
            known.setdefault(normal_name(name), source)
    found = {}
    for name in sorted(names):
        form = normal_name(name) or name
        if form not in known:
            known[form] = FundingSource.objects.create(code=_source_code(name), **{f"name_{language}": name})
        found[name] = known[form]
    return found


def _source_code(name):
    wanted = code_of(name) or "source"
    taken = set(FundingSource.objects.filter(code__startswith=wanted).values_list("code", flat=True))
    return next(code for code in (wanted, *(f"{wanted}-{n}" for n in range(2, 1000))) if code not in taken)
