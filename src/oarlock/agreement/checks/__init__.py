"""What may be wrong with an agreement that reads well: one small function a concern, each yielding findings.

`checking.RULES` lists them all. A rule takes the reading and reports; it never stops the others.
"""
