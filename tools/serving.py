"""Serving a database: a free port, and the first answer."""

from __future__ import annotations

import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

from . import steps
from .steps import Failed

FIRST_PORT = 8069
START_SECONDS = 120  # that Odoo may take to answer


def free_port(first: int = FIRST_PORT) -> int:
    """Return the first port from ``first`` on that nobody listens on."""
    for port in range(first, first + 100):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue
    raise Failed(f"no free port from {first} to {first + 99}")


def await_answer(url: str, server: subprocess.Popen, log: Path) -> None:
    """Wait until Odoo answers at the address.

    :raise Failed: it ended or did not answer in time
    """
    for _attempt in range(START_SECONDS):
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (OSError, urllib.error.URLError):
            if server.poll() is not None:
                break
            time.sleep(1)
    raise Failed(f"Odoo does not answer.\n{steps.tail(log)}")
