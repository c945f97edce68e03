"""What happens to a lead that was handed over: offered, accepted, rejected, lapsed, returned, worked; the clocks on it.

Promises: decides and saves nothing; every move is a fact with its reason; an answer twice is one answer; a breach is
dated when it was due, not when somebody noticed; measuring goes on after a breach.
"""
