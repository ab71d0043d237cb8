"""What the tests of the sheets have in common: sheets made, uploaded, confirmed and read again."""

import csv
import io

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation

from roadmap.calendar_sheet import CalendarDayResource
from roadmap.measure_sheet import MeasureResource
from roadmap.models import Measure
from roadmap.resources import ExecutorResource, FundingSourceResource, RoadmapResource, UserResource

RESOURCES = {
    "measure": MeasureResource,
    "executor": ExecutorResource,
    "roadmap": RoadmapResource,
    "user": UserResource,
    "fundingsource": FundingSourceResource,
    "calendarday": CalendarDayResource,
}


def export(client, model, kind="xlsx"):
    return client.get(f"/admin/roadmap/{model}/export/?format={kind}").content


def upload(client, model, content, name="file.xlsx"):
    return client.post(f"/admin/roadmap/{model}/import/", {"import_file": SimpleUploadedFile(name, content)})


def confirm(client, model, response):
    initial = response.context["confirm_form"].initial
    return client.post(f"/admin/roadmap/{model}/process_import/", initial, follow=True)


def bring(client, model, content):
    """Upload and confirm; return the page that follows."""
    response = upload(client, model, content)
    assert response.context["confirm_form"], faults_of(response)
    return confirm(client, model, response)


def faults_of(response):
    """The sentences, in English, of a sheet that is not to be confirmed."""
    result = response.context["result"]
    assert not response.context.get("confirm_form")
    with translation.override("en"):
        base = [sentence for error in result.base_errors for sentence in error.sentences]
        return base + [str(fault) for fault in result.faults]


def rows_of(content):
    """The rows of a sheet, the headings first."""
    if content.startswith(b"PK"):
        return list(openpyxl.load_workbook(io.BytesIO(content)).worksheets[0].iter_rows(values_only=True))
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def sheet(*rows):
    """A CSV of those rows, dictionaries by the columns' names."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    out = io.StringIO()
    csv.writer(out).writerows([names, *([row.get(name, "") for name in names] for row in rows)])
    return out.getvalue().encode()


def workbook(rows, title="Sheet"):
    book = openpyxl.Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def measure(position=2, **changes):
    """A row of the measures' sheet, as the measure is, but for the changes."""
    known = Measure.objects.filter(roadmap__slug="decree-631", position=position).first()
    texts = {name: getattr(known, name) for name in ("number", "title_kk", "title_ru")} if known else {}
    return {"roadmap": "decree-631", "position": position} | texts | changes
