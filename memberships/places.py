"""Views room: the pages of the settings that belong to memberships, in the order of the list."""

from flask_babel import lazy_gettext as _l

from clubcrm.core.shell import Place
from memberships.permissions import (
    CHANGE_ALL,
    CHANGE_GATEWAYS,
    EDIT_CLASSES,
    EDIT_DOCUMENTS,
    EDIT_MONEY,
    EDIT_PLANS,
    MANAGE_TILLS,
    SEE_PAY,
    SEE_PLANS,
)

SETTINGS: tuple[Place, ...] = (
    Place(
        "plans.index",
        _l("Plans"),
        "file-text",
        SEE_PLANS,
        _l("What the club sells, at which price, with which hours"),
    ),
    Place(
        "products.index",
        _l("Packages"),
        "ticket",
        SEE_PLANS,
        _l("Sessions with trainers, massages and the like, by number"),
    ),
    Place(
        "promotions.index",
        _l("Promotions"),
        "discount",
        SEE_PLANS,
        _l("Lower prices of a season, and what they sold"),
    ),
    Place(
        "duty.week",
        _l("Shifts and leave"),
        "calendar-time",
        "",
        _l("Who works when, who is away, who stands in"),
    ),
    Place(
        "wages.index",
        _l("Pay"),
        "receipt",
        SEE_PAY,
        _l("Statements of trainers and sellers, rules, closed months"),
    ),
    Place(
        "gateways.choice",
        _l("Paying online"),
        "credit-card",
        CHANGE_GATEWAYS,
        _l("Cards and wallets by which members pay"),
    ),
    Place(
        "printers.show",
        _l("Printers"),
        "printer",
        MANAGE_TILLS,
        _l("Receipts on paper, cash drawers, slips that wait"),
    ),
    Place(
        "fiscal.choice",
        _l("Tax office"),
        "building-bank",
        EDIT_MONEY,
        _l("Whether bills are told to an office, and which"),
    ),
    Place(
        "dunning.rules",
        _l("Late payments"),
        "clock-exclamation",
        CHANGE_GATEWAYS,
        _l("Further tries of declined cards, and the steps of a debt"),
    ),
    Place(
        "document_settings.texts",
        _l("Documents"),
        "printer",
        EDIT_DOCUMENTS,
        _l("Words of contracts, waivers and invoices, letterhead"),
    ),
    Place(
        "waiver_settings.show",
        _l("Waivers and certificates"),
        "shield-check",
        EDIT_DOCUMENTS,
        _l("Which papers members need, and what the gate does without"),
    ),
    Place(
        "freeze_types.index",
        _l("Kinds of freeze"),
        "snowflake",
        SEE_PLANS,
        _l("How long, how often, for which price a contract may stand still"),
    ),
    Place(
        "renewing.rules",
        _l("Renewals and offers"),
        "refresh",
        EDIT_PLANS,
        _l("When members may renew, what is kept or added for whom"),
    ),
    Place(
        "everyone.index",
        _l("Days for everyone"),
        "gift",
        CHANGE_ALL,
        _l("Give days to, or freeze, all active members when the club was shut"),
    ),
    Place(
        "class_settings.index",
        _l("Classes and guests"),
        "calendar",
        EDIT_CLASSES,
        _l("The week, rooms, booking rules, waiting list, guest passes"),
    ),
    Place(
        "till_settings.show",
        _l("Tills"),
        "cash-register",
        MANAGE_TILLS,
        _l("Drawers, shifts, buying on account"),
    ),
)
