"""Hand-offs as people work them: the inbox, one hand-off, decisions of routing, what waits, and who is there."""
