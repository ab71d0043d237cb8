"""Earlier states of what was decreed: kept in bulk, and read again as «what changed, from what to what, why».

`first_states` is asked before a change: a row that came with a fixture or an act has no state kept yet, and without
one nobody could tell what it was before.
"""

import datetime
from collections import defaultdict
from dataclasses import dataclass

from django.db import models
from django.db.models import DateField
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from .models import Assignment, Measure, User

BATCH = 1000
ADDED, CHANGED, DELETED = "+", "~", "-"
# What follows from other fields, or is only numbering.
SILENT = {"id", "deadline_periods"}


@dataclass(frozen=True)
class Change:
    """One kept state beside the one before it. `fields` are (label, before, after) in words; `reason` may be empty."""

    model: type
    pk: int
    kind: str
    at: datetime.datetime
    by: User | None
    reason: str
    fields: tuple[tuple[str, str, str], ...]


def is_audited(model):
    return hasattr(model._meta, "simple_history_manager_attribute")


def record(instances, kind, *, by, at, reason=""):
    """Keep these instances as they are now, with their many-to-many rows."""
    instances = list(instances)
    if not instances:
        return
    kept = type(instances[0]).history.model
    rows = kept.objects.bulk_create(
        [
            kept(
                history_type=kind, history_date=at, history_user=by, history_change_reason=reason,
                **{field.attname: getattr(instance, field.attname) for field in kept.tracked_fields},
            )
            for instance in instances
        ],
        batch_size=BATCH,
    )  # fmt: skip
    for field in kept._history_m2m_fields:
        for start in range(0, len(rows), BATCH):
            _record_links(kept, field, {row.id: row for row in rows[start : start + BATCH]})


def _record_links(kept, field, rows):
    through, links = field.remote_field.through, getattr(kept, field.name).model
    own = field.m2m_field_name()
    links.objects.bulk_create(
        links(
            history=rows[getattr(link, f"{own}_id")],
            **{column.attname: getattr(link, column.attname) for column in through._meta.concrete_fields},
        )
        for link in through.objects.filter(**{f"{own}__in": list(rows)})
    )


def first_states(model, pks, *, at):
    """Keep the rows as they are in the database, where nothing was kept of them yet."""
    pks = list(pks)
    for start in range(0, len(pks), BATCH):
        part = pks[start : start + BATCH]
        known = set(model.history.filter(id__in=part).values_list("id", flat=True))
        record(model._default_manager.filter(pk__in=set(part) - known), ADDED, by=None, at=at)


def changes(kept_rows) -> list[Change]:
    """The states of one or several objects of a model as changes, newest first; what changed nothing is left out.

    `kept_rows` is a queryset of `Model.history`; asks a constant number of queries.
    """
    rows = list(kept_rows.select_related("history_user").order_by("history_id"))
    if not rows:
        return []
    kept = type(rows[0])
    fields = [field for field in kept.tracked_fields if field.name not in SILENT]
    names, links = _names(rows, fields), _links(kept, rows)
    found, before = [], {}
    for row in rows:
        told = _told(kept, fields, row, before.get(row.id), names, links)
        # As `first_states` keeps it; a fixture's many-to-many rows leave one, too.
        is_first_state = row.id not in before and row.history_user_id is None and not row.history_change_reason
        is_unknown_before = row.history_type == CHANGED and row.id not in before
        if (told or is_unknown_before) and not is_first_state:
            found.append(
                Change(
                    kept.instance_type, row.id, row.history_type, row.history_date, row.history_user,
                    row.history_change_reason or "", told,
                )
            )  # fmt: skip
        before[row.id] = row
    return found[::-1]


def measure_changes(pk) -> list[Change]:
    """What changed in a measure and in its executors, newest first."""
    found = changes(Measure.history.filter(id=pk)) + changes(Assignment.history.filter(measure=pk))
    return sorted(found, key=lambda change: change.at, reverse=True)


def _told(kept, fields, row, before, names, links):
    """(label, before, after) of what differs from the state before; of one that came or went everything it says.

    Nothing where the first state that was kept is a change already: nobody knows what it was before.
    """
    found = []
    if row.history_type == DELETED:
        before, row = row, None
    elif row.history_type == CHANGED and before is None:
        return ()
    for field in fields:
        values = [_words(field, other, names) if other else "" for other in (before, row)]
        if None in (before, row) and field.get_internal_type() == "BooleanField":
            values = [value if value == _("yes") else "" for value in values]
        if values[0] != values[1]:
            found.append((_label(field), *values))
    for field in kept._history_m2m_fields:
        values = [links[field.name].get(other.history_id, "") if other else "" for other in (before, row)]
        if values[0] != values[1]:
            found.append((_label(field), *values))
    return tuple(found)


def _label(field):
    return capfirst(str(field.verbose_name))


def _words(field, row, names):
    value = getattr(row, field.attname)
    if value in (None, ""):
        return ""
    if isinstance(field, models.ForeignKey):
        return names[field.name].get(value, _("(not there any more)"))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(field, DateField):
        return date_format(value)
    return str(dict(field.flatchoices).get(value, value))


def _names(rows, fields):
    """{field: {pk: the related object in words}}."""
    return {
        field.name: {
            pk: str(related)
            for pk, related in field.related_model._default_manager.in_bulk(
                {getattr(row, field.attname) for row in rows} - {None}
            ).items()
        }
        for field in fields
        if isinstance(field, models.ForeignKey)
    }


def _links(kept, rows):
    """{many-to-many field: {history id: the related objects in words}}."""
    found = {}
    for field in kept._history_m2m_fields:
        own, told = field.m2m_reverse_field_name(), defaultdict(list)
        links = getattr(kept, field.name).model.objects.filter(history__in=rows).select_related(own).order_by(own)
        for link in links:
            told[link.history_id].append(str(getattr(link, own)))
        found[field.name] = {pk: ", ".join(names) for pk, names in told.items()}
    return found
