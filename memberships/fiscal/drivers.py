"""Services room: which offices the product can tell of bills, and what each of them must offer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from memberships.fiscal.rules import Answer, DocumentKind, Sums


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who bought, as far as he said; a tax number only when he asked for it on the bill."""

    name: str = ""
    tax_number: str = ""


@dataclass(frozen=True, slots=True)
class Content:
    """What a document says to the office: its kind, number, day, buyer and amounts."""

    kind: DocumentKind
    number: str
    fiscal_year: str
    issued_on: date
    sums: Sums
    currency: str
    buyer: Buyer
    refers_to: str = ""
    reason: str = ""


class Driver(Protocol):
    """An office: how its years and numbers run, and how a document is handed over."""

    name: str
    title: str
    currencies: frozenset[str]

    def year_of(self, day: date) -> str:
        """Return the name of the fiscal year that a day lies in."""

    def written(self, content: Content) -> dict[str, Any]:
        """Return the document as it is kept and sent, without credentials."""

    def hand_over(self, kind: DocumentKind, kept: Mapping[str, Any], issued_at: datetime) -> Answer:
        """Return what the office said; never raises for a line that is down."""


@dataclass(frozen=True, slots=True)
class Office:
    """A driver on the list: the settings it needs, and how it is made of them."""

    name: str
    title: str
    needs: tuple[str, ...]
    currencies: frozenset[str]
    make: Callable[[Mapping[str, str]], Driver]

    def missing(self, keys: Mapping[str, str]) -> tuple[str, ...]:
        """Return the settings that are still to be given."""
        return tuple(name for name in self.needs if not keys.get(name))
