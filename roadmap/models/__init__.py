"""What was decreed: the roadmap, its sections and measures, who answers for them; and the people who sign in.

Text in three languages is three plain columns: as decreed in Kazakh or Russian, one of which is never empty, and the
others beside it.
"""

from .draft import ActDraft
from .executor import Executor, ExecutorAlias
from .measure import Assignment, Measure
from .people import User, UserAccountManager
from .roadmap import AS_DECREED, YEARS, FundingSource, Roadmap, Section

__all__ = [
    "AS_DECREED",
    "YEARS",
    "ActDraft",
    "Assignment",
    "Executor",
    "ExecutorAlias",
    "FundingSource",
    "Measure",
    "Roadmap",
    "Section",
    "User",
    "UserAccountManager",
]
