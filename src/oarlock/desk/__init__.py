"""The one place that knows the order of things: something happened, so these facts follow.

Promises: pure; calls `lifecycle`, `routing` and `handoffs` in their order and is the only one to; what it decides is
all that `store` writes.
"""
