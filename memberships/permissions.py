"""Names of the rights that memberships ask for, with the words of the rights table."""

from collections.abc import Mapping
from typing import Final

from flask_babel import lazy_gettext as _l

SEE_CONTRACTS: Final = "contracts.see"
SIGN_CONTRACTS: Final = "contracts.sign"
TRANSFER_CONTRACTS: Final = "contracts.transfer"
FREEZE_CONTRACTS: Final = "contracts.freeze"
GRANT_FREEZES: Final = "contracts.freeze_all"
CANCEL_CONTRACTS: Final = "contracts.cancel"
GIVE_DAYS: Final = "contracts.give_days"
CHANGE_ALL: Final = "contracts.change_all"
PLACE_BLOCKS: Final = "blocks.place"
SEE_PLANS: Final = "plans.see"
EDIT_PLANS: Final = "plans.edit"
CHANGE_GATEWAYS: Final = "gateways.change"
MAKE_PAY_LINKS: Final = "pay_links.make"
REVIEW_PAYMENTS: Final = "payments.review"
SEE_DEBTORS: Final = "debtors.see"
WORK_DEBTORS: Final = "debtors.work"
SEE_BOOKS: Final = "books.see"
WRITE_BOOKS: Final = "books.write"
CLOSE_BOOKS: Final = "books.close"
EDIT_PACKAGES: Final = "packages.edit"
SELL_PACKAGES: Final = "packages.sell"
CHANGE_UNITS: Final = "packages.units"
LOG_SESSIONS: Final = "sessions.log"
TRAIN: Final = "trainer.work"
ASSIGN_CLIENTS: Final = "trainer.assign"
SEE_PAY: Final = "pay.see"
EDIT_PAY: Final = "pay.edit"
PLAN_SHIFTS: Final = "shifts.plan"
EDIT_DOCUMENTS: Final = "documents.edit"
TAKE_WAIVERS: Final = "waivers.take"
TAKE_MEDICAL: Final = "medical.take"
SEE_MEDICAL: Final = "medical.see"
SEE_CLASSES: Final = "classes.see"
BOOK_CLASSES: Final = "classes.book"
TEACH_CLASSES: Final = "classes.teach"
EDIT_CLASSES: Final = "classes.edit"
EXCUSE_STRIKES: Final = "classes.excuse"
INVITE_GUESTS: Final = "guests.invite"
SEE_MONEY: Final = "money.see"
TAKE_MONEY: Final = "money.take"
REFUND_MONEY: Final = "money.refund"
DECIDE_APPROVALS: Final = "approvals.decide"
EDIT_MONEY: Final = "money.edit"
USE_TILL: Final = "till.use"
MANAGE_TILLS: Final = "till.manage"

RIGHTS: Mapping[str, object] = {
    SEE_CONTRACTS: _l("See contracts and balances"),
    SIGN_CONTRACTS: _l("Sign contracts and sell day passes"),
    TRANSFER_CONTRACTS: _l("Hand the rest of a contract to somebody else"),
    FREEZE_CONTRACTS: _l("Freeze contracts and end freezes"),
    GRANT_FREEZES: _l("Grant kinds of freeze that are kept to managers"),
    CANCEL_CONTRACTS: _l("Cancel contracts and take cancellations back"),
    GIVE_DAYS: _l("Give a member days and take them back"),
    CHANGE_ALL: _l("Give days to, or freeze, all members of a club"),
    PLACE_BLOCKS: _l("Stop a person at the gate and lift the stop"),
    SEE_PLANS: _l("See the plans on sale"),
    EDIT_PLANS: _l("Create and change plans"),
    CHANGE_GATEWAYS: _l("Choose how members pay online, and the steps for debts"),
    MAKE_PAY_LINKS: _l("Give members a link to pay an invoice"),
    REVIEW_PAYMENTS: _l("Decide on money that did not fit, and see kept cards"),
    SEE_DEBTORS: _l("See who is behind with payments"),
    WORK_DEBTORS: _l("Charge failed payments again, and write them off"),
    SEE_BOOKS: _l("See the cash book, profit and closings"),
    WRITE_BOOKS: _l("Write income and expenses into the cash book"),
    CLOSE_BOOKS: _l("Close days and months"),
    EDIT_PACKAGES: _l("Create and change packages on sale"),
    SELL_PACKAGES: _l("Sell packages"),
    CHANGE_UNITS: _l("Correct, transfer and take back units"),
    LOG_SESSIONS: _l("Log sessions and use units"),
    TRAIN: _l("Work as a trainer: own day, own clients, own pay"),
    ASSIGN_CLIENTS: _l("Give clients to trainers"),
    SEE_PAY: _l("See what everybody is paid"),
    PLAN_SHIFTS: _l("Plan shifts, note leave and name who stands in"),
    EDIT_PAY: _l("Set rules of pay, close months, answer questions"),
    EDIT_DOCUMENTS: _l("Change texts of documents, letterhead, rules of waivers"),
    TAKE_WAIVERS: _l("Take signatures of waivers"),
    TAKE_MEDICAL: _l("Hand in medical certificates, without opening them"),
    SEE_MEDICAL: _l("Open medical certificates and their files"),
    SEE_CLASSES: _l("See the timetable and how full classes are"),
    BOOK_CLASSES: _l("Book classes for members, see every list"),
    TEACH_CLASSES: _l("Keep the list of the classes one teaches"),
    EDIT_CLASSES: _l("Change the timetable, call off classes, set their rules"),
    EXCUSE_STRIKES: _l("Excuse late cancellations and missed classes"),
    INVITE_GUESTS: _l("Give guests of members a pass for the day"),
    SEE_MONEY: _l("See who owes what, and today's takings"),
    TAKE_MONEY: _l("Take payments and sell at the desk"),
    REFUND_MONEY: _l("Ask for refunds, credit notes and write-offs, within the role's limits"),
    DECIDE_APPROVALS: _l("Decide what colleagues may not do alone"),
    EDIT_MONEY: _l("Change taxes, rounding and limits of roles"),
    USE_TILL: _l("Open and close a shift at a till, and sell there"),
    MANAGE_TILLS: _l("See every shift, close those of others, set tills and limits of accounts"),
}

# What managers do not hold unless the owner gives it, and what accountants hold.
NOT_FOR_MANAGERS: Final = frozenset({WRITE_BOOKS, CLOSE_BOOKS, TRAIN, SEE_PAY, EDIT_PAY})
FOR_ACCOUNTANTS: Final = frozenset(
    {
        SEE_CONTRACTS,
        SEE_PLANS,
        MAKE_PAY_LINKS,
        REVIEW_PAYMENTS,
        SEE_DEBTORS,
        WORK_DEBTORS,
        SEE_BOOKS,
        WRITE_BOOKS,
        CLOSE_BOOKS,
        SEE_MONEY,
        TAKE_MONEY,
        REFUND_MONEY,
        EDIT_MONEY,
        SEE_PAY,
        EDIT_PAY,
        MANAGE_TILLS,
    }
)
