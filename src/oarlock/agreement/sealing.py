"""From a checked draft to sealed terms: frozen, hashed over the exact bytes, all that other rooms see.

Most sections are copied key by key into the dataclass of the same shape (`_FROZEN`); stages, hand-offs and a few more
have a form of their own here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields as dataclass_fields
from hashlib import sha256
from typing import Any

from oarlock.agreement import handling, leaders, owed, terms, together
from oarlock.agreement.checking import check
from oarlock.agreement.draft import Draft
from oarlock.agreement.format import funnel, handing, leading, promising, rhythm
from oarlock.agreement.format.words import Section
from oarlock.agreement.interpreting import Reading, interpret
from oarlock.agreement.nodes import Path
from oarlock.agreement.terms import Rule, Terms
from oarlock.ground.problems import Place, UserProblem

_FROZEN: Mapping[type[Section], Callable[..., Any]] = {
    leading.Person: leaders.Person,
    leading.Leadership: leaders.Leadership,
    leading.User: leaders.User,
    leading.WordBody: leaders.Word,
    funnel.Field: terms.Field,
    funnel.NamedRule: terms.NamedRule,
    funnel.Fit: terms.Points,
    funnel.Source: handling.Source,
    funnel.Stage: terms.Stage,
    funnel.Detour: terms.Detour,
    handing.BreachStep: handling.BreachStep,
    handing.Step: handling.Step,
    handing.Cap: handling.Cap,
    handing.Pool: handling.Pool,
    handing.Calendar: handling.Hours,
    handing.Absence: handling.Absence,
    handing.Matching: handling.Matching,
    handing.Notices: handling.Notices,
    promising.Promise: owed.Promise,
    promising.Promises: owed.Promises,
    promising.Excuse: owed.Excuse,
    promising.Goal: owed.Goal,
    promising.ScorecardLine: owed.ScoreLine,
    promising.Tier: owed.Tier,
    promising.PayPart: owed.PayPart,
    promising.Guardrail: owed.Guardrail,
    promising.Kicker: owed.Kicker,
    promising.Clawback: owed.Clawback,
    promising.PayPlan: owed.PayPlan,
    rhythm.Meeting: together.Meeting,
    rhythm.ExpectedTouch: together.ExpectedTouch,
    rhythm.ProcessStep: together.ProcessStep,
    rhythm.Process: together.Process,
    rhythm.Plan: together.Plan,
    rhythm.Requests: together.Requests,
    rhythm.Attribution: together.Attribution,
    rhythm.Forecast: together.Forecast,
    rhythm.Closing: together.Closing,
    rhythm.Ownership: together.Ownership,
}
_KEYED_BY = {"fields": "path", "ownership": "field"}
"""Sections whose names are called otherwise than `key`."""

_ABBREVIATIONS = frozenset(["ae", "bdr", "cql", "hql", "icp", "mql", "pql", "sal", "sao", "sdr", "sla", "sqo", "sql"])


def seal(draft: Draft, number: int = 1) -> Terms:
    """The terms of a draft without errors; UserProblem `agreement-has-errors` lists them otherwise."""
    errors = [finding for finding in check(draft) if finding.level == "error"]
    if errors:
        listed = "; ".join(f"{error.place} {error.message}" for error in errors[:10])
        more = f"; and {len(errors) - 10} more" if len(errors) > 10 else ""
        raise UserProblem(
            "agreement-has-errors",
            f"`{draft.name}` has {len(errors)} error{'s' if len(errors) > 1 else ''}.",
            listed + more,
            "Mend them; `oarlock check` shows each with its place.",
            errors[0].place if errors[0].place.file else Place(draft.name),
        )
    sealed = terms_of(draft, number)
    assert sealed is not None, "a draft without errors has an agreement"
    return sealed


def terms_of(draft: Draft, number: int = 1) -> Terms | None:
    """The terms as far as they could be understood, errors or not: for comparing and explaining drafts.

    None where there is no agreement to speak of.
    """
    reading = interpret(draft)
    return None if reading is None else _terms(reading, number)


def _terms(reading: Reading, number: int) -> Terms:
    freeze, own = _Freezer(reading.rules), {}
    for key, value in reading.agreement:
        if key not in ("oarlock", "icp", "rules", "scoring", "handoffs") and value is not None:
            own[key] = freeze.value(value, (key,))
    source = reading.draft.source
    return Terms(
        **own,
        rules=freeze.named_rules(reading),
        scoring=freeze.scoring(reading.agreement.scoring),
        handoffs=tuple(freeze.handoff(key, handoff) for key, handoff in reading.agreement.handoffs.items()),
        hash="sha256:" + sha256(source).hexdigest(),
        source=source,
        number=number,
    )


class _Freezer:
    """Copies models into terms; `rules` has each rule by its path."""

    def __init__(self, rules: Mapping[Path, Rule]) -> None:
        self.rules = rules

    def value(self, value: Any, path: Path) -> Any:
        """A model, list, dictionary or plain value, frozen."""
        if isinstance(value, Section):
            return self.section(value, path)
        if isinstance(value, list):
            items = (self.value(item, (*path, n)) for n, item in enumerate(value))
            return tuple(item for item in items if item is not None)
        if isinstance(value, dict):
            return self.entries(value, path)
        return value

    def entries(self, value: dict[str, Any], path: Path) -> tuple[Any, ...]:
        """Named sections know their names; named values become pairs."""
        made = []
        for key, item in value.items():
            if isinstance(item, Section):
                made.append(self.section(item, (*path, key), **{_KEYED_BY.get(str(path[-1]), "key"): key}))
            else:
                made.append((key, self.value(item, (*path, key))))
        return tuple(item for item in made if item is not None)

    def section(self, section: Section, path: Path, /, **more: Any) -> Any:
        """The dataclass of the section; keys that stand nowhere keep its defaults."""
        kind = _FROZEN[type(section)]
        known = {field.name for field in dataclass_fields(kind)}  # type: ignore[arg-type]
        for attribute, value in section:
            if value is not None and attribute in known:
                more[attribute] = self.value(value, (*path, attribute.rstrip("_")))
        if "rule" in known:
            more["rule"] = self.rules.get((*path, "when"))
        if isinstance(section, funnel.Stage | funnel.Detour):
            more.setdefault("name", spoken(more["key"]))
        lost_its_rule = isinstance(section, funnel.Fit | funnel.NamedRule) and more["rule"] is None
        return None if lost_its_rule else kind(**more)

    def named_rules(self, reading: Reading) -> tuple[terms.NamedRule, ...]:
        """The ideal customer first, then the others."""
        icp = reading.agreement.icp
        first = self.section(icp, ("icp",), key="icp") if icp else None
        return (*([first] if first else []), *self.entries(dict(reading.agreement.rules), ("rules",)))

    def scoring(self, scoring: funnel.Scoring | None) -> terms.Scoring:
        """Fit and engagement."""
        if scoring is None:
            return terms.Scoring()
        engagement = scoring.engagement or funnel.Engagement()
        fit = self.value(scoring.fit, ("scoring", "fit"))
        return terms.Scoring(fit, tuple(engagement.points.items()), engagement.half_life)

    def handoff(self, key: str, handoff: handing.Handoff) -> terms.Handoff:
        """A hand-off with its two clocks."""
        work = handoff.work or handing.Work()
        return terms.Handoff(
            key=key,
            at=handoff.at,
            reject_reasons=tuple(handoff.reject_reasons.items()),
            accept_within=handoff.accept.within if handoff.accept else None,
            first_touch_within=work.first_touch,
            attempts=work.attempts,
            work_within=work.within,
            name=handoff.name or spoken(key),
            means=handoff.means or "",
            from_=handoff.from_,
            to=handoff.to,
            calendar=handoff.calendar,
            return_reasons=tuple(handoff.return_reasons),
            evidence=tuple(handoff.evidence),
            on_breach=self.value(handoff.on_breach, ("handoffs", key, "on_breach")),
        )


def spoken(key: str) -> str:
    """A key as a name, where none is given: `closed_won` is `Closed won`, `mql-to-sdr` is `MQL to SDR`."""
    words = [
        word.upper() if word in _ABBREVIATIONS else word for word in key.replace("_", " ").replace("-", " ").split()
    ]
    name = " ".join(words)
    return name[:1].upper() + name[1:]
