"""Queries room: the words in which rules of pay and lines of a statement are read."""

from flask_babel import gettext as _
from flask_babel import ngettext

from clubcrm.core.formats import money
from memberships.packages.words import service_words
from memberships.pay.models import PayRule
from memberships.pay.rules import PayKind, WorkKind


def kind_words(kind: PayKind) -> str:
    """Return how a rule pays."""
    return {
        PayKind.FIXED: _("Fixed amount per session"),
        PayKind.PER_HEAD: _("Amount per head"),
        PayKind.SHARE_OF_PRICE: _("Share of the session's price"),
        PayKind.TIERS: _("Steps by number of sessions"),
        PayKind.SHARE_OF_SALE: _("Share of a sale"),
        PayKind.SALARY: _("Monthly salary"),
    }[kind]


def work_words(kind: WorkKind) -> str:
    """Return what a line is paid for."""
    return {
        WorkKind.SESSION: _("Session"),
        WorkKind.SALE: _("Package sold"),
        WorkKind.CONTRACT: _("Contract sold"),
        WorkKind.SALARY: _("Salary"),
    }[kind]


def service_of_rule(service: str | None) -> str:
    """Return which service a rule speaks of."""
    if service is None:
        return _("every service")
    return _("memberships") if service == "membership" else service_words(service)


def terms_words(row: PayRule | None, currency: str) -> str:
    """Return what a rule pays in one phrase, nothing for a line that no rule covers."""
    if row is None:
        return _("no rule covers it")
    if row.kind in {PayKind.SHARE_OF_PRICE, PayKind.SHARE_OF_SALE}:
        share = f"{row.share_bp / 100:g}"
        what = _("of the price") if row.kind is PayKind.SHARE_OF_PRICE else _("of the sale")
        text = _("%(share)s%% %(what)s", share=share, what=what)
    elif row.kind is PayKind.TIERS:
        steps = (
            _("from %(count)s: %(amount)s", count=count, amount=money(amount, currency))
            for count, amount in row.tiers
        )
        text = ", ".join(steps)
    else:
        amount = money(row.amount_minor, currency)
        text = {
            PayKind.FIXED: _("%(amount)s per session", amount=amount),
            PayKind.PER_HEAD: _("%(amount)s per head", amount=amount),
        }.get(row.kind, _("%(amount)s a month", amount=amount))
    if row.missed_bp:
        missed = f"{row.missed_bp / 100:g}"
        text = f"{text}; {_('%(share)s%% when the client did not come', share=missed)}"
    return text


def days_words(count: int) -> str:
    """Return so many days in words."""
    return ngettext("%(num)s day", "%(num)s days", count)


def rule_fault_words(fault: str) -> str:
    """Return the sentence for a broken rule of a rule."""
    return {
        "range": _("This number is out of range."),
        "needed": _("A salary needs its person."),
        "order": _("The steps begin at 1 and rise; a last day lies after the first."),
    }[fault]
