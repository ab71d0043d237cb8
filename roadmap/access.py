"""Who may do what: one table from role to permission codes, and the authentication backend that reads it."""

from django.contrib.auth.backends import ModelBackend

from .models import User

_DECREED = ("roadmap", "section", "measure", "assignment", "executor", "executoralias", "fundingsource")
SHEETS = ("roadmap", "measure", "executor", "fundingsource", "user")
_VIEW_DECREED = {f"roadmap.view_{name}" for name in _DECREED}
_VIEW_REPORTED = {
    f"reporting.view_{name}"
    for name in (
        "reportingperiod",
        "submission",
        "summary",
        "summaryline",
        "offcontrol",
        "petition",
        "lettertemplate",
        "mailtext",
        "notice",
    )  # fmt: skip
}

# What was decreed is theirs who own the decree's data; the ministry reads it.
_LATER_ACTS = ("amendment", "succession")
# Everybody's: whoever learns first of a day that was moved writes it in, and the history says who.
_KEEP_CALENDAR = {f"roadmap.{verb}_calendarday" for verb in ("view", "add", "change", "import", "export")}
_VIEW_LATER_ACTS = {f"roadmap.view_{name}" for name in _LATER_ACTS}

ROLE_PERMISSIONS = {
    User.Role.EXECUTOR: {"reporting.fill_submission", "reporting.read_summary", "reporting.ask_petition"},
    User.Role.MINISTRY_OFFICER: {
        *_VIEW_DECREED,
        *_VIEW_REPORTED,
        *(f"roadmap.import_{name}" for name in ("measure", "executor")),
        *(f"roadmap.export_{name}" for name in ("roadmap", "measure", "executor")),
        *_VIEW_LATER_ACTS,
        *_KEEP_CALENDAR,
        "reporting.open_reportingperiod",
        "reporting.answer_petition",
        "reporting.review_submission",
        "reporting.enter_submission",
        "reporting.write_summary",
        "reporting.add_lettertemplate",
        "reporting.add_mailtext",
        "reporting.change_mailtext",
        "reporting.resend_notice",
        "reporting.read_summary",
    },
    User.Role.MINISTRY_HEAD: {
        *_VIEW_DECREED,
        *_VIEW_REPORTED,
        *(f"roadmap.export_{name}" for name in ("roadmap", "measure", "executor")),
        *_VIEW_LATER_ACTS,
        "roadmap.view_calendarday",
        "roadmap.export_calendarday",
        "reporting.approve_summary",
        "reporting.read_summary",
    },
    User.Role.GOVERNMENT: {"reporting.read_summary"},
    User.Role.ADMINISTRATOR: {
        *(f"roadmap.{verb}_{name}" for verb in ("view", "add", "change", "delete") for name in _DECREED),
        *(f"roadmap.{verb}_{name}" for verb in ("import", "export") for name in SHEETS),
        *(f"roadmap.{verb}_user" for verb in ("view", "add", "change")),
        *(f"roadmap.{verb}_actdraft" for verb in ("view", "add", "change", "delete")),
        *(f"roadmap.{verb}_{name}" for verb in ("view", "add", "change", "delete") for name in _LATER_ACTS),
        *_KEEP_CALENDAR,
        "roadmap.delete_calendarday",
        "roadmap.view_taskrun",
        "roadmap.run_taskrun",
        "reporting.view_reportingperiod",
        "reporting.change_reportingperiod",
        "reporting.view_notice",
        "reporting.resend_notice",
    },
}


class RoleBackend(ModelBackend):
    """Django's user name and password; permissions by the role alone."""

    def get_user(self, user_id):
        """Bring the body along, which every page names."""
        found = User.objects.select_related("executor").filter(pk=user_id).first()
        return found if found and self.user_can_authenticate(found) else None

    def get_user_permissions(self, user_obj, obj=None):
        if not user_obj.is_active or user_obj.is_anonymous or obj is not None:
            return set()
        return set(ROLE_PERMISSIONS[user_obj.role])

    def get_group_permissions(self, user_obj, obj=None):
        return set()
