"""Vega for the browser, made once for a workspace: from the package, never from another host.

The bundle takes seven seconds to make and does not change with the data, so a worker makes it at the first start and
pages take it from the workspace. Until it is there, and without script, a page shows the same chart as SVG.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from importlib.metadata import version
from pathlib import Path

from django.conf import settings

from oarlock.charts.palette import VARIABLES
from oarlock.ground.clock import now
from oarlock.store.writes import orders
from oarlock.store.writes.audit import SYSTEM
from oarlock.store.writes.orders import Order

KIND = "bundle"
COLOURS = "window.oarlockColours"
"""Colour of a specification -> variable of the sheet, so that a chart follows the page's theme."""


def bundle_path(home: Path) -> Path:
    """Where the bundle of this release of the drawing package lies in a workspace."""
    return home / "static-made" / f"vega-{version('vl-convert-python')}.js"


def wish_for_bundle(home: Path) -> None:
    """Order the bundle, where it is not there."""
    path = bundle_path(home)
    if not path.exists():
        orders.order(KIND, path.name, {}, acting=SYSTEM, now=now())


def make_bundle(order: Order, tell: Callable[[str, float | None], None]) -> Mapping[str, object]:
    """The order: write the bundle whole or not at all; made twice it is the same."""
    import vl_convert

    path = bundle_path(settings.OARLOCK.home)
    path.parent.mkdir(parents=True, exist_ok=True)
    tell("making the charts' script", None)
    vega = vl_convert.javascript_bundle()  # type: ignore[call-arg]  # its stub asks for what it need not be given
    text = f"{vega}\n{COLOURS}={json.dumps(VARIABLES)};\n"
    waiting = path.with_name(f"{path.name}.{os.getpid()}")
    waiting.write_text(text, encoding="utf-8")
    waiting.replace(path)
    return {"bytes": len(text)}
