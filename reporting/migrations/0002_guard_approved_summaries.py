"""Triggers: what was approved can be neither changed nor deleted, whichever way somebody comes.

Files may still be added to an approved summary (further kinds, made from what was frozen); lines may not.
A later migration that rebuilds one of these tables on SQLite drops its triggers with it, and must make them anew.
"""

from django.db import migrations

MESSAGE = "an approved summary never changes"
OF_APPROVED = "EXISTS (SELECT 1 FROM reporting_summary s WHERE s.id = {row}.summary_id AND s.status = 'approved')"

# table, verb, the condition under which it is refused. The two on INSERT of what is there already stand against
# SQLite's INSERT OR REPLACE, which takes the old row away without asking the guard of DELETE.
GUARDS = [
    (
        "reporting_summary",
        "INSERT",
        "EXISTS (SELECT 1 FROM reporting_summary s WHERE s.status = 'approved' AND"
        " (s.id = NEW.id OR s.period_id = NEW.period_id AND s.version = NEW.version))",
    ),
    (
        "reporting_summaryfile",
        "INSERT",
        "EXISTS (SELECT 1 FROM reporting_summaryfile f WHERE f.id = NEW.id OR"
        " f.summary_id = NEW.summary_id AND f.language = NEW.language AND f.kind = NEW.kind)",
    ),
    ("reporting_summary", "UPDATE", "OLD.status = 'approved'"),
    ("reporting_summary", "DELETE", "OLD.status = 'approved'"),
    (
        "reporting_summaryline",
        "INSERT",
        f"{OF_APPROVED.format(row='NEW')} OR EXISTS (SELECT 1 FROM reporting_summaryline l JOIN reporting_summary s"
        " ON s.id = l.summary_id WHERE l.id = NEW.id AND s.status = 'approved')",
    ),
    ("reporting_summaryline", "UPDATE", f"{OF_APPROVED.format(row='OLD')} OR {OF_APPROVED.format(row='NEW')}"),
    ("reporting_summaryline", "DELETE", OF_APPROVED.format(row="OLD")),
    ("reporting_summaryfile", "UPDATE", "TRUE"),
    ("reporting_summaryfile", "DELETE", "TRUE"),
]


def name_of(table, verb):
    return f"{table}_refuse_{verb.lower()}"


def statements(vendor, guards=GUARDS, message=MESSAGE):
    """Return the SQL that makes the guards, for «postgresql» or «sqlite»."""
    for table, verb, condition in guards:
        name = name_of(table, verb)
        if vendor == "postgresql":
            yield f"""
                CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    IF {condition} THEN
                        RAISE EXCEPTION '{message}' USING ERRCODE = 'integrity_constraint_violation';
                    END IF;
                    RETURN COALESCE(NEW, OLD);
                END $$
            """
            yield f"CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"
        else:
            yield (
                f"CREATE TRIGGER {name} BEFORE {verb} ON {table} WHEN {condition} "
                f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
            )


def reverse_statements(vendor, guards=GUARDS):
    for table, verb, _condition in guards:
        name = name_of(table, verb)
        if vendor == "postgresql":
            yield f"DROP TRIGGER {name} ON {table}"
            yield f"DROP FUNCTION {name}()"
        else:
            yield f"DROP TRIGGER {name}"


def make_guards(apps, schema_editor):
    for statement in statements(schema_editor.connection.vendor):
        schema_editor.execute(statement, params=None)


def drop_guards(apps, schema_editor):
    for statement in reverse_statements(schema_editor.connection.vendor):
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("reporting", "0001_initial")]

    operations = [migrations.RunPython(make_guards, drop_guards)]
