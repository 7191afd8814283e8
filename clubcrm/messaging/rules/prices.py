"""Rules: what one part of a message costs, which may be less than the smallest coin."""

import unicodedata
from decimal import Decimal, InvalidOperation

MILLI = 1000
HIGHEST = 10**9


def parse_price(typed: str, digits: int) -> int:
    """Return the price in thousandths of the smallest unit; raises ValueError for anything else.

    Digits of every script are understood, and a comma as well as a point.
    """
    plain = "".join(
        str(unicodedata.digit(letter)) if letter.isdigit() else letter for letter in typed.strip()
    ).replace(",", ".")
    if not plain:
        return 0
    if not set(plain) <= set("0123456789."):
        raise ValueError("not a price")
    try:
        milli = Decimal(plain).scaleb(digits) * MILLI
    except InvalidOperation as error:
        raise ValueError("not a price") from error
    if milli != milli.to_integral_value() or milli > HIGHEST:
        raise ValueError("too fine or too high")
    return int(milli)


def price_text(milli: int, digits: int) -> str:
    """Return a price as it is typed, without noughts that say nothing."""
    if not milli:
        return ""
    value = Decimal(milli) / MILLI
    return f"{value.scaleb(-digits).normalize():f}"
