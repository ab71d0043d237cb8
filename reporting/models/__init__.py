from .entry import Expenditure, Fault, ProgressEntry
from .evidence import Evidence
from .journal import JournalEntry
from .letter_template import LetterTemplate
from .mail_text import MailText
from .notice import Notice
from .off_control import OffControl
from .period import ReportingPeriod
from .period_change import PeriodChange
from .petition import Petition
from .return_upload import ReturnUpload
from .round import SubmissionRound
from .sealed import ChainLink, FileOrder, SummaryFile
from .submission import Submission
from .summary import Summary, SummaryEvent, SummaryLine

__all__ = [
    "ChainLink",
    "Evidence",
    "Expenditure",
    "Fault",
    "FileOrder",
    "JournalEntry",
    "LetterTemplate",
    "MailText",
    "Notice",
    "OffControl",
    "PeriodChange",
    "Petition",
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
