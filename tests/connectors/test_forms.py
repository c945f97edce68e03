"""A form as browsers post it: a lead, an honest mistake, or a machine's trick."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from oarlock.connectors import leads
from oarlock.connectors.forms import TRAP, Form, lead_of, trapped
from oarlock.connectors.leads import From
from oarlock.ground.problems import UserProblem

NOW = datetime(2026, 11, 16, 14, 0, tzinfo=UTC)
FORM = Form.of({"touch": "form.demo_request", "source": "website", "consent": "You may call me.",
                "origins": ["https://www.example.com"]})  # fmt: skip
POSTED = {"email": "Ana@Acme.example", "name": "Ana", "company": "Acme", "consent": "yes", "jobLevel": "vp"}


def test_a_form_is_a_lead_with_its_consent_in_words() -> None:
    told = lead_of(FORM, POSTED, "https://www.example.com/demo?x=1", NOW)
    found = leads.arriving(told, From("form:f1", "form:f1:k", NOW))
    fields = dict(found.person)
    assert ("email", "ana@acme.example") in found.known_by and fields["job_level"] == "vp"
    assert fields["consent"] == "You may call me. (2026-11-16 14:00 UTC, form)"
    assert found.touch is not None and found.touch.kind == "form.demo_request"
    assert dict(found.first) == {"source": "website", "landing_page": "/demo"}
    assert found.firm is not None and dict(found.firm.fields)["name"] == "Acme"


@pytest.mark.parametrize(
    ("posted", "code"),
    [
        (POSTED | {"consent": ""}, "no-consent"),
        (POSTED | {"email": "ana"}, "no-email"),
        (POSTED | {"email": "ana@acme"}, "no-email"),
        ({"consent": "yes"}, "no-email"),
        (POSTED | {f"f{n}": "x" for n in range(80)}, "too-many-fields"),
    ],
)
def test_what_a_visitor_got_wrong_is_said_to_them(posted: dict[str, str], code: str) -> None:
    with pytest.raises(UserProblem) as problem:
        lead_of(FORM, posted, "", NOW)
    assert problem.value.code == code


def test_whoever_fills_in_the_field_nobody_sees_is_a_machine() -> None:
    assert trapped(POSTED | {TRAP: "x"}) and not trapped(POSTED) and not trapped(POSTED | {TRAP: "  "})


def test_a_form_may_be_posted_from_its_own_pages_alone() -> None:
    assert FORM.may_come_from("https://www.example.com") and FORM.may_come_from("https://WWW.example.com/")
    assert not FORM.may_come_from("https://www.example.com.evil.example") and not FORM.may_come_from("")
    assert Form.of({}).may_come_from("")


def test_a_posted_form_sets_no_owner_and_no_stage() -> None:
    told = lead_of(FORM, POSTED | {"owner_id": "lena", "stage": "customer", "source": "mine"}, "", NOW)
    found = leads.arriving(told, From("form:f1", "form:f1:k", NOW))
    assert not {"owner_id", "stage"} & {name for name, _ in (*found.person, *found.first)}
    assert dict(found.first)["source"] == "website"
