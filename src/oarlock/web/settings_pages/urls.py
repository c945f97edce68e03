"""The addresses of this area."""

from django.urls import path

from oarlock.web.settings_pages import views

urlpatterns = [
    path("", views.settings, name="settings"),
]
