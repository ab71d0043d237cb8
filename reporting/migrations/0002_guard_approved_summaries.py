"""Triggers: what was approved can be neither changed nor deleted, whichever way somebody comes.

A later migration that rebuilds one of these tables on SQLite drops its triggers with it, and must make them anew.
"""

from django.db import migrations

MESSAGE = "an approved summary never changes"

# table, the row's condition (of OLD) under which update and delete are refused
GUARDED = [
    ("reporting_summary", "OLD.status = 'approved'"),
    (
        "reporting_summaryline",
        "EXISTS (SELECT 1 FROM reporting_summary s WHERE s.id = OLD.summary_id AND s.status = 'approved')",
    ),
    ("reporting_summaryfile", "TRUE"),
]


def statements(vendor):
    """Return the SQL that makes the guards."""
    if vendor == "postgresql":
        yield f"""
            CREATE FUNCTION reporting_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'integrity_constraint_violation'; END $$
        """
    for table, condition in GUARDED:
        for verb in ("UPDATE", "DELETE"):
            name = f"{table}_refuse_{verb.lower()}"
            if vendor == "postgresql":
                # A condition with a subquery cannot stand in WHEN; the lines ask in a function of their own.
                yield from _postgresql(table, condition, verb, name)
            else:
                yield (
                    f"CREATE TRIGGER {name} BEFORE {verb} ON {table} WHEN {condition} "
                    f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
                )


def _postgresql(table, condition, verb, name):
    if "SELECT" not in condition:
        yield (
            f"CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH ROW WHEN ({condition}) "
            "EXECUTE FUNCTION reporting_refuse_change()"
        )
        return
    proceed = "NEW" if verb == "UPDATE" else "OLD"
    yield f"""
        CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF {condition} THEN
                RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            RETURN {proceed};
        END $$
    """
    yield f"CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"


def reverse_statements(vendor):
    for table, condition in GUARDED:
        for verb in ("UPDATE", "DELETE"):
            name = f"{table}_refuse_{verb.lower()}"
            if vendor == "postgresql":
                yield f"DROP TRIGGER {name} ON {table}"
                if "SELECT" in condition:
                    yield f"DROP FUNCTION {name}()"
            else:
                yield f"DROP TRIGGER {name}"
    if vendor == "postgresql":
        yield "DROP FUNCTION reporting_refuse_change()"


def make_guards(apps, schema_editor):
    for statement in statements(schema_editor.connection.vendor):
        schema_editor.execute(statement, params=None)


def drop_guards(apps, schema_editor):
    for statement in reverse_statements(schema_editor.connection.vendor):
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("reporting", "0001_initial")]

    operations = [migrations.RunPython(make_guards, drop_guards)]
