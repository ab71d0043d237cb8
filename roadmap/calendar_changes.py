"""What follows a change of the working calendar, or of a roadmap's setting: those who keep terms count them anew.

What was decreed does not know who keeps terms of it: they say so themselves, in their AppConfig. They are called within
the change's own transaction, so that no page shows the new calendar beside old terms, and no worker has to be there.
"""

_followers = []


def follow(count):
    """Call `count()` after each change."""
    _followers.append(count)


def tell():
    """Say that the calendar, or a roadmap's setting, has changed."""
    for count in _followers:
        count()
