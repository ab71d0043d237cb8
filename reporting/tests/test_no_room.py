"""A database without room, or gone: one clear page, nothing half made, and the same request goes through afterwards."""

import contextlib

from django.db import connection
from django.test import Client

from conftest import moment, send_all, write_up
from reporting import rollup
from reporting.models import ChainLink, FileOrder, Summary

# What a server whose disk is full says, at the moment of the approval.
FULL = """
CREATE FUNCTION no_room() RETURNS trigger AS $$
BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END
$$ LANGUAGE plpgsql;
CREATE TRIGGER no_room BEFORE UPDATE ON reporting_summary FOR EACH ROW EXECUTE FUNCTION no_room();
"""
ROOM = "DROP TRIGGER no_room ON reporting_summary; DROP FUNCTION no_room();"


@contextlib.contextmanager
def no_room():
    """SQLite has its pages counted; PostgreSQL is made to say what it says without room."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(FULL)
        else:
            cursor.execute("VACUUM")  # what was deleted leaves room
            cursor.execute("PRAGMA max_page_count = 1")  # no less than there are
    yield
    with connection.cursor() as cursor:
        cursor.execute(ROOM if connection.vendor == "postgresql" else "PRAGMA max_page_count = 1073741823")


def test_an_approval_without_room_makes_nothing_and_goes_through_later(threads, review_period, ministry, head):
    send_all(review_period)
    summary = rollup.refresh(review_period, at=moment("2013-07-19 10:00"))
    write_up(summary, by=ministry)
    summary.hand_over(by=ministry, at=moment("2013-07-19 12:00"))
    review_period.refresh_from_db()
    client = Client(raise_request_exception=False)
    client.force_login(head)
    address = f"/admin/reporting/summary/{summary.pk}/approve/"
    asked = {"revision": review_period.revision, "acknowledged": "on"}
    with no_room():
        refused = client.post(address, asked)
    assert refused.status_code == 503
    assert "Сайт қазір ештеңе сақтай алмайды" in refused.content.decode()
    summary.refresh_from_db()
    assert (summary.status, summary.frozen) == (Summary.Status.FOR_APPROVAL, None)
    assert (ChainLink.objects.count(), FileOrder.objects.count()) == (0, 0)
    assert client.post(address, asked).status_code == 302
    summary.refresh_from_db()
    assert summary.is_approved
