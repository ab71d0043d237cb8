"""The demonstration's story up to 8 January 2014, told by the application's own rules at those dates."""

import datetime
import json

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.mail import get_connection

from roadmap import clock
from roadmap.models import Executor, Roadmap, User

from . import approval, checks, files, mail, rollup
from .calendar import Interval
from .models import ReportingPeriod, Submission

SLUG = "decree-631"
EXECUTORS = ("mint", "natr", "mgmt", "wg", "kaznex", "almaty", "zerde", "kazakhtelecom", "king")
NAMES = {
    "mint": ("Айгүл", "Мұратова"),
    "natr": ("Ерлан", "Тоқтаров"),
    "mgmt": ("Динара", "Сағынбаева"),
    "wg": ("Гүлнар", "Әлімқұлова"),
    "kaznex": ("Асқар", "Бекенов"),
    "almaty": ("Жанар", "Омарова"),
    "zerde": ("Нұрлан", "Қасымов"),
    "kazakhtelecom": ("Самал", "Ержанова"),
    "king": ("Бауыржан", "Тілеубаев"),
    "ministry": ("Сәуле", "Рахметова"),
    "head": ("Қайрат", "Нұрпейісов"),
    "government": ("Әсел", "Жақыпова"),
    "admin": ("Тимур", "Исаев"),
}
PASSWORD = "roadmap-demo"  # noqa: S105  (of the demonstration alone, which refuses to run where DEBUG is off)
# The last moment is that of the story's end, so that the demonstration begins with nothing left to be mailed.
WRITTEN_AT = ("2014-01-08T09:30",)
LAST_MOMENT = datetime.datetime(2014, 1, 8, 9, 30, tzinfo=clock.ZONE)


def tell():
    """Make the accounts, then both half-years of 2013, event by event in the order of their times."""
    people = make_people()
    written = json.loads((settings.BASE_DIR / "fixtures" / "demo-story.json").read_text(encoding="utf-8"))
    teller = Teller(people, written)
    ReportingPeriod.objects.make_missing(Roadmap.objects.get(slug=SLUG))
    period_of("2013-H1").open_executors_window(at=at("2013-06-20T00:01"))
    teller.play("2013-H1", until="2013-07-06")
    period_of("2013-H1").open_ministry_window(at=at("2013-07-06T00:02"))
    teller.play("2013-H1", until="2013-07-20")
    teller.summarise("2013-H1", at("2013-07-19T15:00"))
    period_of("2013-H2").open_executors_window(at=at("2013-12-21T00:01"))
    teller.fill_drafts("2013-H2", at("2013-12-30T17:00"))
    teller.play("2013-H2", until="2014-01-06")
    period_of("2013-H2").open_ministry_window(at=at("2014-01-06T00:02"))
    teller.play("2013-H2", until="2014-01-09")
    write_letters()


def write_letters():
    """The letters of some of these days, as the log keeps them; nobody is written to."""
    for moment in WRITTEN_AT:
        mail.send(at(moment), connection=get_connection("django.core.mail.backends.dummy.EmailBackend"))


def period_of(half):
    return ReportingPeriod.objects.at(Interval.parse(half)).get(roadmap__slug=SLUG)


def make_people():
    bodies = {executor.code: executor for executor in Executor.objects.all()}
    roles = {code: (User.Role.EXECUTOR, bodies[code]) for code in EXECUTORS} | {
        "ministry": (User.Role.MINISTRY_OFFICER, bodies["mint"]),
        "head": (User.Role.MINISTRY_HEAD, bodies["mint"]),
        "government": (User.Role.GOVERNMENT, None),
        "admin": (User.Role.ADMINISTRATOR, None),
    }
    password = make_password(PASSWORD)
    return {
        name: User.objects.create(
            username=name,
            email=f"{name}@example.org",
            password=password,
            role=role,
            executor=body,
            first_name=NAMES[name][0],
            last_name=NAMES[name][1],
        )
        for name, (role, body) in roles.items()
    }


def at(text):
    return datetime.datetime.fromisoformat(text).replace(tzinfo=clock.ZONE)


class Teller:
    """Plays what was written, each event through its transition."""

    def __init__(self, people, written):
        self.people, self.written = people, written

    def play(self, half, *, until):
        """Send and review what is dated before `until` and was not played yet."""
        events = []
        for code, sent in self.written["submissions"][half].items():
            if sent["sent_at"]:
                events.append((sent["sent_at"], 0, code, self.send, sent))
        for code, review in self.written["reviews"][half].items():
            events.append((review["at"], 1, code, self.review, review))
        for moment, _order, code, act, words in sorted(events, key=lambda event: event[:3]):
            if moment < until and not self._is_played(half, code, moment):
                act(self._submission(half, code), code, at(moment), words)

    def _submission(self, half, code):
        return Submission.objects.get(period=period_of(half), executor__code=code)

    def _is_played(self, half, code, moment):
        rounds = self._submission(half, code).rounds
        return rounds.filter(sent_at=at(moment)).exists() or rounds.filter(reviewed_at=at(moment)).exists()

    def send(self, submission, code, moment, sent):
        self.fill(submission, code, moment - datetime.timedelta(minutes=20), sent["entries"])
        signatory = self.written["signatories"][code]
        submission.refresh_from_db()
        submission.submit(
            by=self.people[code],
            at=moment,
            revision=submission.revision,
            signature={
                "signed_by_name": signatory["name"],
                "signed_by_post": signatory["post"],
                "letter_number": sent["letter_number"],
                "letter_date": datetime.date.fromisoformat(sent["letter_date"]),
            },
        )

    def fill_drafts(self, half, moment):
        for code, sent in self.written["submissions"][half].items():
            if not sent["sent_at"]:
                self.fill(self._submission(half, code), code, moment, sent["entries"])

    def fill(self, submission, code, moment, entries):
        for entry in submission.entries.select_related("measure"):
            words = entries[entry.measure.number]
            if not words["status"]:
                continue
            document = words["document"] or {"name": "", "number": "", "date": None}
            entry.save_draft(
                by=self.people[code],
                at=moment,
                revision=entry.revision,
                values={
                    **{name: words[name] for name in ("status", "percent", "narrative", "obstacles", "reason")},
                    "document_name": document["name"],
                    "document_number": document["number"],
                    "document_date": document["date"] and datetime.date.fromisoformat(document["date"]),
                    "is_whole_measure": words["whole_measure"],
                    "is_impossible": False,
                },
                money=words["money"] or {},
            )

    def review(self, submission, code, moment, review):
        words = {"by": self.people["ministry"], "at": moment, "revision": submission.revision}
        if review["decision"] == "accepted":
            submission.accept(**words)
            return
        measures = {entry.measure.number: entry.measure_id for entry in submission.entries.select_related("measure")}
        submission.return_for_rework(
            **words,
            comment=review["comment"],
            measure_comments={measures[number]: text for number, text in review["measure_comments"].items()},
            resubmit_by=datetime.date.fromisoformat(review["resubmit_by"]),
        )

    def summarise(self, half, moment):
        """Consolidate, write, hand over and approve a half-year."""
        period = period_of(half)
        summary = rollup.refresh(period, at=moment)
        texts = self.written["summary_texts"][half]
        for line in summary.lines.select_related("measure"):
            words = texts[line.measure.number]
            line.write(
                by=self.people["ministry"],
                at=moment,
                revision=line.revision,
                values={"text_kk": words["kk"], "text_ru": words["ru"]},
            )
        summary.hand_over(by=self.people["ministry"], at=moment)
        period.refresh_from_db()
        approved_at = moment + datetime.timedelta(hours=1)
        approval.approve(
            summary,
            by=self.people["head"],
            at=approved_at,
            revision=period.revision,
            acknowledged=checks.ALL,
        )
        files.make_all(summary)
