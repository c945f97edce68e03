"""Facts, the audit trail and what was signed are append-only: the database itself refuses to change or remove a row.

One door is left for erasing a person: a row in `erasing` (inside one transaction, gone before it ends) lets facts be
updated and the row says for whom. Removing is refused always.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import migrations

FACTS = ("touches", "activities", "changes", "handoff_events", "campaign_costs")
FOR_EVER = (
    "audit_lines",
    "checkpoints",
    "agreement_versions",
    "proposal_revisions",
    "closings",
    "seals",
    "erasures",
    "decisions",
)

SQLITE = """
CREATE TRIGGER {table}_{verb}_refused BEFORE {verb} ON {table} {when}
BEGIN SELECT RAISE(ABORT, 'oarlock: {table} is append-only'); END;
"""

POSTGRES_FUNCTIONS = """
CREATE FUNCTION oarlock_append_only() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  RAISE EXCEPTION 'oarlock: % is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $body$;
CREATE FUNCTION oarlock_append_only_but_erasing() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  IF EXISTS (SELECT 1 FROM erasing) THEN RETURN NEW; END IF;
  RAISE EXCEPTION 'oarlock: % is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $body$;
"""
POSTGRES = """
CREATE TRIGGER {table}_{verb}_refused BEFORE {verb} ON {table} FOR EACH {each} EXECUTE FUNCTION {function}();
"""


def guard(apps: Any, editor: Any) -> None:
    """Put the triggers in place."""
    editor.execute("CREATE TABLE erasing (person_id varchar(200) NOT NULL)")
    if editor.connection.vendor == "postgresql":
        editor.execute(POSTGRES_FUNCTIONS, params=None)  # it holds a `%` of its own
        # Words are searched by their beginning: only the order of plain bytes makes that one stretch of the index.
        editor.execute('ALTER TABLE search_words ALTER COLUMN word TYPE varchar(60) COLLATE "C"')
    for statement in statements(editor.connection.vendor):
        editor.execute(statement)


def statements(vendor: str) -> list[str]:
    """One trigger a table and verb."""
    return [
        _trigger(vendor, table, verb)
        for table in (*FACTS, *FOR_EVER)
        for verb in (("UPDATE", "DELETE") if vendor == "sqlite" else ("UPDATE", "DELETE", "TRUNCATE"))
    ]


def _trigger(vendor: str, table: str, verb: str) -> str:
    erasable = table in FACTS and verb == "UPDATE"
    if vendor == "sqlite":
        return SQLITE.format(table=table, verb=verb, when="WHEN NOT EXISTS (SELECT 1 FROM erasing)" if erasable else "")
    function = "oarlock_append_only_but_erasing" if erasable else "oarlock_append_only"
    return POSTGRES.format(table=table, verb=verb, each="STATEMENT" if verb == "TRUNCATE" else "ROW", function=function)


class Migration(migrations.Migration):
    """The guards."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("store", "0001_initial")]
    operations: ClassVar[list[Any]] = [migrations.RunPython(guard, migrations.RunPython.noop)]
