"""The doors by which things come in, and the pages on which people see what did.

door      the doors before Django: no session, no cookie, no page around them
views     the same doors as Django's views
asking    what somebody asked and what they are answered        callers   who may send
segment   leads   forms   hooks    the doors                    entrances   letters    the pages
"""
