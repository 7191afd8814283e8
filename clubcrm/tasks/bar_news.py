"""Handlers room: work for whoever buys for the bar: what runs low, what is about to expire."""

from datetime import timedelta

from flask_babel import lazy_gettext as _l

from bar_inventory.events import StockExpiring, StockLow
from clubcrm.core import clock
from clubcrm.core.events import Handlers
from clubcrm.tasks.services import TaskOrder, open_task

# Deliveries speak English, so the English sentence is stored; lists translate it for their reader.
LOW = _l("Something at the bar runs low")
LOW_SENTENCE = _l(
    "The page of the stock says what is below its mark, and for how many days it lasts."
)
BELOW_ZERO = _l("The bar has sold more than the stock knew of")
BELOW_ZERO_SENTENCE = _l("Book the delivery that came in, or count the product.")
EXPIRING = _l("Goods at the bar will soon be too old")
EXPIRING_SENTENCE = _l(
    "The page of the stock says what expires when: use it first, or write it off."
)


def on_stock_low(fact: StockLow) -> None:
    """A manager knows once a day that a product runs low or stands below zero."""
    day = fact.happened_at.date().isoformat()
    below = fact.is_below_zero
    kind = "stock_below_zero" if below else "stock_low"
    open_task(
        TaskOrder(
            source=f"{kind}:{fact.place_id}:{day}",
            club_id=fact.club_id or 0,
            kind=kind,
            title=str(BELOW_ZERO if below else LOW),
            sentence=str(BELOW_ZERO_SENTENCE if below else LOW_SENTENCE),
            role="manager",
            due_at=clock.now(),
            expires_at=clock.now() + timedelta(days=3),
        )
    )


def on_stock_expiring(fact: StockExpiring) -> None:
    """A barista knows once a day that something should be used first."""
    day = fact.happened_at.date().isoformat()
    open_task(
        TaskOrder(
            source=f"stock_expiring:{fact.place_id}:{day}",
            club_id=fact.club_id or 0,
            kind="stock_expiring",
            title=str(EXPIRING),
            sentence=str(EXPIRING_SENTENCE),
            role="manager",
            due_at=clock.now(),
            expires_at=clock.now() + timedelta(days=3),
        )
    )


HANDLERS: Handlers = {StockLow: (on_stock_low,), StockExpiring: (on_stock_expiring,)}
