"""What a member may do with one hand-off: by their rights, by whose it is, and by how it stands.

Reps answer their own; leaders but marketing's, and operations, give it to somebody else; marketing appeals, sales
answers; viewers look.
"""

from __future__ import annotations

from dataclasses import dataclass

from oarlock.handoffs.state import HandedOver
from oarlock.store.models import Member
from oarlock.web.rights import may


@dataclass(frozen=True, slots=True)
class Standing:
    """Each flag is one thing that may be done now by this member."""

    answer: bool = False
    work: bool = False
    take: bool = False
    pass_on: bool = False
    appeal: bool = False
    settle: bool = False

    @classmethod
    def of(cls, handoff: HandedOver, reader: str, member: Member) -> Standing:
        """`reader` is the member's key among the agreement's users."""
        works = may(member, "work-handoffs") and bool(reader)
        mine = works and handoff.owner == reader
        declined = handoff.state in ("rejected", "returned")
        theirs = may(member, "appeal") and "marketing" in member.held
        return cls(
            answer=handoff.open and mine and handoff.state == "offered",
            work=handoff.open and mine and handoff.state in ("accepted", "worked"),
            take=handoff.open and works and handoff.owner is None,
            pass_on=handoff.open and (mine or reassigns(member)),
            appeal=declined and theirs,
            settle=declined and may(member, "appeal") and not theirs,
        )

    @property
    def any(self) -> bool:
        """Whether anything may be done while it is open."""
        return self.answer or self.work or self.take or self.pass_on


def reassigns(member: Member) -> bool:
    """Whether a member gives others' hand-offs to somebody else: operations, and leaders but marketing's."""
    if not may(member, "reassign"):
        return False
    return member.team != "marketing" or bool(member.held & {"operations", "administrator"})
