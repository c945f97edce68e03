"""Workspaces of every release, and what makes them."""
