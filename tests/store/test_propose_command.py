"""`oarlock propose`: a file becomes a proposal by somebody who is a member."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.store.signing_desk import FIRST, member, own_workspace

from oarlock.cli import proposing
from oarlock.cli.app import COMMANDS
from oarlock.ground.problems import UserProblem
from oarlock.store.models import Proposal, Revision

pytestmark = pytest.mark.django_db


def test_the_command_is_there() -> None:
    assert COMMANDS["propose"] is proposing.propose


def test_the_file_s_bytes_are_proposed_by_the_member_of_that_address(settings: Any, tmp_path: Path) -> None:
    own_workspace(settings, tmp_path)
    mara = member("mara")
    file = tmp_path / "next.yaml"
    file.write_bytes(FIRST + b"# \xc3\xa9\n")
    key = proposing._propose(proposing._bytes(file), "Mara@Brightwater.example ", "Next", "")
    assert Proposal.objects.get(id=key).author_id == mara.id
    assert bytes(Revision.objects.get().source) == file.read_bytes()


def test_a_stranger_or_somebody_who_left_proposes_nothing() -> None:
    gone = member("sam")
    gone.is_active = False
    gone.save()
    for address in ("nobody@example.org", gone.email):
        with pytest.raises(UserProblem) as caught:
            proposing._propose(FIRST, address, "T", "")
        assert caught.value.code == "unknown-member"
    assert not Proposal.objects.exists()


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(UserProblem) as caught:
        proposing._bytes(tmp_path / "none.yaml")
    assert caught.value.code == "cannot-read"
