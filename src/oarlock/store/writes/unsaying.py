"""What came in about somebody from outside, and what was said of them to others: gone with an erasure.

    unsay(person_ids, marks)     rows that went or lost their words, by what they were; inside the erasure's transaction

Promises: identities, remarks and likenesses of the person go; letters that name them by a mark (an address, a number),
answers and notices about them stay as rows, without a word of theirs. Decisions hold no identity and stay as they are.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import reduce
from operator import or_

from django.db.models import Q

from oarlock.records.shapes import ERASED
from oarlock.store.models import Arrival, DeadLetter, Handoff, Identity, Likeness, Notice, Remark

NOTHING = json.dumps({ERASED: True})


def unsay(person_ids: Sequence[str], marks: Sequence[str]) -> dict[str, int]:
    """Let nothing of it be left; how many rows of what."""
    handed = Handoff.objects.filter(person_id__in=person_ids).values_list("handoff_id", flat=True)
    about = [*(f"handoff:{key}" for key in handed), *(f"person:{key}" for key in person_ids)]
    named = [*marks, *person_ids]
    return {
        "identities": Identity.objects.filter(person_id__in=person_ids).delete()[0],
        "remarks": Remark.objects.filter(person_id__in=person_ids).delete()[0],
        "likenesses": Likeness.objects.filter(Q(one__in=person_ids) | Q(other__in=person_ids)).delete()[0],
        "dead letters": DeadLetter.objects.filter(_naming("body", named)).update(body=NOTHING, reason=ERASED),
        "arrivals": Arrival.objects.filter(_naming("answer", person_ids)).update(answer=NOTHING),
        "notices": Notice.objects.filter(about__in=about).update(subject=ERASED, body=NOTHING),
    }


def _naming(field: str, named: Sequence[str]) -> Q:
    return reduce(or_, (Q(**{f"{field}__icontains": json.dumps(word)[1:-1]}) for word in named))
