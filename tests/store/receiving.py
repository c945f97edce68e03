"""Real receivers for what leaves the house: a mail server, one that hangs, one that refuses, and a webhook."""

from __future__ import annotations

import email
import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

from aiosmtpd.controller import Controller


@dataclass
class Mailbox:
    """What a mail server took. `answers` are what it says to the next letters instead of taking them."""

    port: int = 0
    letters: list[Message] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}?tls=no"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.answers:
            return self.answers.pop(0)
        self.letters.append(email.message_from_bytes(envelope.content))
        return "250 Taken"

    @property
    def ids(self) -> list[str]:
        return [letter["X-Oarlock-Notice"] for letter in self.letters]


@contextmanager
def mail_server(port: int = 0) -> Iterator[Mailbox]:
    """A real SMTP server on loopback."""
    box = Mailbox(port=port or free_port())
    controller = Controller(box, hostname="127.0.0.1", port=box.port)
    controller.start()
    try:
        yield box
    finally:
        controller.stop()


@contextmanager
def silent_server() -> Iterator[int]:
    """Takes connections and never says a word; its port."""
    over = Event()
    server = socket.create_server(("127.0.0.1", 0))
    server.settimeout(0.1)

    def take() -> None:
        held = []
        while not over.is_set():
            with suppress(TimeoutError):
                held.append(server.accept()[0])
        for each in (*held, server):
            each.close()

    thread = Thread(target=take, daemon=True)
    thread.start()
    try:
        yield server.getsockname()[1]
    finally:
        over.set()
        thread.join()


@dataclass
class Hook:
    """A webhook: what it was sent, and the status it answers with."""

    port: int = 0
    status: int = 200
    location: str = ""
    got: list[tuple[dict[str, str], Any]] = field(default_factory=list)


@contextmanager
def web_hook() -> Iterator[Hook]:
    """A real HTTP server on loopback."""
    hook = Hook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            hook.got.append(({k.lower(): v for k, v in self.headers.items()}, json.loads(body)))
            self.send_response(hook.status)
            if hook.location:
                self.send_header("Location", hook.location)
            self.end_headers()

        do_GET = do_POST

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        hook.port = server.server_address[1]
        Thread(target=server.serve_forever, daemon=True).start()
        yield hook
        server.shutdown()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
