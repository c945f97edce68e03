"""The rows of one batch as files have them: who and what there is (people, companies, deals, touches).

Columns are those of `records.shapes`; columns beyond them (`job_level`, `installed_robots`) are the company's own.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from oarlock.demo import campaigns, columns, sources, staff, words
from oarlock.demo.batches import Batch
from oarlock.demo.deals import LOST, PRODUCTS, STAGES, Deals
from oarlock.demo.draws import Floats, Ints, chance, stream
from oarlock.demo.market import Accounts, People
from oarlock.demo.seasons import NEVER
from oarlock.demo.stages import RECORDED

_HEADS, _TAILS = len(words.COMPANY_HEADS), len(words.COMPANY_TAILS)


def account_ids(companies: Accounts, rows: Ints) -> pa.Array:
    """Ids of companies by row; -1 is null."""
    return columns.numbered("a-", companies.first + rows, known=rows >= 0)


def person_ids(crowd: People, rows: Ints) -> pa.Array:
    """Ids of people by row."""
    return columns.numbered("p-", crowd.first + rows)


def _named(companies: Accounts) -> tuple[pa.Array, pa.Array]:
    """Name and domain of each company; no two are alike."""
    number = companies.first - 1 + np.arange(companies.count)
    place, again = number * 1237 % (_HEADS * _TAILS), number // (_HEADS * _TAILS)
    head, tail = place // _TAILS, place % _TAILS
    second, third = again % _HEADS, again // _HEADS
    partner = np.where(second > 0, (head + second) % _HEADS, -1)
    first = columns.words(words.COMPANY_HEADS, head)
    also = pc.fill_null(columns.joined(" & ", columns.words(words.COMPANY_HEADS, partner)), "")
    more = pc.fill_null(columns.joined(" ", columns.numbered("", third + 1, 1, known=third > 0)), "")
    firm = columns.joined(first, also, " ", columns.words(words.COMPANY_TAILS, tail), more)
    name = columns.joined(firm, columns.words(words.LEGAL_FORMS, companies.country), by=" ")
    slug = pc.replace_substring_regex(pc.utf8_lower(firm), r"[^a-z0-9]+", "-")
    return name, columns.joined(slug, ".example")


def accounts(companies: Accounts) -> pa.Table:
    """Rows of accounts.csv."""
    name, domain = _named(companies)
    revenue = companies.employees * (140_000 + 9_000 * (companies.head % 17))
    return pa.table({
        "account_id": account_ids(companies, np.arange(companies.count)),
        "name": name,
        "domain": domain,
        "industry": columns.words(words.INDUSTRIES, companies.industry),
        "employees": columns.numbers(companies.employees),
        "annual_revenue": columns.numbers(revenue),
        "country": columns.words(words.COUNTRIES, companies.country),
        "owner_id": columns.words(staff.KEYS, companies.owner),
        "parent_id": columns.nothing(companies.count),
        "installed_robots": columns.numbers(companies.robots),
    })  # fmt: skip


def emails(crowd: People, companies: Accounts) -> pa.Array:
    """The address of each person; null where we never learned it."""
    rows = np.arange(crowd.count)
    given = pc.utf8_lower(columns.words(words.GIVEN, crowd.given))
    family = pc.utf8_lower(columns.words(words.FAMILY, crowd.family))
    free = columns.joined(family, columns.numbers(crowd.first + rows),
                          columns.joined("@", columns.words(words.FREE_MAIL, rows % 3)))  # fmt: skip
    business = columns.joined(
        given, ".", family, "@", columns.chosen(_named(companies)[1], np.where(crowd.free_mail, -1, crowd.account))
    )
    known = pa.array(crowd.email_at < NEVER)
    return pc.if_else(known, pc.coalesce(business, free), pa.scalar(None, pa.large_string()))


def _sources(rng: np.random.Generator, crowd: People) -> Ints:
    """The source as the CRM has it: the true one, or null (-1), or "unknown" (the last)."""
    luck: Floats = rng.random(crowd.count)
    return np.where(luck < 0.015, -1, np.where(luck < 0.032, len(sources.NAMES), crowd.source))


def _details() -> tuple[tuple[str, ...], Ints]:
    """All details in a row, and where each source's begin."""
    flat = tuple(detail for source in sources.SOURCES for detail in source.details)
    return flat, np.cumsum([0, *(len(source.details) for source in sources.SOURCES[:-1])])


def people(seed: int, number: int, made: Batch, stage: Ints) -> pa.Table:
    """Rows of people.csv; `stage` is what the CRM has for each at the end, a place in `stages.RECORDED`."""
    crowd, companies = made.crowd, made.companies
    rows = np.arange(crowd.count)
    rng = stream(seed, "values", number)
    source = _sources(rng, crowd)
    details, begins = _details()
    detail = np.where(source == crowd.source, begins[crowd.source] + crowd.detail, -1)
    title = np.array([0, 3, 6, 9, 12, 15])[crowd.level] + crowd.family % 3
    phone = columns.joined(
        "+", columns.words(words.CALLING_CODES, crowd.country), " 555 ", columns.numbered("", crowd.first + rows, 6)
    )
    consent = np.where(crowd.email_at < NEVER, rng.integers(0, 12, crowd.count), 9)
    return pa.table({
        "person_id": person_ids(crowd, rows),
        "email": emails(crowd, companies),
        "name": columns.joined(
            columns.words(words.GIVEN, crowd.given), columns.words(words.FAMILY, crowd.family), by=" "
        ),
        "title": columns.words(tuple(title for titles in words.TITLES for title in titles), title),
        "phone": pc.if_else(pa.array(chance(rng, 0.6, crowd.count)), phone, pa.scalar(None, pa.large_string())),
        "company_name": columns.chosen(_named(companies)[0], crowd.account),
        "account_id": account_ids(companies, crowd.account),
        "country": columns.words(words.COUNTRIES, crowd.country),
        "region": columns.words(words.REGIONS, crowd.country),
        "language": columns.words(words.LANGUAGES, crowd.country),
        "source": columns.words((*sources.NAMES, "unknown"), source),
        "source_detail": columns.words(details, detail),
        "campaign_id": columns.words(campaigns.IDS, campaigns.number(crowd.source, crowd.created)),
        "landing_page": columns.words(tuple(s.landing_page for s in sources.SOURCES), crowd.source),
        "owner_id": columns.words(staff.KEYS, owners(made)),
        "created_at": columns.stamps(crowd.created),
        "recorded_stage": columns.words(RECORDED, stage),
        "consent": columns.words(("opt-in",) * 9 + ("none", "none", "withdrawn"), consent),
        "job_level": columns.words(words.JOB_LEVELS, crowd.level),
    })  # fmt: skip


def owners(made: Batch) -> Ints:
    """Who owns each person at the end: the seller of the last hand-off or deal (-1 = nobody)."""
    owner = np.full(made.crowd.count, -1)
    for cycle in made.cycles:
        owner[cycle.given.person] = cycle.given.owner
        owner[cycle.won_or_lost.person] = cycle.won_or_lost.owner
    owner[made.early.person] = made.early.owner
    return owner


def opportunities(made: Batch, closing: Deals, first: int) -> pa.Table:
    """Rows of opportunities.csv, numbered from `first` on."""
    rows = np.arange(closing.count)
    account = made.crowd.account[closing.person]
    product = columns.words(PRODUCTS, closing.product)
    company = pc.coalesce(columns.chosen(_named(made.companies)[0], account), pa.scalar("private", pa.large_string()))
    done = closing.closed < NEVER
    status = np.where(done, np.where(closing.won, 1, 2), 0)
    robots = np.where(account >= 0, made.companies.robots[account], 0)
    return pa.table({
        "opportunity_id": columns.numbered("o-", first + rows, 6),
        "account_id": account_ids(made.companies, account),
        "person_id": person_ids(made.crowd, closing.person),
        "name": columns.joined(product, company, by=" for "),
        "kind": columns.words(("new business", "expansion"), (robots > 0).astype(np.int64)),
        "product": product,
        "amount": columns.money(closing.cents),
        "currency": columns.words(("EUR",), rows * 0),
        "stage": columns.words(STAGES, closing.stage),
        "status": columns.words(("open", "won", "lost"), status),
        "owner_id": columns.words(staff.KEYS, closing.owner),
        "campaign_id": columns.words(
            campaigns.IDS, campaigns.number(made.crowd.source[closing.person], made.crowd.created[closing.person])
        ),
        "created_at": columns.stamps(closing.created),
        "expected_close": columns.stamps(closing.expected),
        "closed_at": columns.stamps(closing.closed, done),
        "lost_reason": columns.words(LOST, np.where(closing.lost, closing.lost_reason, -1)),
    })  # fmt: skip


def touches(made: Batch, first: int) -> pa.Table:
    """Rows of touches.csv, numbered from `first` on."""
    seen = made.seen
    kinds = sources.KINDS
    campaign = campaigns.number(campaigns.OF_KIND[seen.kind], seen.at)
    cents = tuple(f"{cent // 100}.{cent % 100:02}" for cent in range(1_000))
    return pa.table({
        "touch_id": columns.numbered("t-", first + np.arange(seen.at.size), 8),
        "person_id": columns.chosen(person_ids(made.crowd, np.arange(made.crowd.count)), seen.person),
        "at": columns.stamps(seen.at),
        "recorded_at": columns.stamps(seen.recorded),
        "channel": columns.words(tuple(k.channel for k in kinds), seen.kind),
        "kind": columns.words(sources.KIND_NAMES, seen.kind),
        "campaign_id": columns.words(campaigns.IDS, campaign),
        "content": columns.words(tuple(k.content for k in kinds), np.where(seen.content == 0, -1, seen.kind)),
        "url": columns.words(tuple(k.url for k in kinds), seen.kind),
        "cost": columns.words(cents, seen.cents),
    })  # fmt: skip
