"""What the Government reads and downloads: approved, frozen, and nothing else."""

import hashlib
from io import BytesIO

import openpyxl
import pytest

from conftest import approve, moment, send_all, text_of
from reporting import rollup
from reporting.models import Summary, SummaryFile
from roadmap import clock
from roadmap.models import Executor, Measure

pytestmark = pytest.mark.usefixtures("in_english")

PAGE = "/roadmaps/decree-631/summaries/2013-H1/"
FILE = "/roadmaps/decree-631/summaries/2013-H1.xlsx"


@pytest.fixture
def approved(review_period, head, ministry):
    send_all(review_period, m1="done")
    summary = rollup.refresh(review_period, at=moment("2013-07-08 12:00"))
    summary.lines.filter(position=1).update(text_kk="Сенімгерлік басқаруға берілді", text_ru="Передано в управление")
    return approve(review_period, head=head, ministry=ministry, with_files=True)


@pytest.fixture
def official(sign_in, government):
    return sign_in(government)


def workbook(response):
    return openpyxl.load_workbook(BytesIO(response.content))


def cells(book):
    return [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]


def test_start_of_the_government_is_the_roadmap_at_a_glance(official, approved):
    assert official.get("/").url == "/roadmaps/decree-631/"
    assert "half-year I of 2013" in text_of(official.get("/", follow=True))


def test_list_pictures_each_section(official, approved):
    page = official.get("/roadmaps/decree-631/summaries/").content.decode()
    assert page.count('<svg class="pic stacked"') == 2
    assert "Development of the clusters and structural activity of the PIT SEZ: done 1, in progress 11" in page


def test_page_stands_in_kazakh_first_and_in_the_same_size(official, approved):
    page = official.get(PAGE).content.decode()
    title = Measure.objects.get(position=1)
    assert f'<h3><span lang="kk">{title.title_kk}</span><br>{title.title_en}</h3>' in page


def test_list_is_helpful_while_nothing_is_approved(official, review_period):
    assert "No summary has been approved yet" in text_of(official.get("/summaries/", follow=True))


def test_page_shows_the_ministrys_text_and_each_executors_words(official, approved):
    words = text_of(official.get(PAGE))
    assert "Передано в управление" in words and words.count("Жұмыс жүргізілуде.") == 46
    assert "2 of 2 reported" in words and "Version 1" in words and "ЖА-2013-I" in words


@pytest.mark.parametrize(
    ("query", "language", "heading", "text"),
    [
        ("", "kk", "Іс-шаралар", "Сенімгерлік басқаруға берілді"),
        ("?lang=ru", "ru", "Мероприятия", "Передано в управление"),
        ("?lang=en", "en", "Measures", "Передано в управление"),
    ],
)
def test_file_is_kazakh_by_default_and_in_three_languages(official, approved, query, language, heading, text):
    response = official.get(FILE + query)
    assert response["Content-Disposition"] == f'attachment; filename="decree-631-2013-H1-v1-{language}.xlsx"'
    found = cells(workbook(response))
    assert heading in found and any(text in cell for cell in found)


def test_file_is_served_byte_for_byte_as_it_was_made(official, approved):
    file = SummaryFile.objects.get(summary=approved, language="kk", kind="xlsx")
    response = official.get(FILE)
    assert hashlib.sha256(response.content).hexdigest() == file.sha256
    assert response.content == official.get(FILE).content


def test_what_was_approved_does_not_follow_later_names(official, approved):
    before, file = text_of(official.get(PAGE)), official.get(FILE).content
    Executor.objects.update(short_name_en="Renamed", short_name_kk="Аты өзгерді")
    Measure.objects.update(title_en="Edited", title_kk="Өзгерді", deadline_text_en="never")
    assert text_of(official.get(PAGE)) == before and official.get(FILE).content == file


@pytest.mark.parametrize("path", [PAGE, FILE])
@pytest.mark.parametrize("role", ["government", "officer", "ministry", "head"])
def test_unapproved_is_404_for_everybody(sign_in, people, review_period, path, role):
    send_all(review_period)
    summary = rollup.refresh(review_period, at=clock.now())
    assert sign_in(people[role]).get(path).status_code == 404
    summary.hand_over(by=people["ministry"], at=clock.now())
    assert sign_in(people[role]).get(path).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/roadmaps/decree-631/summaries/2013-H3/",
        "/roadmaps/decree-631/summaries/2013-Q1/",
        "/roadmaps/decree-631/summaries/2012-H1/",
        "/roadmaps/decree-631/summaries/latest/",
        "/roadmaps/decree-631/summaries/2013-H1.xls",
        "/roadmaps/decree-999/summaries/2013-H1/",
        FILE + "?lang=de",
        FILE + "?lang=../kk",
    ],
)
def test_address_of_nothing_is_404(official, approved, path):
    assert official.get(path, follow=True).status_code == 404


def test_paths_without_the_roadmap_lead_to_the_only_one(official, approved):
    assert official.get("/summaries/2013-H1.xlsx?lang=ru").url == FILE + "?lang=ru"


def test_paths_without_the_roadmap_list_the_roadmaps_where_there_are_several(official, approved, roadmap):
    roadmap.pk, roadmap.slug, roadmap.title_en = None, "decree-2", "The second roadmap"
    roadmap.save()
    words = text_of(official.get("/summaries/"))
    assert "The second roadmap" in words


def test_administrator_reads_no_summaries(sign_in, administrator, approved):
    assert sign_in(administrator).get(PAGE).status_code == 403


def test_pages_cost_the_same_for_one_measure_and_twenty(official, approved, django_assert_num_queries):
    """Session, user, roadmap, summary, its versions, files, orders: the document itself comes from the frozen copy.

    A download reads the file, and writes who took it.
    """
    for path, count in ((PAGE, 7), (FILE, 6)):
        with django_assert_num_queries(count):
            official.get(path)


def test_version_that_is_valid_is_the_latest_approved(approved):
    assert list(Summary.objects.valid()) == [approved]
