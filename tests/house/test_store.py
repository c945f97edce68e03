"""The tables stay boring: keys point down and leave no handle, migrations are what the models say, nothing reacts."""

from __future__ import annotations

import ast
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import models
from django.db.models import Field

from oarlock.ground.environment import KNOWN, PREFIX, TESTING

from .project import ROOT

ORDER = ("members", "audit", "agreement", "facts", "figures", "records", "work", "handoffs", "arrivals", "notices")
"""The modules of tables; a key may point into its own module or one further left."""

STORE = list(apps.get_app_config("store").get_models())


def test_the_order_names_every_module_of_tables() -> None:
    assert {m.__module__.rpartition(".")[2] for m in STORE} == set(ORDER)


@pytest.mark.parametrize("model", STORE, ids=lambda m: m.__name__)
def test_foreign_keys_point_down_and_leave_no_handle(model: type[models.Model]) -> None:
    here = ORDER.index(model.__module__.rpartition(".")[2])
    for field in model._meta.get_fields():
        if isinstance(field, models.ForeignKey):
            target = field.related_model
            assert isinstance(target, type) and ORDER.index(target.__module__.rpartition(".")[2]) <= here
            assert field.remote_field.related_name == "+", f"{model.__name__}.{field.name} leaves a handle"


@pytest.mark.parametrize("model", STORE, ids=lambda m: m.__name__)
def test_tables_have_names_of_their_own_and_no_save_of_ours(model: type[models.Model]) -> None:
    assert not model._meta.db_table.startswith("store_")
    assert "save" not in vars(model) and "delete" not in vars(model)
    assert all(isinstance(f, Field) or f.is_relation for f in model._meta.get_fields())


@pytest.mark.django_db
def test_the_migrations_are_what_the_models_say() -> None:
    said = StringIO()
    call_command("makemigrations", "store", dry_run=True, stdout=said)
    assert said.getvalue().strip() == "No changes detected in app 'store'"


def test_no_model_module_imports_what_decides_or_writes() -> None:
    for path in (ROOT / "src/oarlock/store/models").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("oarlock"):
                assert (node.module or "").startswith(("oarlock.store.models", "oarlock.store.fields")), path.name


def test_every_variable_of_the_environment_stands_in_the_reference() -> None:
    text = (ROOT / "docs/reference/environment.md").read_text(encoding="utf-8")
    missing = [name for name in KNOWN if name not in TESTING and f"`{PREFIX}{name}`" not in text]
    assert not missing
