"""The API: the same functions as the pages, as JSON; described by OpenAPI at `/api/openapi.json`.

callers   who calls, and what they may      pace      how fast
shapes    what goes in and comes out        problems  every error as problem+json
records  agreement  numbers  trail          the paths, by noun
"""
