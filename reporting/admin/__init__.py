"""The ministry's work in the admin: the queue of a period, the review of a submission, the summary and its lines."""

from . import period, submission, summary

__all__ = ["period", "submission", "summary"]
