"""Each role's first page, with everything that it loads, stays under 100 KB."""

import re

import pytest
from django.contrib.staticfiles import finders

from conftest import send_all

LIMIT = 100 * 1024


def weight(client, path):
    """Bytes of the page with its style sheets, scripts and icon, each as it is on disk."""
    response = client.get(path, follow=True)
    assert response.status_code == 200
    linked = re.findall(r'(?:href|src)="/static/([^"]+)"', response.content.decode())
    files = {name: finders.find(name) for name in linked}
    assert all(files.values()), files
    total = len(response.content)
    for path in files.values():
        with open(path, "rb") as file:
            total += len(file.read())
    return total


@pytest.mark.parametrize("is_sent", [False, True], ids=["drafts", "all sent"])
@pytest.mark.parametrize("role", ["officer", "ministry", "head", "government", "administrator"])
def test_first_page_is_light(sign_in, people, review_period, role, is_sent):
    if is_sent:
        send_all(review_period)
    assert weight(sign_in(people[role]), "/") < LIMIT


def test_no_page_asks_another_host(sign_in, people, review_period):
    for person in people.values():
        page = sign_in(person).get("/", follow=True).content.decode()
        assert not re.findall(r'(?:src|href)="(?:https?:)?//', page)
