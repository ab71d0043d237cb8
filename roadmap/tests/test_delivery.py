"""How answers leave: their policy, and their weight."""

import pytest
from django.http import HttpResponse

from roadmap.delivery import CONTENT_SECURITY_POLICY, PageCompression, policy_middleware

SIGN_IN = "/accounts/login/"


@pytest.fixture
def answer(rf):
    """answer(middleware, response) -> what leaves, to a browser that takes gzip."""

    def send(middleware, response):
        return middleware(lambda request: response)(rf.get("/", headers={"accept-encoding": "gzip, br"}))

    return send


@pytest.mark.django_db
def test_page_tells_the_browser_what_it_may_load(client):
    headers = client.get(SIGN_IN).headers
    assert headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert "unsafe" not in CONTENT_SECURITY_POLICY and "default-src 'self'" in CONTENT_SECURITY_POLICY
    assert headers["Referrer-Policy"] == "same-origin" and "camera=()" in headers["Permissions-Policy"]
    assert "private" in headers["Cache-Control"]


def test_page_of_an_error_under_debug_keeps_its_styles(answer, settings):
    settings.DEBUG = True
    assert "Content-Security-Policy" not in answer(policy_middleware, HttpResponse(status=500)).headers
    settings.DEBUG = False
    assert "Content-Security-Policy" in answer(policy_middleware, HttpResponse(status=500)).headers


def test_cache_of_an_answer_that_says_it_itself_is_left_alone(answer):
    given = HttpResponse(headers={"Cache-Control": "max-age=60"})
    assert answer(policy_middleware, given).headers["Cache-Control"] == "max-age=60"


def test_text_travels_compressed(answer):
    sent = answer(PageCompression, HttpResponse("қазақша мәтін " * 100))
    assert sent.headers["Content-Encoding"] == "gzip" and len(sent.content) < 400


def test_file_keeps_its_bytes_and_its_tag(answer):
    content = b"PK" + b"0" * 5000
    given = HttpResponse(content, content_type="application/zip", headers={"ETag": '"sum"'})
    sent = answer(PageCompression, given)
    assert sent.content == content and sent.headers["ETag"] == '"sum"' and "Content-Encoding" not in sent.headers
