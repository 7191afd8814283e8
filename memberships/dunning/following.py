"""Services room: what follows a failed fee day by day, and how a person ends it."""

from datetime import date, timedelta

from flask_babel import gettext as _

from clubcrm.core import audit, clock, events
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError
from clubcrm.core.states import move
from memberships.billing.credits import write_off
from memberships.billing.debts import refresh_debt
from memberships.billing.models import WriteOff
from memberships.billing.orders import WriteOffOrder
from memberships.dunning.charging import locked_charge
from memberships.dunning.models import ChargeEvent, RecurringCharge
from memberships.dunning.queries import has_event, open_of_invoice
from memberships.dunning.rules import CHARGE_MOVES, ChargeEventKind, ChargeState
from memberships.dunning.settings import ladder_of
from memberships.events import ChargeFollowUp


def follow_up(charge_id: int, day: date, *, by: str) -> int:
    """What the club does on set days after a failure is on its way; returns how many things.

    A fee that was paid another way in the meantime is done, and nothing follows.
    """
    charge = locked_charge(charge_id)
    if charge.state is not ChargeState.FAILING or charge.first_failed_on is None:
        return 0
    if not open_of_invoice(charge.invoice_id or 0):
        paid_elsewhere(charge, by=by)
        return 0
    ladder, since = ladder_of(charge.club_id), charge.first_failed_on
    done = 0
    for kind, after in (
        (ChargeEventKind.REMINDED, ladder.reminder_day),
        (ChargeEventKind.DESK_ASKED, ladder.task_day),
        (ChargeEventKind.GRACE_OVER, ladder.grace_days + 1),
    ):
        if after and day >= since + timedelta(days=after) and not has_event(charge.id, kind):
            _follow(charge, kind, day, by=by)
            done += 1
    return done


def _follow(charge: RecurringCharge, kind: ChargeEventKind, day: date, *, by: str) -> None:
    db.session.add(
        ChargeEvent(
            charge_id=charge.id,
            kind=kind,
            number=0,
            on_day=day,
            amount_minor=open_of_invoice(charge.invoice_id or 0),
            by=by,
        )
    )
    db.session.flush()
    if kind is ChargeEventKind.GRACE_OVER:
        for person_id in sorted({charge.payer_id, charge.person_id}):
            refresh_debt(person_id, by=by)
        return
    events.record(
        ChargeFollowUp(
            charge.club_id, clock.now(), charge.payer_id, charge.invoice_id or 0, kind.value
        )
    )


def note_paid(charge_id: int, *, by: str) -> None:
    """The fee whose invoice asks for nothing any more is done."""
    charge = locked_charge(charge_id)
    is_open = charge.state in {ChargeState.DUE, ChargeState.FAILING}
    if is_open and not open_of_invoice(charge.invoice_id or 0):
        paid_elsewhere(charge, by=by)


def paid_elsewhere(charge: RecurringCharge, *, by: str) -> None:
    """The fee's invoice was paid at the desk, by link or by credit."""
    charge.next_try_on, charge.why, charge.settled_at = None, "paid another way", clock.now()
    move(charge, ChargeState.PAID, moves=CHARGE_MOVES, by=by, why=charge.why)
    audit.note("charge.paid", "recurring_charge", charge.id, after={"how": charge.why}, by=by)
    db.session.flush()


def give_up(charge_id: int, reason: str, *, by: str) -> bool:
    """The club gives up what the fee still asks for; False while another person has to agree.

    Raises STATE for a fee that is paid or being charged, INVALID_INPUT without a reason.
    """
    charge = locked_charge(charge_id)
    if charge.state not in {ChargeState.DUE, ChargeState.FAILING}:
        raise DomainError("STATE", _("Only a fee that waits or has failed can be written off."))
    made = write_off(
        WriteOffOrder(charge.invoice_id or 0, reason, source_id=f"charge:{charge.id}"), by=by
    )
    if not isinstance(made, WriteOff):
        return False
    charge.next_try_on, charge.settled_at = None, clock.now()
    move(charge, ChargeState.WRITTEN_OFF, moves=CHARGE_MOVES, by=by, why=reason[:300])
    audit.note("charge.written_off", "recurring_charge", charge.id, after={"why": reason}, by=by)
    db.session.flush()
    return True
