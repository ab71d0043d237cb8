"""A request's name, lines of the log that a machine can read, and the figures for Prometheus."""

import io
import json
import logging
import re

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import path

from roadmap import logs, metrics, urls
from roadmap.celery import app
from roadmap.models import TaskRun
from roadmap.requests import SANE

TOKEN = "a-token-of-prometheus"


def breaks(request, token=""):
    logging.getLogger("reporting").info("on the way")
    raise ValueError("the cause")


urlpatterns = [
    path("breaks/", breaks, name="breaks"),
    path("secret/<token>/", breaks, name="secret"),
    path("keep/<key>/", lambda request, key: HttpResponse(status=409), name="keep"),
    *urls.urlpatterns,
]
handler500 = urls.handler500


@app.task(name="tests.says")
def says():
    logging.getLogger("reporting").info("Қазақша «сөз»\nin two lines")


@pytest.fixture
def lines():
    """lines() -> the log since then, as JSON, each line an object."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.JsonLines())
    handler.addFilter(logs.Belongs())
    root = logging.getLogger()
    root.addHandler(handler)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.removeHandler(handler)


@pytest.fixture
def answers(settings):
    settings.ROOT_URLCONF, settings.DEBUG = __name__, False
    return Client(raise_request_exception=False)


# The name


def test_name_of_a_proxy_is_kept_and_given_back(client):
    answer = client.get("/healthz", headers={"x-request-id": "0af7651916cd43dd8448eb211c80319c"})
    assert answer.headers["X-Request-ID"] == "0af7651916cd43dd8448eb211c80319c"


@pytest.mark.parametrize(
    "hostile",
    ["", "short", "x" * 65, "a\r\nSet-Cookie: a=b", "abcdefgh\n", "<script>alert(1)</script>", "қазақша-атау", "-" * 20,
     "abcdefgh ijkl", '{"level": "x"}', "../../etc/passwd", "%0d%0aabcdefgh", "\x00" * 10],
)  # fmt: skip
def test_hostile_names_are_replaced(client, hostile):
    given = client.get("/healthz", headers={"x-request-id": hostile}).headers["X-Request-ID"]
    assert given != hostile and re.fullmatch("[0-9a-f]{32}", given) and SANE.fullmatch(given)


def test_each_request_has_its_own(client):
    assert len({client.get("/healthz").headers["X-Request-ID"] for _ in range(3)}) == 3


@pytest.mark.django_db
def test_page_of_an_error_shows_it_and_the_log_tells_the_cause(answers, lines):
    page = answers.get("/breaks/?password=typed", headers={"x-request-id": "named-by-proxy"})
    assert page.status_code == 500 and page.content.decode().count("<code>named-by-proxy</code>") == 3
    way, cause = lines()
    assert {line["request_id"] for line in (way, cause)} == {"named-by-proxy"}
    assert (way["level"], way["logger"], way["message"]) == ("INFO", "reporting", "on the way")
    assert (cause["level"], cause["status"], cause["message"]) == ("ERROR", 500, "Internal Server Error: /breaks/")
    assert "ValueError: the cause" in cause["exception"] and "typed" not in json.dumps([way, cause])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", cause["time"])


@pytest.mark.django_db
def test_refused_request_leaves_one_line_without_query_and_keys(answers, lines):
    answers.get("/keep/very-secret-key/?next=typed")
    answers.get("/secret/very-secret-token/")
    answers.get("/nothing%0a2014-01-08 INFO forged/")
    refused, _way, broken, unknown = lines()
    assert re.fullmatch(r"GET /keep/…/ 409 in \d+ ms", refused["message"])
    assert (refused["view"], refused["status"]) == ("keep", 409)
    assert broken["message"] == "Internal Server Error: /secret/…/"
    assert unknown["status"] == 404 and "\n" not in unknown["path"]
    assert "very-secret" not in json.dumps([refused | {"exception": ""}, broken | {"exception": ""}])


@pytest.mark.django_db
def test_requests_that_go_well_leave_a_line_where_that_is_asked_for(client, settings, lines):
    client.get("/accounts/login/?next=/")
    assert lines() == []
    settings.LOG_REQUESTS = True
    client.get("/accounts/login/?next=/")
    (line,) = lines()
    assert (line["level"], line["method"], line["path"], line["status"]) == ("INFO", "GET", "/accounts/login/", 200)


@pytest.mark.django_db
def test_lines_of_a_task_name_it_and_who_asked_for_it(lines):
    task = says.apply(task_id="4a4bb14e", headers={"asked_by": "named-by-proxy"})
    said = [line for line in lines() if line["logger"] == "reporting"]
    assert task.successful() and len(said) == 1
    assert said[0]["message"] == "Қазақша «сөз»\nin two lines"
    assert {name: said[0][name] for name in ("task", "task_id", "request_id")} == {
        "task": "tests.says", "task_id": "4a4bb14e", "request_id": "named-by-proxy",
    }  # fmt: skip


def test_lines_can_be_read_too():
    record = logging.LogRecord("reporting", logging.WARNING, __file__, 1, "said %s", ("so",), None)
    logs.Belongs().filter(record)
    assert re.fullmatch(r"\S+ \S+ WARNING reporting said so", logs.Readable().format(record))
    record.request_id = "named-by-proxy"
    assert "reporting [named-by-proxy] said so" in logs.Readable().format(record)


# The figures


@pytest.fixture
def scrape(client, settings):
    settings.METRICS_TOKEN = TOKEN

    def ask(authorization=f"Bearer {TOKEN}", **kwargs):
        return client.get("/metrics", headers={"authorization": authorization, "host": "10.0.0.7:8000"}, **kwargs)

    return ask


@pytest.mark.django_db
def test_figures_need_a_token_and_the_right_one(client, settings, scrape):
    assert scrape().status_code == 200
    for wrong in ("", "Bearer", "Bearer ", f"Bearer {TOKEN}x", f"Basic {TOKEN}", TOKEN, "Bearer қате"):
        answer = scrape(wrong)
        assert answer.status_code == 403 and b"django_http" not in answer.content, wrong
    settings.METRICS_TOKEN = ""
    assert client.get("/metrics", headers={"authorization": "Bearer "}).status_code == 404


def test_figures_tell_tasks_and_beat_and_views_without_names(transactional_db, client, officer, scrape):
    client.force_login(officer)
    client.get("/roadmaps/decree-631/")
    client.generic("ХАКЕР-СӨЗІ", "/accounts/login/")
    client.generic("POST", "/accounts/login/", headers={"content-length": "many"})
    TaskRun.objects.begin("reporting.tasks.send_mail", at=metrics.clock.machine_now(),
                          sent_by_beat_at=metrics.clock.machine_now())  # fmt: skip
    TaskRun.objects.succeed("reporting.tasks.send_mail", at=metrics.clock.machine_now(), seconds=1)
    said = scrape().content.decode()
    assert "roadmap_figures_read 1.0" in said
    assert re.search(r'roadmap_task_success_age_seconds\{task="reporting.tasks.send_mail"\} \d', said)
    assert re.search(r"^roadmap_beat_age_seconds \d", said, re.MULTILINE)
    assert 'view="roadmap"' in said and 'method="<invalid method>"' in said
    for private in ("decree-631", officer.username, "ХАКЕР", "/roadmaps/"):
        assert private not in said, private


def test_figures_come_without_the_database_too(scrape):
    said = scrape().content.decode()
    assert "roadmap_figures_read 0.0" in said and "django_http_requests" in said and "roadmap_beat" not in said


@pytest.mark.django_db
def test_other_parts_add_figures(scrape):
    @metrics.register
    def waiting():
        yield metrics.GaugeMetricFamily("roadmap_letters_waiting", "Letters that wait", 3)

    assert "roadmap_letters_waiting 3.0" in scrape().content.decode()
    metrics._SOURCES.remove(waiting)
