"""A signed JSON from any other system, read by a mapping of the entrance: documented in docs/how-to/send-leads.md.

signed(body, secret, at)               the header a sender makes
vouched(header, body, secrets, now)    why a header does not hold, or nothing
Mapping.of(options)                    which path of their JSON is which field of ours
leads_of(mapping, said)                the leads in a delivery
"""

from oarlock.connectors.webhook.mapping import Mapping, Told, leads_of
from oarlock.connectors.webhook.signature import HEADER, signed, vouched

__all__ = ["HEADER", "Mapping", "Told", "leads_of", "signed", "vouched"]
