"""JSON Schema of the agreement, so that editors complete it and mark mistakes while one types.

It says what a schema can say: keys, kinds and choices, with their words. `check` says the rest.
"""

from __future__ import annotations

from typing import Any

from oarlock.agreement.format.whole import Agreement

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema() -> dict[str, Any]:
    """The schema as plain data (draft 2020-12)."""
    made = Agreement.model_json_schema(by_alias=True, mode="validation")
    return {"$schema": DIALECT, "title": "Oarlock agreement", **_tidy(made)}


def _tidy(node: Any) -> Any:
    """Without titles made from class names and without `null`: an absent key is left out, not nulled."""
    if isinstance(node, list):
        return [_tidy(item) for item in node]
    if not isinstance(node, dict):
        return node
    kept = {key: _tidy(value) for key, value in node.items() if not (key == "title" and isinstance(value, str))}
    if "patternProperties" in kept:
        kept["additionalProperties"] = False
        kept.pop("propertyNames", None)
    options = kept.get("anyOf")
    if isinstance(options, list) and {"type": "null"} in options:
        rest = [option for option in options if option != {"type": "null"}]
        kept.pop("anyOf")
        kept.pop("default", None)
        kept = {**(rest[0] if len(rest) == 1 else {"anyOf": rest}), **kept}
    return kept
