"""Where leads come from, and how good each source is: the literal table everything else draws on."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Source:
    """One source. `fitting` = share inside the ideal customer profile, `small_firms` above 1 = rather its small firms;
    `levels` = weights of the job levels (student to c-level), `moods` = weights of cold, warm and hot interest;
    `first` = kind of the first touch; `meets` multiplies the chance of a meeting; `spend` = euros a month at 20,000
    people."""

    name: str
    share: float
    fitting: float
    small_firms: float
    levels: tuple[float, ...]
    moods: tuple[float, float, float]
    first: str
    meets: float
    spend: int
    landing_page: str | None
    details: tuple[str, ...]


SOURCES = (
    Source("webinar", 0.15, 0.56, 1.0, (2, 30, 36, 20, 7, 5), (50, 38, 12), "webinar.attended", 1.1, 4_200,
           "/webinars/live", ("goods-to-person live", "fleet safety hour", "retrofit clinic")),
    Source("search", 0.21, 0.50, 0.9, (4, 34, 34, 16, 6, 6), (52, 28, 20), "page.view", 1.25, 9_500,
           "/robots/shuttle", ("brand", "warehouse robots", "goods to person", "amr price")),
    Source("content download", 0.25, 0.27, 2.6, (24, 40, 22, 9, 3, 2), (58, 36, 6), "form.download", 0.6, 3_100,
           "/guides/warehouse-automation", ("automation guide", "roi workbook", "safety checklist")),
    Source("paid social", 0.14, 0.32, 1.9, (9, 42, 29, 12, 4, 4), (70, 24, 6), "ad.click", 0.7, 7_800,
           "/see-it-move", ("carousel", "short film", "lead form")),
    Source("trade fair", 0.11, 0.62, 0.8, (3, 26, 38, 20, 7, 6), (56, 32, 12), "fair.scan", 1.0, 21_000,
           None, ("booth scan", "fair talk", "live demo")),
    Source("partner", 0.06, 0.74, 0.7, (1, 18, 38, 26, 10, 7), (36, 36, 28), "partner.referral", 1.6, 2_400,
           "/partners/refer", ("integrator", "consultant")),
    Source("outbound", 0.08, 0.82, 0.7, (0, 12, 38, 30, 12, 8), (72, 21, 7), "email.click", 0.9, 1_900,
           None, ("sequence a", "sequence b")),
)  # fmt: skip
NAMES = tuple(source.name for source in SOURCES)
WEBINAR, SEARCH, CONTENT, SOCIAL, FAIR, PARTNER, OUTBOUND = range(len(SOURCES))


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of touch: its channel and page, and its points under the two versions of the agreement."""

    name: str
    channel: str
    first_points: int = 0
    second_points: int = 0
    content: str | None = None
    url: str | None = None


KINDS = (
    Kind("page.view", "website", content="product pages", url="https://brightwater.example/robots/shuttle"),
    Kind("page.pricing", "website", 8, 8, "pricing", "https://brightwater.example/pricing"),
    Kind("email.open", "email", content="newsletter"),
    Kind("email.click", "email", 3, 3, "newsletter", "https://brightwater.example/news"),
    Kind("form.download", "website", 15, 10, "automation guide", "https://brightwater.example/guides"),
    Kind("form.demo_request", "website", 60, 60, "demo request", "https://brightwater.example/demo"),
    Kind("webinar.registered", "webinar", content="live webinar", url="https://brightwater.example/webinars"),
    Kind("webinar.attended", "webinar", 20, 20, "live webinar", "https://brightwater.example/webinars/live"),
    Kind("ad.click", "paid social", content="short film", url="https://brightwater.example/see-it-move"),
    Kind("fair.scan", "trade fair", content="booth"),
    Kind("partner.referral", "partner", content="referral form", url="https://brightwater.example/partners"),
    Kind("chat.started", "website", content="chat", url="https://brightwater.example/robots"),
)
KIND_NAMES = tuple(kind.name for kind in KINDS)


def kind_number(name: str) -> int:
    """The place of a kind in `KINDS`, used as code in columns."""
    return KIND_NAMES.index(name)


MIX = (
    (36, 2.5, 34, 8, 5, 0.25, 4, 1.6, 6, 0.6, 0.1, 0.8),
    (28, 6.0, 26, 12, 8, 1.4, 7, 5.0, 3, 1.0, 0.3, 1.6),
    (24, 11.0, 18, 14, 9, 5.0, 7, 6.0, 2, 1.2, 0.6, 2.4),
)
"""Weights of the kinds of later touches, for cold, warm and hot people."""
