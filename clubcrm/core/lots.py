"""Lots: who is left out of something, drawn by a hash: no state, stable for ever, per code."""

import hashlib

_HEX_DIGITS = 13
_RANGE = int("1" + "0" * _HEX_DIGITS, 16)


def draw(salt: str, code: str, member_id: int, cycle_no: int) -> float:
    """Return the member's number in [0, 1) for one code and cycle; equal input, equal number."""
    return _number(f"{salt}|{code}|{member_id}:{cycle_no}")


def draw_member(salt: str, member_id: int) -> float:
    """Return the member's number in [0, 1) for the whole programme, the same in all cycles."""
    return _number(f"{salt}|GLOBAL|{member_id}")


def _number(text: str) -> float:
    digest = hashlib.sha256(text.encode()).hexdigest()
    return int(digest[:_HEX_DIGITS], 16) / _RANGE


def is_held_out(drawn: float, share: float) -> bool:
    """Say whether a drawn number falls into the share that is left alone to compare with."""
    return drawn < share
