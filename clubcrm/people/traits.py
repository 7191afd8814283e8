"""Queries room: a trait is something people can be chosen by; each package gives its own.

A trait answers with rows of person and value. Upper floors collect all traits in `club_traits` of
the app, so that a package that knows something new about people only adds a line there.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask import current_app
from flask_babel.speaklater import LazyString
from sqlalchemy import Select

from clubcrm.core import clock
from clubcrm.people.rules.trait_kinds import OPS, Op, TraitKind

Choices = Sequence[tuple[str, str]]
LONGEST_WINDOW = 3650
OWN = "own_"  # the beginning of the codes of traits that a club made itself


@dataclass(frozen=True, slots=True)
class Ground:
    """Where and when people are chosen; `days` is the window of a trait that counts in one."""

    club_id: int
    today: date
    zone: str
    currency: str
    days: int = 0

    @property
    def since(self) -> date:
        """Return the first day of the window that ends today."""
        return self.today - timedelta(days=self.days - 1)

    @property
    def until(self) -> date:
        """Return the last day of the window that begins today."""
        return self.today + timedelta(days=self.days)

    @property
    def since_at(self) -> datetime:
        """Return the instant at which the window begins."""
        return clock.day_bounds(self.since, self.zone)[0]


@dataclass(frozen=True, slots=True)
class Trait:
    """Something people can be chosen by.

    `rows` answers with person and value, one row a person, but several for a choice. Where a person
    has no row, the number is nothing (`zero`), or not known, and then no comparison holds. `window`
    is the usual number of days of a trait that counts within days; None where it does not.
    """

    code: str
    group: str
    label: LazyString | str
    kind: TraitKind
    rows: Callable[[Ground], Select[*tuple[Any, ...]]]
    window: int | None = None
    ahead: bool = False  # the window lies ahead
    zero: bool = True
    instant: bool = False  # the day is kept as an instant
    choices: Callable[[int], Choices] | None = None
    single: bool = False  # nobody has more than one of the choices

    @property
    def ops(self) -> tuple[Op, ...]:
        """Return the comparisons it allows."""
        return OPS[self.kind]


def known_traits(used: Collection[str] | None = None) -> Mapping[str, Trait]:
    """Return every trait by its code: of the house in the order of the wiring, then the club's.

    The club's own ones are asked of the store, and only where a code that is used is one of them.
    """
    traits: Sequence[Trait] = current_app.extensions.get("club_traits", ())
    own: Sequence[Trait] = ()
    if used is None or any(code.startswith(OWN) for code in used):
        own = current_app.extensions.get("club_own_traits", tuple)()
    return {one.code: one for one in (*traits, *own)}
