"""A real worker killed between handing a letter over and noting it down: the next one sends the same, under its id."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest

from .receiving import Mailbox, mail_server

PREPARE = """
import sys
from pathlib import Path
from oarlock.store.opening import bring_up_to_date, open_store
open_store(Path(sys.argv[1]))
bring_up_to_date()
from oarlock.ground.clock import now
from oarlock.store.models import Member
from oarlock.store.writes.notices import wish
Member.objects.create(id="id-lena", email="lena@brightwater.example", name="Lena", person="lena", joined_at=now())
print(wish("offered", "lena", "handoff:h1", "A lead for you", {"words": "Answer by 13:00."}, now()))
"""
PATIENCE = 60.0


def environment(box: Mailbox) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("OARLOCK_", "DJANGO_"))}
    return {**kept, "OARLOCK_MAIL_URL": box.url}


@contextmanager
def worker(home: Path, box: Mailbox) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "oarlock.cli", "work", "--home", str(home)]
    process = subprocess.Popen(command, env=environment(box), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def until(what: Any) -> bool:
    end = monotonic() + PATIENCE
    while monotonic() < end:
        if what():
            return True
        sleep(0.1)
    return False


@pytest.mark.skipif("OARLOCK_HEAVY" not in os.environ, reason="waits for a claim to lapse: make faults")
def test_a_worker_killed_before_it_notes_a_letter_down_is_followed_by_one_that_sends_the_same(tmp_path: Path) -> None:
    with mail_server() as box:
        prepared = subprocess.run(
            [sys.executable, "-c", PREPARE, str(tmp_path)], env=environment(box), check=True, capture_output=True
        )
        notice = prepared.stdout.decode().split()[-1]
        take, victims = box.handle_DATA, list[subprocess.Popen[bytes]]()

        async def take_and_kill(server: Any, session: Any, envelope: Any) -> str:
            answer = await take(server, session, envelope)
            if victims:
                os.kill(victims.pop().pid, signal.SIGKILL)
            return answer

        box.handle_DATA = take_and_kill  # type: ignore[method-assign]
        with worker(tmp_path, box) as first:
            victims.append(first)
            assert until(lambda: first.poll() is not None) and first.returncode == -signal.SIGKILL
        assert box.ids == [notice]
        with worker(tmp_path, box):
            assert until(lambda: len(box.ids) == 2)
            sleep(3)
        assert box.ids == [notice, notice] and len({letter["Message-ID"] for letter in box.letters}) == 1
