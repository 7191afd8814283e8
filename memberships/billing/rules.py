"""Rules of money as people type it; the rest of billing comes with invoices."""

import re

# Groups of three, or the lakh grouping of South Asia: 1,00,000.
_GROUPED = re.compile(r"[1-9]\d{0,2}(?:[,. '’\u00a0\u202f]\d{2,3})*[,. '’\u00a0\u202f]\d{3}")
_DIGITS = re.compile(r"\d+")
_MARKS = re.compile(r"[,. '’\u00a0\u202f]")
LONGEST = 20


def parse_amount(text: str, digits: int) -> int:
    """Return a typed amount in minor units of a currency with so many decimal digits.

    A comma or point followed by one to `digits` digits at the end is the decimal mark; other marks
    must group thousands or lakhs. Anything else raises ValueError: signs, exponents, words, more
    decimals than the currency has. Digits must be 0-9 already.
    """
    typed = text.strip()
    if not typed or len(typed) > LONGEST or (not typed.isascii() and not _marks_only(typed)):
        raise ValueError("not an amount")
    whole, cents = typed, ""
    tail = re.fullmatch(r"(.*\d)[,.](\d+)", typed)
    if tail and digits and len(tail.group(2)) <= digits:
        whole, cents = tail.group(1), tail.group(2)
    if _GROUPED.fullmatch(whole):
        whole = _MARKS.sub("", whole)
    if not _DIGITS.fullmatch(whole):
        raise ValueError("not an amount")
    unit: int = 10**digits
    return int(whole) * unit + int(cents.ljust(digits, "0") or 0)


def _marks_only(typed: str) -> bool:
    return _MARKS.sub("", typed).isascii()
