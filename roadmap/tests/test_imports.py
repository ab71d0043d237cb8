"""The house's imports run one way: what was decreed knows nothing of what was reported, the lower never the higher."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APPS = ("roadmap", "reporting")
# Lower never imports higher. What is not named here stands between the approval and the top.
LAYERS = {
    "roadmap.language": 0, "roadmap.environment": 0, "roadmap.deadlines": 0, "roadmap.workdays": 0,
    "roadmap.calendar_changes": 0,
    "roadmap.deadline_grammar": 0, "roadmap.deadline_phrases": 0, "roadmap.deadline_words": 0,
    "roadmap.deadline_years": 0, "roadmap.letters": 0, "roadmap.bodies": 0,
    "roadmap.packages": 0, "roadmap.logs": 0,
    "reporting.calendar": 0, "reporting.errors": 0, "reporting.cells": 0, "reporting.words": 0, "reporting.feed": 0,
    "reporting.pictures": 0, "reporting.document_words": 0, "reporting.changes": 0,
    "reporting.repack": 0, "reporting.period_words": 0, "reporting.differences": 0,
    "roadmap.settings": 1, "roadmap.clock": 1, "roadmap.directory": 1,
    "roadmap.models.records": 2, "roadmap.models.calendar_day": 2,
    "roadmap.models.people": 2, "roadmap.models.roadmap": 2, "roadmap.models.executor": 2,
    "roadmap.models.measure": 2, "roadmap.models.amendment": 2, "roadmap.models.draft": 2, "roadmap.models": 2,
    "roadmap.models.task_run": 2,
    "roadmap.access": 3,
    "reporting.models.petition_days": 3, "reporting.models.period_change": 3,
    "reporting.models.off_control": 3, "reporting.models.round": 3,
    "reporting.models.sealed": 3, "reporting.models.letter_template": 3,
    "reporting.models.mail_text": 3,
    "reporting.models.period": 4, "reporting.models.ministry_steps": 4, "reporting.models.reopening": 4,
    "reporting.models.submission": 5, "reporting.models.entry": 6, "reporting.models.notice": 6,
    "reporting.models.petition_steps": 6,
    "reporting.models.petition": 7, "reporting.models.evidence": 8, "reporting.models.return_upload": 7,
    "reporting.models.summary": 8, "reporting.models.journal": 9, "reporting.models": 9,
    "reporting.terms": 10, "reporting.amended": 10,
    "reporting.rollup": 10, "reporting.annex": 10, "reporting.chain": 10, "reporting.facts": 11,
    "reporting.document_content": 1, "reporting.document": 11,
    "reporting.workbook": 12, "reporting.workbook_frame": 12, "reporting.workbook_annex": 12,
    "reporting.letter": 12, "reporting.letter_language": 11, "reporting.letter_template": 12,
    "reporting.mail_supplied": 10, "reporting.mail_words": 11, "reporting.mail_letter": 11,
    "reporting.correction": 12, "reporting.sources": 12, "reporting.checks": 13,
    "reporting.rows": 12, "reporting.files": 13, "reporting.approval": 14,
}  # fmt: skip
BETWEEN, TOP = 15, 20
TOP_MODULES = ("views", "admin", "tasks", "urls", "celery", "wsgi", "management")
PURE = (
    "reporting.calendar", "reporting.errors", "roadmap.workdays", "roadmap.deadlines", "roadmap.deadline_grammar",
    "roadmap.deadline_phrases", "roadmap.deadline_words", "roadmap.deadline_years", "roadmap.letters",
    "roadmap.bodies", "roadmap.packages", "reporting.pictures", "reporting.words", "reporting.feed",
    "reporting.changes", "reporting.differences",
)  # fmt: skip
ENTRANCES = ("views", "admin", "tasks")


def modules():
    """{dotted name: parsed module} of the application, without tests and migrations."""
    found = {}
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            if not {"tests", "migrations"} & set(parts):
                name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
                found[name] = ast.parse(path.read_text(encoding="utf-8"))
    return found


MODULES = modules()


def is_package(name):
    return (ROOT / Path(*name.split(".")) / "__init__.py").exists()


def imports(name, tree=None):
    """The dotted names that a module imports; of ours down to the module, not the class in it."""
    for node in ast.walk(tree or MODULES[name]):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            package = name.split(".") if is_package(name) else name.split(".")[:-1]
            base = package[: len(package) - node.level + 1] if node.level else []
            source = ".".join([*base, *([node.module] if node.module else [])])
            for alias in node.names:
                inner = f"{source}.{alias.name}"
                yield inner if inner in MODULES else source


def ours(name):
    return {imported for imported in imports(name) if imported.split(".")[0] in APPS} - {name}


def layer(name):
    parts = name.split(".")
    if len(parts) > 1 and parts[1] in TOP_MODULES:
        return TOP
    return LAYERS.get(name, BETWEEN)


def test_it_finds_the_modules_and_their_imports():
    assert {"roadmap.models", "reporting.models.submission", "reporting.rollup", "reporting.tasks"} <= set(MODULES)
    assert "reporting.models.period" in ours("reporting.models.submission")
    assert "roadmap.clock" in ours("reporting.tasks")
    assert "reporting.models" in ours("reporting.rollup")


@pytest.mark.parametrize("name", [name for name in MODULES if name.startswith("roadmap")])
def test_it_never_says_reporting_in_roadmap(name):
    assert not [imported for imported in imports(name) if imported.split(".")[0] == "reporting"]


@pytest.mark.parametrize("name", [name for name in PURE if name in MODULES])
def test_it_is_pure(name):
    assert ours(name) <= set(PURE)
    assert not [imported for imported in imports(name) if imported.split(".")[0] in ("django", "celery")]


def test_it_gives_the_clock_the_settings_alone():
    assert ours("roadmap.clock") == set()
    assert [imported for imported in imports("roadmap.clock") if imported.startswith("django")] == ["django.conf"]


@pytest.mark.parametrize("name", MODULES)
def test_it_imports_nothing_higher_than_itself(name):
    # Celery wants its application in the package of the project; the package itself is above everything.
    rank = TOP if name in APPS else layer(name)
    assert {imported for imported in ours(name) if layer(imported) > rank and imported not in APPS} == set()


@pytest.mark.parametrize("name", [name for name in MODULES if not name.endswith(".urls")])
def test_it_lets_nobody_but_urls_import_views_admin_and_tasks(name):
    entrances = {
        imported for imported in ours(name) if imported.split(".")[1:2] and imported.split(".")[1] in ENTRANCES
    }
    own_package = ".".join(name.split(".")[:2])
    assert {imported for imported in entrances if not imported.startswith(own_package)} == set()


@pytest.mark.parametrize("name", [name for name in ("reporting.workbook", "reporting.letter") if name in MODULES])
def test_it_makes_files_without_the_database(name):
    reached = {imported for imported in imports(name) if imported.startswith(("django.db", "reporting.models"))}
    assert reached == set()


@pytest.mark.parametrize("name", MODULES)
def test_it_imports_nothing_inside_functions(name):
    inside = [
        node.lineno
        for function in ast.walk(MODULES[name])
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert inside == []


@pytest.mark.parametrize("name", [name for name in MODULES if name != "roadmap.clock"])
def test_it_leaves_the_time_to_the_clock(name):
    """`today()` and `now()` of the machine, Django or the database are asked by the clock alone."""
    asked = [
        f"{ast.unparse(node.func)} in line {node.lineno}"
        for node in ast.walk(MODULES[name])
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("now", "utcnow", "today", "localdate", "localtime")
        and ast.unparse(node.func.value) not in ("clock", "rollup.clock")
    ]
    stored = [
        f"{keyword.arg} in line {keyword.lineno}"
        for node in ast.walk(MODULES[name])
        if isinstance(node, ast.Call)
        for keyword in node.keywords
        if keyword.arg in ("auto_now", "auto_now_add")
    ]
    from_database = [imported for imported in imports(name) if imported.endswith("functions.Now")]
    assert asked + stored + from_database == []
