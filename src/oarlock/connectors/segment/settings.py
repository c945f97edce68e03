"""What Segment's browser client asks for before it sends anything: where to send, and that nothing else is loaded."""

from __future__ import annotations


def settings_for(key: str, host: str, scheme: str) -> dict[str, object]:
    """The settings of a write key: one destination, this house, and no measuring of the client itself."""
    here = {
        "apiKey": key, "apiHost": f"{host}/v1", "protocol": scheme, "type": "browser", "versionSettings": {},
        "addBundledMetadata": False, "unbundledIntegrations": [],
    }  # fmt: skip
    return {
        "integrations": {"Segment.io": here}, "plan": {"track": {"__default": {"enabled": True}}},
        "edgeFunction": {}, "analyticsNextEnabled": True, "middlewareSettings": {}, "enabledMiddleware": {},
        "metrics": {"sampleRate": 0}, "legacyVideoPluginsEnabled": False, "remotePlugins": [],
    }  # fmt: skip
