"""Names of the rights that the bar asks for, with the words of the rights table."""

from collections.abc import Mapping
from typing import Final

from flask_babel import lazy_gettext as _l

SEE_STOCK: Final = "bar.stock"
MOVE_STOCK: Final = "bar.move"
COUNT_STOCK: Final = "bar.count"
BOOK_COUNTS: Final = "bar.book_counts"
SEE_COSTS: Final = "bar.costs"
EDIT_PRODUCTS: Final = "bar.products"
ORDER_GOODS: Final = "bar.order"
APPROVE_ORDERS: Final = "bar.approve"

RIGHTS: Mapping[str, object] = {
    SEE_STOCK: _l("See products and what is on hand"),
    MOVE_STOCK: _l("Receive goods, write off, move between places"),
    COUNT_STOCK: _l("Count the stock"),
    BOOK_COUNTS: _l("Book the differences of a count and take stock lines back"),
    SEE_COSTS: _l("See what goods cost and what the stock is worth"),
    EDIT_PRODUCTS: _l("Create and change products, prices and recipes"),
    ORDER_GOODS: _l("Keep suppliers and draft orders"),
    APPROVE_ORDERS: _l("Approve orders of others"),
}

# What somebody behind the bar does alone.
BEHIND_THE_BAR = frozenset({SEE_STOCK, MOVE_STOCK, COUNT_STOCK})
FOR_ACCOUNTANTS = frozenset({SEE_STOCK, SEE_COSTS})
