"""The approval: what it freezes, what leaves, and that nothing of it can be changed whichever way somebody comes."""

import datetime
import hashlib

import pytest
from django.db import IntegrityError, connection, transaction

from conftest import approve, fill, make_user, moment, send, send_all, submission_of, write_up
from reporting import approval, checks, files, rollup
from reporting.document_content import read_frozen
from reporting.errors import Conflict, Refused
from reporting.models import OffControl, ReportingPeriod, Submission, Summary, SummaryFile, SummaryLine
from reporting.tasks import open_executor_windows, open_ministry_windows
from reporting.tests.scenes import scene
from roadmap.models import Executor, Measure, Roadmap, User

pytestmark = pytest.mark.django_db

D = datetime.date
DONE = {"m1": "done", "m3": "done"}


@pytest.fixture
def handed_over(review_period, ministry):
    """H1 2013 at the head's on 19 July: measures 1 and 3 done, `wg` returned, `zerde` and `king` never sent."""

    def build():
        for submission in review_period.submissions.exclude(executor__code__in=["zerde", "king"]):
            send(submission, at="2013-07-08 09:00", **DONE)
        wg = submission_of("wg", review_period)
        wg.return_for_rework(
            by=ministry, at=moment("2013-07-09 10:00"), revision=wg.revision, comment="Толықтырыңыз.",
            resubmit_by=D(2013, 7, 11),
        )  # fmt: skip
        summary = rollup.refresh(review_period, at=moment("2013-07-18 10:00"))
        line = summary.lines.get(measure__number="1")
        values = {"text_kk": "Министрліктің мәтіні", "text_ru": "Текст министерства"}
        line.write(by=ministry, at=moment("2013-07-18 11:00"), revision=line.revision, values=values)
        write_up(summary, by=ministry)
        summary.hand_over(by=ministry, at=moment("2013-07-18 12:00"))

    scene("handed over", build)
    return Summary.objects.get()


def approve_seen(summary, head, *, at="2013-07-19 16:00", kept=(), revision=None):
    seen = ReportingPeriod.objects.get(pk=summary.period_id).revision if revision is None else revision

    def build():
        approval.approve(summary, by=head, at=moment(at), revision=seen, kept=kept, acknowledged=checks.ALL)
        files.make_all(summary)

    scene(("approve_seen", summary.pk, str(head), at, *kept, seen), build)
    summary.refresh_from_db()


@pytest.fixture
def approved(handed_over, head):
    approve_seen(handed_over, head)
    return Summary.objects.get(pk=handed_over.pk)


def statuses(period):
    return dict(period.submissions.values_list("executor__code", "status"))


def every_row():
    return [list(model.objects.order_by("pk").values()) for model in (
        ReportingPeriod, Submission, Summary, SummaryLine, SummaryFile, OffControl,
    )]  # fmt: skip


# What it freezes


def test_it_approves_and_says_who_and_when(approved, head):
    assert (approved.status, approved.approved_by, approved.approved_at) == (
        "approved", head, moment("2013-07-19 16:00"),
    )  # fmt: skip
    assert [(event.before, event.after, event.by.username) for event in approved.events.order_by("pk")] == [
        ("draft", "for_approval", "ministry"),
        ("for_approval", "approved", "head"),
    ]


def test_it_locks_the_period(approved):
    approved.period.refresh_from_db()
    assert approved.period.locked_at == moment("2013-07-19 16:00")


@pytest.mark.parametrize(("language", "text"), [("kk", "Министрліктің мәтіні"), ("ru", "Текст министерства")])
def test_it_freezes_the_document_in_each_language(approved, language, text):
    frozen = read_frozen(approved, language)
    assert (frozen.language, frozen.is_approved, frozen.version) == (language, True, 1)
    assert len(frozen.rows) == 20
    assert frozen.rows[0].text == text
    assert (frozen.rows[0].status, frozen.rows[0].percent, frozen.rows[0].reported) == ("done", 100, 2)
    assert approved.frozen["schema"] == 3


def test_it_keeps_a_file_in_each_language_with_its_hash(approved):
    made = list(approved.files.all())
    assert sorted((file.kind, file.language) for file in made) == [
        *(("csv", code) for code in ("en", "kk", "ru")), ("docx", "kk"), ("json", "kk"),
        *(("xlsx", code) for code in ("en", "kk", "ru")),
    ]  # fmt: skip
    for file in made:
        assert file.sha256 == hashlib.sha256(bytes(file.content)).hexdigest()
        assert len(bytes(file.content)) > 1000


def test_it_calls_what_was_never_sent_not_submitted(approved):
    assert statuses(approved.period) == {
        "mint": "submitted", "natr": "submitted", "mgmt": "submitted", "kaznex": "submitted", "almaty": "submitted",
        "kazakhtelecom": "submitted", "wg": "returned", "zerde": "not_submitted", "king": "not_submitted",
    }  # fmt: skip


def test_it_is_not_blocked_by_missing_executors_and_names_them(approved):
    frozen = read_frozen(approved, "kk")
    attended = {line.executor: line.state for line in frozen.attendance}
    assert {name for name, state in attended.items() if state == "missing"} == {"«Зерде» холдингі» АҚ", "«ҚМГИ» АҚ"}
    assert len(attended) == 9
    rows = {row.number: row for row in frozen.rows}
    assert (rows["5"].expected, rows["5"].reported) == (4, 3)
    assert [(one.executor, one.state) for one in rows["5"].progress][2] == ("жұмыс тобы", "on_rework")
    assert [(one.executor, one.state) for one in rows["18"].progress][2] == ("«ҚМГИ» АҚ", "missing")


def test_it_is_approved_even_when_nobody_reported(review_period, head, ministry):
    summary = approve(review_period, head=head, ministry=ministry)
    assert sum(row.status == "no_information" for row in read_frozen(summary, "kk").rows) == 18
    assert set(statuses(review_period).values()) == {"not_submitted"}


# What leaves


def test_it_takes_off_control_what_is_done(approved, head):
    rows = OffControl.objects.order_by("measure__position")
    assert [(row.measure.number, row.ground, row.decided_on, row.by, row.document, row.summary) for row in rows] == [
        (number, 1, D(2013, 7, 19), head, "ЖА-2013-I", approved) for number in ("1", "3")
    ]
    assert not rows.exclude(revoked_on=None).exists()


def test_it_keeps_on_control_what_the_head_keeps(handed_over, head):
    approve_seen(handed_over, head, kept=[Measure.objects.get(number="1").pk])
    assert list(OffControl.objects.values_list("measure__number", flat=True)) == ["3"]


def test_it_lists_what_will_leave_before_it_does(handed_over):
    leaving = approval.check(handed_over, D(2013, 7, 19)).leaving
    assert [line.measure.number for line in leaving] == ["1", "3"]


def test_it_takes_off_control_what_the_ministry_overruled_as_done(review_period, head, ministry):
    send_all(review_period, at="2013-07-08 09:00", **DONE)
    summary = rollup.refresh(review_period, at=moment("2013-07-18 10:00"))
    for number, status in {"1": "in_progress", "10": "done"}.items():
        line = summary.lines.get(measure__number=number)
        values = {"overruled_status": status, "overruled_reason": "Тексерілді"}
        line.write(by=ministry, at=moment("2013-07-18 11:00"), revision=line.revision, values=values)
    write_up(summary, by=ministry)
    summary.hand_over(by=ministry, at=moment("2013-07-18 12:00"))
    approve_seen(summary, head)
    assert set(OffControl.objects.values_list("measure__number", flat=True)) == {"3", "10"}


def test_it_takes_nothing_off_control_twice(roadmap, head, ministry):
    for opens, reviews in [("2013-06-20", "2013-07-06"), ("2013-12-21", "2014-01-06")]:
        open_executor_windows(opens)
        open_ministry_windows(reviews)
    second, first = ReportingPeriod.objects.opened().order_by("-number")
    send_all(first, at="2014-01-07 09:00", **DONE)
    send_all(second, at="2014-01-07 09:00", **DONE)
    approve(second, head=head, ministry=ministry, at="2014-01-18 12:00")
    approve(first, head=head, ministry=ministry, at="2014-01-19 12:00")
    assert sorted(OffControl.objects.values_list("measure__number", flat=True)) == ["1", "3"]


# What the head sees before


def test_it_tells_the_head_what_is_missing_returned_and_not_reviewed(handed_over):
    found = approval.check(handed_over, D(2013, 7, 19))
    assert not found.is_clear
    assert {one.submission.executor.code for one in found.standing.missing} == {"zerde", "king"}
    assert [one.submission.executor.code for one in found.standing.returned] == ["wg"]
    assert len(found.standing.not_reviewed) == 6
    assert (found.changed, found.unwritten, found.marked) == ([], [], [])


def test_it_tells_the_head_what_changed_since(handed_over):
    send(submission_of("king", handed_over.period), at="2013-07-19 09:00")
    changed = approval.check(handed_over, D(2013, 7, 19)).changed
    assert [measure.number for measure in changed] == ["18"]


# What it refuses


def test_it_refuses_the_head_who_did_not_see_the_last_submission(handed_over, head):
    seen = ReportingPeriod.objects.get(pk=handed_over.period_id).revision
    send(submission_of("king", handed_over.period), at="2013-07-19 15:59")
    before = every_row()
    with pytest.raises(Conflict):
        approve_seen(handed_over, head, revision=seen)
    assert every_row() == before


def test_it_refuses_a_draft(review_period, head, ministry):
    summary = rollup.refresh(review_period, at=moment("2013-07-18 10:00"))
    before = every_row()
    with pytest.raises(Conflict):
        approve_seen(summary, head)
    assert every_row() == before


def test_it_refuses_what_the_head_sent_back(handed_over, head):
    handed_over.send_back(by=head, at=moment("2013-07-19 10:00"), remarks="Толықтырыңыз.")
    assert (handed_over.status, handed_over.last_remarks) == ("draft", "Толықтырыңыз.")
    before = every_row()
    with pytest.raises(Conflict):
        approve_seen(handed_over, head)
    assert every_row() == before


@pytest.mark.parametrize("remarks", ["", "  \n"])
def test_it_is_not_sent_back_without_words(handed_over, head, remarks):
    with pytest.raises(Refused):
        handed_over.send_back(by=head, at=moment("2013-07-19 10:00"), remarks=remarks)
    handed_over.refresh_from_db()
    assert handed_over.status == "for_approval"


def test_it_refuses_a_second_approval(approved, head):
    before = every_row()
    with pytest.raises(Conflict):
        approve_seen(approved, head, at="2013-07-19 17:00")
    assert every_row() == before


@pytest.mark.parametrize("deed", ["hand over", "send back", "write"])
def test_it_refuses_every_later_step(approved, head, ministry, deed):
    before = every_row()
    at = moment("2013-07-19 17:00")
    with pytest.raises(Refused):
        if deed == "hand over":
            approved.hand_over(by=ministry, at=at)
        elif deed == "send back":
            approved.send_back(by=head, at=at, remarks="Кері")
        else:
            line = approved.lines.get(position=1)
            line.write(by=ministry, at=at, revision=line.revision, values={"text_kk": "Басқа"})
    assert every_row() == before


def test_it_refuses_to_move_the_dates_of_an_approved_period(approved, ministry):
    period = ReportingPeriod.objects.get(pk=approved.period_id)
    with pytest.raises(Refused):
        period.move_dates(
            {"ministry_due_on": D(2013, 7, 25)}, by=ministry, at=moment("2013-07-19 17:00"), reason="Хат № 5"
        )
    period.refresh_from_db()
    assert period.ministry_due_on == D(2013, 7, 20)


# What nothing can change

RAW = [
    "UPDATE reporting_summary SET version = 9",
    "UPDATE reporting_summaryline SET text_kk = 'x'",
    "UPDATE reporting_summaryfile SET sha256 = 'x'",
    "DELETE FROM reporting_summary",
    "DELETE FROM reporting_summaryline",
    "DELETE FROM reporting_summaryfile",
]
BY_ORM = [
    lambda summary: Summary.objects.update(status="draft", frozen=None, approved_at=None, approved_by=None),
    lambda summary: Summary.objects.filter(pk=summary.pk).update(frozen={}),
    lambda summary: summary.save(),
    lambda summary: Summary.objects.bulk_update([summary], ["version"]),
    lambda summary: SummaryLine.objects.update(text_kk="Басқа"),
    lambda summary: SummaryLine.objects.update(rolled_percent=1),
    lambda summary: summary.lines.first().save(),
    lambda summary: summary.lines.all().delete(),
    lambda summary: summary.lines.first().delete(),
    lambda summary: SummaryFile.objects.update(content=b""),
    lambda summary: summary.files.first().save(),
    lambda summary: summary.files.all().delete(),
]


def test_it_stands_against_raw_sql(approved):
    before = every_row()
    for sql in RAW:
        with (
            pytest.raises(IntegrityError, match="an approved summary never changes"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(sql)
        assert every_row() == before, sql


def test_it_stands_against_the_orm(approved):
    before = every_row()
    for change in BY_ORM:
        refusal = "an approved summary never changes|through protected foreign keys: 'ChainLink.file'"
        with pytest.raises(IntegrityError, match=refusal), transaction.atomic():
            change(approved)
        assert every_row() == before


def test_it_stands_against_the_deletion_of_a_summary(approved):
    OffControl.objects.all().delete()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM reporting_summary")
    assert Summary.objects.filter(pk=approved.pk).exists()


def test_it_takes_no_line_of_another_summary_and_gives_none_away(approved, ministry):
    open_executor_windows("2013-12-21")
    open_ministry_windows("2014-01-06")
    other = rollup.refresh(ReportingPeriod.objects.get(number=2, year=2013), at=moment("2014-01-08 10:00"))
    with pytest.raises(IntegrityError), transaction.atomic():
        approved.lines.update(summary=other)
    assert approved.lines.count() == 20


def test_it_takes_no_line_more_after_the_approval(approved):
    measure = Measure.objects.create(roadmap=approved.period.roadmap, position=21, number="21", title_kk="Жаңа іс-шара")
    with pytest.raises(IntegrityError), transaction.atomic():
        SummaryLine.objects.create(summary=approved, measure=measure, position=21, rolled_status="done", source={})


def test_it_takes_no_line_over_from_a_draft(approved):
    period = ReportingPeriod.objects.get(year=2013, number=2)
    draft = Summary.objects.create(period=period, version=1, consolidated_at=approved.consolidated_at)
    measure = Measure.objects.create(roadmap=period.roadmap, position=21, number="21", title_kk="Жаңа іс-шара")
    line = SummaryLine.objects.create(summary=draft, measure=measure, position=21, rolled_status="done", source={})
    with pytest.raises(IntegrityError), transaction.atomic():
        SummaryLine.objects.filter(pk=line.pk).update(summary=approved)


def test_it_leaves_drafts_free(handed_over):
    assert SummaryLine.objects.update(text_kk="Мәтін") == 20
    assert Summary.objects.update(version=2, correction_reason="Қате түзетілді.") == 1


def test_it_shows_the_names_of_that_day_whatever_is_edited_later(approved):
    before = {code: read_frozen(approved, code) for code in ("kk", "ru", "en")}
    kept = {(file.kind, file.language): bytes(file.content) for file in approved.files.all()}
    Executor.objects.update(short_name_kk="Өзгерген атау", full_name_kk="Өзгерген атау", short_name_ru="Другое имя")
    Measure.objects.update(
        title_kk="Өзгерген іс-шара", deadline_text_kk="ешқашан", ends_on=D(2013, 1, 31), starts_on=None
    )
    Roadmap.objects.update(title_kk="Өзгерген жол картасы")
    User.objects.update(first_name="Өзгерген")
    Submission.objects.filter(executor__code="natr").update(signed_by_name="Өзгерген")
    again = Summary.objects.get(pk=approved.pk)
    for code, document in before.items():
        assert read_frozen(again, code) == document
    for (kind, code), content in kept.items():
        assert files.content_of(again.frozen, kind, code) == content
    assert "Өзгерген" not in repr(read_frozen(again, "kk"))


def test_it_is_the_valid_version_of_its_period(approved):
    assert list(Summary.objects.valid()) == [approved]
    assert list(Summary.objects.for_user(make_user("natr", User.Role.EXECUTOR, "natr"))) == [approved]


def test_it_is_read_by_nobody_before_it_is_approved(handed_over, government, officer, ministry):
    assert not Summary.objects.for_user(government).exists()
    assert not Summary.objects.for_user(officer).exists()
    assert list(Summary.objects.for_user(ministry)) == [handed_over]


def test_it_is_not_changed_by_a_later_half_years_work(approved, ministry, head):
    before = [list(approved.lines.order_by("pk").values()), approved.frozen]
    open_executor_windows("2013-12-21")
    open_ministry_windows("2014-01-06")
    second = ReportingPeriod.objects.get(year=2013, number=2)
    fill(submission_of("natr", second))
    send_all(second, at="2014-01-07 09:00")
    approve(second, head=head, ministry=ministry, at="2014-01-18 12:00")
    again = Summary.objects.get(pk=approved.pk)
    assert [list(again.lines.order_by("pk").values()), again.frozen] == before
