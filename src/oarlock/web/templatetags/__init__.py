"""Filters every template has."""
