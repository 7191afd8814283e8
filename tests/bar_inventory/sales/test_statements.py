"""How much a sale asks of the store: a counter with a queue feels every statement."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from clubcrm.core.db import db
from tests.bar_inventory.sales.conftest import Counter

# Each asked for once: shift, buyer, the sale itself, club, products, prices with their happy hours,
# wishes; the invoice with its number, parts, lines, audit line and fact; the payment with its
# number, its line of the drawer, audit line and fact, and what it pays; recipes and their parts;
# levels, lots and lines of the stock; the sale with lines, tenders, audit line, fact, the points it
# earns (told to them once) and slip.
MOST = 45


@contextmanager
def counted() -> Iterator[list[str]]:
    """Collect what is said to the store."""
    said: list[str] = []

    def hear(_conn: object, _cursor: object, statement: str, *_more: object) -> None:
        said.append(statement)

    event.listen(db.engine, "before_cursor_execute", hear)
    try:
        yield said
    finally:
        event.remove(db.engine, "before_cursor_execute", hear)


def test_a_sale_of_a_water_and_a_shake_takes_at_most_45_statements(till: Counter) -> None:
    till.sell(till.line("water"), cash=3_000)
    db.session.flush()
    db.session.expire_all()

    with counted() as said:
        till.sell(till.line("water", 2), till.line("shake"), cash=31_000)

    assert len(said) <= MOST, "\n".join(said)


def test_a_long_cart_takes_no_more_statements_than_a_short_one(till: Counter) -> None:
    lines = [till.line("shake", 1, *wish) for wish in ((), (till.oat_wish,))]
    till.sell(till.line("water"), cash=3_000)
    db.session.flush()
    db.session.expire_all()
    with counted() as short:
        till.sell(lines[0], cash=25_000)
    db.session.expire_all()

    with counted() as long:
        till.sell(*lines, till.line("water"), till.line("water", 2), cash=100_000)

    assert len(long) <= len(short)
