"""Rules room: amounts as gateways write them, exact in both directions, and texts signed by key."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from babel.numbers import get_currency_precision

from clubcrm.core.money import Money


def decimal_text(money: Money, *, always: bool = True) -> str:
    """Return 110.50 for 11050 minor units; whole amounts keep their zeros only when `always`."""
    digits = get_currency_precision(money.currency)
    whole, rest = divmod(money.amount_minor, 10**digits)
    if not digits or (not rest and not always):
        return str(whole)
    return f"{whole}.{rest:0{digits}d}"


def money_of(text: object, currency: str) -> Money | None:
    """Return the amount a gateway wrote, or None when it is no exact amount of the currency."""
    try:
        value = Decimal(str(text).replace(",", "").strip())
        minor = value.scaleb(get_currency_precision(currency))
        if not minor.is_finite() or minor != minor.to_integral_value() or abs(minor) > 10**15:
            return None
        return Money(int(minor), currency)
    except InvalidOperation:
        return None


def literal_json(raw: bytes | str) -> Mapping[str, Any]:
    """Return a JSON object whose numbers stay as they were written, so that 1000.0 stays 1000.0."""
    found = json.loads(raw, parse_float=str, parse_int=str)
    if not isinstance(found, dict):
        raise ValueError("not an object")
    return found


def hmac_base64(text: str, key: str) -> str:
    """Return the base64 HMAC-SHA256 of a text."""
    return base64.b64encode(hmac.digest(key.encode(), text.encode(), hashlib.sha256)).decode()


def same_text(given: str, expected: str) -> bool:
    """Tell whether two texts are equal, in a time that does not depend on where they differ."""
    return hmac.compare_digest(given.encode(), expected.encode())
