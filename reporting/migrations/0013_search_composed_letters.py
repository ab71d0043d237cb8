"""Search folds letters that came in two signs («й» as «и» and a breve) into one; PostgreSQL. SQLite is taught so."""

import importlib

from django.db import migrations

search = importlib.import_module("reporting.migrations.0006_search")


def fold(schema_editor, parts):
    collation = search.folding_collation(schema_editor)
    collate = f'COLLATE "{collation}"' if collation else ""
    schema_editor.execute(
        f"""
        CREATE OR REPLACE FUNCTION reporting_folded(VARIADIC parts text[]) RETURNS text
        LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 1000 AS $$
            SELECT translate(lower({parts} {collate}), '{search.KAZAKH}', '{search.NEAREST}')
        $$
        """,
        params=None,
    )
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT indexname FROM pg_indexes WHERE indexname = ANY(%s)", [list(search.INDEXES)])
        for (name,) in cursor.fetchall():
            schema_editor.execute(f"REINDEX INDEX {name}")


def compose(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT getdatabaseencoding()")
        is_unicode = cursor.fetchone()[0] == "UTF8"
    if is_unicode:  # other encodings have no letters in two signs
        fold(schema_editor, "normalize(array_to_string(parts, E'\\n'), NFC)")


def leave(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        fold(schema_editor, "array_to_string(parts, E'\\n')")


class Migration(migrations.Migration):
    dependencies = [("reporting", "0012_entered_by_the_ministry")]

    operations = [migrations.RunPython(compose, leave)]
