"""Who should have a lead, and why: ordered steps, pools with weighted turns, caps, skills, hours and absences.

Promises: the same lead, roster and terms give the same decision; every step tried and everybody passed over is kept in
it; turns are within one lead of their weights; whoever just lost it does not get it back.
"""
