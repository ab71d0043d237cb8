"""The ministry's work in the admin: the queue of a period, the review of a submission, the summary and its lines."""

from . import (
    amendment,
    letter_template,
    mail_text,
    notice,
    off_control,
    period,
    petition,
    submission,
    succession,
    summary,
)

__all__ = [
    "amendment",
    "letter_template",
    "mail_text",
    "notice",
    "off_control",
    "period",
    "petition",
    "submission",
    "succession",
    "summary",
]
