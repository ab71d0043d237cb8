"""Run a command that ends with us, and its folder with it, however we end.

`Guarded` starts this file as a program of its own session and holds the only writing end of its standard input. The
system closes that end when we end, SIGKILL included, and the guard then stops the command and removes the folder.
"""

import os
import pwd
import select
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress

GRACE = 10  # seconds between SIGINT and SIGKILL


class Guarded:
    """A running command, its output captured; leaving the block stops it and removes `folder`."""

    def __init__(self, command, folder, *, account=None, cwd=None, env=None):
        """Start `command`, as the user `account` if one is given (we are root then)."""
        self._output = tempfile.TemporaryFile()  # noqa: SIM115 - closed in __exit__
        self._guard = subprocess.Popen(
            [sys.executable, "-I", __file__, str(folder), account or "", *map(str, command)],
            stdin=subprocess.PIPE,
            stdout=self._output,
            stderr=subprocess.STDOUT,
            cwd=cwd,
            env=env,
            start_new_session=True,
        )

    def __enter__(self):
        return self

    def __exit__(self, *exc_info):
        self._guard.stdin.close()
        self._guard.wait()
        self._output.close()

    @property
    def exit_code(self):
        """The command's exit code, None while it runs."""
        return self._guard.poll()

    def output(self):
        """What the command has printed so far; reading it does not move its place of writing."""
        descriptor = self._output.fileno()
        return os.pread(descriptor, os.fstat(descriptor).st_size, 0).decode(errors="replace")


def identity(account):
    """Return Popen's arguments to run as `account`, none for our own."""
    if not account:
        return {}
    return {"user": account, "group": pwd.getpwnam(account).pw_gid, "extra_groups": []}


def _stop(child):
    child.send_signal(signal.SIGINT)
    with suppress(subprocess.TimeoutExpired):
        child.wait(GRACE)


def _watch(child):
    """Return when `child` has ended, or has been told to because the standard input closed."""
    while child.poll() is None:
        if select.select([sys.stdin], [], [], 0.1)[0]:
            return _stop(child)


def _guard(folder, account, command):
    try:
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True, **identity(account))
        _watch(child)
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        return child.wait()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # a shell's background job ignores it, and so would the command
    code = _guard(sys.argv[1], sys.argv[2], sys.argv[3:])
    sys.exit(code if code >= 0 else 128 - code)
