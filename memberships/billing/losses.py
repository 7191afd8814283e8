"""Services room: what was given up of an invoice by mistake is asked for again, within a day."""

from flask_babel import gettext as _

from clubcrm.core import audit, clock
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, invalid
from clubcrm.core.text import clean
from memberships.billing import settling
from memberships.billing.models import Invoice, WriteOff
from memberships.billing.write_offs import counts, is_over, parts_given_up, undo_source
from memberships.billing.writing import LONGEST_TEXT, refresh_people


def undo_write_off(lost: WriteOff, reason: str, *, by: str) -> WriteOff:
    """The invoice asks for it again: an opposite line names the old one and says why.

    Raises TOO_LATE a day after it was given up, STATE when it is taken back already.
    """
    why = clean(reason, "reason", longest=LONGEST_TEXT)
    if not why:
        raise invalid({"reason": _("Say why.")})
    invoice = db.session.get_one(Invoice, lost.invoice_id)
    club = settling.lock_payer(invoice.payer_id, invoice.club_id)
    if not counts(lost):
        raise DomainError("STATE", _("This was taken back already."))
    if is_over(lost):
        raise DomainError("TOO_LATE", _("This can be taken back for one day only."))
    back = WriteOff(
        invoice_id=invoice.id,
        amount_minor=-lost.amount_minor,
        reason=why,
        source_id=undo_source(lost),
        written_on=clock.today(club.zone),
        at=clock.now(),
        by=by,
    )
    db.session.add(back)
    db.session.flush()
    for instalment_id, amount in parts_given_up(lost.id):
        settling.ask_again(instalment_id, back.id, amount, by=by)
    after = {"amount_minor": back.amount_minor, "reason": why, "undoes": lost.id}
    audit.note("invoice.asked_again", "invoice", invoice.id, after=after, by=by)
    refresh_people(invoice, by=by)
    return back
