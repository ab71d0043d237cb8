from .entry import Expenditure, Fault, ProgressEntry
from .evidence import Evidence
from .period import OffControl, PeriodChange, ReportingPeriod
from .return_upload import ReturnUpload
from .submission import Submission, SubmissionRound
from .summary import Summary, SummaryEvent, SummaryFile, SummaryLine

__all__ = [
    "Evidence",
    "Expenditure",
    "Fault",
    "OffControl",
    "PeriodChange",
    "ProgressEntry",
    "ReportingPeriod",
    "ReturnUpload",
    "Submission",
    "SubmissionRound",
    "Summary",
    "SummaryEvent",
    "SummaryFile",
    "SummaryLine",
]
