"""What a person meets on a page or a sheet: the words, in which language they are marked, and the forms."""

import re
from html.parser import HTMLParser
from io import BytesIO

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
UNSEEN = {"script", "style", "code", "textarea", "template"}  # what machines read, and what people typed
SPOKEN = ("title", "alt", "placeholder", "aria-label", "aria-description")
BUTTONS = {"submit", "button", "reset"}


class Page(HTMLParser):
    """`words` is [(language, text)] of all that is shown or read aloud; `forms` what can be posted."""

    def __init__(self, html, language=""):
        super().__init__()
        self.html, self.words, self.forms = html, [], []
        self._open = [("", language, True)]
        self._form = None
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        language = found.get("lang") or self._open[-1][1]
        self.words += [(language, found[name]) for name in SPOKEN if found.get(name)]
        if tag in ("input", "select", "textarea", "button", "form"):
            self._field(tag, found, language)
        if tag == "option" and self._form and self._form["select"]:
            self._option(found)
        if tag not in VOID:
            self._open.append((tag, language, self._open[-1][2] and tag not in UNSEEN))

    def handle_endtag(self, tag):
        for place in range(len(self._open) - 1, 0, -1):
            if self._open[place][0] == tag:
                del self._open[place:]
                break
        if tag == "form" and self._form:
            self.forms.append(self._form)
            self._form = None

    def handle_data(self, data):
        tag, language, is_seen = self._open[-1]
        if tag == "textarea" and self._form:
            self._form["fields"][self._form["textarea"]] += data.removeprefix("\n")
        if is_seen and data.strip():
            self.words.append((language, " ".join(data.split())))

    def _field(self, tag, found, language):
        kind = found.get("type", "submit" if tag == "button" else "text")
        if tag == "input" and kind in BUTTONS and found.get("value"):
            self.words.append((language, found["value"]))
        if tag == "form":
            self._form = {"method": found.get("method", "get"), "action": found.get("action", "")}
            self._form |= {
                "fields": {},
                "buttons": [],
                "files": [],
                "hidden": set(),
                "options": {},
                "select": "",
                "textarea": "",
            }
        elif self._form and found.get("name"):
            self._keep(tag, kind, found)

    def _keep(self, tag, kind, found):
        form, name = self._form, found["name"]
        form["select"] = form["textarea"] = ""
        if tag in ("select", "textarea"):
            form[tag] = name
        if tag == "select":
            form["options"].setdefault(name, [])
        if kind == "submit" or (tag == "button" and kind == "submit"):
            form["buttons"].append((name, found.get("value", "")))
        elif kind == "file":
            form["files"].append(name)
        elif kind in ("checkbox", "radio"):
            form["options"].setdefault(name, []).append(found.get("value", "on"))
            if "checked" in found:
                form["fields"][name] = found.get("value", "on")
        elif "multiple" not in found:
            form["fields"].setdefault(name, found.get("value") or "")
            form["hidden"] |= {name} if kind == "hidden" else set()

    def _option(self, found):
        name = self._form["select"]
        self._form["options"].setdefault(name, []).append(found.get("value", ""))
        if "selected" in found:
            self._form["fields"][name] = found.get("value", "")


def is_shown(sheet, cell):
    column = sheet.column_dimensions[get_column_letter(cell.column)]
    return not (sheet.row_dimensions[cell.row].hidden or column.hidden)


def sheet_words(content):
    """All that is written in the sheets that are shown: cells, comments, hints and the sheets' names."""
    book = load_workbook(BytesIO(content))
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            continue
        yield sheet.title
        for row in sheet.iter_rows():
            yield from (cell.value for cell in row if isinstance(cell.value, str) and is_shown(sheet, cell))
            yield from (cell.comment.text for cell in row if cell.comment)
        for rule in sheet.data_validations.dataValidation:
            yield from filter(None, (rule.promptTitle, rule.prompt, rule.errorTitle, rule.error))
        footer = (sheet.oddHeader, sheet.oddFooter)
        yield from (part.text for side in footer for part in (side.left, side.center, side.right) if part.text)


# Addresses, names of files, printed codes, and what is left of a password's hash.
ADDRESS = re.compile(
    r"\w*\*{4,}|[0-9A-F]{4}(?:-[0-9A-F]{4}){3}|[\w.:]*/verify/\S*|"
    r"https?://\S+|\S+@\S+\.\w+|(?<!\w)/\w+/\S*|[\w.,\- ]+\.(?:xlsx|xlsm|xlsb|xls|csv|txt|pdf|docx|ods)\b"
)
LATIN = re.compile(r"[A-Za-z]{2,}")
ROMAN = re.compile(r"[IVX]+")


def english_in(text, typed, allowed):
    """The Latin words of a text that neither people typed nor every language writes so."""
    if not LATIN.search(text):
        return []  # most texts of a page
    for one in sorted(typed, key=len, reverse=True):  # a name may be a piece of a path
        text = text.replace(one, " ")
    found = LATIN.findall(ADDRESS.sub(" ", text))
    return [word for word in found if word not in allowed and not ROMAN.fullmatch(word)]
