"""Doors to other systems: their bytes become arrivals of ours, bounded and checked, and nothing else of them comes in.

bounded   what a text, a time or a JSON of a stranger may be       said   fields of a person or firm, by any usual name
segment   Segment's HTTP API     leads   our own JSON     forms   a page's form     webhook   signed JSON by a mapping

Promises: what cannot be understood is a UserProblem or a letter with its reason, never an exception of another kind.
"""
