"""The tables, by noun. No logic lives here: deciding rooms decide, `writes` writes, `reads` reads."""

from oarlock.store.models.agreement import Comment, Proposal, Revision, Signature, Version
from oarlock.store.models.arrivals import Alias, Arrival, DeadLetter, Entrance, Identity, Likeness
from oarlock.store.models.audit import AuditLine, Checkpoint
from oarlock.store.models.facts import Activity, CampaignCost, Change, HandoffEvent, Load, Seal, StageEntry, Touch
from oarlock.store.models.figures import Adjustment, Closing, Measurement
from oarlock.store.models.handoffs import Away, Decision, Excused, Feed, Handoff, Remark, Turn
from oarlock.store.models.members import Member, SignIn, Token
from oarlock.store.models.notices import Channel, Choice, Notice
from oarlock.store.models.records import (
    Account,
    Campaign,
    Opportunity,
    OpportunityContact,
    Person,
    PersonState,
    SearchWord,
    User,
)
from oarlock.store.models.work import Erasure, SavedFilter, Upload, Worker, WorkOrder

__all__ = [
    "Account", "Activity", "Adjustment", "Alias", "Arrival", "AuditLine", "Away", "Campaign", "CampaignCost",
    "Change", "Channel", "Checkpoint", "Choice", "Closing", "Comment", "DeadLetter", "Decision", "Entrance",
    "Erasure", "Excused", "Feed", "Handoff", "HandoffEvent", "Identity", "Likeness", "Load", "Measurement",
    "Member", "Notice", "Opportunity", "OpportunityContact", "Person", "PersonState", "Proposal", "Remark",
    "Revision", "SavedFilter", "Seal", "SearchWord", "SignIn", "Signature", "StageEntry", "Token", "Touch",
    "Turn", "Upload", "User", "Version", "WorkOrder", "Worker",
]  # fmt: skip
