"""Queries room: one line of the card that says how the member stands with the till."""

from flask import url_for
from flask_babel import gettext as _

from clubcrm.card.member import Line
from clubcrm.core.formats import day, money
from clubcrm.core.policy import current_actor
from memberships.billing.queries import account_of
from memberships.permissions import SEE_CONTRACTS


def account_line(person_id: int, club_id: int, public_id: str) -> Line | None:
    """Return what a person owes or has as credit, for those who may see it."""
    if not current_actor().may(SEE_CONTRACTS):
        return None
    found = account_of(person_id, club_id)
    href = url_for("account.show", person_id=public_id)
    owed = money(found.owed_minor, found.currency)
    if found.overdue_minor and found.oldest_due_on:
        text = _("since %(day)s", day=day(found.oldest_due_on))
        return Line(_("Owes %(sum)s", sum=owed), text, "stop", _("late"), "alert-circle", href=href)
    if found.owed_minor and found.oldest_due_on:
        due = day(found.oldest_due_on)
        text = _("due on %(day)s", day=due)
        if found.next_minor != found.owed_minor:
            part = money(found.next_minor, found.currency)
            text = _("%(sum)s of it due on %(day)s", sum=part, day=due)
        return Line(_("Owes %(sum)s", sum=owed), text, "note", _("to pay"), "clock", href=href)
    credit = ""
    if found.credit_minor:
        credit = _("%(sum)s credit", sum=money(found.credit_minor, found.currency))
    return Line(_("Nothing is open"), credit, "go", _("all paid"), "circle-check", href=href)
