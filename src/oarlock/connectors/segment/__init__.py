"""Segment's HTTP API as its clients speak it: events become arrivals; their clocks are set right by when they sent.

    opened(data, packed) -> what was sent       key_in(said) -> the write key in it
    read(said, how, ...) -> Read                arrivals, and letters for what could not be understood
    settings_for(key, host, scheme)             what the browser client asks for first

Promises: the same messageId is the same thing; one event that makes no sense spoils no other.
"""

from oarlock.connectors.segment.events import EVENT_BYTES, MOST_BYTES, Read, key_in, opened, read
from oarlock.connectors.segment.names import Kinds
from oarlock.connectors.segment.settings import settings_for

__all__ = ["EVENT_BYTES", "MOST_BYTES", "Kinds", "Read", "key_in", "opened", "read", "settings_for"]
