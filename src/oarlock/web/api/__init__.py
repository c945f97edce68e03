"""The API: the same functions as the pages, as JSON."""
