class Refused(Exception):
    """A transition that the present state does not allow; the message is a sentence for the reader."""


class Conflict(Refused):
    """Somebody else saved first; nothing of theirs was overwritten."""


class Incomplete(Refused):
    """A submission with faults; `faults` lists them."""

    def __init__(self, message, faults):
        super().__init__(message)
        self.faults = faults
