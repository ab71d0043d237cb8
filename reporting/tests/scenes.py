"""What many tests begin with is built once, by the application's own rules, and laid down again as rows.

A scene is known by its name and by every row that was there before it: with any other beginning it is built anew.
"""

from functools import cache

from django.apps import apps
from django.db import connection, transaction

PEOPLE, SUMMARIES = "roadmap_user", "reporting_summary"

_known = {}  # {(name, the rows before): {table: (columns, changed rows, ids that are gone)}}


def scene(name, build):
    """Call `build`, or lay down what it did the last time it began like this."""
    _number_on()
    before = _rows()
    key = name, hash(frozenset((table, rows) for table, (_columns, rows) in before.items() if table != PEOPLE))
    if key in _known:
        changes = _known[key]
        with transaction.atomic():
            # The guards let lines in only while their summary is not approved.
            for table in sorted(changes, key=lambda table: table == SUMMARIES):
                _lay_down(table, *changes[table])
        _number_on()
    else:
        build()
        _known[key] = _changes(before, _rows())


@cache
def _tables():
    """Everything that was decreed and reported, without the record of who edited it."""
    models = [
        model
        for app in ("roadmap", "reporting")
        for model in apps.get_app_config(app).get_models(include_auto_created=True)
        if not model.__name__.startswith("Historical")
    ]
    return tuple(model._meta.db_table for model in models)


def _number_on():
    """Let PostgreSQL give again the numbers that were rolled back, as SQLite does: else nothing begins twice alike."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(_numbering())


@cache
def _numbering():
    after = "setval(pg_get_serial_sequence('{0}', 'id'), (SELECT coalesce(max(id), 0) + 1 FROM {0}), false)"
    return "SELECT " + ", ".join(after.format(table) for table in _tables() if table != PEOPLE)


def _rows():
    """{table: (columns, its rows)}."""
    found = {}
    with connection.cursor() as cursor:
        for table in _tables():
            cursor.execute(f"SELECT * FROM {table} ORDER BY id")  # noqa: S608 -- our own names
            found[table] = [column[0] for column in cursor.description], tuple(map(_plain, cursor.fetchall()))
    return found


def _plain(row):
    return tuple(bytes(value) if isinstance(value, memoryview) else value for value in row)


def _changes(before, after):
    changes = {}
    for table, (columns, rows) in after.items():
        place = columns.index("id")
        old = set(before[table][1])
        kept = {row[place] for row in rows}
        changed = [row for row in rows if row not in old]
        gone = [row[place] for row in old if row[place] not in kept]
        if changed or gone:
            changes[table] = columns, changed, gone
    return changes


def _lay_down(table, columns, changed, gone):
    names, marks = ", ".join(f'"{name}"' for name in columns), ", ".join(["%s"] * len(columns))
    anew = ", ".join(f'"{name}" = excluded."{name}"' for name in columns if name != "id")
    clash = "NOTHING" if table == PEOPLE else f"UPDATE SET {anew}"
    with connection.cursor() as cursor:
        cursor.executemany(f"DELETE FROM {table} WHERE id = %s", [[pk] for pk in gone])  # noqa: S608
        cursor.executemany(
            f"INSERT INTO {table} ({names}) VALUES ({marks}) ON CONFLICT (id) DO {clash}",  # noqa: S608
            changed,
        )
