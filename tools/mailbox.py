"""A mail server on loopback that takes every mail and keeps none."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Mailbox(socketserver.ThreadingTCPServer):
    """Counts the mails that come; `port` is where."""

    daemon_threads = True
    count = 0

    @property
    def port(self) -> int:
        """The port it listens on."""
        return self.server_address[1]


class _Visit(socketserver.StreamRequestHandler):
    """As much of the protocol (RFC 5321) as a client needs to be satisfied."""

    def handle(self):
        self._say("220 ready")
        for line in self.rfile:
            word = line[:4].upper()
            if word == b"DATA":
                self._say("354 go on")
                self._take()
            elif word == b"QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 fine")

    def _take(self):
        """Read a mail to the line with a lone dot."""
        for line in self.rfile:
            if line == b".\r\n":
                self.server.count += 1
                self._say("250 taken")
                return

    def _say(self, text):
        self.wfile.write(f"{text}\r\n".encode())


@contextmanager
def open_on_loopback() -> Iterator[Mailbox]:
    """Take mails on a free port until the end of the block."""
    with Mailbox(("127.0.0.1", 0), _Visit) as mailbox:
        threading.Thread(target=mailbox.serve_forever, daemon=True).start()
        try:
            yield mailbox
        finally:
            mailbox.shutdown()
