"""Deadlines in words: {{ measure|deadline_words }}, {{ submission|due_words }}, {{ period|executors_due_words }}.

`…_due_day` is the same within a sentence.
"""

from django import template

from reporting import terms

register = template.Library()
register.filter("deadline_words", terms.deadline_words)
register.filter("due_words", terms.due_words)
for name in ("executors_due_words", "ministry_due_words", "executors_due_day", "ministry_due_day"):
    register.filter(name, getattr(terms, name))
