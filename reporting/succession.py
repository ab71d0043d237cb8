"""A body passes over to its successor: what will happen, and the one step in which it happens.

What was sent stays under the old name and is readable by the successor; what was approved is not touched at all.
"""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, Q

from roadmap.models import Assignment, Executor, Roadmap, Succession, User

from .models import JournalEntry, ReportingPeriod, Submission


@dataclass(frozen=True)
class Forecast:
    """What passes over, as things stand; `kept` are the submissions that stay under the old name."""

    users: list[User]
    roadmaps: list[Roadmap]  # that the body coordinates
    assignments: list[Assignment]
    merged: int  # of them those where the successor is named already
    passing: list[Submission]
    staying: list[Submission]


def forecast(succession: Succession) -> Forecast:
    """Read what `apply` would do now; nothing is written."""
    former, heir = succession.predecessor, succession.successor
    assignments = list(
        Assignment.objects.filter(executor=former).select_related("measure__roadmap").order_by("measure", "position")
    )
    named = set(Assignment.objects.filter(executor=heir).values_list("measure", flat=True))
    open_ones = _in_work(former)
    busy = set(_in_work(heir).values_list("period", flat=True))
    passing = [one for one in open_ones if one.status in Submission.EDITABLE and one.period_id not in busy]
    return Forecast(
        users=list(User.objects.filter(executor=former).order_by("username")),
        roadmaps=list(Roadmap.objects.filter(coordinator=former)),
        assignments=assignments,
        merged=sum(assignment.measure_id in named for assignment in assignments),
        passing=passing,
        staying=[one for one in open_ones if one not in passing],
    )


def _in_work(executor):
    """Its submissions of opened half-years that are not approved."""
    periods = ReportingPeriod.objects.opened().unlocked()
    return Submission.objects.filter(executor=executor, period__in=periods).select_related("period__roadmap")


def apply(succession: Succession, *, at) -> bool:
    """Pass everything over, once; false where somebody did it already.

    1 mark it as applied, so that a second worker finds nothing to do; 2 count every open half-year up, so that an
    approval that is being made looks again; 3 the measures; 4 the roadmaps that the body coordinates; 5 the accounts;
    6 the submissions that can still be changed, where the successor has none; 7 the entries that the successor lacks.
    All or nothing.
    """
    with transaction.atomic():
        if not Succession.objects.filter(pk=succession.pk, applied_at=None).update(applied_at=at):
            return False
        former, heir = succession.predecessor, succession.successor
        concerned = _concerned(former)
        periods = list(ReportingPeriod.objects.filter(roadmap__in=concerned).opened().unlocked().order_by("pk"))
        ReportingPeriod.objects.filter(pk__in=[each.pk for each in periods]).unlocked().update(
            revision=F("revision") + 1
        )
        details = {
            "assignments": _pass_assignments(former, heir),
            "roadmaps": _pass_roadmaps(former, heir),
            "users": _pass_users(former, heir),
            "submissions": _pass_submissions(former, heir),
        }
        Succession.objects.filter(pk=succession.pk).update(details=details)
        _note(succession, concerned, details["submissions"], at)
        for period in periods:
            period.make_submissions()
    succession.refresh_from_db()
    return True


def _concerned(executor):
    """The pks of the roadmaps that name the body, are coordinated by it, or have its reports in work."""
    named = Q(measures__assignments__executor=executor) | Q(coordinator=executor)
    named |= Q(pk__in=_in_work(executor).values("period__roadmap"))
    return list(Roadmap.objects.filter(named).distinct().order_by("pk").values_list("pk", flat=True))


def _pass_assignments(former, heir):
    """Put the successor in the former body's place; where it is named already, the former's row goes.

    Of two rows one remains: agreed is only what both were, and the lead is who either was.
    """
    kept = []
    own = {each.measure_id: each for each in Assignment.objects.filter(executor=heir)}
    for old in Assignment.objects.filter(executor=former).order_by("measure", "position"):
        other = own.get(old.measure_id)
        kept.append(
            {
                "measure": old.measure_id,
                "position": old.position,
                "by_agreement": old.by_agreement,
                "lead": old.lead,
                "merged": other is not None,
            }
        )
        if other is None:
            Assignment.objects.filter(pk=old.pk).update(executor=heir)
            continue
        old.delete()
        Assignment.objects.filter(pk=other.pk).update(
            by_agreement=other.by_agreement and old.by_agreement, lead=other.lead or old.lead
        )
    return kept


def _pass_roadmaps(former, heir):
    coordinated = list(Roadmap.objects.filter(coordinator=former).values_list("pk", flat=True))
    Roadmap.objects.filter(pk__in=coordinated).update(coordinator=heir)
    return coordinated


def _pass_users(former, heir):
    users = list(User.objects.filter(executor=former).values_list("pk", flat=True))
    User.objects.filter(pk__in=users).update(executor=heir)
    return users


def _pass_submissions(former: Executor, heir: Executor):
    """Rename what can still be changed; what was sent since, or stands beside the successor's own, stays."""
    busy = set(_in_work(heir).values_list("period", flat=True))
    passed = []
    for submission in _in_work(former).filter(status__in=Submission.EDITABLE):
        own = Submission.objects.editable().filter(pk=submission.pk, executor=former)
        if submission.period_id not in busy and own.update(executor=heir, revision=F("revision") + 1):
            passed.append(submission.pk)
    return passed


def _note(succession, concerned, passed, at):
    said = {
        "kind": JournalEntry.Kind.SUCCESSION,
        "at": at,
        "by": succession.recorded_by,
        "words": f"{succession}, {succession.act} № {succession.number}",
        "details": {"succession": succession.pk},
    }
    JournalEntry.objects.bulk_create(
        [
            *(JournalEntry(roadmap_id=pk, **said) for pk in concerned),
            *(
                JournalEntry(roadmap_id=one.period.roadmap_id, period=one.period, submission=one, **said)
                for one in Submission.objects.filter(pk__in=passed).select_related("period")
            ),
        ]
    )
