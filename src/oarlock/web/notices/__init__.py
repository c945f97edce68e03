"""Notices: one's own choices, the channels an administrator set up, what was sent and what failed; and the jobs."""
