"""What the executors' reports come to: line by line, and as the summary in work."""

import datetime
from decimal import ROUND_HALF_UP, Decimal
from itertools import combinations_with_replacement, product

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from conftest import SIGNATURE, approve, fill, make_user, moment, send, send_all, submission_of
from reporting.document import document
from reporting.errors import Conflict, Refused
from reporting.models import Expenditure, OffControl, ProgressEntry, ReportingPeriod, Submission, Summary
from reporting.rollup import consolidate, mean_percent, outdated_measures, refresh, roll_up, standing
from reporting.tasks import open_executor_windows, open_ministry_windows
from roadmap.models import Assignment, Executor, FundingSource, Measure, Roadmap, User

D = datetime.date
REPORTED = ("not_started", "in_progress", "done", "not_done")
ABSENT = ("missing", "returned")
STATES = (*REPORTED, *ABSENT)
COMBINATIONS = [states for count in (1, 2, 3) for states in product(STATES, repeat=count)]


def line_of(states):
    """The six rules of the design once more, as a table: the first row whose question is answered by yes."""
    table = [
        ("no_information", not any(state in REPORTED for state in states)),
        ("not_done", "not_done" in states),
        ("done", states.count("done") == len(states)),
        ("not_started", all(state == "not_started" or state in ABSENT for state in states)),
        ("in_progress", True),
    ]
    return next(status for status, fits in table if fits)


# The rules


@pytest.mark.parametrize("states", COMBINATIONS, ids="-".join)
def test_it_rolls_up_every_combination_of_up_to_three_executors(states):
    statuses = [state if state in REPORTED else None for state in states]
    assert roll_up(statuses, has_begun=True, is_off_control=False) == line_of(states)


@pytest.mark.parametrize(
    ("has_begun", "is_off_control", "status"),
    [(False, False, "not_begun"), (True, True, "off_control"), (False, True, "off_control")],
)
def test_it_says_why_nobody_is_expected(has_begun, is_off_control, status):
    assert roll_up([], has_begun=has_begun, is_off_control=is_off_control) == status


@pytest.mark.parametrize("statuses", [["done"], [None], ["in_progress", None]])
def test_it_asks_for_begun_and_off_control_only_where_nobody_is_expected(statuses):
    ordinary = roll_up(statuses, has_begun=True, is_off_control=False)
    assert roll_up(statuses, has_begun=False, is_off_control=True) == ordinary


def test_it_gives_no_percent_of_nobody():
    assert mean_percent([]) is None


def test_it_rounds_the_mean_percent_half_up():
    values = (0, 1, 2, 33, 50, 67, 99, 100)
    for percents in [found for count in (1, 2, 3) for found in combinations_with_replacement(values, count)]:
        exact = Decimal(sum(percents)) / len(percents)
        assert mean_percent(percents) == int(exact.quantize(Decimal(1), ROUND_HALF_UP)), percents


# On real rows


@pytest.fixture
def every_combination(db):
    """A roadmap with a measure for every combination of what up to three executors can say of it."""
    executors = [
        Executor.objects.create(code=f"e{place}", short_name_kk=f"{place}-орындаушы", full_name_kk=f"{place}-орындаушы")
        for place in (1, 2, 3)
    ]
    roadmap = Roadmap.objects.create(
        slug="every", act_kk="Қаулы", number="1", date="2013-06-01", title_kk="Жол картасы", first_year=2013,
        last_year=2013, coordinator=executors[0],
    )  # fmt: skip
    said = {}
    for position, statuses in enumerate([s for count in (1, 2, 3) for s in product(REPORTED, repeat=count)], start=1):
        measure = Measure.objects.create(roadmap=roadmap, position=position, number=str(position), title_kk="Іс-шара")
        Assignment.objects.bulk_create(
            Assignment(measure=measure, position=place, executor=executor)
            for place, (executor, _status) in enumerate(zip(executors, statuses, strict=False), start=1)
        )
        said[measure.pk] = statuses
    open_executor_windows("2013-06-20")
    period = ReportingPeriod.objects.get(roadmap=roadmap, number=1)
    percents = {"not_started": 0, "in_progress": 51, "done": 100, "not_done": 10}
    for entry in ProgressEntry.objects.filter(submission__period=period).select_related("submission"):
        status = said[entry.measure_id][executors.index(entry.submission.executor)]
        ProgressEntry.objects.filter(pk=entry.pk).update(status=status, percent=percents[status])
    return period, said, percents


def test_it_rolls_up_every_combination_on_real_rows(every_combination):
    period, said, percents = every_combination
    sent = {"first_submitted_at": moment("2013-07-01 10:00")} | SIGNATURE
    rows = {
        None: {"status": "accepted"} | sent,
        "returned": {"status": "returned"} | sent,
        "missing": {"status": "draft", "first_submitted_at": None},
    }
    for absent in product(rows, repeat=3):
        for place, state in enumerate(absent, start=1):
            Submission.objects.filter(period=period, executor__code=f"e{place}").update(**rows[state])
        for rollup in consolidate(period):
            states = tuple(gone or status for gone, status in zip(absent, said[rollup.measure.pk], strict=False))
            counted = [percents[state] for state in states if state in REPORTED]
            assert rollup.status == line_of(states), states
            assert (rollup.expected, rollup.reported) == (len(states), len(counted)), states
            assert rollup.percent == mean_percent(counted), states
            assert [report.state for report in rollup.reports] == [
                {"missing": "missing", "returned": "on_rework"}.get(state, "reported") for state in states
            ]


def rollup_of(number, period):
    (found,) = [rollup for rollup in consolidate(period) if rollup.measure.number == str(number)]
    return found


def test_it_rolls_up_every_measure_in_the_decrees_order(period):
    assert [rollup.measure.number for rollup in consolidate(period)] == [str(number) for number in range(1, 21)]


def test_it_tells_begun_from_not_begun_in_the_first_half_of_2013(period):
    statuses = {rollup.measure.number: rollup.status for rollup in consolidate(period)}
    assert {number for number, status in statuses.items() if status == "not_begun"} == {"11", "16"}
    assert set(statuses.values()) == {"not_begun", "no_information"}


def test_it_gives_each_executors_words_in_the_decrees_order(period):
    for code in ("natr", "wg", "mgmt", "mint"):
        submission = submission_of(code, period)
        fill(submission)
        submission.entries.filter(measure__number="5").update(narrative=f"{code} мәтіні")
        submission.refresh_from_db()
        by = make_user(code, User.Role.EXECUTOR, code)
        submission.submit(by=by, at=moment("2013-07-03 10:00"), revision=submission.revision, signature=SIGNED)
    reports = rollup_of(5, period).reports
    assert [report.narrative for report in reports] == ["mint мәтіні", "mgmt мәтіні", "wg мәтіні", "natr мәтіні"]
    assert [report.by_agreement for report in reports] == [False, True, False, True]
    assert [report.names["kk"] for report in reports] == ["ИЖТМ", "басқарушы компания", "жұмыс тобы", "«ТДҰА» АҚ"]


SIGNED = {
    "signed_by_name": "А. Б. Серікбаев",
    "signed_by_post": "төраға",
    "letter_number": "1",
    "letter_date": D(2013, 7, 3),
}


def test_it_sums_money_for_each_source_over_the_reporters(roadmap):
    local = FundingSource.objects.create(code="local", name_kk="жергілікті бюджет")
    Measure.objects.get(number="14").funding_sources.add(local)
    open_executor_windows("2013-06-20")
    period = ReportingPeriod.objects.get(year=2013, number=1)
    for code in ("almaty", "natr", "mgmt"):
        fill(submission_of(code, period))
    for (code, source), (planned, spent) in {
        ("almaty", "republican"): (5_000_000_000, 4_999_999_999),
        ("natr", "republican"): (1, 0),
        ("mgmt", "republican"): (700, 700),
        ("almaty", "local"): (30, 20),
        ("natr", "local"): (3, 2),
        ("mgmt", "local"): (900, 900),
    }.items():
        Expenditure.objects.filter(
            entry__submission__executor__code=code, entry__measure__number="14", source__code=source
        ).update(planned=planned, spent=spent)
    for code in ("almaty", "natr"):
        submission = submission_of(code, period)
        by = make_user(code, User.Role.EXECUTOR, code)
        submission.submit(by=by, at=moment("2013-07-03 10:00"), revision=submission.revision, signature=SIGNED)
    sums = {money.names["kk"]: (money.planned, money.spent) for money in rollup_of(14, period).money}
    assert sums == {"республикалық бюджет": (5_000_000_001, 4_999_999_999), "жергілікті бюджет": (33, 22)}


def test_it_never_sums_money_over_the_two_halves_of_a_year(period):
    send_all(period)
    open_executor_windows("2013-12-21")
    second = ReportingPeriod.objects.get(year=2013, number=2)
    send_all(second, at="2014-01-03 10:00")
    (money,) = rollup_of(14, second).money
    assert (money.planned, money.spent) == (3000, 3000)


def returned(submission, ministry, at="2013-07-08 10:00"):
    submission.return_for_rework(
        by=ministry, at=moment(at), revision=submission.revision, comment="Толықтырыңыз.", resubmit_by=D(2013, 7, 12)
    )


def test_it_names_who_is_on_rework_and_does_not_count_it(review_period, ministry):
    send(submission_of("mint", review_period), at="2013-07-08 09:00")
    returned(send(submission_of("natr", review_period), at="2013-07-08 09:00", m1="done"), ministry)
    rollup = rollup_of(1, review_period)
    assert (rollup.status, rollup.percent, rollup.reported, rollup.expected) == ("in_progress", 30, 1, 2)
    natr = rollup.reports[1]
    assert (natr.names["kk"], natr.state) == ("«ТДҰА» АҚ", "on_rework")
    assert (natr.status, natr.percent, natr.narrative, natr.document_number, natr.money) == ("", None, "", "", ())


def test_it_counts_a_returned_submission_again_once_it_is_sent_again(review_period, ministry):
    submission = send(submission_of("king", review_period), at="2013-07-08 09:00")
    returned(submission, ministry)
    assert rollup_of(18, review_period).reported == 0
    send(submission, at="2013-07-09 09:00")
    assert rollup_of(18, review_period).reported == 1


def test_it_gives_the_ground_of_what_is_off_control(review_period, head, ministry, people):
    done = {f"m{number}": "done" for number in (12, 13)}
    send_all(review_period, at="2013-07-08 09:00", **done)
    refresh(review_period, at=moment("2013-07-08 10:00"))
    line = Summary.objects.get().lines.get(measure__number="12")
    words = {"text_kk": "Қызмет жетілдірілді.", "text_ru": "Деятельность улучшена."}
    line.write(by=ministry, at=moment("2013-07-08 11:00"), revision=line.revision, values=words)
    approve(review_period, head=head, ministry=ministry)
    open_executor_windows("2013-12-21")
    rollup = rollup_of(12, ReportingPeriod.objects.get(year=2013, number=2))
    assert (rollup.status, rollup.expected, rollup.percent) == ("off_control", 0, None)
    note = rollup.off_control
    assert (note.ground, note.decided_on, note.document) == (1, "2013-07-19", "ЖА-2013-I")
    assert (note.last_text_kk, note.last_text_ru) == (words["text_kk"], words["text_ru"])


# The number of queries


def make_roadmap(measures):
    body = Executor.objects.create(code=f"b{measures}", short_name_kk="Орган", full_name_kk="Орган")
    others = [
        Executor.objects.create(code=f"b{measures}-{place}", short_name_kk=f"{place}-орган", full_name_kk="Орган")
        for place in range(3)
    ]
    roadmap = Roadmap.objects.create(
        slug=f"r{measures}", act_kk="Қаулы", number="1", date="2013-06-01", title_kk="Жол картасы", first_year=2013,
        last_year=2013, coordinator=body,
    )  # fmt: skip
    section = roadmap.sections.create(position=1, number="1", title_kk="Бөлім")
    source, _is_new = FundingSource.objects.get_or_create(code="republican", defaults={"name_kk": "бюджет"})
    for position in range(1, measures + 1):
        measure = Measure.objects.create(
            roadmap=roadmap, section=section, position=position, number=str(position), title_kk="Іс-шара"
        )
        measure.funding_sources.add(source)
        for place, executor in enumerate(others, start=1):
            Assignment.objects.create(measure=measure, position=place, executor=executor)
    return roadmap


@pytest.fixture
def sent_periods(db):
    """Periods with 5 and with 20 measures, three reports on each."""
    for roadmap in (make_roadmap(5), make_roadmap(20)):
        open_executor_windows("2013-06-20")
        open_ministry_windows("2013-07-06")
        send_all(ReportingPeriod.objects.get(roadmap=roadmap, number=1))
    return [ReportingPeriod.objects.get(roadmap__slug=slug, number=1) for slug in ("r5", "r20")]


def queries_of(read):
    with CaptureQueriesContext(connection) as captured:
        read()
    return [query["sql"].split(" WHERE ")[0] for query in captured.captured_queries]


def test_it_reads_a_period_with_the_same_queries_whatever_its_measures(sent_periods):
    few, many = (queries_of(lambda period=period: consolidate(period)) for period in sent_periods)
    assert few == many


def test_it_reads_who_reported_with_the_same_queries_whatever_the_entries(sent_periods):
    few, many = (queries_of(lambda period=period: standing(period, D(2013, 7, 8)).late) for period in sent_periods)
    assert few == many


def test_it_writes_the_document_with_the_same_queries_whatever_its_measures(sent_periods):
    summaries = [refresh(period, at=moment("2013-07-08 10:00")) for period in sent_periods]
    few, many = (
        queries_of(lambda pk=summary.pk: document(Summary.objects.get(pk=pk), "ru", made_at=moment("2013-07-08 10:00")))
        for summary in summaries
    )
    assert few == many


def test_it_reads_what_is_outdated_with_the_same_queries_whatever_its_measures(sent_periods):
    summaries = [refresh(period, at=moment("2013-07-08 10:00")) for period in sent_periods]
    few, many = (
        queries_of(lambda pk=summary.pk: outdated_measures(Summary.objects.get(pk=pk))) for summary in summaries
    )
    assert few == many


def test_it_consolidates_the_decree_with_ten_queries(review_period, django_assert_num_queries):
    send_all(review_period, at="2013-07-08 09:00")
    period = ReportingPeriod.objects.select_related("roadmap").get(pk=review_period.pk)
    # measures, assignments with executors, funding; entries, money with sources; off control and its last lines.
    with django_assert_num_queries(10):
        consolidate(period)


# The summary in work


def test_it_makes_a_line_for_each_measure(review_period):
    summary = refresh(review_period, at=moment("2013-07-08 10:00"))
    assert list(summary.lines.in_order().values_list("measure__number", flat=True)) == [str(n) for n in range(1, 21)]
    assert (summary.version, summary.status) == (1, "draft")


def test_it_marks_changed_lines_only_where_the_ministry_wrote(review_period, ministry):
    summary = refresh(review_period, at=moment("2013-07-08 10:00"))
    words = {"text_kk": "Министрліктің сөзі", "text_ru": "Слово министерства"}
    for number in ("1", "11"):
        line = summary.lines.get(measure__number=number)
        line.write(by=ministry, at=moment("2013-07-08 11:00"), revision=line.revision, values=words)
    send(submission_of("natr", review_period), at="2013-07-08 12:00")
    assert len(outdated_measures(summary)) == 18
    refresh(review_period, at=moment("2013-07-08 13:00"))
    lines = {line.measure.number: line for line in summary.lines.select_related("measure")}
    assert {number for number, line in lines.items() if line.is_changed} == {"1"}
    assert (lines["1"].rolled_status, lines["1"].rolled_percent) == ("in_progress", 30)
    assert (lines["2"].rolled_status, lines["2"].rolled_percent) == ("in_progress", 30)
    assert (lines["1"].text_kk, lines["1"].text_ru) == (words["text_kk"], words["text_ru"])
    assert (lines["11"].text_kk, lines["11"].is_changed) == (words["text_kk"], False)
    assert outdated_measures(summary) == []


def test_it_never_touches_the_ministrys_words_and_decision(review_period, ministry):
    summary = refresh(review_period, at=moment("2013-07-08 10:00"))
    line = summary.lines.get(measure__number="1")
    words = {
        "text_kk": "Мәтін", "text_ru": "Текст", "overruled_status": "not_done", "overruled_reason": "Құжат жоқ",
    }  # fmt: skip
    line.write(by=ministry, at=moment("2013-07-08 11:00"), revision=line.revision, values=words)
    send_all(review_period, at="2013-07-08 12:00")
    refresh(review_period, at=moment("2013-07-08 13:00"))
    line.refresh_from_db()
    assert {name: getattr(line, name) for name in words} == words
    assert (line.status, line.rolled_status) == ("not_done", "in_progress")
    assert line.edited_by == ministry


def test_it_takes_the_mark_away_when_the_ministry_writes_again(review_period, ministry):
    summary = refresh(review_period, at=moment("2013-07-08 10:00"))
    line = summary.lines.get(measure__number="18")
    line.write(by=ministry, at=moment("2013-07-08 11:00"), revision=line.revision, values={"text_kk": "Бірінші"})
    send(submission_of("king", review_period), at="2013-07-08 12:00")
    refresh(review_period, at=moment("2013-07-08 13:00"))
    line.refresh_from_db()
    assert line.is_changed
    refresh(review_period, at=moment("2013-07-08 14:00"))
    line.refresh_from_db()
    assert line.is_changed
    line.write(by=ministry, at=moment("2013-07-08 15:00"), revision=line.revision, values={"text_kk": "Екінші"})
    line.refresh_from_db()
    assert not line.is_changed


def test_it_refuses_the_ministrys_words_from_a_stale_page(review_period, ministry):
    summary = refresh(review_period, at=moment("2013-07-08 10:00"))
    line = summary.lines.get(measure__number="18")
    line.write(by=ministry, at=moment("2013-07-08 11:00"), revision=0, values={"text_kk": "Бірінші"})
    with pytest.raises(Conflict):
        line.write(by=ministry, at=moment("2013-07-08 11:01"), revision=0, values={"text_kk": "Екінші"})
    line.refresh_from_db()
    assert line.text_kk == "Бірінші"


def test_it_is_in_conflict_with_words_written_on_a_line_that_was_refreshed_meanwhile(review_period, ministry):
    summary = refresh(review_period, at=moment("2013-07-08 10:00"))
    line = summary.lines.get(measure__number="18")
    send(submission_of("king", review_period), at="2013-07-08 12:00")
    refresh(review_period, at=moment("2013-07-08 13:00"))
    with pytest.raises(Conflict):
        line.write(by=ministry, at=moment("2013-07-08 14:00"), revision=line.revision, values={"text_kk": "Ескі"})


def test_it_changes_nothing_when_nothing_was_sent_since(review_period):
    send_all(review_period, at="2013-07-08 09:00")
    summary = refresh(review_period, at=moment("2013-07-08 10:00"))
    before = list(summary.lines.order_by("pk").values())
    refresh(review_period, at=moment("2013-07-08 11:00"))
    assert list(summary.lines.order_by("pk").values()) == before
    assert Summary.objects.count() == 1


def test_it_does_not_consolidate_before_the_ministrys_window(period):
    send_all(period)
    with pytest.raises(Refused):
        refresh(period, at=moment("2013-07-05 10:00"))
    assert not Summary.objects.exists()


def test_it_does_not_consolidate_while_the_head_has_the_summary(review_period, ministry, head):
    summary = refresh(review_period, at=moment("2013-07-08 10:00"))
    summary.hand_over(by=ministry, at=moment("2013-07-08 11:00"))
    send_all(review_period, at="2013-07-08 12:00")
    with pytest.raises(Refused):
        refresh(review_period, at=moment("2013-07-08 13:00"))
    assert set(summary.lines.values_list("rolled_status", flat=True)) == {"no_information", "not_begun"}
    summary.send_back(by=head, at=moment("2013-07-08 14:00"), remarks="Жаңартыңыз.")
    refresh(review_period, at=moment("2013-07-08 15:00"))
    assert "in_progress" in summary.lines.values_list("rolled_status", flat=True)


def test_it_does_not_write_while_the_head_has_the_summary(review_period, ministry):
    summary = refresh(review_period, at=moment("2013-07-08 10:00"))
    summary.hand_over(by=ministry, at=moment("2013-07-08 11:00"))
    line = summary.lines.get(measure__number="1")
    with pytest.raises(Refused):
        line.write(by=ministry, at=moment("2013-07-08 12:00"), revision=line.revision, values={"text_kk": "Кеш"})
    line.refresh_from_db()
    assert line.text_kk == ""


def test_it_does_not_consolidate_after_the_approval(review_period, ministry, head):
    approve(review_period, head=head, ministry=ministry)
    with pytest.raises(Refused):
        refresh(review_period, at=moment("2013-07-19 17:00"))
    assert Summary.objects.count() == 1


# The document


@pytest.fixture
def second_half(roadmap, on_day):
    """H2 2013 on 8 January 2014, both windows open."""
    open_executor_windows("2013-12-21")
    open_ministry_windows("2014-01-06")
    on_day("2014-01-08")
    return ReportingPeriod.objects.get(year=2013, number=2)


def rows_of(period, language="en"):
    made_at = moment("2014-01-08 10:00")
    return {row.number: row for row in document(refresh(period, at=made_at), language, made_at=made_at).rows}


def test_it_calls_overdue_what_was_due_in_the_half_year_and_is_not_done(second_half):
    send_all(second_half, at="2014-01-03 10:00", m2="done", m3="not_done")
    overdue = {number for number, row in rows_of(second_half).items() if row.is_overdue}
    assert overdue == {"1", "3", "4", "5", "6", "7", "8", "9", "15"}


def test_it_calls_overdue_what_nobody_reported(second_half):
    rows = rows_of(second_half)
    assert (rows["1"].status, rows["1"].is_overdue) == ("no_information", True)
    assert (rows["10"].status, rows["10"].is_overdue) == ("no_information", False)


def test_it_says_overdue_in_the_notes(second_half):
    assert rows_of(second_half)["1"].notes == ("overdue",)


def test_it_calls_nothing_overdue_in_the_first_half_of_2013(review_period):
    made_at = moment("2013-07-08 10:00")
    summary = refresh(review_period, at=made_at)
    assert not [row.number for row in document(summary, "en", made_at=made_at).rows if row.is_overdue]


@pytest.mark.parametrize(
    ("dated", "notes"),
    [
        (D(2013, 8, 30), []),
        (D(2013, 8, 31), []),
        (D(2013, 9, 1), [("2013", "31", "1")]),
    ],
    ids=["before", "on the deadline", "after"],
)
def test_it_calls_done_late_by_the_documents_date(second_half, dated, notes):
    for code in ("mint", "natr"):
        submission = submission_of(code, second_half)
        fill(submission, m1="done")
        submission.entries.filter(measure__number="1").update(document_date=dated)
        submission.refresh_from_db()
        by = make_user(code, User.Role.EXECUTOR, code)
        submission.submit(by=by, at=moment("2014-01-03 10:00"), revision=submission.revision, signature=SIGNED)
    row = rows_of(second_half)["1"]
    assert (row.status, row.is_overdue) == ("done", False)
    assert len(row.notes) == len(notes)
    for note, words in zip(row.notes, notes, strict=True):
        assert "done late" in note
        assert all(word in note for word in words)


def test_it_does_not_call_overdue_what_is_off_control(roadmap, head, on_day):
    OffControl.objects.create(
        measure=Measure.objects.get(number="1"), ground=2, decided_on=D(2013, 10, 1), by=head, document="Қаулы",
        decision_body="Үкімет", decision_number="900",
    )  # fmt: skip
    open_executor_windows("2013-12-21")
    open_ministry_windows("2014-01-06")
    row = rows_of(ReportingPeriod.objects.get(year=2013, number=2))["1"]
    assert (row.status, row.is_overdue) == ("off_control", False)
    assert "Үкімет, Қаулы No. 900" in row.notes[0]


def test_it_shows_both_statuses_where_the_ministry_overruled(second_half, ministry):
    send_all(second_half, at="2014-01-03 10:00", m9="done")
    summary = refresh(second_half, at=moment("2014-01-08 09:00"))
    line = summary.lines.get(measure__number="9")
    values = {"overruled_status": "not_done", "overruled_reason": "Құжат жоқ"}
    line.write(by=ministry, at=moment("2014-01-08 09:30"), revision=line.revision, values=values)
    row = rows_of(second_half)["9"]
    assert (row.status, row.is_overdue) == ("not_done", True)
    assert "done" in row.notes[1]
    assert "Құжат жоқ" in row.notes[1]


def test_it_counts_every_measure_once_in_the_sections(second_half):
    made_at = moment("2014-01-08 10:00")
    made = document(refresh(second_half, at=made_at), "kk", made_at=made_at)
    assert [sum(counts) for counts in made.counts] == [13, 7]
    statuses = [row.status for row in made.rows]
    assert (statuses.count("not_begun"), statuses.count("no_information"), sum(made.overdue)) == (2, 18, 10)


def test_it_says_who_reported_on_time_late_and_not(second_half):
    send(submission_of("mint", second_half), at="2014-01-06 23:59")  # the 5th is a Sunday
    send(submission_of("wg", second_half), at="2014-01-07 00:00")
    made_at = moment("2014-01-08 10:00")
    attended = document(refresh(second_half, at=made_at), "kk", made_at=made_at).attendance
    states = {attendance.executor: attendance.state for attendance in attended}
    assert len(states) == 9
    assert (states.pop("ИЖТМ"), states.pop("жұмыс тобы")) == ("on_time", "late")
    assert set(states.values()) == {"missing"}
