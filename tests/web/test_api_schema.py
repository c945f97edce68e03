"""R19: whatever the description lets in or keeps out, no path of the API breaks its own description or answers 5xx.

Examples are drawn by schemathesis: 50 an operation here, more with OARLOCK_TRIES.
"""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Any

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, settings
from schemathesis import AuthContext, Case
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi import checks

from oarlock.ground.clock import now
from oarlock.store.models import Member
from oarlock.store.models.members import ROLES
from oarlock.store.writes import tokens
from oarlock.store.writes.audit import SYSTEM
from oarlock.web.api import pace

TRIES = int(os.environ.get("OARLOCK_TRIES", "50"))
APPLICATION = get_wsgi_application()
REFUSED = ["400", "401", "403", "404", "405", "409", "413", "415", "422", "428", "429"]
"""What is no answer to what was asked; a text of more than 2.5 MB is too large before anybody reads what it lacks."""
CONFIG = SchemathesisConfig.from_dict({"checks": {"negative_data_rejection": {"expected-statuses": REFUSED}}})
schema = schemathesis.openapi.from_wsgi("/api/openapi.json", APPLICATION, config=CONFIG)


@schema.auth()
class Bearer:
    """A token of a member who holds every role, with every scope; made anew for each operation's database."""

    secret = ""

    def get(self, case: Case[Any], context: AuthContext) -> str:
        return self.secret

    def set(self, case: Case[Any], data: str, context: AuthContext) -> None:
        case.headers["Authorization"] = f"Bearer {Bearer.secret}"


@pytest.fixture
def _signed_in(members: dict[str, Member], in_force: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "BURST", 10**9)
    member = members["rosa"]
    member.roles = " ".join(ROLES)
    member.save(update_fields=["roles"])
    made = tokens.make(member.id, "fuzz", tokens.SCOPES, lasts=timedelta(days=1), acting=SYSTEM, now=now())
    Bearer.secret = made.secret


@schema.parametrize()
@settings(max_examples=TRIES, deadline=None, suppress_health_check=list(HealthCheck))
@pytest.mark.usefixtures("_signed_in")
def test_the_api_is_as_it_is_described(case: Case[Any]) -> None:
    answer = case.call()
    case.validate_response(answer, checks=[
        not_a_server_error, checks.status_code_conformance, checks.content_type_conformance,
        checks.response_schema_conformance, checks.negative_data_rejection, checks.unsupported_method,
    ])  # fmt: skip
