"""A walk of every URL, the admin's included, for the anonymous and each role. A URL that nobody classified fails."""

import pytest
from django.apps import apps
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import URLPattern, URLResolver, get_resolver

from conftest import approve, ask_for_measure, entry_of, make_user, moment, send, send_all, submission_of
from reporting import letter, rollup
from reporting.models import Evidence, LetterTemplate, MailText, Notice, OffControl, Submission
from reporting.tasks import open_executor_windows, open_ministry_windows
from roadmap import decree, tables
from roadmap.access import ROLE_PERMISSIONS
from roadmap.models import (
    ActDraft,
    Amendment,
    CalendarDay,
    Executor,
    FundingSource,
    Measure,
    Roadmap,
    Section,
    Succession,
    User,
)
from roadmap.plan import keep

pytestmark = pytest.mark.only_beside("postgres")

ROLES = ("officer", "stranger", "ministry", "head", "government", "administrator")
EVERYBODY = dict.fromkeys(ROLES, 200)


def only(*roles, otherwise=403, good=200):
    return {role: good if role in roles else otherwise for role in ROLES}


def admin_only(*roles, good=200):
    """The admin leads those who are no staff to its sign-in."""
    staff = dict.fromkeys(("ministry", "head", "administrator"), 403)
    return {"officer": 302, "stranger": 302, "government": 302} | staff | dict.fromkeys(roles, good)


STAFF = ("ministry", "head", "administrator")
OF_MINISTRY = ("ministry", "head")
READERS = ("officer", "stranger", "ministry", "head", "government")
ADMIN = ("administrator",)
# A report of another body; the ministry's officers fill in what they enter for one, and nothing else.
NOT_THEIRS = {"stranger": 404, "ministry": 404}
REDIRECTS = dict.fromkeys(ROLES, 302)

# name of the URL -> the answer to a GET of each role; the anonymous are led to the sign-in but for OPEN.
OPEN = {
    "entry-autosave": 405, "login": 200, "invitation": 200, "admin:login": 200, "admin:logout": 302, "logout": 405,
    "language": 405, "calendar-feed": 200, "verify": 200,
}  # fmt: skip
EXPECTED = {
    "start": REDIRECTS,
    "roadmaps": EVERYBODY,
    "roadmap": only(*READERS),
    "measure": only(*READERS),
    "only-roadmap": REDIRECTS,
    "of-roadmap": REDIRECTS,
    "evidence": only("officer", otherwise=404) | {"ministry": 200, "head": 200},
    "submissions": only("officer", "stranger"),
    "submission": only("officer") | NOT_THEIRS,
    "submit": only("officer", good=302) | NOT_THEIRS,
    # What was sent is not looked over again: the way leads back to its page.
    "check": only("officer", good=302) | NOT_THEIRS,
    "receipt": only("officer", *OF_MINISTRY, otherwise=404),
    "receipt-content": only("officer", *OF_MINISTRY, otherwise=404),
    "entry": only("officer") | NOT_THEIRS,
    "entry-autosave": only(otherwise=405),
    # What was sent has no workbook to fill in: the way leads back to its page.
    "ask-for-report": only("officer") | {"stranger": 404},
    "ask-for-measure": only("officer") | {"stranger": 404},
    "ask-off-control": only("officer") | {"stranger": 404},
    "petitions": only("officer", "stranger"),
    "petition": only("officer") | {"stranger": 404},
    "petition-withdraw": only("officer", good=302) | {"stranger": 404},
    "return-template": only("officer", good=302) | NOT_THEIRS,
    "return": only("officer", good=302) | NOT_THEIRS,
    "return-confirm": only("officer", good=302) | NOT_THEIRS,
    "return-marked": only(otherwise=404) | dict.fromkeys(("head", "administrator", "government"), 403),
    "summaries": only(*READERS),
    "summary": only(*READERS),
    "summary-file": only(*READERS),
    # Asked by the page alone; a person is led to the page.
    "summary-files": only(*READERS, good=302),
    "search": only(*READERS),
    "calendar": EVERYBODY,
    "calendar-new-address": REDIRECTS,
    "calendar-feed": EVERYBODY,
    "letters": EVERYBODY,
    "help": EVERYBODY,
    "verify": EVERYBODY,
    "login": EVERYBODY,
    "invitation": EVERYBODY,
    "logout": only(otherwise=405),
    "language": only(otherwise=405),
    "password_change": EVERYBODY,
    "password_change_done": EVERYBODY,
    "admin:login": only(*STAFF, otherwise=200, good=302),
    "admin:logout": admin_only(*STAFF, good=405),
    "admin:index": admin_only(*STAFF),
    "admin:password_change": admin_only(*STAFF),
    "admin:password_change_done": admin_only(*STAFF),
    "admin:autocomplete": admin_only(*STAFF),
    "admin:jsi18n": admin_only(*STAFF),
    "admin:view_on_site": admin_only(good=404) | dict.fromkeys(STAFF, 404),
    "admin:app_list": admin_only(*STAFF),
    # Letters sent to people
    "admin:reporting_notice_changelist": admin_only(*STAFF),
    "admin:reporting_notice_change": admin_only(*STAFF),
    "admin:reporting_notice_add": admin_only(),
    "admin:reporting_notice_delete": admin_only(),
    "admin:reporting_notice_history": admin_only(*STAFF),
    # Periods
    "admin:reporting_reportingperiod_changelist": admin_only(*STAFF),
    "admin:reporting_reportingperiod_change": admin_only(*STAFF),
    "admin:reporting_reportingperiod_add": admin_only(),
    "admin:reporting_reportingperiod_delete": admin_only(),
    "admin:reporting_reportingperiod_history": admin_only(*STAFF),
    "admin:reporting_reportingperiod_queue": admin_only(*OF_MINISTRY),
    "admin:reporting_reportingperiod_accept": admin_only("ministry", good=302),
    "admin:reporting_reportingperiod_consolidate": admin_only("ministry", good=302),
    "admin:reporting_reportingperiod_open": admin_only("ministry"),
    "admin:reporting_reportingperiod_make": admin_only("ministry", "administrator", good=302),
    # Submissions
    "admin:reporting_submission_changelist": admin_only(*OF_MINISTRY),
    "admin:reporting_submission_change": admin_only(*OF_MINISTRY),
    "admin:reporting_submission_add": admin_only(),
    "admin:reporting_submission_delete": admin_only(),
    "admin:reporting_submission_history": admin_only(*OF_MINISTRY) | {"administrator": 302},
    "admin:reporting_submission_reopen": admin_only("ministry", good=302),
    "admin:reporting_submission_enter": admin_only("ministry", good=302),
    "admin:reporting_submission_happened": admin_only(*OF_MINISTRY),
    "admin:reporting_submission_measure_happened": admin_only(*STAFF),
    # Summaries
    "admin:reporting_summary_happened": admin_only(*OF_MINISTRY),
    "admin:reporting_summary_changelist": admin_only(*OF_MINISTRY),
    "admin:reporting_summary_change": admin_only(*OF_MINISTRY),
    "admin:reporting_summary_add": admin_only(),
    "admin:reporting_summary_delete": admin_only(),
    "admin:reporting_summary_history": admin_only(*OF_MINISTRY) | {"administrator": 302},
    "admin:reporting_summary_workbench": admin_only(*OF_MINISTRY),
    "admin:reporting_summary_line": admin_only(*OF_MINISTRY),
    "admin:reporting_summary_preview": admin_only(*OF_MINISTRY),
    "admin:reporting_summary_files": admin_only(*OF_MINISTRY, good=302),
    "admin:reporting_summary_files_again": admin_only("ministry", good=302),
    "admin:reporting_summary_hand_over": admin_only("ministry", good=302),
    "admin:reporting_summary_send_back": admin_only("head", good=302),
    "admin:reporting_summary_approve": admin_only("head", good=302),
    # Of a draft nothing is corrected: the way leads back to its page.
    **{f"admin:reporting_summary_{step}": admin_only("head", good=302)
       for step in ("correct", "withdraw", "let_stand")},
    # Templates of the letter
    "admin:reporting_lettertemplate_changelist": admin_only(*OF_MINISTRY),
    "admin:reporting_lettertemplate_change": admin_only(*OF_MINISTRY),
    "admin:reporting_lettertemplate_add": admin_only("ministry"),
    "admin:reporting_lettertemplate_delete": admin_only(),
    "admin:reporting_lettertemplate_history": admin_only(*OF_MINISTRY) | {"administrator": 302},
    "admin:reporting_lettertemplate_download": admin_only(*OF_MINISTRY),
    "admin:reporting_lettertemplate_default": admin_only(*OF_MINISTRY),
    # Words of the letters
    "admin:reporting_mailtext_changelist": admin_only(*OF_MINISTRY),
    "admin:reporting_mailtext_words": admin_only(*OF_MINISTRY),
    "admin:reporting_mailtext_change": admin_only(*OF_MINISTRY),
    "admin:reporting_mailtext_add": admin_only(),
    "admin:reporting_mailtext_delete": admin_only(),
    "admin:reporting_mailtext_history": admin_only(*OF_MINISTRY) | {"administrator": 302},
    # Off control
    "admin:reporting_offcontrol_changelist": admin_only(*OF_MINISTRY),
    "admin:reporting_offcontrol_change": admin_only(*OF_MINISTRY),
    "admin:reporting_offcontrol_add": admin_only(),
    "admin:reporting_offcontrol_delete": admin_only(),
    "admin:reporting_offcontrol_history": admin_only(*OF_MINISTRY),
    # Petitions
    "admin:reporting_petition_changelist": admin_only(*OF_MINISTRY),
    "admin:reporting_petition_change": admin_only(*OF_MINISTRY),
    "admin:reporting_petition_add": admin_only("ministry"),
    "admin:reporting_petition_delete": admin_only(),
    "admin:reporting_petition_history": admin_only(*OF_MINISTRY) | {"administrator": 302},
    # People
    "admin:roadmap_user_changelist": admin_only(*ADMIN),
    "admin:roadmap_user_change": admin_only(*ADMIN),
    "admin:roadmap_user_add": admin_only(*ADMIN),
    "admin:roadmap_user_delete": admin_only(),
    "admin:roadmap_user_history": admin_only(*ADMIN),
    "admin:auth_user_password_change": admin_only(*ADMIN),
    # Acts being entered
    "admin:roadmap_actdraft_changelist": admin_only(*ADMIN),
    "admin:roadmap_actdraft_add": admin_only(*ADMIN),
    "admin:roadmap_actdraft_change": admin_only(*ADMIN),
    "admin:roadmap_actdraft_row": admin_only(*ADMIN),
    "admin:roadmap_actdraft_confirm": admin_only(*ADMIN, good=302),
    "admin:roadmap_actdraft_delete": admin_only(*ADMIN),
    "admin:roadmap_actdraft_history": admin_only(*ADMIN),
    # Later acts
    **{
        f"admin:roadmap_{model}_{page}": admin_only(*roles)
        for model in ("amendment", "succession")
        for page, roles in {
            "changelist": STAFF, "change": STAFF, "history": STAFF, "add": ADMIN, "delete": ADMIN,
        }.items()
    },
    "admin:roadmap_amendment_change_add": admin_only(*ADMIN),
    "admin:roadmap_amendment_change_edit": admin_only(*ADMIN),
    **{f"admin:roadmap_amendment_{step}": admin_only(*ADMIN, good=302)
       for step in ("change_remove", "confirm", "reopen")},
    # Scheduled tasks
    "admin:roadmap_taskrun_changelist": admin_only(*ADMIN),
    "admin:roadmap_taskrun_run": admin_only(*STAFF, good=405),
    # Decreed
    **{
        f"admin:roadmap_{model}_{page}": admin_only(*roles)
        for model in ("roadmap", "section", "measure", "executor", "fundingsource")
        for page, roles in {
            "changelist": STAFF, "change": STAFF, "history": STAFF, "add": ADMIN, "delete": ADMIN,
        }.items()
    },
    **{f"admin:roadmap_{model}_export": admin_only(*STAFF) for model in ("roadmap", "measure", "executor")},
    **{f"admin:roadmap_{model}_import": admin_only("ministry", "administrator") for model in ("measure", "executor")},
    **{f"admin:roadmap_{model}_import": admin_only(*ADMIN) for model in ("roadmap", "fundingsource", "user")},
    **{f"admin:roadmap_{model}_export": admin_only(*ADMIN) for model in ("fundingsource", "user")},
    **{f"admin:roadmap_{model}_process_import": admin_only(*STAFF, good=405)
       for model in ("roadmap", "measure", "executor", "fundingsource", "user")},
    "admin:roadmap_user_invite": admin_only(*ADMIN, good=302),
    # The working calendar
    **{
        f"admin:roadmap_calendarday_{page}": admin_only(*roles)
        for page, roles in {
            "changelist": STAFF, "change": STAFF, "history": STAFF, "export": STAFF, "year": STAFF, "this_year": STAFF,
            "add": ("ministry", "administrator"), "import": ("ministry", "administrator"), "delete": ADMIN,
        }.items()
    },
    "admin:roadmap_calendarday_process_import": admin_only(*STAFF, good=405),
}  # fmt: skip


def urls(resolver=None, prefix=""):
    """Every named URL as (name, the pattern that answers)."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            namespace = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from urls(pattern, namespace)
        elif isinstance(pattern, URLPattern):
            # Two that redirect: an object's old address, and the admin's catch-all.
            yield f"{prefix}{pattern.name or pattern.pattern}"


UNNAMED = {"admin:<path:object_id>/", "admin:(?P<url>.*)$", "admin:r/<path:content_type_id>/<path:object_id>/"}


def test_every_url_is_classified():
    assert set(urls()) - UNNAMED == set(EXPECTED)


@pytest.fixture
def world(people, review_period, on_day):
    """Something behind every address: an approved half-year with a file, and one in work."""
    upload = SimpleUploadedFile("хат.pdf", b"%PDF-1.4")
    entry = entry_of(submission_of("natr", review_period), 1)
    evidence = Evidence.objects.attach(
        entry, upload, content_type="application/pdf", by=people["officer"], at=moment("2013-07-02 10:00")
    )
    send_all(review_period, m1="done")
    approve(review_period, head=people["head"], ministry=people["ministry"], with_files=True)
    open_executor_windows("2013-12-21")
    open_ministry_windows("2014-01-06")
    on_day("2014-01-08")
    later = Submission.objects.get(period__number=2, period__year=2013, executor__code="natr")
    send(later, at="2014-01-03 10:00")
    summary = rollup.refresh(later.period, at=moment("2014-01-08 10:00"))
    person = make_user("mgmt", User.Role.EXECUTOR, "mgmt")
    plan = decree.parse(tables.read((settings.BASE_DIR / "fixtures" / "decree-631-kk.txt").read_bytes()))
    draft = ActDraft.objects.create(
        plan=keep(plan), slug="again", made_by=people["administrator"], made_at=moment("2014-01-08 10:00")
    )
    template = LetterTemplate.objects.keep(
        review_period.roadmap, "Хат", letter.default_template(), by=people["ministry"], at=moment("2014-01-08 10:00")
    )
    words = MailText.objects.write(
        review_period.roadmap, "opened", "kk", subject="Еске саламыз", body="Есепті жіберіңіз.", by=people["ministry"],
        at=moment("2014-01-08 10:00"), seen=0,
    )  # fmt: skip
    petition = ask_for_measure(2, by=people["officer"], at="2014-01-08 10:00")
    recorded = {"recorded_by": people["administrator"], "recorded_at": moment("2014-01-08 10:00")}
    act = {"number": "82", "date": "2014-01-07"}
    amendment = Amendment.objects.create(
        roadmap=later.period.roadmap, act_kk="Қаулы", in_force_on="2014-02-01", **act, **recorded
    )
    amendment.changes.create(pk=1, kind="drop", measure=Measure.objects.get(number="3"))
    succession = Succession.objects.create(
        predecessor=Executor.objects.get(code="king"), successor=Executor.objects.get(code="natr"),
        from_day="2014-02-01", act="Қаулы", **act, **recorded,
    )  # fmt: skip
    notice = Notice.objects.create(
        person=people["officer"], occasion="accepted", about="round:1", roadmap=later.period.roadmap,
        made_at=moment("2014-01-08 10:00"), next_try_at=moment("2014-01-08 10:00"),
    )  # fmt: skip
    return {
        "submission": later, "summary": summary, "person": person, "evidence": evidence, "draft": draft,
        "petition": petition, "amendment": amendment, "succession": succession,
        "template": template, "words": words, "notice": notice,
    }  # fmt: skip


def address(name, world):
    """An address of that URL, with something behind it."""
    submission, summary = world["submission"], world["summary"]
    objects = {
        "reporting_reportingperiod": submission.period_id,
        "reporting_submission": submission.pk,
        "reporting_summary": summary.pk,
        "reporting_petition": world["petition"].pk,
        "reporting_offcontrol": OffControl.objects.get().pk,
        "reporting_lettertemplate": world["template"].pk,
        "reporting_notice": world["notice"].pk,
        "reporting_mailtext": world["words"].pk,
        "roadmap_user": world["person"].pk,
        "auth_user": world["person"].pk,
        "roadmap_roadmap": Roadmap.objects.get(slug="decree-631").pk,
        "roadmap_section": Section.objects.first().pk,
        "roadmap_measure": Measure.objects.first().pk,
        "roadmap_executor": Executor.objects.get(code="natr").pk,
        "roadmap_fundingsource": FundingSource.objects.get().pk,
        "roadmap_actdraft": world["draft"].pk,
        "roadmap_amendment": world["amendment"].pk,
        "roadmap_succession": world["succession"].pk,
        "roadmap_calendarday": CalendarDay.objects.first().pk,
        "roadmap_taskrun": "send-mail",
    }
    if name.startswith("admin:"):
        return _admin_address(name.removeprefix("admin:"), objects)
    return {
        "start": "/",
        "roadmaps": "/roadmaps/",
        "roadmap": "/roadmaps/decree-631/",
        "measure": "/roadmaps/decree-631/measures/2/",
        "only-roadmap": "/roadmap/",
        "of-roadmap": "/summaries/",
        "evidence": f"/evidence/{world['evidence'].pk}/",
        "submissions": "/roadmaps/decree-631/submissions/",
        "submission": f"/roadmaps/decree-631/submissions/{submission.pk}/",
        "submit": f"/roadmaps/decree-631/submissions/{submission.pk}/submit/",
        "entry": f"/roadmaps/decree-631/submissions/{submission.pk}/measures/2/",
        "check": f"/roadmaps/decree-631/submissions/{submission.pk}/check/",
        "receipt": f"/roadmaps/decree-631/submissions/{submission.pk}/rounds/1/",
        "ask-for-report": f"/roadmaps/decree-631/submissions/{submission.pk}/later/",
        "ask-for-measure": "/roadmaps/decree-631/measures/2/later/",
        "ask-off-control": "/roadmaps/decree-631/measures/2/off-control/",
        "petitions": "/roadmaps/decree-631/petitions/",
        "petition": f"/roadmaps/decree-631/petitions/{world['petition'].pk}/",
        "petition-withdraw": f"/roadmaps/decree-631/petitions/{world['petition'].pk}/withdraw/",
        "receipt-content": f"/roadmaps/decree-631/submissions/{submission.pk}/rounds/1/sent.json",
        "entry-autosave": f"/roadmaps/decree-631/submissions/{submission.pk}/measures/2/autosave/",
        "return-template": f"/roadmaps/decree-631/submissions/{submission.pk}/return.xlsx",
        "return": f"/roadmaps/decree-631/submissions/{submission.pk}/return/",
        "return-confirm": f"/roadmaps/decree-631/submissions/{submission.pk}/return/confirm/",
        "return-marked": f"/roadmaps/decree-631/submissions/{submission.pk}/return/marked.xlsx",
        "summaries": "/roadmaps/decree-631/summaries/",
        "summary": "/roadmaps/decree-631/summaries/2013-H1/",
        "summary-file": "/roadmaps/decree-631/summaries/2013-H1.xlsx",
        "summary-files": "/roadmaps/decree-631/summaries/2013-H1/files/",
        "search": "/roadmaps/decree-631/search/?q=аэа",
        "calendar": "/calendar/",
        "calendar-new-address": "/calendar/new-address/",
        "calendar-feed": f"/calendar/{world['person'].calendar_key}.ics",
        "letters": "/letters/",
        "help": "/help/government/",
        "verify": "/verify/",
        "login": "/accounts/login/",
        "invitation": "/accounts/invitation/MQ/spent/",
        "logout": "/accounts/logout/",
        "language": "/language/",
        "password_change": "/accounts/password_change/",
        "password_change_done": "/accounts/password_change/done/",
    }[name]  # fmt: skip


def _admin_address(name, objects):
    plain = {
        "index": "", "login": "login/", "logout": "logout/", "password_change": "password_change/",
        "password_change_done": "password_change/done/", "jsi18n": "jsi18n/", "app_list": "roadmap/",
        "autocomplete": "autocomplete/?app_label=roadmap&model_name=assignment&field_name=executor",
        "view_on_site": "r/1/1/",
    }  # fmt: skip
    if name in plain:
        return f"/admin/{plain[name]}"
    model, step = next((key, name.removeprefix(f"{key}_")) for key in objects if name.startswith(f"{key}_"))
    pk = objects[model]
    tail = {
        "changelist": "", "add": "add/", "export": "export/", "import": "import/", "process_import": "process_import/",
        "password_change": f"{pk}/password/", "line": f"{pk}/lines/1/", "hand_over": f"{pk}/hand-over/",
        "make": "make/",
        "measure_happened": f"measures/{objects['roadmap_measure']}/happened/",
        "send_back": f"{pk}/send-back/", "let_stand": f"{pk}/let-stand/", "row": f"{pk}/rows/1/",
        "files_again": f"{pk}/files/again/",
        "default": "default/",
        "year": "year/2014/", "this_year": "year/",
        "words": "decree-631/opened/kk/",
        "change_add": f"{pk}/changes/add/drop/",
        "change_edit": f"{pk}/changes/1/", "change_remove": f"{pk}/changes/1/remove/",
    }.get(step, f"{pk}/{step}/")  # fmt: skip
    return f"/admin/{model.replace('auth_', 'roadmap_').replace('_', '/')}/{tail}"


def test_every_address_answers_each_role_as_it_should(client, people, world):
    found = {}
    addresses = {name: address(name, world) for name in EXPECTED}
    for role in ROLES:
        client.force_login(people[role])
        for name, expected in EXPECTED.items():
            answer = client.get(addresses[name])
            if answer.streaming:
                b"".join(answer.streaming_content)
            if answer.status_code != expected[role]:
                found[role, name] = (answer.status_code, expected[role])
    assert found == {}


def test_every_address_leads_the_anonymous_to_the_sign_in(client, world):
    found = {}
    for name in EXPECTED:
        answer = client.get(address(name, world))
        expected = OPEN.get(name, 302)
        is_right = answer.status_code == expected and (expected != 302 or "/login/" in answer.url or name in OPEN)
        if not is_right:
            found[name] = answer.status_code
    assert found == {}


@pytest.mark.parametrize("role", ["officer", "stranger", "government"])
def test_nobody_outside_the_staff_gets_past_the_admins_door_by_post(client, people, world, role):
    client.force_login(people[role])
    for name in EXPECTED:
        if name.startswith("admin:") and name not in ("admin:login", "admin:logout"):
            assert client.post(address(name, world), {"accept": ""}).status_code in (302, 403), name


def test_each_role_has_just_the_permissions_of_the_table(people):
    for user in people.values():
        assert user.get_all_permissions() == ROLE_PERMISSIONS[user.role]


def test_permissions_of_the_table_exist():
    known = {
        f"{model._meta.app_label}.{code}"
        for model in apps.get_models()
        for code in [
            *(f"{verb}_{model._meta.model_name}" for verb in (*model._meta.default_permissions, "import", "export")),
            *(code for code, _name in model._meta.permissions),
        ]
    }
    assert set().union(*ROLE_PERMISSIONS.values()) <= known


def test_inactive_people_have_no_permissions(officer):
    officer.is_active = False
    assert officer.get_all_permissions() == set()
