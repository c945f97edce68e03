"""The addresses of this area."""

from django.urls import path

from oarlock.web.today import views

urlpatterns = [
    path("", views.today, name="today"),
]
