"""Search: what is found, by whom, and how the page answers strange words; the same on SQLite and on PostgreSQL."""

import time
import unicodedata

import pytest

from conftest import approve, entry_of, send, send_all, submission_of, text_of
from reporting import search as finder
from reporting import words
from reporting.models import ProgressEntry
from reporting.tasks import open_executor_windows

LETTERS = "абвгдежзийклмнопрстуфхцчшщыэюя"
URL = "/roadmaps/decree-631/search/"


def say(code, period, number, narrative):
    entry = entry_of(submission_of(code, period), number)
    ProgressEntry.objects.filter(pk=entry.pk).update(narrative=narrative)


@pytest.fixture
def find(sign_in, in_english):
    """find(user, "words") -> the page."""

    def ask(user, query, **more):
        return sign_in(user).get(URL, {"q": query} | more)

    return ask


def numbers(response):
    return [hit.measure.number for hit, _places in response.context["hits"]]


@pytest.fixture
def approved(review_period, head, ministry):
    """H1 2013, approved, with words of two executors at measure 3."""
    send_all(review_period)
    say("natr", review_period, 3, "Жұмыс тобы құрылды: ТІЗІМІ бекітілді.")
    say("mgmt", review_period, 3, "Состав группы согласован.")
    return approve(review_period, head=head, ministry=ministry)


@pytest.mark.parametrize(
    "query", ["кластер", "КЛАСТЕР", "ластер", "кластерлерін", "класт дамыту", "clusters", "кластеров"]
)
def test_it_finds_a_measure_by_a_part_of_a_word_in_every_language(find, roadmap, government, query):
    found = find(government, query)
    assert "3" in numbers(found)
    assert "<mark>" in found.content.decode()


@pytest.mark.parametrize("query", ["қОРЫ", "ҚОРЫ", "қоры", "коры"])
def test_it_folds_kazakh_letters_and_takes_the_russian_neighbour(find, roadmap, government, query):
    assert numbers(find(government, query))


def test_all_of_several_words_have_to_stand_there(find, roadmap, government):
    assert numbers(find(government, "кластер деректер")) != numbers(find(government, "кластер"))
    assert numbers(find(government, "кластер мұндайсөзжоқ")) == []


def test_a_number_leads_to_its_measure_first(find, roadmap, government):
    assert numbers(find(government, "7"))[0] == "7"


def test_it_finds_what_was_approved_in_whose_words(find, approved, people):
    for role in ("officer", "stranger", "ministry", "head", "government"):
        found = find(people[role], "тізімі")
        assert numbers(found) == ["3"]
        assert "half-year I of 2013" in text_of(found)
        assert '/roadmaps/decree-631/measures/3/#2013-H1"' in found.content.decode()
        assert "<mark>ТІЗІМІ</mark>" in found.content.decode()
        assert found.content.decode().count('class="voice"') == 1


def test_a_summary_that_is_not_approved_is_found_by_nobody(find, review_period, government, officer):
    send_all(review_period)
    say("zerde", review_period, 15, "Ерекшебелгі")
    assert numbers(find(government, "ерекшебелгі")) == numbers(find(officer, "ерекшебелгі")) == []


def test_an_executor_finds_its_own_drafts_and_nobody_elses(find, period, people):
    say("natr", period, 3, "Құпиясөз жазылды")
    assert numbers(find(people["officer"], "құпиясөз")) == ["3"]
    assert "draft" in text_of(find(people["officer"], "құпиясөз"))
    for role in ("stranger", "ministry", "head", "government"):
        assert numbers(find(people[role], "құпиясөз")) == []
        assert "Құпиясөз" not in text_of(find(people[role], "купиясоз жазылды"))


def test_near_words_do_not_tell_of_a_draft_either(find, period, stranger, ministry):
    say("natr", period, 3, "Құпиясөзжоспар")
    for person in (stranger, ministry):
        page = find(person, "құпиясөзжаспар")
        assert numbers(page) == []
        assert "пиясөзжоспар" not in page.content.decode()


def test_the_ministry_finds_what_was_sent_but_not_what_is_mended(find, review_period, ministry, head):
    sent = send(submission_of("natr", review_period))
    say("natr", review_period, 3, "Жіберілгенсөз")
    for person in (ministry, head):
        page = find(person, "жіберілгенсөз")
        assert numbers(page) == ["3"]
        assert f"/admin/reporting/submission/{sent.pk}/change/#measure-3" in page.content.decode()
    sent.refresh_from_db()
    sent.return_for_rework(
        by=ministry, at=sent.first_submitted_at, revision=sent.revision, comment="?", resubmit_by=sent.due_on
    )
    assert numbers(find(ministry, "жіберілгенсөз")) == []


def test_what_the_summary_holds_is_found_once(find, approved, officer, ministry):
    for person in (officer, ministry):
        page = find(person, "бекітілді тізімі")
        assert page.content.decode().count('class="voice"') == 1


def test_words_that_lie_apart_in_one_half_year_are_found_together(find, approved, government):
    page = find(government, "тізімі согласован")
    assert numbers(page) == ["3"]
    assert page.content.decode().count('class="voice"') == 2


def test_near_words_are_shown_as_they_are_written(find, roadmap, government):
    assert "кластерлерін" in find(government, "класстер").context["near"]


@pytest.mark.parametrize("query", ["класстер", "кластэр дамытуу", "инвестция"])
def test_a_misspelt_word_finds_near_ones(find, roadmap, government, query):
    page = find(government, query)
    assert numbers(page)
    assert "Near words" in text_of(page)
    assert "<mark>" in page.content.decode()


def test_words_that_have_no_room_are_named(find, roadmap, government):
    page = text_of(find(government, "бір екі үш төрт бес алты жеті сегіз тоғыз ОН"))
    assert "A search takes eight words" in page and "тоғыз, ОН" in page
    assert "A search takes" not in text_of(find(government, "бір екі үш төрт бес алты жеті сегіз"))


def test_letters_that_came_in_two_signs_are_found(find, period, officer):
    say("natr", period, 3, unicodedata.normalize("NFD", "Құрылтай йогурты"))
    page = find(officer, "құрылтай йогурты")
    assert numbers(page) == ["3"]
    assert "<mark>йогурты</mark>" in page.content.decode()


def test_near_words_are_looked_for_in_little_time():
    """Eight words of nonsense before ten thousand others; each pair once took the trigrams of four beginnings."""
    others = [f"{first}{second}дайындалған{first}" for first in LETTERS for second in LETTERS for _again in range(10)]
    started = time.process_time()
    for word in ("жжжффцщ", "ъъыыэээ", "ппрролд", "йцукенг", "фывапро", "ячсмить", "щшгнеку", "хъзщшгн"):
        assert not any(words.is_near(word, other) for other in others)
    assert time.process_time() - started < 1


@pytest.mark.parametrize(("word", "other"), [("кластер", "класстерлеру"), ("дамыту", "дамытуу"), ("жоспар", "жоспарр")])
def test_a_word_with_a_slip_is_near(word, other):
    assert words.is_near(word, other)


STRANGE = [
    "", " ", "а", "%", "_", "%%__", "'", '"', "\\", "«»", "(", ".*", "[а-я]+", "a|b", "🙂", "🙂🙂 🙂", "\u202e",
    "ы" * 5000, "сөз " * 500, "<b>қ</b>", "'; DROP TABLE", "--", "й" * 199 + "і\u0306", "\u0301\u0301", "０７", "٣",
    "\ud7ff", "1e5", "-1", "&amp;", "{{ 7 }}", "\t\n", "İİ", "²", "½",
]  # fmt: skip


def test_strange_words_get_a_kind_answer(find, approved, officer):
    for query in STRANGE:
        page = find(officer, query)
        assert page.status_code == 200, query
        assert "<b>" not in page.content.decode(), query


@pytest.mark.parametrize("query", ["%", "а", "🙂"])
def test_what_holds_no_word_is_told_what_to_type(find, roadmap, officer, query):
    page = find(officer, query)
    assert "at least two letters" in text_of(page)
    assert numbers(page) == []


def test_a_null_byte_is_refused_kindly(sign_in, officer):
    page = sign_in(officer).get(f"{URL}?q=%00")
    assert page.status_code == 400
    assert "lang=" in page.content.decode()


@pytest.mark.parametrize("page", ["0", "-1", "999", "x", "1e9", ""])
def test_every_number_of_a_page_is_answered(find, roadmap, government, page):
    assert find(government, "аэа", page=page).status_code == 200


def test_it_pages(find, roadmap, government):
    first, second = find(government, "аэа"), find(government, "аэа", page=2)
    assert len(numbers(first)) == 10
    assert numbers(second) and not set(numbers(first)) & set(numbers(second))


@pytest.mark.parametrize("role", ["officer", "ministry", "government"])
@pytest.mark.parametrize("query", ["тобы", "аэа"])
def test_it_asks_the_database_seldom(approved, people, roadmap, role, query, django_assert_max_num_queries):
    with django_assert_max_num_queries(8):  # places of three kinds, the order; lines, entries, measures; a coordinator
        answer = finder.search(people[role], roadmap, words.typed(query))
        assert finder.hits(answer.found[:10], answer.marked, roadmap)


def test_the_work_is_bounded(find, approved, government, monkeypatch):
    monkeypatch.setattr(finder, "MOST_PLACES", 3)
    monkeypatch.setattr(finder, "MOST_NEAR", 3)
    assert len(numbers(find(government, "аэа"))) <= 6
    assert find(government, "класстер").status_code == 200


def test_the_path_without_the_roadmap_keeps_the_words(sign_in, officer, period):
    answer = sign_in(officer).get("/search/?q=%D3%99")
    assert answer.url == f"{URL}?q=%D3%99"


def test_it_offers_hints_where_nothing_is_found(find, roadmap, government):
    assert "other language" in text_of(find(government, "мұндайсөзжоқшығар"))


def test_another_half_year_in_work_is_found_beside_the_approved_one(find, approved, officer, on_day):
    open_executor_windows("2013-12-21")
    on_day("2014-01-02")
    later = submission_of("natr", approved.period.roadmap.periods.get(year=2013, number=2))
    entry = entry_of(later, 3)
    ProgressEntry.objects.filter(pk=entry.pk).update(narrative="Тізімі жаңартылды")
    page = find(officer, "тізімі")
    assert numbers(page) == ["3"]
    assert [passage.period for passage, _url in page.context["hits"][0][1]] == [
        "half-year II of 2013",
        "half-year I of 2013",
    ]


def test_it_leaves_the_frozen_copies_where_they_are(approved, people, client, django_assert_max_num_queries):
    """Hundreds of kilobytes each; a passage needs its line alone."""
    client.force_login(people["government"])
    with django_assert_max_num_queries(20) as asked:
        assert client.get("/roadmaps/decree-631/search/", {"q": "кластер"}).status_code == 200
    assert not [query["sql"] for query in asked.captured_queries if '"frozen"' in query["sql"].split("WHERE")[0]]
