"""Money: an exact amount to the cent, with its currency, as the lake holds it (decimal(18,2)).

Promises: no amount is ever rounded, and parts of a split sum to the whole, to the cent.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from oarlock.ground.problems import NOWHERE, Place, UserProblem
from oarlock.ground.spelling import did_you_mean

CENT = Decimal("0.01")
LARGEST = Decimal(10) ** 16
"""Amounts are smaller than this: sixteen digits before the point."""

NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"

_CODES = """
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF
    CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG
    HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA
    MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD
    RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX
    USD UYU UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
"""
CURRENCIES = frozenset(_CODES.split())
"""ISO 4217 codes of money in use (and those just replaced, since histories are long)."""

_EXAMPLE = 'Write an amount and a currency, such as "2_400_000 EUR" or "1250.50 EUR".'
_FORM = re.compile(r"(-?[0-9]+(?:_[0-9]{3})*(?:\.[0-9]{1,2})?)(?:\s+([A-Za-z]+))?")


@dataclass(frozen=True, slots=True)
class Money:
    """An amount with at most two decimals, in a currency of ISO 4217."""

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        if not self.amount.is_finite() or abs(self.amount) >= LARGEST or self.amount != self.amount.quantize(CENT):
            raise ValueError(f"{self.amount} is not an exact amount of money")
        object.__setattr__(self, "amount", self.amount.quantize(CENT) + 0)

    @property
    def cents(self) -> int:
        """The amount in hundredths."""
        return int(self.amount * 100)

    def __add__(self, other: Money) -> Money:
        self._same_currency(other)
        return Money(self.amount + other.amount, self.currency)

    def __sub__(self, other: Money) -> Money:
        return self + -other

    def __neg__(self) -> Money:
        return Money(-self.amount, self.currency)

    def __str__(self) -> str:
        """As people read it: `2,400,000 EUR`, `1,250.50 EUR`, with a no-break space; cents unless there are none."""
        places = 0 if self.cents % 100 == 0 else 2
        return f"{self.amount:,.{places}f}{NO_BREAK_SPACE}{self.currency}"

    def _same_currency(self, other: Money) -> None:
        if self.currency != other.currency:
            raise ValueError(f"{self} and {other} are of two currencies")


def of_cents(cents: int, currency: str) -> Money:
    """So many hundredths."""
    return Money(Decimal(cents) * CENT, currency)


def total(parts: Iterable[Money], currency: str) -> Money:
    """The sum; nothing, in that currency, of no parts."""
    return sum(parts, of_cents(0, currency))


def split(money: Money, weights: Sequence[int | float | Decimal | Fraction]) -> tuple[Money, ...]:
    """Parts in proportion to the weights that sum exactly to the whole, each less than a cent from its exact share.

    The cents left over after rounding down go to the largest remainders, the earlier part first. Example: 1.00 in
    three equal parts is 0.34, 0.33, 0.33. Weights are not negative and not all zero.
    """
    exact = [Fraction(weight) for weight in weights]
    if not exact or min(exact) < 0 or not any(exact):
        raise ValueError("weights are not negative and not all zero")
    sign = -1 if money.cents < 0 else 1
    shares = [abs(money.cents) * weight / sum(exact) for weight in exact]
    cents = [int(share) for share in shares]
    by_remainder = sorted(range(len(cents)), key=lambda i: cents[i] - shares[i])
    for i in by_remainder[: abs(money.cents) - sum(cents)]:
        cents[i] += 1
    return tuple(of_cents(sign * part, money.currency) for part in cents)


def check_currency(code: str, where: Place = NOWHERE) -> None:
    """Pass, or UserProblem `currency-unknown`."""
    if code not in CURRENCIES:
        next_step = did_you_mean(code, CURRENCIES) or "Write its three letters, such as EUR."
        what = f'"{code[:40]}" is not a currency.'
        raise UserProblem("currency-unknown", what, "Currencies have the codes of ISO 4217.", next_step, where)


def parse_money(text: str, currency: str = "", where: Place = NOWHERE) -> Money:
    """Read `2_400_000 EUR`; without a currency in the text it is in `currency`, where one is given.

    Commas, dots or spaces between thousands mean different amounts in different countries, so they are refused.
    """
    form = _FORM.fullmatch(text.strip()) if len(text) <= 60 else None
    if form is None:
        why = "Commas and spaces in numbers mean different things in different countries." if "," in text else ""
        raise UserProblem("money-malformed", f'"{text[:60]}" is not an amount of money.', why, _EXAMPLE, where)
    amount, code = Decimal(form[1].replace("_", "")), form[2] or currency
    if not code:
        raise UserProblem("money-without-currency", f'"{text}" has no currency.', "", _EXAMPLE, where)
    check_currency(code, where)
    if abs(amount) >= LARGEST:
        raise UserProblem("money-too-large", f'"{text}" is too large.', "Sixteen digits are kept.", _EXAMPLE, where)
    return Money(amount, code)
