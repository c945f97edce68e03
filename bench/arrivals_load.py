"""The load of `bench.arrivals`: so many connections, each with one request under way, for so many seconds.

python -m bench.arrivals_load leads|touches|bare PORT KEY CONNECTIONS SECONDS
"""

from __future__ import annotations

import json
import os
import random
import socket
import sys
from base64 import b64encode
from collections.abc import Callable
from threading import Thread
from time import perf_counter

BATCH = 100
FIRMS = 2_000
RUN = os.urandom(4).hex()
KINDS = ("Webinar Attended", "Form Download", "Email Click", "Docs Read")


def main() -> None:
    """Load, and say what came of it."""
    door, port, key, connections, seconds = (
        sys.argv[1],
        int(sys.argv[2]),
        sys.argv[3],
        int(sys.argv[4]),
        float(sys.argv[5]),
    )
    make = {"leads": _lead, "touches": _touches, "bare": _nothing}[door]
    took: list[list[float]] = [[] for _ in range(connections)]
    failed = [0] * connections
    begun = perf_counter()
    threads = [
        Thread(
            target=_one, args=(n, port, lambda i, n=n: make(key, f"{RUN}-{n}-{i}"), begun + seconds, took[n], failed)
        )
        for n in range(connections)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    whole = sorted(t for times in took for t in times)
    told = {
        "done": len(whole), "took": perf_counter() - begun, "p50": _rank(whole, 0.5), "p99": _rank(whole, 0.99),
        "failed": sum(failed),
    }  # fmt: skip
    print(json.dumps(told))


def _rank(times: list[float], share: float) -> float:
    return times[min(len(times) - 1, int(len(times) * share))] * 1000 if times else 0.0


def _one(n: int, port: int, make: Callable[[int], bytes], until: float, took: list[float], failed: list[int]) -> None:
    """One connection, kept open: a request, its whole answer, the next."""
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        i = 0
        while perf_counter() < until:
            request, i = make(i), i + 1
            begun = perf_counter()
            line.sendall(request)
            status = _answer(line)
            if status in (200, 201):
                took.append(perf_counter() - begun)
            else:
                failed[n] += 1


def _answer(line: socket.socket) -> int:
    data = b""
    while b"\r\n\r\n" not in data:
        some = line.recv(65536)
        if not some:
            raise ConnectionError("the server hung up")
        data += some
    head, _, body = data.partition(b"\r\n\r\n")
    length = next(int(h.split(b":")[1]) for h in head.split(b"\r\n") if h.lower().startswith(b"content-length:"))
    while len(body) < length:
        body += line.recv(65536)
    return int(head.split(b" ", 2)[1])


def _request(path: str, headers: str, body: bytes) -> bytes:
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n{headers}"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def _lead(key: str, mark: str) -> bytes:
    firm = random.randrange(FIRMS)
    lead = {
        "email": f"ana.{mark}@firm{firm}.example", "name": f"Ana {mark}", "title": "Head of logistics",
        "company": f"Firm {firm} GmbH", "domain": f"firm{firm}.example", 
        "country": random.choice(("DE", "FR", "AT", "PL")),
        "source": "webinar", "touch": "form.demo_request", "url": "https://www.example.com/demo",
        "account": {"employees": 400, "industry": "logistics"}, "properties": {"job_level": "director"},
    }  # fmt: skip
    return _request(
        "/api/leads", f"Authorization: Bearer {key}\r\nIdempotency-Key: {mark}\r\n", json.dumps(lead).encode()
    )


def _touches(key: str, mark: str) -> bytes:
    """A batch as a website's server sends it: half of visitors nobody knows, half of people known by their id."""
    events = []
    for i in range(BATCH):
        who = {"userId": f"u{random.randrange(2_000)}"} if i % 2 else {"anonymousId": f"v{random.randrange(20_000)}"}
        events.append(who | {
            "type": "track", "event": random.choice(KINDS), "messageId": f"{mark}-{i}",
            "timestamp": "2026-11-01T10:00:00.000Z", "properties": {"url": "https://www.example.com/docs"},
            "context": {"campaign": {"name": "spring", "medium": "email"}},
        })  # fmt: skip
    body = json.dumps({"batch": events, "sentAt": "2026-11-01T10:00:00.100Z"}).encode()
    return _request("/v1/batch", f"Authorization: Basic {b64encode(f'{key}:'.encode()).decode()}\r\n", body)


def _nothing(key: str, mark: str) -> bytes:
    return _request("/row", "", json.dumps({"mark": mark}).encode())


if __name__ == "__main__":
    main()
