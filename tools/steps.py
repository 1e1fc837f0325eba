"""A long step of the set-up: what shows while it runs, where its output goes, how it fails."""

from __future__ import annotations

import fcntl
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from . import project

PROGRESS_SECONDS = 5  # between two signs of life
TAIL_LINES = 25  # of a failed step's log


class Failed(Exception):
    """A step did not succeed; the message is for the user, who gets no traceback."""


def say(text: str) -> None:
    """Print a line at once, also into a pipe."""
    print(text, flush=True)


def run(title: str, command: list, log: str, about: str, **options) -> Path:
    """Run a command with its output in a log file and one line on the screen that grows dots.

    :param title: what is being done
    :param log: name of the log file, without folder and ending
    :param about: how long it takes, such as "2 min"
    :param options: further arguments of `subprocess.Popen`
    :return: the log file
    :raise Failed: the command did not end with status 0; the message holds the end of the log
    """
    path = project.LOGS / f"{log}.log"
    path.parent.mkdir(parents=True, exist_ok=True)
    print(f"{title} (about {about}) ", end="", flush=True)
    start = time.monotonic()
    with path.open("wb") as output:
        try:
            options.update(stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT)
            process = subprocess.Popen(command, **options)
        except OSError as error:
            raise Failed(f"cannot start {command[0]}: {error}") from error
        code = _wait(process)
    say(f" {time.monotonic() - start:.0f} s")
    if code:
        raise Failed(f"{title}: failed with status {code}.\n{tail(path)}")
    return path


def tail(log: Path) -> str:
    """Return the end of a log file and where the whole of it is."""
    lines = log.read_text(errors="replace").splitlines()[-TAIL_LINES:]
    return "\n".join([*lines, f"The whole log: {log}"])


def _wait(process: subprocess.Popen) -> int:
    """Return the process's status when it ended, printing dots meanwhile; it never outlives us."""
    try:
        while True:
            try:
                return process.wait(PROGRESS_SECONDS)
            except subprocess.TimeoutExpired:
                print(".", end="", flush=True)
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(PROGRESS_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()


def foreground(command: list, **options) -> int:
    """Run a command that owns the terminal and return its status.

    Ctrl-C reaches the command, which knows how to end; we wait for it and tidy up afterwards.
    """
    previous = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        return subprocess.call(command, **options)
    finally:
        signal.signal(signal.SIGINT, previous)


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Hold the right to change `.build/`; another command waits here until this one has set up."""
    project.BUILD.mkdir(exist_ok=True)
    with (project.BUILD / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another command is setting up; waiting for it ...")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
