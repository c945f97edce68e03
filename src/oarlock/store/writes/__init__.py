"""Verbs that change the store: each in one transaction, each with `acting` (who) and `now`, each with an audit line."""
