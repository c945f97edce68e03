"""Arrivals on a real server: success means durable, a killed one loses and doubles nothing, clients work unchanged."""

from __future__ import annotations

import os
import random
import re
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from . import arrivals_server as at
from .arrivals_server import Server

KILLS = int(os.environ.get("OARLOCK_KILLS", "20" if os.environ.get("OARLOCK_HEAVY") else "2"))


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A workspace and its write key."""
    home = tmp_path_factory.mktemp("arrivals")
    return home, at.made(home)


@pytest.fixture
def server(place: tuple[Path, str]) -> Iterator[Server]:
    running = at.started(place[0])
    yield running
    running.stop()


def lead(mark: str) -> dict[str, object]:
    return {
        "email": f"{mark}@firm.example", "touch": "form.demo_request", "company": "Firm", "country": "DE",
        "account": {"employees": 400, "industry": "logistics"}, "properties": {"job_level": "vp"},
    }  # fmt: skip


def test_the_python_client_of_segment_works_unchanged(place: tuple[Path, str], server: Server) -> None:
    analytics = pytest.importorskip("segment.analytics", reason="the client is a development dependency")
    failed: list[object] = []
    client = analytics.Client(
        place[1], host=f"http://127.0.0.1:{server.port}", gzip=True, on_error=lambda error, _: failed.append(error),
        max_retries=2,
    )  # fmt: skip
    client.identify("py-1", {"email": "py@firm.example", "jobLevel": "vp", "company": {"name": "Firm"}})
    client.track("py-1", "Webinar Attended", {"title": "Oars"})
    client.page("py-1", "", "Pricing", {"url": "https://www.example.com/pricing"})
    client.group("py-1", "g-1", {"name": "Firm", "industry": "logistics"})
    client.alias("py-0", "py-1")
    client.screen("py-1", "", "Start")
    client.flush()
    client.join()
    assert not failed
    kinds = at.asked(place[0], "SELECT kind FROM touches WHERE person_id = (SELECT person_id FROM people"
                     " WHERE email = 'py@firm.example') ORDER BY kind")  # fmt: skip
    assert kinds == [["page.pricing"], ["screen.start"], ["webinar.attended"]]
    assert at.asked(place[0], "SELECT count(*) FROM dead_letters") == [[0]]


@pytest.mark.skipif(not at.has("strace"), reason="there is no strace here")
def test_success_means_synced_at_least_once_a_group_and_far_fewer_times_than_there_are_senders(
    place: tuple[Path, str], tmp_path: Path
) -> None:
    log = tmp_path / "syncs"
    running = at.started(place[0], "strace", "-f", "-tt", "-e", "trace=fsync,fdatasync", "-o", str(log))
    try:
        at.post(running.port, place[1], lead("s-warm"), "s-warm")
        for n in range(5):
            before = _syncs(log)
            assert at.post(running.port, place[1], lead(f"s-{n}"), f"s-{n}") == 201
            assert _syncs(log) > before, "an answer without a sync"
        before, done = _syncs(log), _together(running.port, place[1], 12, 10)
        assert done == 120
        assert 10 <= _syncs(log) - before <= 100
    finally:
        running.kill()


def _syncs(log: Path) -> int:
    return len(re.findall(r"f(?:data)?sync\(\d+\)\s+= 0|f(?:data)?sync resumed>\)\s+= 0", log.read_text()))


def _together(port: int, key: str, senders: int, each: int) -> int:
    """So many senders at once; how many leads were taken in."""
    done: list[int] = []

    def send(sender: int) -> None:
        for n in range(each):
            mark = f"t-{sender}-{n}-{port}"
            if at.post(port, key, lead(mark), mark) == 201:
                done.append(n)

    threads = [Thread(target=send, args=(n,)) for n in range(senders)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(done)


def test_a_killed_server_has_every_lead_it_acknowledged_once_offered_once(place: tuple[Path, str]) -> None:
    seed = random.randrange(10**6)
    dice, acknowledged, unsure = random.Random(seed), set[str](), set[str]()
    for kill in range(KILLS + 1):
        running = at.started(place[0])
        for mark in sorted(unsure):  # what got no answer is sent again under its key, as a client does
            assert at.post(running.port, place[1], lead(mark), mark) == 201
        acknowledged |= unsure
        unsure.clear()
        if kill == KILLS:
            running.stop()
            break
        many = [(running, place[1], f"k-{kill}-{n}", acknowledged, unsure) for n in range(6)]
        threads = [Thread(target=_keep_sending, args=told) for told in many]
        for thread in threads:
            thread.start()
        _wait_for_more(acknowledged)
        time.sleep(dice.uniform(0.0, 0.5))
        running.kill()
        for thread in threads:
            thread.join()
    assert acknowledged, seed
    told = at.asked(place[0], "SELECT p.email, count(DISTINCT p.person_id), count(DISTINCT t.touch_id),"
                    " count(DISTINCT h.handoff_id), count(DISTINCT h.owner) FROM people p"
                    " LEFT JOIN touches t USING (person_id) LEFT JOIN handoffs h USING (person_id)"
                    " WHERE p.email LIKE 'k-%' GROUP BY p.email")  # fmt: skip
    kept = {str(email).partition("@")[0]: counts for email, *counts in told}
    assert acknowledged <= set(kept), f"{seed}: lost {sorted(acknowledged - set(kept))[:5]}"
    odd = {email: counts for email, counts in kept.items() if counts[:3] != [1, 1, 1]}
    assert not odd, f"{seed}: {odd}"


def _wait_for_more(acknowledged: set[str], more: int = 10) -> None:
    enough = len(acknowledged) + more
    for _ in range(600):
        if len(acknowledged) >= enough:
            return
        time.sleep(0.1)
    raise AssertionError("nothing was acknowledged within a minute")


def _keep_sending(running: Server, key: str, mark: str, acknowledged: set[str], unsure: set[str]) -> None:
    """Until nobody answers."""
    for n in range(10_000):
        status = at.post(running.port, key, lead(f"{mark}-{n}"), f"{mark}-{n}")
        if status != 201:
            unsure.add(f"{mark}-{n}")
            return
        acknowledged.add(f"{mark}-{n}")
