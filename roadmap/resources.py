"""The sheets of roadmaps, executors, funding sources and users; that of measures is in `measure_sheet.py`."""

from collections import defaultdict

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from .bodies import normal_name
from .columns import Cell, Column, EmailCell, FlagCell, KnownCell, NumberCell, NumberedTextCell, TextCell
from .directory import NAMES, Directory
from .models import Executor, ExecutorAlias, FundingSource, Roadmap, Succession, User
from .sheet_resource import SheetResource, replace_rows

NO_SUCH_ROADMAP = gettext_lazy("There is no roadmap «%(value)s» of yours: give its address, or import it first.")


def ended_words(succession):
    """Why a body is not named anew: an older sheet must not undo a reorganisation."""
    return _("%(sentence)s: name the successor, or export the sheet anew.") % {"sentence": succession.sentence()}


NAMED = 20  # people in one sentence
IN_THE_ACT = gettext_lazy("The act's own words, as they stand there.")
AS_IN_THE_ACT = gettext_lazy("The act's own words; one of Kazakh and Russian has to be there.")
TRANSLATION = gettext_lazy("A translation.")


def roadmap_column(heading, about, **kwargs):
    return Column("roadmap", KnownCell("slug", NO_SUCH_ROADMAP, **kwargs), heading, about, column_name="roadmap")


class FundingSourceResource(SheetResource):
    keys = necessary = ("code",)
    about = {"code": gettext_lazy("By it the source is known on the measures' sheet.")}

    class Meta:
        model = FundingSource
        import_id_fields = ("code",)
        fields = export_order = ("code", "name_kk", "name_ru", "name_en")

    def get_queryset(self):
        return FundingSource.objects.order_by("code")

    def check(self, instance, values, line):
        super().check(instance, values, line)
        self.check_words(instance, line, "name")


COORDINATOR_NAMES = tuple(f"coordinator_{name}" for name in NAMES if not name.endswith("_en"))
NEW_BODY = gettext_lazy("Only where the ministry is not among the executors yet: it is then added under these names.")


def _coordinator_column(name, heading):
    return Column(f"coordinator_{name}", TextCell(), heading, NEW_BODY)


class RoadmapResource(SheetResource):
    keys = necessary = ("slug",)
    derived = ("coordinator",)
    about = {
        "slug": gettext_lazy("By it the roadmap is known on all sheets, and in the pages' addresses: decree-631."),
        **dict.fromkeys(("act_kk", "act_ru", "title_kk", "title_ru"), AS_IN_THE_ACT),
        **dict.fromkeys(("act_en", "title_en"), TRANSLATION),
    }
    rules = (
        gettext_lazy("One row is one act. First this sheet, then the executors', then the measures'."),
        gettext_lazy("The address and the frequency of a roadmap that is there are not changed."),
    )

    number = Column("number", NumberedTextCell(True, 50), Roadmap._meta.get_field("number").verbose_name)
    coordinator = Column(
        "coordinator_code",
        TextCell(is_required=True),
        Roadmap._meta.get_field("coordinator").verbose_name,
        gettext_lazy("The code of the ministry, as on the executors' sheet."),
    )
    coordinator_short_name_kk = _coordinator_column("short_name_kk", gettext_lazy("ministry's short name (Kazakh)"))
    coordinator_short_name_ru = _coordinator_column("short_name_ru", gettext_lazy("ministry's short name (Russian)"))
    coordinator_full_name_kk = _coordinator_column("full_name_kk", gettext_lazy("ministry's full name (Kazakh)"))
    coordinator_full_name_ru = _coordinator_column("full_name_ru", gettext_lazy("ministry's full name (Russian)"))
    executors_due_day = Column(
        "executors_due_day", NumberCell(1, 27, True), Roadmap._meta.get_field("executors_due_day").verbose_name
    )
    ministry_due_day = Column(
        "ministry_due_day", NumberCell(2, 28, True), Roadmap._meta.get_field("ministry_due_day").verbose_name
    )

    class Meta:
        model = Roadmap
        import_id_fields = ("slug",)
        fields = export_order = (
            "slug", "number", "date", "act_kk", "act_ru", "act_en", "title_kk", "title_ru", "title_en",
            "first_year", "last_year", "coordinator", *COORDINATOR_NAMES,
            "frequency", "executors_due_day", "ministry_due_day", "window_days",
        )  # fmt: skip

    def get_queryset(self):
        return super().get_queryset().select_related("coordinator").order_by("-date", "slug")

    def prepare(self, instance):
        body = instance.coordinator if instance.coordinator_id else Executor()
        instance.coordinator_code = body.code
        for name in COORDINATOR_NAMES:
            setattr(instance, name, getattr(body, name.removeprefix("coordinator_")))

    def load(self, dataset):
        super().load(dataset)
        self.directory = Directory(Executor.objects.prefetch_related("aliases"))
        self.ended = Succession.objects.ended()
        self.new_bodies = {}

    def put(self, line, column, new):
        if column.column_name not in COORDINATOR_NAMES:
            super().put(line, column, new)

    def check(self, instance, values, line):
        super().check(instance, values, line)
        self.check_words(instance, line, "act", "title")
        self._find_coordinator(instance, values, line)
        if line.is_update() and "frequency" in line.changed:
            self.refuse(line, "frequency", _("The frequency of a roadmap that is there is not changed: put it back."))
        if (instance.first_year or 0) > (instance.last_year or 9999):
            self.refuse(line, "last_year", _("The last year lies before the first."))
        if instance.executors_due_day >= instance.ministry_due_day:
            sentence = _("The ministry reports after the executors, and by the 28th of the month.")
            self.refuse(line, "ministry_due_day", sentence)

    def _find_coordinator(self, instance, values, line):
        code = values.get("coordinator")
        if not code:
            return
        names = {name.removeprefix("coordinator_"): values.get(name, "") for name in COORDINATOR_NAMES}
        body = instance.coordinator if line.is_update() and "coordinator" not in line.changed else None
        body = body or self.directory.by_code(code, instance.pk) or self.directory.by_code(code)
        body = body or self.new_bodies.get(code) or self._new_body(code, names, line)
        if body is None:
            return
        for name, text in names.items():
            if text and text != getattr(body, name):
                sentence = _("The executors' sheet knows «%(code)s» under another name: mend it there, or empty this.")
                self.refuse(line, f"coordinator_{name}", sentence % {"code": code})
        if body.pk in self.ended:
            return self.refuse(line, "coordinator", ended_words(self.ended[body.pk]))
        instance.coordinator = body

    def _new_body(self, code, names, line):
        if not has_names(names.get):
            sentence = _("There is no body «%(code)s»: give its short and full name beside it, or mend the code.")
            return self.refuse(line, "coordinator", sentence % {"code": code})
        self.new_bodies[code] = Executor(code=code, **names)
        return self.new_bodies[code]

    def write(self, new, changed):
        Executor.objects.bulk_create(self.new_bodies.values())
        super().write(new, changed)


def has_names(text_of):
    """Are the short and the full name there, in Kazakh or in Russian?"""
    return any(text_of(f"short_name_{code}") and text_of(f"full_name_{code}") for code in ("kk", "ru"))


class SpellingsCell(Cell):
    """Other spellings of a name, each on a line of its own."""

    width = 34

    def rule(self):
        return _("Each on a line of its own in the cell (Alt+Enter).")

    def render(self, value, obj=None, **kwargs):
        return "\n".join(value)

    def read_nothing(self):
        return ()

    def read(self, value):
        return tuple(line.strip() for line in TextCell().read(value).split("\n") if line.strip())


class ExecutorResource(SheetResource):
    keys = ("code", "roadmap")
    necessary = ("code",)
    about = {
        "code": gettext_lazy("By it the body is known on the other sheets."),
        **dict.fromkeys(NAMES[:2] + NAMES[3:5], gettext_lazy("Short and full, in Kazakh or in Russian.")),
    }
    rules = (
        gettext_lazy("One row is one body. Bodies that are known in every roadmap are changed by administrators."),
    )

    roadmap = roadmap_column(
        Executor._meta.get_field("roadmap").verbose_name,
        gettext_lazy(
            "The roadmap's address, for a body of that act alone (a «working group»); empty: known everywhere."
        ),
    )
    aliases = Column(
        "spellings",
        SpellingsCell(),
        ExecutorAlias._meta.verbose_name_plural,
        gettext_lazy("As acts write the body's name otherwise than above."),
    )

    class Meta:
        model = Executor
        import_id_fields = ("code",)
        fields = export_order = ("code", "roadmap", *NAMES, "aliases")

    def get_queryset(self):
        return super().get_queryset().select_related("roadmap").prefetch_related("aliases").order_by("roadmap", "code")

    def prepare(self, instance):
        instance.spellings = tuple(alias.name for alias in instance.aliases.all()) if instance.pk else ()

    def load(self, dataset):
        self.fields["roadmap"].widget.known = {roadmap.slug: roadmap for roadmap in Roadmap.objects.for_user(self.user)}
        super().load(dataset)

    def check(self, instance, values, line):
        super().check(instance, values, line)
        if not has_names(lambda name: getattr(instance, name)):
            self.refuse(line, "short_name_kk", _("Give the short and the full name, in Kazakh or in Russian."))
        if instance.roadmap is None and line.changes and self.user.role != User.Role.ADMINISTRATOR:
            sentence = _("Only an administrator changes bodies that are known in every roadmap.")
            self.refuse(line, "code", sentence)

    def check_together(self, lines):
        """Refuse spellings that mean nobody, or another body of the same roadmap too."""
        bodies = {(body.code, body.roadmap_id): body for body in Executor.objects.prefetch_related("aliases")}
        spellings = {key: [alias.name for alias in body.aliases.all()] for key, body in bodies.items()}
        for line in lines:
            key = line.instance.code, line.instance.roadmap_id
            bodies[key], spellings[key] = line.instance, line.instance.spellings
        directory = Directory()
        for key, body in bodies.items():
            directory.add(body, spellings[key])
        for line in lines:
            body = line.instance
            is_shadow = body.roadmap_id and not line.is_update() and (body.code, None) in bodies
            if is_shadow and self.user.role != User.Role.ADMINISTRATOR:
                self.refuse(line, "code", _("A body that is known in every roadmap has this code: take another one."))
            if line.changes:
                self._check_spellings(line, directory)

    def _check_spellings(self, line, directory):
        body, seen = line.instance, set()
        for name in body.spellings:
            normal = directory.normal(name)
            others = [other for other in directory.named(name, body.roadmap_id) if other is not body]
            if not normal:
                self.refuse(line, "aliases", _("«%(name)s» names nobody: take it out.") % {"name": name})
            elif normal in seen:
                self.refuse(line, "aliases", _("«%(name)s» is listed twice: leave it once.") % {"name": name})
            elif ";" in name and "aliases" in line.changed:
                self.refuse(line, "aliases", _("Put each spelling on a line of its own, without semicolons."))
            elif others:
                sentence = _("«%(name)s» means «%(code)s» already: take it out here or there.")
                self.refuse(line, "aliases", sentence % {"name": name, "code": others[0].code})
            seen.add(normal)

    def write(self, new, changed):
        super().write(new, changed)
        replace_rows(ExecutorAlias, "executor", new, changed, "aliases", _aliases)


def _aliases(executor):
    return [ExecutorAlias(executor_id=executor.pk, name=name, normal=normal_name(name)) for name in executor.spellings]


class UsernameCell(TextCell):
    def read(self, value):
        text = super().read(value)
        try:
            User.username_validator(text)
        except ValidationError as error:
            raise ValidationError(
                _("«%(value)s»: use letters, digits and @ . + - _ alone."), params={"value": text}
            ) from error
        return text


class UserResource(SheetResource):
    """People; who is new gets an invitation to set a password (`invited`), which no sheet ever holds."""

    keys = necessary = ("username",)
    derived = ("executor", "is_staff")
    about = {
        "language": gettext_lazy("The language of the pages and of the mail."),
        "email": gettext_lazy("The invitation to set a password goes there."),
    }
    rules = (
        gettext_lazy("One row is one person. New people get a letter with a link by which they set their password."),
        gettext_lazy("Who has no e-mail address is named after the import: give them the link by hand."),
    )

    username = Column("username", UsernameCell(True, 150), gettext_lazy("user name"))
    last_name = Column("last_name", TextCell(max_length=150), gettext_lazy("last name"))
    first_name = Column("first_name", TextCell(max_length=150), gettext_lazy("first name"))
    email = Column("email", EmailCell(max_length=254), gettext_lazy("e-mail address"), about["email"])
    executor = Column(
        "body_code",
        TextCell(max_length=40),
        User._meta.get_field("executor").verbose_name,
        gettext_lazy("The code, as on the executors' sheet; empty for administrators and government officials."),
    )
    roadmap = Column(
        "body_roadmap",
        TextCell(max_length=50),
        gettext_lazy("roadmap of the body"),
        gettext_lazy("The address of the roadmap, only for a body that is known in one act alone."),
    )
    is_active = Column(
        "is_active", FlagCell(empty=True), gettext_lazy("may sign in"), gettext_lazy("«no» closes the account.")
    )

    class Meta:
        model = User
        import_id_fields = ("username",)
        fields = export_order = (
            "username", "last_name", "first_name", "email", "language", "role", "executor", "roadmap", "is_active",
        )  # fmt: skip

    def get_queryset(self):
        return User.objects.select_related("executor__roadmap").order_by("username")

    def prepare(self, instance):
        body = instance.executor
        instance.body_code = body.code if body else ""
        instance.body_roadmap = body.roadmap.slug if body and body.roadmap else ""

    def load(self, dataset):
        super().load(dataset)
        self.bodies = {
            (body.code, body.roadmap.slug if body.roadmap else ""): body
            for body in Executor.objects.select_related("roadmap")
        }
        self.ended = Succession.objects.ended()
        self.invited = []

    def check(self, instance, values, line):
        super().check(instance, values, line)
        self._find_body(instance, line)
        needs_body = instance.role in User.WITH_BODY
        if needs_body and not instance.body_code:
            self.refuse(line, "executor", _("This role belongs to a body: give its code."))
        elif instance.role and not needs_body and instance.body_code:
            self.refuse(line, "executor", _("This role belongs to no body: empty the cell."))
        if line.is_update() and instance == self.user and line.changed & {"role", "is_active"}:
            self.refuse(line, "username", _("This is your own account: its role and its access are changed by others."))
        instance.is_staff = instance.role in User.STAFF

    def _find_body(self, instance, line):
        key = instance.body_code, instance.body_roadmap
        instance.executor = self.bodies.get(key)
        if instance.executor and instance.executor.pk in self.ended:
            return self.refuse(line, "executor", ended_words(self.ended[instance.executor.pk]))
        if instance.body_code and instance.executor is None:
            sentence = _("There is no body «%(code)s»: mend the code, or give the roadmap that it is known in.")
            self.refuse(line, "executor", sentence % {"code": instance.body_code})

    def check_together(self, lines):
        """Refuse an address that two people would have."""
        holders = defaultdict(set)
        for user in [*(line.instance for line in lines), *self.known.values()]:
            holders[user.email.lower()].add(user.username)
        for line in lines:
            email = line.instance.email
            if email and line.changes and len(holders[email.lower()]) > 1:
                self.refuse(line, "email", _("Another user has this e-mail address."))

    def notes(self, result):
        invited = [line.instance for line in result.new if line.instance.is_active]
        without = [user.username for user in invited if not user.email]
        names = ", ".join(without[:NAMED]) + (" …" if len(without) > NAMED else "")
        count = len(invited) - len(without)
        sent = ngettext("%(count)d invitation will be sent.", "%(count)d invitations will be sent.", count)
        by_hand = _("No e-mail address: %(names)s. They are to be given the link by hand, from the page of each.")
        return ([sent % {"count": count}] if count else []) + ([by_hand % {"names": names}] if without else [])

    def write(self, new, changed):
        for line in new:
            line.instance.set_unusable_password()
        moved = [line.instance for line in changed if "email" in line.changed]
        User.objects.filter(pk__in=[user.pk for user in moved]).update(email="")  # two may have changed theirs over
        super().write(new, changed)
        self.invited = [line.instance for line in new] + [user for user in moved if not user.has_usable_password()]
