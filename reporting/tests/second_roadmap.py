"""A second roadmap of another ministry: quarterly, by the 10th and the 25th, with two of decree 631's executors."""

from pathlib import Path

from django.core.management import call_command

from conftest import make_user
from roadmap.models import Executor, Roadmap, User

SLUG = "services-2014"
ACT = Path(__file__).parent / "acts" / "quarterly-kk.txt"


def make_second_roadmap():
    """Enter the act from its text, as an administrator does; seven days for each report."""
    call_command("import_decree", str(ACT), slug=SLUG, verbosity=0)
    roadmap = Roadmap.objects.get(slug=SLUG)
    roadmap.window_days = 7
    roadmap.save()
    return roadmap


def make_second_people():
    """{what one is: the person} of the second ministry, and of an executor that decree 631 does not know."""
    ministry = Roadmap.objects.get(slug=SLUG).coordinator
    other = Executor.objects.get(short_name_kk="«Ұлттық ақпараттық технологиялар» АҚ")
    people = {
        "officer": make_user("second-officer", User.Role.EXECUTOR, other.code),
        "ministry": make_user("second-ministry", User.Role.MINISTRY_OFFICER, ministry.code),
        "head": make_user("second-head", User.Role.MINISTRY_HEAD, ministry.code),
    }
    User.objects.update(language="en")
    for person in people.values():
        person.language = "en"
    return people
