"""`make load`: people at work in an Odoo with two workers, bounded and on loopback.

A copy of the demo database is filled (benchmarks/load), served by as many processes as a small
company has, used for a while, and looked through afterwards. An error is any of: a status of 500
or more, an error that is no expected refusal, a worker that died or reached a limit, an ERROR in
the server's log, a counter or an account that does not agree any more.
"""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.request import urlopen

import psutil

from . import databases, mailbox, project, serving, steps
from .steps import Failed, say

LIBRARY = "locust==2.47.0"
RESULTS = project.ROOT / "benchmarks" / "LOAD.md"
MINUTES, USERS = 10.0, 12
WORKERS = 2
STOP_SECONDS = 30  # that the server may take to finish
#: Beginning of a line of Odoo's log: time, process, level, database, logger, text.
LOGGED = re.compile(r"^\S+ \S+ (\d+) ([A-Z]+) \S+ (\S+): (.*)")
ENDS = ("journey", "idle", "refused")  # as benchmarks/load/person.py counts them
TRIED_AGAIN = "tries left, try again in"
GAVE_UP = "maximum number of tries reached"
#: What two transactions at once may tell PostgreSQL's client; Odoo repeats the request.
CONCURRENT = re.compile(r"could not serialize|deadlock detected|could not obtain lock")
JOB = "odoo.addons.base.models.ir_cron: "
#: The beginning of a process, and its end, in the words of odoo/service/server.py.
ALIVE = re.compile(r"Worker (\w+) \((\d+)\) alive")
ENDED = re.compile(r"limit \(.*\) reached|timeout after|Exception occurred, exiting|max request")


class Size(NamedTuple):
    """How much work is asked for."""

    minutes: float
    users: int

    @property
    def is_full(self) -> bool:
        """Tell whether it is what benchmarks/LOAD.md shows."""
        return (self.minutes, self.users) == (MINUTES, USERS)


class Process(NamedTuple):
    """A process of the server at one moment."""

    kind: str
    pid: int
    cpu: float  # seconds
    memory: float  # MB, its own


def asked(arguments: list[str]) -> Size:
    """Return the size that ARGS asks for: minutes, then users.

    :raise Failed: it is no pair of numbers
    """
    try:
        minutes, users = [*arguments, *(str(MINUTES), str(USERS))[len(arguments) :]]
        size = Size(float(minutes), int(users))
    except ValueError:
        size = Size(0, 0)
    if size.minutes <= 0 or size.users <= 0:
        raise Failed('Say how many minutes and users, such as ARGS="0.5 12".')
    return size


def run(database: str, size: Size) -> int:
    """Fill ``database``, let people work in it, print what came of it; return the status."""
    folder = project.BUILD / "load"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    port = serving.free_port()
    bus = serving.free_port(port + 1)
    address = f"http://127.0.0.1:{port}"
    with mailbox.open_on_loopback() as mails:
        where = (address, f"http://127.0.0.1:{bus}", f"{mails.port}")
        _inside(database, "load_prepare", f"{size.users}", *where)
        with server(database, port, bus, folder) as master:
            before = processes(master, folder / "server.log")
            code = _work(size, folder, address, bus)
            after = processes(master, folder / "server.log")
        if code or not (folder / "result.json").exists():
            return code or 1
        errors = _told(database, folder)
        result = json.loads((folder / "result.json").read_text())
        return _report(size, result, errors, folder / "server.log", before, after, mails.count)


def _inside(database: str, script: str, *arguments: str) -> None:
    """Run a script inside Odoo.

    :raise Failed: it did not succeed
    """
    command = [sys.executable, "-m", "tools.inside_odoo", script, database, *arguments]
    title = {"load_prepare": "Filling the database", "load_check": "Looking it through"}[script]
    steps.run(title, command, script, "1 min", cwd=project.ROOT)


def _told(database: str, folder: Path) -> list[str]:
    """Return what does not hold in the database any more."""
    _inside(database, "load_check", str(folder / "differences.json"))
    return json.loads((folder / "differences.json").read_text())


def _work(size: Size, folder: Path, address: str, bus: int) -> int:
    """Let people work; return the status of the script that plays them."""
    say(f"{size.users} people work for {size.minutes:g} minutes; Ctrl-C ends it ...")
    command = [sys.executable, "-m", "benchmarks.load.run", f"{size.minutes * 60:.0f}"]
    command += [str(size.users), str(folder / "result.json")]
    where = {"LOAD_HOST": address, "LOAD_BUS": f"ws://127.0.0.1:{bus}"}
    with (folder / "locust.log").open("wb") as output:
        options = {"cwd": project.ROOT, "env": {**os.environ, **where}}
        options.update(stdout=output, stderr=output, stdin=subprocess.DEVNULL)
        code = subprocess.call(command, **options)
    if code:
        say(steps.tail(folder / "locust.log"))
    return code


@contextmanager
def server(database: str, port: int, bus: int, folder: Path) -> Iterator[psutil.Process]:
    """Serve the database by several processes until the end of the block; yield the first one."""
    options = [option for option in databases.odoo_options(database) if "data-dir" not in option]
    options += [f"--data-dir={folder / 'data'}", f"--logfile={folder / 'server.log'}"]
    options += [f"--workers={WORKERS}", f"--http-port={port}", f"--gevent-port={bus}"]
    options += [f"--db-filter=^{database}$", "--no-database-list"]
    with (folder / "output.log").open("wb") as output:
        # a session of its own: Ctrl-C reaches us alone, and what is left of it can be ended at once
        master = subprocess.Popen(
            [sys.executable, str(project.ROOT / "tools" / "odoo_script.py"), *options],
            cwd=project.ROOT,
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
        try:
            for one in (port, bus):  # the people's pages, and what tells them news
                address = f"http://127.0.0.1:{one}/web/health"
                serving.await_answer(address, master, folder / "server.log")
            _wake(f"http://127.0.0.1:{port}/web/login")
            yield psutil.Process(master.pid)
        finally:
            _stop(master)


def _wake(address: str) -> None:
    """Let every worker load the registry: so many asked at once that nobody is left out."""
    with ThreadPoolExecutor(2 * WORKERS) as pool:
        for answer in [pool.submit(urlopen, address) for _ in range(2 * WORKERS)]:
            answer.result().close()


def _stop(master: subprocess.Popen) -> None:
    """End the server: politely, then whatever is left of it."""
    if master.poll() is None:
        master.send_signal(signal.SIGTERM)
        try:
            master.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            pass
    try:
        os.killpg(master.pid, signal.SIGKILL)  # its session holds nobody else
    except ProcessLookupError:
        pass
    master.wait()


def processes(master: psutil.Process, log: Path) -> list[Process]:
    """Return the server's processes with the time and memory they took.

    :param log: in which each of them said what it is when it began
    """
    kinds = {int(pid): kind for kind, pid in ALIVE.findall(log.read_text(errors="replace"))}
    found = []
    for process in [master, *master.children()]:
        try:
            times, memory = process.cpu_times(), process.memory_full_info()
        except psutil.Error:
            continue
        kind = "master" if process == master else kinds.get(process.pid, "gevent")
        found.append(Process(kind, process.pid, times.user + times.system, memory.uss / 2**20))
    return found


# --- What it means ------------------------------------------------------------------------------


def read_log(path: Path) -> tuple[int, list[str]]:
    """Return how often transactions met, and the lines that tell of an error.

    Odoo logs a query that met another transaction as an error before it tries again; that counts as
    one only where Odoo gave up. A scheduled action is not tried again at once, but the next time:
    on Odoo's own demo data the procurement scheduler meets itself.
    """
    met, errors, told = 0, [], False  # told: the last line of the log was an error
    for line in path.read_text(errors="replace").splitlines():
        found = LOGGED.match(line)
        if not found:  # belongs to the line above: a traceback, or PostgreSQL's words
            if told and CONCURRENT.search(line):
                met, told = met + errors.pop().startswith(JOB), False
            elif told and errors[-1].endswith("bad query") and line.startswith("ERROR:"):
                errors[-1] += f": {line}"
            continue
        _process, level, logger, text = found.groups()
        met += TRIED_AGAIN in text
        told = level in ("ERROR", "CRITICAL") or bool(GAVE_UP in text or ENDED.search(text))
        if told:
            query = logger == "odoo.sql_db" and text.startswith("bad query")
            errors.append("odoo.sql_db: bad query" if query else f"{logger}: {text}")
    return met, errors


def _report(size, result, differences, log, before, after, mails) -> int:
    """Print the report, keep it if the run was a full one; return the status to end with."""
    retried, logged = read_log(log)
    gone = [one for one in before if one.kind != "master" and one.pid not in {p.pid for p in after}]
    errors = [f"{one['times']} × {one['name']}: {one['error']}" for one in result["failures"]]
    errors += result["faults"] + logged + differences
    if size.is_full:
        done = {row["name"] for row in result["rows"] if row["kind"] == "journey"}
        errors += [f"nobody finished {name}" for name in result["journeys"] if name not in done]
    # a cron process is renewed after a while; that is its way, not its death
    errors += [f"{one.kind} {one.pid} died" for one in gone if one.kind != "WorkerCron"]
    text = report(size, result, errors, retried, before, after, mails)
    say(text)
    if size.is_full and not errors:
        RESULTS.write_text(text)
        say(f"Written to {RESULTS.relative_to(project.ROOT)}.")
    return int(bool(errors))


def report(size, result, errors, retried, before, after, mails) -> str:
    """Return what was measured, as a page."""
    rows = {(row["kind"], row["name"]): row for row in result["rows"]}
    timed = [row for row in rows.values() if row["kind"] in ("GET", "POST")]
    total, seconds = result["total"], size.minutes * 60
    refusals = Counter(f"{name}: {message}" for name, message in result["refusals"])
    bus = sum(row["requests"] for row in rows.values() if row["kind"] == "bus")
    lines = [
        "# Load",
        "",
        f"{size.users} people for {size.minutes:g} minutes on {WORKERS} workers, one cron worker"
        " and one gevent process; people, server and PostgreSQL share the"
        f" {os.cpu_count()} cores of one machine ({platform.machine()}, Python"
        f" {platform.python_version()}). `make load` repeats it; what they do is in"
        " `benchmarks/load`.",
        "",
        f"**{len(errors)} errors**, {total['requests']:,} requests, "
        f"{total['requests'] / seconds:.1f} a second, p50 {total['p50']} ms, "
        f"p95 {total['p95']} ms, longest {total['max']:.0f} ms. {retried} met another transaction"
        " and were repeated by Odoo, "
        f"{sum(refusals.values())} were refused in expected words. {mails} mails were sent, "
        f"{bus} messages came over the bus.",
        "",
        *([*(f"- {error}" for error in errors), ""] if errors else []),
        *_table(("journey", "finished", "nothing to do", "refused"), _journeys(rows, result)),
        *_table(("server", "CPU s", "MB before", "MB after", "growth"), _grown(before, after)),
        *_table(
            ("request", "times", "p50 ms", "p95 ms", "longest ms"),
            [
                (row["name"], row["requests"], row["p50"], row["p95"], f"{row['max']:.0f}")
                for row in sorted(timed, key=lambda row: -(row["p95"] or 0))
            ],
        ),
    ]
    if refusals:
        lines += _table(("refused", "times"), refusals.most_common())
    return "\n".join(lines)


def _journeys(rows: dict, result: dict) -> list[tuple]:
    """Return how often each journey ended in which way, those of one role together."""
    return [
        (name, *(rows.get((kind, name), {"requests": 0})["requests"] for kind in ENDS))
        for name in result["journeys"]
    ]


def _grown(before: list[Process], after: list[Process]) -> list[tuple]:
    """Return what each process took, and how its memory grew."""
    earlier = {process.pid: process for process in before}
    rows = []
    for now in after:
        then = earlier.get(now.pid, Process(now.kind, now.pid, 0.0, 0.0))
        sizes = (f"{then.memory:.0f}", f"{now.memory:.0f}", f"{now.memory - then.memory:+.0f}")
        rows.append((now.kind, f"{now.cpu - then.cpu:.0f}", *sizes))
    return sorted(rows)


def _table(head: tuple, rows: list) -> list[str]:
    """Return a table as lines of Markdown."""
    lines = [head, ("-",) * len(head), *rows]
    return [*("| " + " | ".join(map(str, line)) + " |" for line in lines), ""]
