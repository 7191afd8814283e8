"""Rules: what kinds of traits people are chosen by, and which comparisons each kind allows."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum


class TraitKind(StrEnum):
    """How a trait is compared: as a number, money, an age, a day, one of a list, or yes and no."""

    NUMBER = "number"
    MONEY = "money"
    AGE = "age"
    DAY = "day"
    CHOICE = "choice"
    YES = "yes"


class Op(StrEnum):
    """One comparison."""

    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    EQUALS = "equals"
    WITHIN_LAST = "within_last"
    LONGER_AGO = "longer_ago"
    NOT_WITHIN = "not_within"
    WITHIN_NEXT = "within_next"
    ON_OR_AFTER = "on_or_after"
    BEFORE = "before"
    KNOWN = "known"
    NEVER = "never"
    ANY_OF = "any_of"
    NONE_OF = "none_of"
    IS = "is"
    IS_NOT = "is_not"


OPS: Mapping[TraitKind, tuple[Op, ...]] = {
    TraitKind.NUMBER: (Op.AT_LEAST, Op.AT_MOST, Op.EQUALS),
    TraitKind.MONEY: (Op.AT_LEAST, Op.AT_MOST),
    TraitKind.AGE: (Op.AT_LEAST, Op.AT_MOST),
    TraitKind.DAY: (
        Op.WITHIN_LAST,
        Op.NOT_WITHIN,
        Op.LONGER_AGO,
        Op.WITHIN_NEXT,
        Op.ON_OR_AFTER,
        Op.BEFORE,
        Op.KNOWN,
        Op.NEVER,
    ),
    TraitKind.CHOICE: (Op.ANY_OF, Op.NONE_OF),
    TraitKind.YES: (Op.IS, Op.IS_NOT),
}
COUNTED_IN_DAYS = frozenset({Op.WITHIN_LAST, Op.NOT_WITHIN, Op.LONGER_AGO, Op.WITHIN_NEXT})
DATED = frozenset({Op.ON_OR_AFTER, Op.BEFORE})
BARE = frozenset({Op.KNOWN, Op.NEVER, Op.IS, Op.IS_NOT})


def years_before(day: date, years: int) -> date:
    """Return the birth date of whoever is so many years old on the day and had his birthday then.

    Who was born on 29 February turns a year older on 1 March of other years.
    """
    year = max(1, day.year - years)
    try:
        return day.replace(year=year)
    except ValueError:
        return date(year, 2, 28)
