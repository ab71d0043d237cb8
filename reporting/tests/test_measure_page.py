"""A measure's page: what was decreed, and its history from approved summaries alone."""

import datetime

import pytest

from conftest import approve, entry_of, moment, send, send_all, submission_of, text_of
from reporting import rollup
from reporting.models import ProgressEntry, ReportingPeriod, Summary
from reporting.tasks import open_executor_windows, open_ministry_windows
from reporting.tests.scenes import scene
from roadmap import clock
from roadmap.models import Measure, User

pytestmark = pytest.mark.usefixtures("in_english")

PAGE = "/roadmaps/decree-631/measures/{}/"


@pytest.fixture
def first(review_period, head, ministry):
    def build():
        send_all(review_period, m1="done")
        entry = entry_of(submission_of("natr", review_period), 14)
        ProgressEntry.objects.filter(pk=entry.pk).update(obstacles="Жобалау кешікті")
        summary = rollup.refresh(review_period, at=moment("2013-07-08 12:00"))
        summary.lines.filter(position=14).update(text_kk="Салынып жатыр", text_ru="Строится")
        approve(review_period, head=head, ministry=ministry)

    scene("first measure page", build)
    return Summary.objects.get()


@pytest.fixture
def second(first, head, ministry, on_day):
    """H2 2013, approved on 17 January 2014: 3 is done after its deadline."""

    def build():
        open_executor_windows("2013-12-21")
        open_ministry_windows("2014-01-06")
        period = ReportingPeriod.objects.get(year=2013, number=2)
        for submission in period.submissions.all():
            send(submission, at="2014-01-03 10:00", m3="done")
        done = ProgressEntry.objects.filter(submission__period=period, measure__position=3)
        done.update(document_date=datetime.date(2013, 9, 20))
        approve(period, head=head, ministry=ministry, at="2014-01-17 16:00")

    on_day("2014-02-10")
    scene("second measure page", build)
    return Summary.objects.get(period__number=2)


@pytest.fixture
def official(sign_in, government):
    return sign_in(government)


@pytest.mark.parametrize(("language", "count"), [("kk", 1), ("ru", 2), ("en", 2)])
def test_decree_stands_in_kazakh_first_and_in_the_readers_language(official, government, language, count):
    User.objects.filter(pk=government.pk).update(language=language)
    page = official.get(PAGE.format(14)).content.decode()
    measure = Measure.objects.get(position=14)
    heading = page[page.index("<h1>") : page.index("</h1>")]
    own = getattr(measure, f"title_{language}")
    assert measure.title_kk in heading and own in heading
    assert heading.index(measure.title_kk) <= heading.index(own)
    decreed = page[page.index('<dl class="decreed">') :]
    decreed = decreed[: decreed.index("</dl>")]
    assert decreed.count("<dd") == 4 * count and "2013 - 2015" in decreed


def test_history_tells_each_half_year_newest_first(official, second):
    words = text_of(official.get(PAGE.format(14)))
    history = words[words.index("History by half-year") :]
    assert history.index("half-year II of 2013") < history.index("half-year I of 2013")
    assert "Строится" in history and history.count("Жұмыс жүргізілуде.") == 6
    assert "Жобалау кешікті" in history
    assert "Republican budget: planned 3 000" in history.replace("\xa0", " ")


def test_history_shows_no_other_measure(official, second):
    words = text_of(official.get(PAGE.format(10)))
    assert "Строится" not in words and "Republican budget" not in words


def test_done_late_and_overdue_show_their_days(official, second):
    words = text_of(official.get(PAGE.format(3)))
    assert "deadline 31 August 2013, done 20 September 2013. 20 days late." in words
    words = text_of(official.get(PAGE.format(4)))
    assert "overdue" in words and "deadline 30 November 2013. 72 days late." in words


def test_it_stands_as_on_a_past_day(official, second):
    words = text_of(official.get(PAGE.format(3), {"on": "2013-12-31"}))
    assert "half-year I of 2013" in words and "half-year II of 2013, version" not in words.split("Days of approval")[0]
    assert "done late" not in words and "no word since the deadline" in words
    page = official.get(PAGE.format(3), {"on": "2013-12-31"}).content.decode()
    assert 'href="/roadmaps/decree-631/measures/4/?on=2013-12-31"' in page
    assert 'href="/roadmaps/decree-631/?on=2013-12-31"' in page


def test_neighbours_end_at_the_ends(official, first):
    assert "Previous measure" not in text_of(official.get(PAGE.format(1)))
    assert "Next measure" not in text_of(official.get(PAGE.format(20)))
    assert "Next measure (11)" in text_of(official.get(PAGE.format(10)))


def test_measure_without_a_word_says_how_words_come(official, review_period):
    assert "No approved summary speaks of this measure yet" in text_of(official.get(PAGE.format(14)))


def test_measure_that_came_after_the_approval_has_a_page(official, second, roadmap):
    Measure.objects.create(roadmap=roadmap, position=21, title_kk="Кейін қосылған", title_en="Added later")
    words = text_of(official.get(PAGE.format(21)))
    assert "Added later" in words and "No approved summary speaks of this measure yet" in words


def test_positions_with_gaps_find_their_rows(roadmap, review_period, head, ministry, official):
    for measure in Measure.objects.filter(position__gte=15).order_by("-position"):
        Measure.objects.filter(pk=measure.pk).update(position=measure.position + 100)
    Measure.objects.filter(position=13).update(position=50)
    send_all(review_period, m14="done")
    approve(review_period, head=head, ministry=ministry, at="2013-07-08 16:00")
    assert "done, 100 %" in text_of(official.get(PAGE.format(14)))
    assert "done, 100 %" not in text_of(official.get(PAGE.format(115)))
    assert "half-year I of 2013" in text_of(official.get(PAGE.format(120)))


@pytest.mark.parametrize("position", [0, 21, 10**30])
def test_no_such_measure_is_404(official, first, position):
    assert official.get(PAGE.format(position)).status_code == 404


def test_executor_is_led_to_its_own_form(sign_in, officer, stranger, second):
    open_executor_windows("2014-06-20")
    period = ReportingPeriod.objects.get(year=2014, number=1)
    mine = submission_of("natr", period)
    address = f'href="/roadmaps/decree-631/submissions/{mine.pk}/measures/14/"'
    assert address in sign_in(officer).get(PAGE.format(14)).content.decode()
    assert address not in sign_in(stranger).get(PAGE.format(14)).content.decode()


def test_ministry_is_led_to_what_was_sent_and_to_its_line(sign_in, ministry, head, government, second):
    open_executor_windows("2014-06-20")
    open_ministry_windows("2014-07-06")
    period = ReportingPeriod.objects.get(year=2014, number=1)
    send(submission_of("natr", period), at="2014-07-03 10:00")
    summary = rollup.refresh(period, at=clock.now())
    sent = f"/admin/reporting/submission/{submission_of('natr', period).pk}/change/#measure-14"
    draft = f"/admin/reporting/submission/{submission_of('mgmt', period).pk}/change/"
    line = f"/admin/reporting/summary/{summary.pk}/lines/14/"
    for person in (ministry, head):
        page = sign_in(person).get(PAGE.format(14)).content.decode()
        assert sent in page and line in page and draft not in page
    assert "/admin/" not in sign_in(government).get(PAGE.format(14)).content.decode()


def test_it_costs_the_same_however_many_half_years(official, second, django_assert_num_queries):
    """Session, user, roadmap; measure, assignments, executors, sources; approvals, facts, rows; neighbours."""
    with django_assert_num_queries(15):
        official.get(PAGE.format(14))
    with django_assert_num_queries(15):
        official.get(PAGE.format(14), {"on": "2013-12-31"})
