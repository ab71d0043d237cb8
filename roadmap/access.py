"""Who may do what: one table from role to permission codes, and the authentication backend that reads it."""

from django.contrib.auth.backends import ModelBackend

from .models import User

_DECREED = ("roadmap", "section", "measure", "assignment", "executor", "executoralias", "fundingsource")
SHEETS = ("roadmap", "measure", "executor", "fundingsource", "user")
_VIEW_DECREED = {f"roadmap.view_{name}" for name in _DECREED}
_VIEW_REPORTED = {
    f"reporting.view_{name}" for name in ("reportingperiod", "submission", "summary", "summaryline", "offcontrol")
}

ROLE_PERMISSIONS = {
    User.Role.EXECUTOR: {"reporting.fill_submission", "reporting.read_summary"},
    User.Role.MINISTRY_OFFICER: {
        *_VIEW_DECREED,
        *_VIEW_REPORTED,
        *(f"roadmap.import_{name}" for name in ("measure", "executor")),
        *(f"roadmap.export_{name}" for name in ("roadmap", "measure", "executor")),
        "reporting.open_reportingperiod",
        "reporting.review_submission",
        "reporting.write_summary",
        "reporting.read_summary",
    },
    User.Role.MINISTRY_HEAD: {
        *_VIEW_DECREED,
        *_VIEW_REPORTED,
        *(f"roadmap.export_{name}" for name in ("roadmap", "measure", "executor")),
        "reporting.approve_summary",
        "reporting.read_summary",
    },
    User.Role.GOVERNMENT: {"reporting.read_summary"},
    User.Role.ADMINISTRATOR: {
        *(f"roadmap.{verb}_{name}" for verb in ("view", "add", "change", "delete") for name in _DECREED),
        *(f"roadmap.{verb}_{name}" for verb in ("import", "export") for name in SHEETS),
        *(f"roadmap.{verb}_user" for verb in ("view", "add", "change")),
        *(f"roadmap.{verb}_actdraft" for verb in ("view", "add", "change", "delete")),
        "reporting.view_reportingperiod",
        "reporting.change_reportingperiod",
    },
}


class RoleBackend(ModelBackend):
    """Django's user name and password; permissions by the role alone."""

    def get_user_permissions(self, user_obj, obj=None):
        if not user_obj.is_active or user_obj.is_anonymous or obj is not None:
            return set()
        return set(ROLE_PERMISSIONS[user_obj.role])

    def get_group_permissions(self, user_obj, obj=None):
        return set()
