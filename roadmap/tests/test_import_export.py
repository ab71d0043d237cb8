"""django-import-export in the admin: preview, natural keys, permission codes, and no formula."""

from io import BytesIO

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from conftest import text_of
from roadmap.models import Executor, Measure, Roadmap
from roadmap.resources import ExecutorResource, MeasureResource

pytestmark = pytest.mark.usefixtures("in_english")

XLSX, CSV = "0", "1"


def export(client, model):
    page = client.get(f"/admin/roadmap/{model}/export/").content.decode()
    resource = {"measure": MeasureResource, "executor": ExecutorResource}[model]
    chosen = {f"{resource.__name__.lower()}_{name}": "on" for name in resource._meta.fields}
    assert all(name in page for name in chosen)
    return client.post(f"/admin/roadmap/{model}/export/", {"format": XLSX, "resource": "", **chosen})


def upload(client, model, content, form=CSV, name="file.csv"):
    return client.post(
        f"/admin/roadmap/{model}/import/", {"format": form, "import_file": SimpleUploadedFile(name, content)}
    )


def confirm(client, model, response):
    return client.post(f"/admin/roadmap/{model}/process_import/", response.context["confirm_form"].initial, follow=True)


def row(**changes):
    names = MeasureResource._meta.fields
    measure = Measure.objects.get(position=2)
    values = {
        "roadmap": "decree-631", "position": 2, "section": 1, "number": "2", "title_kk": measure.title_kk,
        "title_ru": measure.title_ru, "title_en": measure.title_en, "ends_on": "2013-09-30",
    } | changes  # fmt: skip
    cells = ['"{}"'.format(str(values.get(name, "")).replace('"', '""')) for name in names]
    return (",".join(names) + "\n" + ",".join(cells) + "\n").encode()


def test_export_holds_every_measure_by_natural_keys(sign_in, ministry):
    response = export(sign_in(ministry), "measure")
    sheet = openpyxl.load_workbook(BytesIO(response.content)).active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0] == MeasureResource._meta.fields and len(rows) == 21
    first = dict(zip(*rows[:2], strict=True))
    assert (first["roadmap"], str(first["position"]), first["executors"]) == ("decree-631", "1", "mint, natr")


def test_export_escapes_formulas(sign_in, ministry):
    Measure.objects.filter(position=1).update(title_kk='=HYPERLINK("http://x")', title_ru="+7 727")
    sheet = openpyxl.load_workbook(BytesIO(export(sign_in(ministry), "measure").content)).active
    cells = [cell for line in sheet.iter_rows() for cell in line]
    assert not [cell.value for cell in cells if cell.data_type == "f"]
    assert not [cell.value for cell in cells if str(cell.value).startswith(("=", "+"))]


@pytest.mark.parametrize("text", ["=1+1", "+7 727", "-5", "@SUM(A1)", "'жай", "жай"])
def test_escaped_text_comes_back_as_it_was_typed(sign_in, ministry, text):
    client = sign_in(ministry)
    Measure.objects.filter(position=1).update(title_ru=text)
    content = export(client, "measure").content
    Measure.objects.filter(position=1).update(title_ru="")
    confirm(client, "measure", upload(client, "measure", content, XLSX, "file.xlsx"))
    assert Measure.objects.get(position=1).title_ru == text


def test_export_of_executors(sign_in, ministry):
    sheet = openpyxl.load_workbook(BytesIO(export(sign_in(ministry), "executor").content)).active
    assert sheet.max_row == 10


def test_import_is_previewed_and_written_only_when_confirmed(sign_in, ministry):
    client = sign_in(ministry)
    response = upload(client, "measure", row(title_en="A better translation"))
    assert "A better" in text_of(response)
    assert Measure.objects.get(position=2).title_en != "A better translation"
    confirm(client, "measure", response)
    assert Measure.objects.get(position=2).title_en == "A better translation"
    assert Measure.objects.count() == 20


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"roadmap": "decree-7"}, "There is no roadmap «decree-7» of yours."),
        ({"section": "9"}, "The roadmap has no section at position 9."),
        ({"title_kk": "", "title_ru": ""}, "in Kazakh or in Russian"),
        ({"starts_on": "2014-01-01"}, "The deadline lies before the beginning."),
        ({"ends_on": "31.31.2013"}, "could not be parsed"),
    ],
)
def test_import_of_a_bad_row_is_refused_with_its_reason(sign_in, ministry, changes, sentence):
    response = upload(sign_in(ministry), "measure", row(**changes))
    assert response.status_code == 200 and "confirm_form" not in response.context
    assert sentence in text_of(response)


def test_file_that_is_none_is_refused(sign_in, ministry):
    response = upload(sign_in(ministry), "measure", b"\x00\xff\x00 not a workbook", XLSX, "file.xlsx")
    assert response.status_code == 200
    assert not response.context.get("confirm_form")


def test_ministry_changes_no_body_that_other_roadmaps_know(sign_in, ministry, administrator):
    content = "code,roadmap,short_name_kk,full_name_kk\nnatr,,Басқа,Басқа атау\n".encode()
    response = upload(sign_in(ministry), "executor", content)
    assert "Only an administrator changes bodies" in text_of(response)
    client = sign_in(administrator)
    confirm(client, "executor", upload(client, "executor", content))
    assert Executor.objects.get(code="natr").short_name_kk == "Басқа"


def test_import_of_another_ministrys_roadmap_is_refused(sign_in, ministry, roadmap):
    Roadmap.objects.update(coordinator=Executor.objects.get(code="natr"))
    assert "of yours" in text_of(upload(sign_in(ministry), "measure", row()))


@pytest.mark.parametrize(("role", "verb", "status"), [("head", "import", 403), ("head", "export", 200)])
def test_import_and_export_have_codes_of_their_own(sign_in, people, role, verb, status):
    assert sign_in(people[role]).get(f"/admin/roadmap/measure/{verb}/").status_code == status
