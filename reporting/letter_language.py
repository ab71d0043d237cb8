"""What a letter's template may say, and how it is filled: docxtpl in a sandbox, and only what cannot run away.

A template names values of `letter.context`, repeats and leaves out; it calls nothing, keeps no variables, and loops
within loops go over what the outer one holds, so that its length follows the data's.
"""

import re
import zipfile
from io import BytesIO

from django.utils.translation import gettext as _
from docx.opc.exceptions import PackageNotFoundError
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, Template, TemplateError, TemplateSyntaxError, UndefinedError, nodes
from jinja2.meta import find_undeclared_variables
from jinja2.sandbox import SandboxedEnvironment
from lxml import etree

from roadmap import packages

from .errors import Refused

MAX_BYTES = 5 * 1024 * 1024
MAX_LENGTH = 100_000_000  # characters of XML that a template may grow to
BUDGET = packages.Budget(bytes=20_000_000, parts=300, light=50_000, heavy=200_000, attributes=400_000, area=20_000)
NODES = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Getattr, nodes.Getitem, nodes.Const, nodes.For,
    nodes.If, nodes.CondExpr, nodes.Filter, nodes.Test, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not,
    nodes.Concat, nodes.Add,
)  # fmt: skip
FILTERS = {"default", "upper", "lower", "capitalize", "trim", "length", "first", "last"}
LINK = "/hyperlink"


class BadTemplate(Refused):
    """A template that cannot be filled; the message says in one sentence what and where."""


def check(content: bytes) -> None:
    """Refuse what is no Word document, what would be too costly to open, and what fetches or runs something."""
    if len(content) > MAX_BYTES:
        raise BadTemplate(_("The template is larger than %(limit)s MB.") % {"limit": MAX_BYTES // 1024 // 1024})
    try:
        with zipfile.ZipFile(BytesIO(content)) as packed:
            names = packed.namelist()
            fault = packages.fault_of(packed, BUDGET)
            foreign = [name for name in names if name.endswith(".rels") and _reaches_out(packed.read(name))]
    except (zipfile.BadZipFile, etree.XMLSyntaxError, ValueError, TypeError, OSError, RuntimeError) as error:
        raise BadTemplate(_("The file is no Word document (.docx).")) from error
    if fault or "word/document.xml" not in names:
        raise BadTemplate(_("The file is no Word document (.docx), or too large to be opened."))
    if foreign or any("vbaProject" in name or "/embeddings/" in name for name in names):
        raise BadTemplate(_("The template holds macros, embedded objects or parts of other places; take them out."))


def _reaches_out(relations):
    """Does Word fetch something from elsewhere as soon as the document is opened? Links to be clicked do not."""
    return any(
        relation.get("TargetMode") == "External" and not relation.get("Type", "").endswith(LINK)
        for relation in etree.fromstring(relations)
    )


def fill(content: bytes, context: dict) -> "LetterTemplate":
    """Return the template, filled; BadTemplate says where it cannot be."""
    environment = LetterEnvironment(context)
    try:
        template = LetterTemplate(BytesIO(content))
        template.render(context, environment, autoescape=True)
    except BadTemplate:
        raise
    except UndefinedError as error:
        raise BadTemplate(_unknown(error, environment)) from error
    except TemplateSyntaxError as error:
        raise BadTemplate(
            _("The template has a mistake in its tags near «%(place)s».") % {"place": environment.place(error.lineno)}
        ) from error
    except etree.XMLSyntaxError as error:
        raise BadTemplate(
            _(
                "A tag of the template begins in one paragraph or row and ends in another; "
                "«{%%p …» and «{%%tr …» stand alone in theirs."
            )
            % {}
        ) from error
    except (PackageNotFoundError, KeyError, zipfile.BadZipFile) as error:
        raise BadTemplate(_("The file is no Word document (.docx).")) from error
    except (TemplateError, ValueError, TypeError, ArithmeticError, AttributeError, LookupError) as error:
        place = environment.place(_line_of(error))
        raise BadTemplate(_("The template cannot be filled near «%(place)s».") % {"place": place}) from error
    return template


class LetterTemplate(DocxTemplate):
    def fix_tables(self, xml):
        """Refuse broken XML, which docxtpl would mend by leaving out what does not fit."""
        etree.fromstring(xml)
        return super().fix_tables(xml)


class MeasuredTemplate(Template):
    def render(self, *args, **kwargs):
        parts, length = [], 0
        for part in self.generate(*args, **kwargs):
            parts.append(part)
            length += len(part)
            if length > MAX_LENGTH:
                raise BadTemplate(_("The template grows beyond all measure when it is filled."))
        return "".join(parts)


class LetterEnvironment(SandboxedEnvironment):
    template_class = MeasuredTemplate

    def __init__(self, context):
        super().__init__(autoescape=True, undefined=StrictUndefined)
        self.globals.clear()
        self.names = set(context)
        self.source = ""

    def from_string(self, source, *args, **kwargs):
        """Look at what the template says before it becomes code."""
        self.source = source
        tree = self.parse(source)
        for node in _walk(tree):
            if not isinstance(node, NODES) or (isinstance(node, nodes.Filter) and node.name not in FILTERS):
                self._refuse(node)
        _refuse_free_loops(tree, (), self._refuse)
        # After the rest: to find the names, jinja works out what stands between constants.
        for name in sorted(find_undeclared_variables(tree) - self.names):
            raise BadTemplate(_unknown_name(name, self.place_of(name)))
        return super().from_string(source, *args, **kwargs)

    def _refuse(self, node):
        raise BadTemplate(
            _("The template may name, repeat and leave out values, and nothing else: «%(place)s».")
            % {"place": self.place(node.lineno)}
        )

    def place(self, line):
        """The words of the paragraph around a line of the source; docxtpl begins a line with each paragraph."""
        lines = self.source.splitlines()
        around = " ".join(lines[max(0, (line or 1) - 1) : (line or 1) + 1])
        words = " ".join(re.sub(r"<[^>]*>", " ", around).split())
        tag = re.search(r"{[{%].{0,70}", words)
        return (tag[0] if tag else words)[:80]

    def place_of(self, name):
        """The words around the first tag that says a name."""
        found = re.search(rf"{{[{{%][^}}]*\b{re.escape(name)}\b[^}}]*}}}}?", self.source)
        return found[0][:80] if found else name


def _walk(tree):
    yield tree
    for node in tree.iter_child_nodes():
        yield from _walk(node)


def _refuse_free_loops(node, held, refuse):
    """A loop within a loop goes over something of the outer one's, three deep at most."""
    if isinstance(node, nodes.For):
        root = node.iter
        while isinstance(root, nodes.Getattr | nodes.Getitem):
            root = root.node
        is_held = isinstance(root, nodes.Name) and (not held or root.name in held)
        if not is_held or len(held) > 2 or node.recursive or not isinstance(node.target, nodes.Name):
            refuse(node)
        held = (*held, node.target.name)
    for child in node.iter_child_nodes():
        _refuse_free_loops(child, held, refuse)


def _unknown(error, environment):
    names = re.findall(r"'([^']+)'", str(error))
    name = names[-1] if names else str(error)
    return _unknown_name(name, environment.place_of(name))


def _unknown_name(name, place):
    return _("The template asks for «%(name)s», which is none of the letter's values: «%(place)s».") % {
        "name": name,
        "place": place,
    }


def _line_of(error):
    """The template's line in which it was raised: jinja rewrites the traceback."""
    traceback, line = error.__traceback__, None
    while traceback:
        if traceback.tb_frame.f_code.co_filename == "<template>":
            line = traceback.tb_lineno
        traceback = traceback.tb_next
    return line
