"""People, their roles, and what each role may do and see."""

import pytest
from django.apps import apps
from django.contrib.auth import authenticate
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import IntegrityError, models, transaction

from conftest import (
    PASSWORD,
    approve,
    entry_of,
    make_user,
    moment,
    open_executor_windows,
    open_ministry_windows,
    send,
    submission_of,
)
from roadmap.access import ROLE_PERMISSIONS
from roadmap.models import Amendment, Assignment, Executor, Measure, Roadmap, Succession, User

Role = User.Role
STAFF = {Role.MINISTRY_OFFICER, Role.MINISTRY_HEAD, Role.ADMINISTRATOR}
WITH_BODY = {Role.EXECUTOR, Role.MINISTRY_OFFICER, Role.MINISTRY_HEAD}
every_role = pytest.mark.parametrize("role", Role.values)


def body_for(role):
    return Executor.objects.get(code="mint") if role in WITH_BODY else None


# Constraints


@every_role
def test_it_enters_the_admin_as_the_role_says(roadmap, role):
    user = make_user("one", role, "mint" if role in WITH_BODY else None)
    assert User.objects.get(pk=user.pk).is_staff is (role in STAFF)
    with pytest.raises(IntegrityError, match="user_enters_the_admin_as_the_role_says"), transaction.atomic():
        User.objects.filter(pk=user.pk).update(is_staff=role not in STAFF)


@every_role
def test_it_has_a_body_exactly_where_the_role_needs_one(roadmap, role):
    user = make_user("one", role, "mint" if role in WITH_BODY else None)
    wrong = None if role in WITH_BODY else Executor.objects.get(code="mint")
    with pytest.raises(IntegrityError, match="user_has_a_body_exactly"), transaction.atomic():
        User.objects.filter(pk=user.pk).update(executor=wrong)
    with pytest.raises(IntegrityError, match="user_has_a_body_exactly"), transaction.atomic():
        User.objects.bulk_create([User(username="two", role=role, executor=wrong, is_staff=role in STAFF)])
    user.executor = wrong
    with pytest.raises(ValidationError):
        user.full_clean()


@pytest.mark.parametrize(
    ("values", "constraint"),
    [({"role": "superuser"}, "user_"), ({"language": "de"}, "user_language_is_known"), ({"role": ""}, "user_")],
)
def test_it_knows_its_roles_and_languages(officer, values, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        User.objects.filter(pk=officer.pk).update(**values)


@every_role
def test_it_is_valid_in_a_form_whatever_was_ticked(roadmap, role):
    user = User(username="one", role=role, executor=body_for(role), is_staff=role not in STAFF)
    user.set_password(PASSWORD)
    user.full_clean()
    assert user.is_staff is (role in STAFF)


def test_it_follows_a_change_of_role(roadmap, ministry):
    ministry.role = Role.EXECUTOR
    ministry.save(update_fields=["role"])
    ministry.refresh_from_db()
    assert (ministry.role, ministry.is_staff) == (Role.EXECUTOR, False)


@pytest.mark.parametrize("other", ["officer@natr.kz", "Officer@NATR.kz", "OFFICER@natr.KZ"])
def test_it_has_an_address_of_its_own_ignoring_case(officer, stranger, other):
    User.objects.filter(pk=officer.pk).update(email="officer@natr.kz")
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=stranger.pk).update(email=other)
    stranger.email = other
    with pytest.raises(ValidationError):
        stranger.full_clean()


def test_it_may_have_no_address(officer, stranger):
    assert User.objects.filter(email="").count() == 2


# Making people


def test_it_makes_an_administrator_by_createsuperuser(roadmap, monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    call_command("createsuperuser", username="first", email="first@example.kz", interactive=False, verbosity=0)
    user = authenticate(username="first", password=PASSWORD)
    assert (user.role, user.is_staff, user.executor) == (Role.ADMINISTRATOR, True, None)
    assert not user.is_superuser
    assert user.has_perm("roadmap.change_measure")
    assert not user.has_perm("reporting.approve_summary")


def test_it_makes_people_by_the_manager(roadmap):
    user = User.objects.create_user("one", "one@example.kz", PASSWORD, role=Role.GOVERNMENT)
    assert authenticate(username="one", password=PASSWORD) == user
    assert authenticate(username="one", password="басқа") is None


# Permissions

NEVER = {
    Role.EXECUTOR: {"reporting.review_submission", "reporting.write_summary", "reporting.approve_summary"},
    Role.MINISTRY_OFFICER: {"reporting.fill_submission", "reporting.approve_summary", "reporting.change_submission"},
    Role.MINISTRY_HEAD: {"reporting.change_summaryline", "reporting.write_summary", "reporting.fill_submission"},
    Role.GOVERNMENT: {"reporting.view_submission", "reporting.view_summary", "reporting.approve_summary"},
    Role.ADMINISTRATOR: {
        "reporting.fill_submission",
        "reporting.review_submission",
        "reporting.approve_summary",
        "reporting.read_summary",
        "roadmap.delete_user",
    },
}
KEYS = {
    Role.EXECUTOR: {"reporting.fill_submission", "reporting.read_summary"},
    Role.MINISTRY_OFFICER: {"reporting.review_submission", "reporting.write_summary", "roadmap.import_measure"},
    Role.MINISTRY_HEAD: {"reporting.approve_summary", "reporting.view_submission"},
    Role.GOVERNMENT: {"reporting.read_summary"},
    Role.ADMINISTRATOR: {"roadmap.add_user", "roadmap.change_roadmap", "reporting.change_reportingperiod"},
}


@every_role
def test_it_may_do_what_its_role_says_and_nothing_else(roadmap, role):
    user = make_user("one", role, "mint" if role in WITH_BODY else None)
    assert user.get_all_permissions() == ROLE_PERMISSIONS[role]
    assert user.has_perms(KEYS[role])
    assert not [code for code in NEVER[role] if user.has_perm(code)]


@every_role
def test_it_never_adds_or_deletes_what_was_reported(role):
    kept = ("submission", "submissionround", "summary", "summaryline", "summaryfile", "progressentry", "evidence")
    forbidden = {f"reporting.{verb}_{name}" for verb in ("add", "delete") for name in kept}
    assert not forbidden & ROLE_PERMISSIONS[role]


def test_it_names_only_permissions_that_exist(db):
    codes = set()
    for model in apps.get_models():
        label, name = model._meta.app_label, model._meta.model_name
        codes |= {f"{label}.{verb}_{name}" for verb in ("view", "add", "change", "delete", "import", "export")}
        codes |= {f"{label}.{code}" for code, _words in model._meta.permissions}
    assert set().union(*ROLE_PERMISSIONS.values()) - codes == set()


@every_role
def test_it_may_do_nothing_once_it_is_inactive(roadmap, role):
    user = make_user("one", role, "mint" if role in WITH_BODY else None)
    user.is_active = False
    assert user.get_all_permissions() == set()
    assert not user.has_perm("reporting.read_summary")


def test_it_has_no_rights_beside_the_role(officer):
    names = {field.name for field in User._meta.get_fields()}
    assert not names & {"is_superuser", "groups", "user_permissions"}


# Who sees which rows


@pytest.fixture
def two_roadmaps(people):
    """Beside decree 631 another act of another ministry. Our agency reports in both; a clinic only in the other."""
    bodies = {
        code: Executor.objects.create(code=code, short_name_kk=name, full_name_kk=name)
        for code, name in {"moh": "ДСМ", "clinic": "Емхана"}.items()
    }
    other = Roadmap.objects.create(
        slug="other", act_kk="Қаулы", number="7", date="2013-06-01", title_kk="Басқа жол картасы", first_year=2013,
        last_year=2013, coordinator=bodies["moh"],
    )  # fmt: skip
    section = other.sections.create(position=1, number="1", title_kk="Бөлім")
    measure = Measure.objects.create(roadmap=other, section=section, position=1, number="1", title_kk="Іс-шара")
    for place, body in enumerate((bodies["clinic"], Executor.objects.get(code="natr")), start=1):
        Assignment.objects.create(measure=measure, position=place, executor=body)
    open_executor_windows("2013-06-20")
    open_ministry_windows("2013-07-06")
    clinic = make_user("clinic", Role.EXECUTOR, "clinic")
    ministry = make_user("moh", Role.MINISTRY_OFFICER, "moh")
    head = make_user("moh-head", Role.MINISTRY_HEAD, "moh")
    decree = Roadmap.objects.get(slug="decree-631")
    first, second = (roadmap.periods.get(year=2013, number=1) for roadmap in (decree, other))
    for by, code, period, number in ((people["officer"], "natr", first, 19), (clinic, "clinic", second, 1)):
        submission = submission_of(code, period)
        upload = SimpleUploadedFile("хат.pdf", b"%PDF-1.4")
        entry = entry_of(submission, number)
        evidence = apps.get_model("reporting.Evidence").objects
        evidence.attach(entry, upload, content_type="application/pdf", by=by, at=moment("2013-07-08 08:00"))
        send(submission, by=by, at="2013-07-08 09:00", **{f"m{number}": "done"})
    second_natr = submission_of("natr", second)
    send(second_natr, by=people["officer"], at="2013-07-08 09:00", m1="done")
    approve(first, head=people["head"], ministry=people["ministry"])
    approve(second, head=head, ministry=ministry)
    act = {"number": "1", "date": "2013-07-08", "recorded_by": people["administrator"],
           "recorded_at": moment("2013-07-08 10:00")}  # fmt: skip
    for roadmap, former, heir in ((decree, "king", "zerde"), (other, "clinic", "moh")):
        Amendment.objects.create(roadmap=roadmap, act_kk="Қаулы", in_force_on="2030-01-01", **act)
        bodies = [Executor.objects.get(code=code) for code in (former, heir)]
        Succession.objects.create(
            predecessor=bodies[0], successor=bodies[1], act=roadmap.slug, from_day="2030-01-01", **act
        )
    petitions, templates = (apps.get_model(f"reporting.{name}").objects for name in ("Petition", "LetterTemplate"))
    words = {"subject": "Хат", "body": "Мәтін", "at": moment("2013-07-08 11:00"), "seen": 0}
    for roadmap, by, officer in ((decree, people["officer"], people["ministry"]), (other, clinic, ministry)):
        petitions.create(
            roadmap=roadmap, kind="extend_measure", measure=roadmap.measures.first(), executor=by.executor, asked_by=by,
            asked_at=moment("2013-07-08 11:00"), wanted_until="2018-12-31",
        )  # fmt: skip
        templates.create(
            roadmap=roadmap, name="Хат", content=b"", uploaded_by=officer, uploaded_at=moment("2013-07-08 11:00")
        )
        apps.get_model("reporting.MailText").objects.write(roadmap, "opened", "kk", by=officer, **words)
        apps.get_model("reporting.Notice").objects.create(
            person=by, occasion="opened", about="submission:1", roadmap=roadmap, made_at=words["at"],
            next_try_at=words["at"],
        )  # fmt: skip
    return people | {"clinic": clinic, "other ministry": ministry, "other head": head, "nobody": AnonymousUser()}


# For each model, how its rows are told apart, and what each person sees: "631", "other", both, or only their own.
BOTH, FIRST, SECOND, NONE = {"decree-631", "other"}, {"decree-631"}, {"other"}, set()
BY_ROADMAP = {
    "officer": BOTH, "stranger": FIRST, "ministry": FIRST, "head": FIRST, "government": BOTH, "administrator": BOTH,
    "clinic": SECOND, "other ministry": SECOND, "other head": SECOND, "nobody": NONE,
}  # fmt: skip
MINISTRYS_OWN = dict.fromkeys(BY_ROADMAP, NONE) | {
    "ministry": FIRST, "head": FIRST, "other ministry": SECOND, "other head": SECOND,
}  # fmt: skip
SEEN = {
    "roadmap.Roadmap": ("slug", BY_ROADMAP),
    "roadmap.Section": ("roadmap__slug", BY_ROADMAP),
    "roadmap.Measure": ("roadmap__slug", BY_ROADMAP),
    "roadmap.Amendment": ("roadmap__slug", BY_ROADMAP),
    "roadmap.Succession": ("act", BY_ROADMAP),
    "roadmap.Assignment": ("measure__roadmap__slug", BY_ROADMAP),
    "reporting.ReportingPeriod": ("roadmap__slug", BY_ROADMAP),
    "reporting.OffControl": ("measure__roadmap__slug", BY_ROADMAP),
    "reporting.Submission": (
        "period__roadmap__slug", BY_ROADMAP | {"government": NONE, "administrator": NONE},
    ),
    "reporting.Evidence": (
        "entry__submission__period__roadmap__slug",
        BY_ROADMAP | {"officer": FIRST, "stranger": NONE, "government": NONE, "administrator": NONE},
    ),
    "reporting.Petition": (
        "roadmap__slug",
        BY_ROADMAP | {"officer": FIRST, "stranger": NONE, "government": NONE, "administrator": NONE},
    ),
    "reporting.LetterTemplate": ("roadmap__slug", MINISTRYS_OWN),
    "reporting.MailText": ("roadmap__slug", MINISTRYS_OWN),
    "reporting.Notice": ("roadmap__slug", MINISTRYS_OWN | {"administrator": BOTH}),
    "reporting.Summary": ("period__roadmap__slug", BY_ROADMAP | {"administrator": NONE}),
    "reporting.SummaryLine": ("summary__period__roadmap__slug", BY_ROADMAP | {"administrator": NONE}),
}  # fmt: skip
EXECUTORS = {"mint", "natr", "mgmt", "wg", "kaznex", "almaty", "zerde", "kazakhtelecom", "king"}
OTHERS = {"moh", "clinic", "natr"}


def test_it_scopes_every_query_set_that_this_test_knows():
    scoped = {model._meta.label for model in apps.get_models() if hasattr(model._default_manager, "for_user")}
    # Bodies have a test of their own; the working calendar is everybody's.
    assert scoped == {*SEEN, "roadmap.Executor", "roadmap.CalendarDay"}


def test_it_shows_each_person_the_rows_of_their_roadmaps(two_roadmaps):
    for label, (path, expected) in SEEN.items():
        rows = apps.get_model(label).objects
        assert set(rows.values_list(path, flat=True)) == BOTH, f"{label}: nothing to tell apart"
        for name, person in two_roadmaps.items():
            assert set(rows.for_user(person).values_list(path, flat=True)) == expected[name], (label, name)


def test_it_shows_an_executor_its_own_submissions_alone(two_roadmaps):
    submissions = apps.get_model("reporting.Submission").objects
    for name, code in {"officer": "natr", "stranger": "zerde", "clinic": "clinic"}.items():
        seen = submissions.for_user(two_roadmaps[name])
        assert set(seen.values_list("executor__code", flat=True)) == {code}
    assert submissions.for_user(two_roadmaps["ministry"]).count() == 9
    assert submissions.for_user(two_roadmaps["other head"]).count() == 2


def test_it_shows_the_bodies_of_ones_roadmaps(two_roadmaps):
    expected = {
        "officer": EXECUTORS | OTHERS, "stranger": EXECUTORS, "ministry": EXECUTORS, "head": EXECUTORS,
        "government": EXECUTORS | OTHERS, "administrator": EXECUTORS | OTHERS, "clinic": OTHERS,
        "other ministry": OTHERS, "other head": OTHERS, "nobody": set(),
    }  # fmt: skip
    for name, person in two_roadmaps.items():
        assert set(Executor.objects.for_user(person).values_list("code", flat=True)) == expected[name], name


def test_it_names_the_constraints_of_the_user():
    """Each reads as a sentence; a new one wants its test above."""
    names = {constraint.name for constraint in User._meta.constraints if isinstance(constraint, models.BaseConstraint)}
    assert names == {
        "user_role_is_known",
        "user_has_a_body_exactly_where_the_role_needs_one",
        "user_enters_the_admin_as_the_role_says",
        "user_language_is_known",
        "user_mail_choice_is_known",
        "user_email_is_unique_ignoring_case",
    }
