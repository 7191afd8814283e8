"""Views room: every blueprint of the bar: the pages of the staff, the API, and their places."""

from flask import Blueprint
from flask_babel import lazy_gettext as _l

from bar_inventory.insight.views import bar_report
from bar_inventory.permissions import SEE_STOCK
from bar_inventory.purchasing.views.api import stock_api
from bar_inventory.purchasing.views.importing import bar_import
from bar_inventory.purchasing.views.orders import orders
from bar_inventory.purchasing.views.shelf import stock
from bar_inventory.purchasing.views.suppliers import suppliers
from bar_inventory.sales.views.api import sales_api
from bar_inventory.sales.views.sales import sale_pages
from bar_inventory.sales.views.till import till
from bar_inventory.stock.views.counts import counts
from bar_inventory.stock.views.pictures import bar_pictures
from bar_inventory.stock.views.places import bar_places
from bar_inventory.stock.views.products import bar_products
from clubcrm.core.shell import Place
from memberships.permissions import USE_TILL

PAGES: tuple[Blueprint, ...] = (
    till,
    sale_pages,
    stock,
    counts,
    bar_products,
    bar_import,
    bar_places,
    bar_pictures,
    orders,
    suppliers,
    bar_report,
)

API: tuple[Blueprint, ...] = (sales_api, stock_api)

# Shown in the rail to whoever works behind the bar; a manager has seven places of his own and
# finds the stock among the settings.
PLACES: tuple[Place, ...] = (
    Place("till.show", _l("Till"), "cash-register", USE_TILL, role="barista"),
    Place("till.show", _l("Till"), "cash-register", USE_TILL, role="desk"),
    Place("stock.index", _l("Stock"), "packages", SEE_STOCK, role="barista"),
)

SETTINGS: tuple[Place, ...] = (
    Place(
        "till.show",
        _l("Till"),
        "cash-register",
        USE_TILL,
        _l("Sell over the counter; sales and shifts"),
    ),
    Place(
        "stock.index",
        _l("Stock of the bar"),
        "packages",
        SEE_STOCK,
        _l("What lies where, counts, orders, products with prices and recipes"),
    ),
)
