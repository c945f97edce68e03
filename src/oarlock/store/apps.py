"""The Django app. It does nothing when it is ready: no signals, no registration by import."""

from django.apps import AppConfig


class Store(AppConfig):
    """Oarlock's tables."""

    name = "oarlock.store"
    label = "store"
    default_auto_field = "django.db.models.BigAutoField"
