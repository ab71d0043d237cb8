"""The chain over what was approved: it grows with each approval, and no change behind its back escapes it."""

import contextlib
import hashlib
import importlib
import io
import json
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import translation

from conftest import GUARDS, approve, at_once, moment, send_all
from reporting import chain, migrations
from reporting.models import ChainLink, ReportingPeriod, Summary, SummaryFile
from reporting.tasks import open_executor_windows, open_ministry_windows

AT = moment("2014-02-01 10:00")


@pytest.fixture
def approved(in_english, review_period, head, ministry):
    send_all(review_period, m1="done")
    return approve(review_period, head=head, ministry=ministry, with_files=True)


@pytest.fixture
def later(approved, head, ministry, on_day):
    """A second approved half-year: links 5-8."""
    open_executor_windows("2013-12-21")
    open_ministry_windows("2014-01-06")
    on_day("2014-01-08")
    later = ReportingPeriod.objects.get(year=2013, number=2)
    send_all(later, at="2014-01-03 10:00")
    return approve(later, head=head, ministry=ministry, at="2014-01-17 16:00", with_files=True)


def verify(**options):
    """(exit code, what it says)."""
    out = io.StringIO()
    with translation.override("en"):
        try:
            call_command("verify_summaries", stdout=out, **options)
        except CommandError as error:
            return 1, str(error)
    return 0, out.getvalue()


@contextlib.contextmanager
def unguarded():
    """Past the triggers, as somebody with the database's password comes."""
    with connection.cursor() as cursor:
        for guard in GUARDS:
            for statement in guard.reverse_statements(connection.vendor):
                cursor.execute(statement)
        yield
        for guard in GUARDS:
            for statement in guard.statements(connection.vendor):
                cursor.execute(statement)


def test_an_approval_links_what_was_frozen_and_its_files(approved):
    links = list(ChainLink.objects.all())
    assert [link.number for link in links] == list(range(1, 10))
    assert [link.file and link.file.language for link in links] == [
        None,
        "kk",
        "ru",
        "en",
        "kk",
        "kk",
        "ru",
        "en",
        "kk",
    ]
    assert links[0].previous == "" and [link.previous for link in links[1:]] == [link.hash for link in links[:-1]]
    text = json.dumps(approved.frozen, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert links[0].sha256 == hashlib.sha256(text.encode()).hexdigest()
    assert approved.frozen["approval"]["post"]["ru"].startswith("руководитель министерства, Министерство")
    code, said = verify()
    assert code == 0 and "Approved summaries: 1, files: 8, links: 9." in said and links[-1].hash in said


def change_frozen(summary):
    frozen = summary.frozen
    frozen["documents"]["kk"]["rows"][4]["text"] = "Бәрі орындалды."
    Summary.objects.filter(pk=summary.pk).update(frozen=frozen)


def change_file(summary):
    file = summary.files.get(language="ru", kind="xlsx")
    content = bytes(file.content) + b"\n"
    SummaryFile.objects.filter(pk=file.pk).update(content=content, sha256=hashlib.sha256(content).hexdigest())


def delete_link(summary):
    ChainLink.objects.filter(number=3).delete()


def insert_link(summary):
    """A file of one's own, linked after the second; the later ones move on."""
    for link in ChainLink.objects.filter(number__gt=2).order_by("-number"):
        ChainLink.objects.filter(pk=link.pk).update(number=link.number + 1)
    previous = ChainLink.objects.get(number=2).hash
    file = SummaryFile.of(summary, "kk", "txt", b"1;2")
    file.save()
    ChainLink.objects.create(
        number=3, summary=summary, file=file, sha256=file.sha256, previous=previous, at=AT,
        hash=chain.hash_of(3, chain.FILE, file.sha256, previous),
    )  # fmt: skip


def swap_links(summary):
    for number, other in ((2, 99), (3, 2), (99, 3)):
        ChainLink.objects.filter(number=number).update(number=other)


def rewrite_link(summary):
    """With a hash that fits; the file does not, nor does the next link."""
    link = ChainLink.objects.get(number=2)
    sha256 = "0" * 64
    ChainLink.objects.filter(pk=link.pk).update(sha256=sha256, hash=chain.hash_of(2, chain.FILE, sha256, link.previous))


def unseal(summary):
    """The last links went, and those before them are whole."""
    ChainLink.objects.all().delete()


TAMPERED = [
    (change_frozen, "What was frozen of «half-year I of 2013, version 1» (link 1) was changed after the approval."),
    (change_file, "The file «half-year I of 2013, version 1 (ru, xlsx)» (link 3) was changed after the approval."),
    (delete_link, "Link 3 is missing; after the one before it comes link 4."),
    (insert_link, "Link 4 («half-year I of 2013, version 1») does not follow the link before it."),
    (swap_links, "Link 2 («half-year I of 2013, version 1») does not follow the link before it."),
    (rewrite_link, "The file «half-year I of 2013, version 1 (kk, xlsx)» (link 2) was changed after the approval."),
    (unseal, "«half-year I of 2013, version 1» was approved and has no link in the chain."),
]


def test_the_first_fault_is_named_and_the_exit_code_is_1(approved):
    for tamper, sentence in TAMPERED:
        with transaction.atomic():
            with unguarded():
                tamper(approved)
            code, said = verify()
            transaction.set_rollback(True)
        assert (code, said[: len(sentence)]) == (1, sentence)
    assert verify()[0] == 0


def test_what_was_approved_before_the_chain_is_sealed_in_the_same_way(approved, later):
    name = next(Path(migrations.__path__[0]).glob("*_frozen_chain.py")).stem
    seal = importlib.import_module(f"reporting.migrations.{name}").seal
    rows = ChainLink.objects.values_list("summary", "file", "sha256")
    before, noted = list(rows), ChainLink.objects.last().hash
    with unguarded():
        ChainLink.objects.all().delete()
        seal(apps, None)
        seal(apps, None)
    assert verify()[0] == 0
    sealed = list(rows)
    assert sorted(sealed[:9], key=str) == sorted(before[:9], key=str) and len(sealed) == 18
    assert verify(noted=ChainLink.objects.last().hash.upper())[0] == 0
    with unguarded():
        change_frozen(approved)
        ChainLink.objects.all().delete()
        seal(apps, None)
    assert verify()[0] == 0
    code, said = verify(noted=noted)
    assert code == 1 and "it was made anew" in said


def test_a_link_is_appended_within_a_transaction_alone(threads):
    with pytest.raises(RuntimeError):
        chain.append(Summary(), "0" * 64, at=AT)


def test_two_that_append_at_once_come_one_after_the_other(threads, head, ministry, roadmap, on_day):
    """The second's file waits for the first's link, and follows it."""
    open_executor_windows("2013-06-20")
    open_ministry_windows("2013-07-06")
    on_day("2013-07-08")
    period = ReportingPeriod.objects.get(year=2013, number=1)
    send_all(period)
    summary = approve(period, head=head, ministry=ministry, with_files=True)

    def make(kind):
        with transaction.atomic():
            file = SummaryFile.of(summary, "kk", kind, kind.encode())
            file.save()
            return chain.append(summary, file.sha256, at=AT, file=file).number

    numbers = at_once(lambda: make("txt"), lambda: make("rtf"), lambda: make("odt"))
    assert sorted(numbers) == [10, 11, 12]
    assert verify()[0] == 0
