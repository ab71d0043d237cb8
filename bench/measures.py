"""The measuring itself, on the database of the settings; `import_measures` runs it."""

import json
import resource
import sys
import time

import django

django.setup()

import tablib  # noqa: E402
from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.test.utils import get_runner  # noqa: E402
from import_export import fields, resources, widgets  # noqa: E402

from roadmap.columns import PARTS, PeriodsCell  # noqa: E402
from roadmap.measure_sheet import MeasureResource  # noqa: E402
from roadmap.models import Assignment, Executor, FundingSource, Measure, Roadmap, Section, User  # noqa: E402
from roadmap.sheets import UnarmedXLSX  # noqa: E402

TIMES_FASTER = 10
BODIES = ("mint", "natr", "kaznex", "almaty", "zerde", "kazakhtelecom", "king", "mgmt", "wg")
HEADINGS = (
    "roadmap", "position", "section", "number", "title_kk", "title_ru", "title_en",
    "completion_form_kk", "completion_form_ru", "completion_form_en", "executors",
    "deadline_text_kk", "deadline_text_ru", "deadline_text_en", "starts_on", "ends_on", "deadline_periods",
    "recurrence", "deadline_needs_review", "funding_sources", "funding_volume",
)  # fmt: skip


def rows(count, form):
    """A plan of `count` measures in the decree's words, with two executors each, every third one funded."""
    words = list(Measure.objects.filter(position__lte=20).order_by("position"))
    for position in range(21, 21 + count):
        decreed = words[position % 20]
        first, second = BODIES[position % 9], BODIES[(position + 4) % 9]
        yield [
            "decree-631", position, 1 + position % 2, str(position),
            f"{position}: {decreed.title_kk}", f"{position}: {decreed.title_ru}", f"{position}: {decreed.title_en}",
            form, "информация", "information", f"{first}; {second} (by agreement)",
            "2014 жылғы желтоқсан", "декабрь 2014 года", "December 2014", "2014-01-01", "2014-12-31",
            "2014-01-01–2014-12-31", "", "0", "republican" if position % 3 == 0 else "", "",
        ]  # fmt: skip


def sheet(count, form):
    dataset = tablib.Dataset(*rows(count, form), headers=HEADINGS, title="bench")
    dataset.heading_at, dataset.row_numbers = 1, range(2, 2 + count)
    return dataset


def default_sheet(count, form):
    """The same for the default, whose periods are JSON."""
    dataset = tablib.Dataset(headers=HEADINGS)
    at = HEADINGS.index("deadline_periods")
    for row in rows(count, form):
        row[at] = json.dumps(PeriodsCell().read(row[at]))
        dataset.append(row)
    return dataset


class SectionWidget(widgets.ForeignKeyWidget):
    def get_queryset(self, value, row, *args, **kwargs):
        return Section.objects.filter(roadmap__slug=row["roadmap"])


class DefaultMeasureResource(resources.ModelResource):
    """What the library's manual would write: default settings, and the assignments after each row."""

    roadmap = fields.Field("roadmap", "roadmap", widgets.ForeignKeyWidget(Roadmap, "slug"))
    section = fields.Field("section", "section", SectionWidget(Section, "position"))
    funding_sources = fields.Field(
        "funding_sources", "funding_sources", widgets.ManyToManyWidget(FundingSource, "; ", "code")
    )

    class Meta:
        model = Measure
        import_id_fields = ("roadmap", "position")
        fields = tuple(name for name in HEADINGS if name != "executors")

    def after_save_instance(self, instance, row, **kwargs):
        instance.assignments.all().delete()
        for position, part in enumerate(PARTS.split(row["executors"]), start=1):
            code, _space, mark = part.strip().partition(" ")
            executor = Executor.objects.get(code=code)
            Assignment.objects.create(measure=instance, position=position, executor=executor, by_agreement=bool(mark))


def by_sheet(count, form):
    result = MeasureResource(user=administrator()).import_data(sheet(count, form), dry_run=False)
    assert not result.base_errors and not result.faults, (result.base_errors, result.faults[:3])  # noqa: S101
    return len(result.new), len(result.changed), len(result.unchanged)


def by_default(count, form):
    result = DefaultMeasureResource().import_data(default_sheet(count, form), dry_run=False, raise_errors=True)
    return result.totals["new"], result.totals["update"], result.totals["skip"]


def administrator():
    return User.objects.get_or_create(username="bench", role=User.Role.ADMINISTRATOR)[0]


def measure(way, count):
    """Return the seconds of a first import, one that changes every row, and one that changes none."""
    seconds = []
    for form in ("ақпарат", "есеп", "есеп"):
        start = time.perf_counter()
        done = way(count, form)
        seconds.append(time.perf_counter() - start)
        held = Measure.objects.filter(position__gt=20, completion_form_kk=form)
        assert sum(done) == held.count() == count  # noqa: S101
        assert Assignment.objects.filter(measure__in=held).count() == 2 * count  # noqa: S101
        assert Measure.funding_sources.through.objects.filter(measure__in=held).count() == sources(count)  # noqa: S101
    Measure.objects.filter(position__gt=20).delete()
    return seconds


def sources(count):
    return sum(position % 3 == 0 for position in range(21, 21 + count))


def main(ours, theirs):
    """Print the times of both and their ratio; return 1 where ours is not ten times as fast."""
    memory_before = peak()
    quick = measure(by_sheet, ours)
    print(f"  memory: {memory_before:.0f} MB before, at most {peak():.0f} MB with {ours} rows by the sheet", flush=True)
    file_of(ours)
    slow = measure(by_default, theirs)
    ratios = []
    for name, ours_took, default_took in zip(("new", "changed", "unchanged"), quick, slow, strict=True):
        ratio = (default_took / theirs) / (ours_took / ours)
        ratios.append(ratio)
        print(
            f"  {name:9} sheet: {ours} rows in {ours_took:6.2f} s   default: {theirs} rows in {default_took:7.2f} s"
            f"   {ratio:5.1f} times as fast for a row"
        )
    return int(min(ratios[:2]) < TIMES_FASTER)


def file_of(count):
    """Print what the workbook itself costs."""
    resource_ = MeasureResource(user=administrator())
    by_sheet(count, "есеп")
    start = time.perf_counter()
    content = UnarmedXLSX().export_data(resource_.export(resource_.get_queryset()))
    written = time.perf_counter()
    UnarmedXLSX().create_dataset(content)
    read = time.perf_counter() - written
    print(
        f"  workbook: {len(content) / 1e6:.1f} MB, written in {written - start:.1f} s, read in {read:.1f} s", flush=True
    )
    Measure.objects.filter(position__gt=20).delete()


def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    settings.DEBUG = False  # its list of queries is no part of an import
    runner = get_runner(settings)(verbosity=0, interactive=False)
    databases = runner.setup_databases()
    try:
        call_command("loaddata", "fixtures/roadmap.json", verbosity=0)
        code = main(*map(int, sys.argv[1:]))
    finally:
        runner.teardown_databases(databases)
    sys.exit(code)
