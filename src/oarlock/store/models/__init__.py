"""The tables, by noun. No logic lives here: deciding rooms decide, `writes` writes, `reads` reads."""

from oarlock.store.models.agreement import Comment, Proposal, Revision, Signature, Version
from oarlock.store.models.audit import AuditLine, Checkpoint
from oarlock.store.models.facts import Activity, CampaignCost, Change, HandoffEvent, Load, Seal, StageEntry, Touch
from oarlock.store.models.figures import Adjustment, Closing, Measurement
from oarlock.store.models.members import Member, SignIn, Token
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
    "Account", "Activity", "Adjustment", "AuditLine", "Campaign", "CampaignCost", "Change", "Checkpoint", "Closing",
    "Comment", "Erasure", "HandoffEvent", "Load", "Measurement", "Member", "Opportunity", "OpportunityContact",
    "Person", "PersonState", "Proposal", "Revision", "SavedFilter", "Seal", "SearchWord", "SignIn", "Signature",
    "StageEntry", "Token", "Touch", "Upload", "User", "Version", "WorkOrder", "Worker",
]  # fmt: skip
