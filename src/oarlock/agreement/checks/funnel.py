"""The funnel: its stages and detours, the CRM's words for them, scores that fade."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from oarlock.agreement.checks.telling import error, warning, written
from oarlock.agreement.findings import Finding
from oarlock.agreement.interpreting import Reading
from oarlock.agreement.nodes import Path


def there_are_stages(reading: Reading) -> Iterator[Finding]:
    """A funnel has two stages at least."""
    count = len(reading.draft.keys("stages"))
    if count < 2 and "stages" in reading.draft.root.keys:
        message = "A funnel without two stages moves nobody."
        yield error(
            reading, ("stages",), "too-few-stages", message, "Name where people begin and where they become customers."
        )


def names_are_used_once(reading: Reading) -> Iterator[Finding]:
    """A detour may not be called like a stage: people stand in one or the other."""
    stages = reading.draft.keys("stages")
    for key in reading.agreement.detours:
        if key in stages:
            message = f"`{key}` is a stage already."
            yield error(reading, ("detours", key), "name-taken", message, "Choose another name.", key=True)


def detours_lead_somewhere(reading: Reading) -> Iterator[Finding]:
    """A detour is final, or it has a way back."""
    for key, detour in reading.agreement.detours.items():
        if not detour.final and not written(reading, ("detours", key), "back_to", "final"):
            message = f"People on the detour `{key}` never come back, and it is not final."
            suggestion = "Add `back_to:` with a stage, or `final: true`."
            yield error(reading, ("detours", key), "no-way-back", message, suggestion, key=True)
        if detour.final and (detour.back_to or detour.wake_after):
            message = f"The detour `{key}` is final and has a way back."
            yield error(reading, ("detours", key), "final-with-way-back", message, "Keep one of the two.", key=True)


def one_detour_takes_losses(reading: Reading) -> Iterator[Finding]:
    """A lost opportunity leads to one place."""
    taking = [key for key, detour in reading.agreement.detours.items() if detour.on_loss]
    for key in taking[1:]:
        message = f"`{taking[0]}` takes lost opportunities already."
        yield error(reading, ("detours", key, "on_loss"), "two-loss-detours", message, "Keep `on_loss` in one detour.")


def crm_words_mean_one_thing(reading: Reading) -> Iterator[Finding]:
    """One word of the CRM cannot record two stages (upper and lower case do not tell them apart)."""
    taken: dict[str, str] = {}
    sections = (("stages", reading.agreement.stages), ("detours", reading.agreement.detours))
    for section, entries in sections:
        for key, entry in entries.items():
            path: Path = (section, key, "recorded_as")
            for word in dict.fromkeys(word.lower() for word in entry.recorded_as):
                first = taken.setdefault(word, key)
                if first != key:
                    message = f"The CRM's `{word[:60]}` already records `{first}`."
                    yield error(reading, path, "recorded-twice", message, "Let each word of the CRM record one stage.")


def slas_have_a_time(reading: Reading) -> Iterator[Finding]:
    """`within` belongs to stages of the kind `sla`, and they to it."""
    for key, stage in reading.agreement.stages.items():
        if stage.kind == "sla" and not written(reading, ("stages", key), "within"):
            message = f"The stage `{key}` must move on within a time, and none is given."
            yield warning(reading, ("stages", key), "sla-without-time", message, "Add `within:`.")
        if stage.kind != "sla" and stage.within is not None:
            message = f"Only a stage of the kind `sla` has a time; `{key}` is `{stage.kind}`."
            yield error(reading, ("stages", key, "within"), "time-without-sla", message, "Write `kind: sla`.")


def stages_say_what_they_mean(reading: Reading) -> Iterator[Finding]:
    """A definition is words and a rule; two people cannot agree on a rule they read differently."""
    for key, stage in reading.agreement.stages.items():
        if stage.kind == "gate" and not stage.means:
            message = f"The stage `{key}` does not say in words what it means."
            yield warning(reading, ("stages", key), "no-words", message, "Add `means:`.")


def points_fade(reading: Reading) -> Iterator[Finding]:
    """A score that never fades counts the webinar of three years ago."""
    scoring = reading.agreement.scoring
    engagement = scoring.engagement if scoring else None
    if engagement and engagement.points and not written(reading, ("scoring", "engagement"), "half_life"):
        message = "Points for engagement never fade: in time everybody has enough."
        yield warning(reading, ("scoring", "engagement"), "points-never-fade", message, "Add `half_life: 30 days`.",
                      error_from=date(2028, 1, 1))  # fmt: skip


def options_fit_their_type(reading: Reading) -> Iterator[Finding]:
    """Only texts have options; a canonical field keeps its own type."""
    for path, declared in reading.agreement.fields.items():
        if declared.options and declared.type != "text":
            yield error(reading, ("fields", path, "options"), "options-not-text", "Only a text field has options.")
        known = reading.names.type_of(path)
        if known and known != declared.type:
            message = f"`{path}` is known already, as {known}."
            yield error(
                reading, ("fields", path, "type"), "field-retyped", message, "Delete it, or choose another name."
            )
