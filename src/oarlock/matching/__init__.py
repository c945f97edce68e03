"""Which account a lead belongs to, and whether two people are one: by domain, by name, with how sure it is.

Promises: never by a bare name that two firms share, never by the domain of a mail service; what is not sure enough is
proposed and not done; a name somebody confirmed once is remembered.
"""

from oarlock.matching.accounts import Match, Told, match
from oarlock.matching.index import Index
from oarlock.matching.names import Name, clean
from oarlock.matching.people import Alike, Known, Recognised, Said, recognise

__all__ = ["Alike", "Index", "Known", "Match", "Name", "Recognised", "Said", "Told", "clean", "match", "recognise"]
