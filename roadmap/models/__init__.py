"""What was decreed: the roadmap, its sections and measures, who answers for them; and the people who sign in.

Text in three languages is three plain columns: as decreed in Kazakh or Russian, one of which is never empty, and the
others beside it.
"""

from .amendment import DEADLINE_FIELDS, Amendment, MeasureChange, Succession, deadline_values, read_days
from .calendar_day import CalendarDay
from .draft import ActDraft
from .executor import Executor, ExecutorAlias, lineage
from .measure import Assignment, Measure
from .people import User, UserAccountManager
from .roadmap import AS_DECREED, YEARS, FundingSource, Roadmap, Section
from .task_run import TaskRun

__all__ = [
    "AS_DECREED",
    "DEADLINE_FIELDS",
    "YEARS",
    "ActDraft",
    "Amendment",
    "Assignment",
    "CalendarDay",
    "Executor",
    "ExecutorAlias",
    "FundingSource",
    "Measure",
    "MeasureChange",
    "Roadmap",
    "Section",
    "Succession",
    "TaskRun",
    "User",
    "UserAccountManager",
    "deadline_values",
    "lineage",
    "read_days",
]
