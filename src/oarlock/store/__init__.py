"""The store: the one Django app with tables. State, open work, signed versions, and the facts of a working window.

    models/   the tables, without logic        writes/   one function a verb, in one transaction, with an audit line
    reads/    frozen rows for pages            opening   the store of a workspace, opened and brought up to date

Promises: facts and the audit trail are append-only, held so by triggers of the database itself; a write names who acts
and when; foreign keys point down and leave no handle.
"""
