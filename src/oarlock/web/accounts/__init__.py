"""Signing in, one's own account, single sign-on."""
