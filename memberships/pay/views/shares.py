"""Views room: whose session or sale it was, in percent, with everybody who changed that."""

from decimal import Decimal, InvalidOperation

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clubcrm.core.errors import DomainError, invalid, not_found
from clubcrm.core.shell import my_clubs
from clubcrm.core.text import ascii_digits
from clubcrm.core.web import current_actor, require
from memberships.pay import words
from memberships.pay.queries import people_paid
from memberships.pay.rules import WorkKind, month_of
from memberships.pay.sharing import divide
from memberships.pay.works import WorkShown, divisions_of, work_for
from memberships.permissions import EDIT_PAY

shares = Blueprint("shares", __name__, url_prefix="/pay/shares")
WHOLE_PERCENT = Decimal(100)


@shares.get("/<work_id>")
@require(EDIT_PAY)
def show(work_id: str) -> ResponseReturnValue:
    """Who it counts for, with a field for each who may share in it."""
    return _page(_work(work_id))


@shares.post("/<work_id>")
@require(EDIT_PAY)
def save(work_id: str) -> ResponseReturnValue:
    """It counts for the people named, in the parts named."""
    work = _work(work_id)
    try:
        divide(work, _typed(work), by=current_actor().ref)
    except DomainError as error:
        return _page(work, refusal=error.text, status=error.status)
    flash(_("Divided. Statements of the open month count it so."), "success")
    return redirect(url_for("shares.show", work_id=work_id), 303)


def _work(work_id: str) -> WorkShown:
    kind, _mark, number = work_id.partition("-")
    found = None
    if kind in set(WorkKind) and number.isascii() and number.isdigit() and len(number) < 10:
        found = work_for(current_actor().scope, WorkKind(kind), int(number))
    if found is None:
        raise not_found(_("There is no such session or sale."))
    return found


def _typed(work: WorkShown) -> dict[int, int]:
    found: dict[int, int] = {}
    for user_id, public_id, name in people_paid(work.club_id):
        typed = ascii_digits(request.form.get(f"share-{public_id}", "")).strip().replace(",", ".")
        if not typed:
            continue
        share = _percent(typed)
        if share is None:
            text = _("Expected a percentage such as 50 or 12.5 for %(name)s.", name=name)
            raise invalid({f"share-{public_id}": text})
        if share:
            found[user_id] = share
    return found


def _percent(typed: str) -> int | None:
    """Return basis points, None for what is no percentage with two decimals at most."""
    try:
        value = Decimal(typed)
    except InvalidOperation:
        return None
    if not value.is_finite() or not 0 <= value <= WHOLE_PERCENT:
        return None
    return int(value * 100) if value * 100 == int(value * 100) else None


def _page(work: WorkShown, *, refusal: str = "", status: int = 200) -> ResponseReturnValue:
    club = next(one for one in my_clubs() if one.id == work.club_id)
    people = people_paid(work.club_id)
    held = dict(work.shares)
    typed = request.form if request.method == "POST" else None
    rows = [
        (public_id, name, typed.get(f"share-{public_id}", "") if typed else _shown(held.get(user)))
        for user, public_id, name in people
    ]
    names = {user: name for user, _public, name in people}
    page = render_template(
        "memberships/pay/shares.html",
        work=work,
        club=club,
        month=month_of(work.day),
        rows=sorted(rows, key=lambda row: not row[2]),
        divisions=divisions_of(work),
        names=names,
        refusal=refusal,
        work_words=words.work_words,
    )
    return page, status


def _shown(share_bp: int | None) -> str:
    return f"{share_bp / 100:g}" if share_bp else ""
