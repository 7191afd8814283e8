"""Services room: numbers without a gap; taken in the transaction of what they number."""

from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from clubcrm.core.db import db
from memberships.billing.models import NumberSeries, SeriesKind

_PREFIXES = {SeriesKind.INVOICE: "INV", SeriesKind.CREDIT_NOTE: "CN", SeriesKind.RECEIPT: "RC"}


def next_number(club_id: int, kind: SeriesKind, year: int) -> int:
    """The next number of the series is taken; a transaction that fails gives it back.

    Whoever comes second waits at the series' row, so that numbers follow each other.
    """
    make = sqlite_insert if db.engine.dialect.name == "sqlite" else pg_insert
    fresh = make(NumberSeries).values(club_id=club_id, kind=kind, year=year, last_number=1)
    return db.session.execute(
        fresh.on_conflict_do_update(
            index_elements=["club_id", "kind", "year"],
            set_={"last_number": NumberSeries.last_number + 1},
        ).returning(NumberSeries.last_number)
    ).scalar_one()


def number_text(club_id: int, kind: SeriesKind, year: int, number: int) -> str:
    """Return the number as documents show it."""
    return f"{_PREFIXES[kind]}-{club_id}-{year}-{number:05d}"
