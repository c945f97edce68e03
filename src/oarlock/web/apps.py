"""The Django app of the pages: templates and static files, no tables."""

from django.apps import AppConfig


class Web(AppConfig):
    """Oarlock's pages."""

    name = "oarlock.web"
    label = "web"
