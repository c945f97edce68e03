"""The schema, the reference page and the starter are held to the models."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from oarlock.agreement import check, read_text, seal
from oarlock.agreement.format.keys import all_keys, keys_at
from oarlock.agreement.metrics import COMPUTED_EXCUSES, OF_HANDOFF, OF_STAGE, PLAIN, metrics_of
from oarlock.agreement.nodes import plain
from oarlock.agreement.schema import schema
from oarlock.agreement.starter import starter

ROOT = Path(__file__).parents[4]
PAGE = ROOT / "docs" / "reference" / "agreement.md"
WORKED = sorted((ROOT / "agreements").rglob("agreement.yaml"))


def fits(value: Any, rule: dict[str, Any], whole: dict[str, Any]) -> bool:
    """As much of JSON Schema as the agreement's schema uses."""
    if "$ref" in rule:
        return fits(value, whole["$defs"][rule["$ref"].rpartition("/")[2]], whole)
    if "anyOf" in rule and not any(fits(value, option, whole) for option in rule["anyOf"]):
        return False
    if "const" in rule and value != rule["const"]:
        return False
    if "enum" in rule and value not in rule["enum"]:
        return False
    kinds = rule.get("type", [])
    checks = {"string": str, "number": (int, float), "integer": int, "boolean": bool, "object": dict, "array": list}
    if kinds and not any(isinstance(value, checks[k]) for k in ([kinds] if isinstance(kinds, str) else kinds)):  # type: ignore[arg-type]
        return False
    if isinstance(value, str) and "pattern" in rule and not re.search(rule["pattern"], value):
        return False
    if isinstance(value, list) and "items" in rule:
        return all(fits(item, rule["items"], whole) for item in value)
    return not isinstance(value, dict) or "type" not in rule or keys_fit(value, rule, whole)


def keys_fit(value: dict[str, Any], rule: dict[str, Any], whole: dict[str, Any]) -> bool:
    if any(key not in value for key in rule.get("required", [])):
        return False
    for key, item in value.items():
        known = rule.get("properties", {}).get(key)
        matching = [r for pattern, r in rule.get("patternProperties", {}).items() if re.search(pattern, key)]
        more = rule.get("additionalProperties", {})
        chosen = known or (matching[0] if matching else more)
        if chosen is False or not fits(item, chosen if isinstance(chosen, dict) else {}, whole):
            return False
    return True


@pytest.mark.parametrize("path", WORKED, ids=lambda p: str(p.parent.relative_to(ROOT / "agreements")))
def test_every_worked_agreement_fits_the_schema(path: Path) -> None:
    made = schema()
    assert fits(plain(read_text(path.read_bytes()).root), made, made)


@pytest.mark.parametrize(
    ("old", "new"),
    [("kind: gate", "kind: gaet"), ("    owner: marketing\n", ""), ("means:", "meens:"), ("oarlock: 1", "oarlock: 2"),
     ("at: 75%", "at: 75"), ("minutes: 50", "minutes: long")],
)  # fmt: skip
def test_a_mistake_does_not_fit_the_schema(brightwater: str, old: str, new: str) -> None:
    made, text = schema(), brightwater.replace(old, new)
    assert text != brightwater and not fits(plain(read_text(text.encode()).root), made, made)


def test_every_key_of_the_schema_has_its_words() -> None:
    made = schema()
    holders = [made, *made["$defs"].values()]
    bare = [key for holder in holders for key, rule in holder["properties"].items() if not rule.get("description")]
    assert bare == [] and made["$schema"].endswith("2020-12/schema")


def test_the_starter_is_clean_and_says_what_to_do_next() -> None:
    assert check(read_text(starter(), "agreement.yaml")) == []
    assert seal(read_text(starter())).stages and b"oarlock check" in starter()


def test_the_reference_page_has_exactly_the_keys_of_the_models() -> None:
    written = re.findall(r"^\| `([^`]+)` \| (yes|) ?\| (.*) \|$", PAGE.read_text(), re.M)
    known = [(key.path, "yes" if key.must else "", key.words) for key in all_keys()]
    assert written == known


def test_the_reference_page_has_every_metric_and_every_excuse() -> None:
    text = PAGE.read_text()
    names = [*PLAIN, *(f"<stage>.{e}" for e in OF_STAGE), "<stage>.to.<stage>", *(f"<handoff>.{e}" for e in OF_HANDOFF)]
    assert [name for name in [*names, *COMPUTED_EXCUSES] if f"| `{name}` |" not in text] == []


def test_keys_are_known_at_every_depth() -> None:
    assert "decides" in keys_at(("leadership",)) and "reports_to" in keys_at(("leadership", "people", "rosa"))
    assert keys_at(("handoffs", "x", "on_breach", 0)) == ["at", "do", "clock"]
    assert "from" in keys_at(("handoffs", "x")) and keys_at(("pools", "p", "members")) == []
    assert keys_at(("scoring", "nothing", "there")) == [] and "means" in keys_at(("vocabulary", "word"))


def test_metrics_are_made_from_stages_and_handoffs() -> None:
    known = metrics_of(["lead", "mql", "customer"], ["h"])
    assert {"mql.entered", "lead.to.mql", "lead.to.customer", "h.speed", "h.accept_met", "revenue"} <= set(known)
    assert "mql.to.lead" not in known and "mql.to.mql" not in known
    assert known["lead.to.customer"].closed and known["customer.entered"].closed and not known["mql.entered"].closed
    assert not known["h.speed"].more_is_better and known["h.accepted_rate"].unit == "share"
