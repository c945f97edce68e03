"""`oarlock demo` opens the application on Brightwater for its cast, and `--keep` turns it to real use."""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, build_opener

import pytest

from .test_serving import eventually

PEOPLE = 120


@dataclass(frozen=True, slots=True)
class Opened:
    """A demo that runs: where, the password of the cast, its workspace."""

    address: str
    password: str
    home: Path


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    home = tmp_path_factory.mktemp("demo") / "home"
    env = {k: v for k, v in os.environ.items() if not k.startswith(("OARLOCK_", "DJANGO_"))}
    command = [sys.executable, "-m", "oarlock.cli", "demo", "--people", str(PEOPLE), "--json", "--home", str(home)]
    process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    said: list[str] = []
    assert process.stdout is not None
    listening = threading.Thread(target=lambda: said.extend(iter(process.stdout.readline, "")))  # type: ignore[union-attr]
    listening.start()
    try:
        assert eventually(lambda: "".join(said).endswith("\n}\n")), said
        told = json.loads("".join(said))
        yield Opened(told["address"], told["password"], home)
    finally:
        process.terminate()
        process.wait(30)
        listening.join()
    assert process.returncode == 0


def sign_in(opened: Opened, person: str, password: str) -> tuple[OpenerDirector, str]:
    """The browser of somebody who tried to sign in, and the page they came to."""
    browser = build_opener(HTTPCookieProcessor(CookieJar()))
    form = browser.open(f"{opened.address}me/login/").read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)
    assert token, form[:500]
    sent = {"csrfmiddlewaretoken": token[1], "login": f"{person}@brightwater.example", "password": password}
    page = browser.open(f"{opened.address}me/login/", urlencode(sent).encode())
    return browser, page.url


@pytest.mark.parametrize("person", ["rosa", "mara", "sam", "olive", "lena", "hana"])
def test_each_of_the_cast_signs_in_with_the_password_that_was_told(opened: Opened, person: str) -> None:
    browser, came_to = sign_in(opened, person, opened.password)
    assert came_to == opened.address
    assert b"Brightwater Robotics" in browser.open(opened.address).read()


def test_another_password_does_not_let_anybody_in(opened: Opened) -> None:
    _, came_to = sign_in(opened, "mara", "oarlock oarlock oarlock")
    assert came_to.endswith("/me/login/")


def test_everything_is_there_when_the_address_is_told(opened: Opened) -> None:
    browser, _ = sign_in(opened, "mara", opened.password)
    versions = json.loads(browser.open(f"{opened.address}api/agreement/versions").read())
    assert [row["number"] for row in versions["rows"]] == [2, 1] and versions["in_force"] == 2
    people = json.loads(browser.open(f"{opened.address}api/people?limit=200").read())
    assert len(people["rows"]) == PEOPLE


def test_the_password_lies_where_only_its_owner_reads(opened: Opened) -> None:
    mark = opened.home / "demo.json"
    assert stat.S_IMODE(mark.stat().st_mode) == 0o600
    assert json.loads(mark.read_text(encoding="utf-8"))["password"] == opened.password


def test_a_demo_is_turned_to_real_use(opened: Opened) -> None:
    """The last test of the module: afterwards nobody of the cast gets in any more."""
    browser, _ = sign_in(opened, "sam", opened.password)
    nobody = keep(opened.home)
    assert nobody.returncode == 1 and "--administrator" in nobody.stderr
    kept = keep(opened.home, "--administrator", "ada@example.org", "--json")
    assert kept.returncode == 0, kept.stderr
    told = json.loads(kept.stdout)
    assert build_opener().open(opened.address.rstrip("/") + told["path"]).status == 200
    assert not (opened.home / "demo.json").exists()
    _, came_to = sign_in(opened, "mara", opened.password)
    assert came_to.endswith("/me/login/")
    assert browser.open(opened.address).url.startswith(f"{opened.address}me/login/"), "their sessions are over"
    again = keep(opened.home, "--administrator", "ada@example.org")
    assert again.returncode == 1 and "holds no demo" in again.stderr


def keep(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    env = {k: v for k, v in os.environ.items() if not k.startswith(("OARLOCK_", "DJANGO_"))}
    command = [sys.executable, "-m", "oarlock.cli", "demo", "--keep", *words, "--home", str(home)]
    return subprocess.run(command, env=env, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60)
