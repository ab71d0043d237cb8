"""The letter to the administrators that a scheduled task fails: each in their language, once a day at most."""

import logging

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from .models import TaskRun, User

logger = logging.getLogger(__name__)


def tell(task, *, at):
    """Write to the administrators unless they know already; where nobody could be written to, the next failure tries.

    Counted as told before the letters go, so that two workers do not both write.
    """
    people = User.objects.filter(role=User.Role.ADMINISTRATOR, is_active=True).exclude(email="")
    if not people or not TaskRun.objects.claim_telling(task.name, at=at):
        return
    run = TaskRun.objects.get(task=task.name)
    sent = [_is_sent(_letter(task, run, person), person) for person in people]
    if not any(sent):
        TaskRun.objects.release_telling(task.name, at=at)


def _is_sent(letter, person):
    """Each on its own: one whom the server does not take keeps the letter from nobody else."""
    try:
        return bool(letter.send())
    except Exception:
        logger.exception("administrator %s could not be told of a failed task", person.pk)
        return False


def _letter(task, run, person):
    with translation.override(person.language):
        title = str(task.title) or task.name
        context = {
            "person": person,
            "title": title,
            "run": run,
            "link": f"{settings.SITE_URL}{reverse('admin:roadmap_taskrun_changelist')}",
            "language": person.language,
        }
        letter = EmailMultiAlternatives(
            subject=_("Scheduled task failed: %(task)s") % {"task": title},
            body=render_to_string("mail/task_failed.txt", context),
            to=[person.email],
            headers={"Content-Language": person.language},
        )
        letter.attach_alternative(render_to_string("mail/task_failed.html", context), "text/html")
    return letter
