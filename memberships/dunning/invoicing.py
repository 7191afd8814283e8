"""Services room: fees whose day has come become invoices, many in one unit of work."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import groupby

from sqlalchemy import bindparam, select, update

from clubcrm.core import clock
from clubcrm.core.db import db
from clubcrm.core.states import move, move_many
from clubcrm.people.queries.locks import lock_people
from memberships.billing import settling
from memberships.billing.debts import refresh_debt
from memberships.billing.many import PeriodSale, issue_many
from memberships.billing.models import Payment
from memberships.billing.orders import LineKind, LineOrder
from memberships.dunning.models import ChargeSchedule, RecurringCharge
from memberships.dunning.queries import open_of_invoice
from memberships.dunning.rules import CHARGE_MOVES, ChargeState, ScheduleState
from memberships.dunning.services import charge_of, period_day, plan_next
from memberships.dunning.settings import ladder_of

SOURCE = "period"
BY_CREDIT = "paid by credit"


def invoice_charges(charge_ids: Sequence[int], day: date, *, by: str) -> int:
    """Each planned fee has its invoice and the next period is planned; returns how many.

    An invoice asks for its money by the end of the grace, so that access is kept until then.
    """
    wanted = RecurringCharge.id.in_(charge_ids)
    lock_people(set(db.session.scalars(select(RecurringCharge.payer_id).where(wanted))))
    charges = db.session.scalars(
        select(RecurringCharge)
        .where(wanted, RecurringCharge.state == ChargeState.PLANNED)
        .order_by(RecurringCharge.club_id, RecurringCharge.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    for club_id, group in groupby(charges, key=lambda charge: charge.club_id):
        _invoice(club_id, list(group), day, by=by)
    return len(charges)


def _invoice(club_id: int, charges: list[RecurringCharge], day: date, *, by: str) -> None:
    grace = timedelta(days=ladder_of(club_id).grace_days)
    # A night that was missed long ago leaves the member his grace all the same.
    sales = [
        PeriodSale(
            charge.payer_id,
            charge.person_id,
            line_of(charge),
            source_of(charge),
            max(charge.due_on, day) + grace,
        )
        for charge in charges
    ]
    invoices = issue_many(club_id, SOURCE, sales, by=by)
    ids = [charge.id for charge in charges]
    db.session.connection().execute(
        update(RecurringCharge)
        .where(RecurringCharge.id == bindparam("charge"))
        .values(invoice_id=bindparam("invoice"), next_try_on=day),
        [{"charge": one.id, "invoice": invoices[source_of(one)]} for one in charges],
    )
    move_many(
        RecurringCharge, ids, (ChargeState.PLANNED, ChargeState.DUE), moves=CHARGE_MOVES, by=by
    )
    _plan_on(charges, by=by)
    credited = _with_credit(club_id, {charge.payer_id for charge in charges})
    for charge in charges:
        if charge.payer_id in credited or not charge.amount_minor:
            _pay_by_credit(charge, by=by)


def _with_credit(club_id: int, payer_ids: set[int]) -> set[int]:
    """Return those payers who have money with the club that pays for nothing yet."""
    return set(
        db.session.scalars(
            select(Payment.payer_id).where(
                Payment.club_id == club_id, Payment.payer_id.in_(payer_ids), Payment.free_minor > 0
            )
        )
    )


def _pay_by_credit(charge: RecurringCharge, *, by: str) -> None:
    """What the payer has in credit fills his open parts, the oldest first, this one included."""
    db.session.refresh(charge)
    parts = settling.due_parts(charge.payer_id, charge.club_id, date.max)
    settling.use_credit(charge.payer_id, charge.club_id, parts, by=by)
    for person_id in sorted({charge.payer_id, charge.person_id}):
        refresh_debt(person_id, by=by)
    if not open_of_invoice(charge.invoice_id or 0):
        charge.settled_at, charge.why = clock.now(), BY_CREDIT
        move(charge, ChargeState.PAID, moves=CHARGE_MOVES, by=by, why=BY_CREDIT)


def _plan_on(charges: Sequence[RecurringCharge], *, by: str) -> None:
    """The period after each of these is planned; where anything is unusual, the usual way."""
    contracts = [charge.contract_id for charge in charges]
    schedules = {
        one.contract_id: one
        for one in db.session.scalars(
            select(ChargeSchedule).where(ChargeSchedule.contract_id.in_(contracts))
        )
    }
    last = {charge.contract_id: charge.period for charge in charges}
    later = set(
        db.session.scalars(
            select(RecurringCharge.contract_id).where(
                RecurringCharge.contract_id.in_(contracts),
                RecurringCharge.state.in_([ChargeState.PLANNED, ChargeState.STOPPED]),
            )
        )
    )
    for contract_id, period in last.items():
        schedule = schedules.get(contract_id)
        if schedule is None:
            continue
        ends = (
            schedule.until_on is not None and period_day(schedule, period + 1) > schedule.until_on
        )
        usual = schedule.state is ScheduleState.ACTIVE and not ends and contract_id not in later
        if usual and contracts.count(contract_id) == 1:
            db.session.add(charge_of(schedule, period + 1))
        else:
            plan_next(schedule, by=by)
    db.session.flush()


def source_of(charge: RecurringCharge) -> str:
    """Return the cause under which a period is invoiced, once for each contract and due day."""
    return f"{charge.contract_id}:{charge.due_on.isoformat()}"


def line_of(charge: RecurringCharge) -> LineOrder:
    """Return the line of a period's invoice, earned over the days it covers."""
    return LineOrder(
        charge.text,
        LineKind.MEMBERSHIP,
        charge.amount_minor,
        earned_from=charge.covers_from,
        earned_until=charge.covers_until,
        contract_id=charge.contract_id,
    )
