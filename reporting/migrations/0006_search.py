"""What search asks PostgreSQL: two functions, and trigram indexes over them. SQLite is taught by the application.

The names of the functions are the same on both (`reporting.search`). They call what PostgreSQL itself brings and
nothing else, so that a restored backup can build the indexes again.
"""

import sys

from django.db import DatabaseError, migrations, transaction

KAZAKH, NEAREST = "әғқңөұүһіё", "агкноуухие"
# The database's own locale may be C, which leaves Kazakh capitals alone: the first of these that is there folds them.
COLLATIONS = ("und-x-icu", "pg_unicode_fast", "pg_c_utf8", "C.utf8", "kk_KZ.utf8", "ru_RU.utf8", "en_US.utf8")
INDEXES = {
    "summaryline_words": "reporting_summaryline USING gin"
    " (reporting_folded(text_kk, text_ru, reporting_said(source)) gin_trgm_ops)",
    "progressentry_words": "reporting_progressentry USING gin"
    " (reporting_folded(narrative, obstacles, reason) gin_trgm_ops)",
}
WITHOUT_TRIGRAMS = """
Search works without its indexes, slower, because the extension pg_trgm could not be created in this database:
    {reason}
To add it: install PostgreSQL's contrib package, let a superuser run CREATE EXTENSION pg_trgm; in the database, then
    manage.py migrate reporting 0005 && manage.py migrate
"""


def functions(collation):
    collate = f'COLLATE "{collation}"' if collation else ""
    yield f"""
        CREATE FUNCTION reporting_folded(VARIADIC parts text[]) RETURNS text
        LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 1000 AS $$
            SELECT translate(lower(array_to_string(parts, E'\\n') {collate}), '{KAZAKH}', '{NEAREST}')
        $$
    """
    yield """
        CREATE FUNCTION reporting_said(source jsonb) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 1000 AS $$
            SELECT string_agg(
                concat_ws(E'\\n', report->>'narrative', report->>'obstacles', report->>'reason'), E'\\n' ORDER BY place
            )
            FROM jsonb_array_elements(source->'reports') WITH ORDINALITY AS said(report, place)
        $$
    """


def folding_collation(schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(
            "SELECT collname FROM pg_collation WHERE collname = ANY(%s)"
            " AND collencoding IN (-1, pg_char_to_encoding(getdatabaseencoding()))",
            [list(COLLATIONS)],
        )
        there = {name for (name,) in cursor.fetchall()}
    return next((name for name in COLLATIONS if name in there), None)


def make(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    for statement in functions(folding_collation(schema_editor)):
        schema_editor.execute(statement, params=None)
    try:
        with transaction.atomic(using=schema_editor.connection.alias):
            schema_editor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    except DatabaseError as error:
        sys.stderr.write(WITHOUT_TRIGRAMS.format(reason=str(error).split("\n")[0]))
        return
    for name, definition in INDEXES.items():
        schema_editor.execute(f"CREATE INDEX {name} ON {definition}", params=None)


def drop(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    for name in INDEXES:
        schema_editor.execute(f"DROP INDEX IF EXISTS {name}")
    schema_editor.execute("DROP FUNCTION IF EXISTS reporting_folded(text[])")
    schema_editor.execute("DROP FUNCTION IF EXISTS reporting_said(jsonb)")


class Migration(migrations.Migration):
    dependencies = [("reporting", "0005_receipts_by_mail")]

    operations = [migrations.RunPython(make, drop)]
