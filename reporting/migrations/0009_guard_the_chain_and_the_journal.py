"""Triggers: the chain and the journal only grow. On SQLite the guards of 0002, lost with the rebuilt tables, anew."""

import importlib

from django.db import migrations

approved = importlib.import_module("reporting.migrations.0002_guard_approved_summaries")

MESSAGE = "what is written here is never changed"
GUARDS = [
    (
        "reporting_chainlink",
        "INSERT",
        "EXISTS (SELECT 1 FROM reporting_chainlink l WHERE l.id = NEW.id OR l.number = NEW.number"
        " OR l.hash = NEW.hash OR l.file_id = NEW.file_id)",
    ),
    ("reporting_chainlink", "UPDATE", "TRUE"),
    ("reporting_chainlink", "DELETE", "TRUE"),
    ("reporting_journalentry", "INSERT", "EXISTS (SELECT 1 FROM reporting_journalentry j WHERE j.id = NEW.id)"),
    ("reporting_journalentry", "UPDATE", "TRUE"),
    ("reporting_journalentry", "DELETE", "TRUE"),
]


def statements(vendor):
    return approved.statements(vendor, GUARDS, MESSAGE)


def reverse_statements(vendor):
    return approved.reverse_statements(vendor, GUARDS)


def make_guards(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    if vendor == "sqlite":
        for table, verb, _condition in approved.GUARDS:
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {approved.name_of(table, verb)}", params=None)
        for statement in approved.statements(vendor):
            schema_editor.execute(statement, params=None)
    for statement in statements(vendor):
        schema_editor.execute(statement, params=None)


def drop_guards(apps, schema_editor):
    for statement in reverse_statements(schema_editor.connection.vendor):
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("reporting", "0008_workbench")]

    operations = [migrations.RunPython(make_guards, drop_guards)]
