"""The addresses of this area."""

from django.urls import path

from oarlock.web.agreement import views

urlpatterns = [
    path("", views.agreement, name="agreement"),
]
