"""Signing in, passwords, second factors, single sign-on: allauth's addresses under ours."""

from django.urls import include, path

urlpatterns = [path("", include("allauth.urls"))]
