"""Ibis on a connection that `duck.connect` has locked already. Apart, because loading Ibis's backend takes a second."""

from __future__ import annotations

from collections.abc import Sequence

from ibis.backends.duckdb import Backend


class Locked(Backend):  # type: ignore[misc]  # ibis ships no types
    """Ibis would set the time zone once more on connecting, which the lock refuses."""

    def _post_connect(self, extensions: Sequence[str] | None = None) -> None:
        """Everything Ibis sets here, `connect` has set before it turned the lock."""
        self._record_batch_readers_consumed: dict[str, object] = {}
