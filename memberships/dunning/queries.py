"""Fees that are due, failing or in doubt, debtors by step, and what a mail about them needs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, or_, select, tuple_

from clubcrm.core.clubs import Club, Scope
from clubcrm.core.db import db
from clubcrm.core.i18n import LANGUAGES
from clubcrm.people.models import Person
from memberships.billing.gateways.models import PayMethod
from memberships.billing.gateways.rules import MethodState
from memberships.billing.models import Instalment, Invoice
from memberships.dunning.models import (
    ChargeEvent,
    RecurringCharge,
)
from memberships.dunning.rules import ChargeEventKind, ChargeState

OPEN_STATES = (ChargeState.DUE, ChargeState.ASKING, ChargeState.FAILING)


def charges_to_invoice(club_id: int, day: date) -> list[int]:
    """Return planned fees of the club whose day has come, the oldest first."""
    return list(
        db.session.scalars(
            select(RecurringCharge.id)
            .where(
                RecurringCharge.club_id == club_id,
                RecurringCharge.state == ChargeState.PLANNED,
                RecurringCharge.due_on <= day,
            )
            .order_by(RecurringCharge.due_on, RecurringCharge.id)
        )
    )


def charges_to_try(club_id: int, day: date, asking_before: datetime) -> list[int]:
    """Return fees whose next try has come, and those whose asking was cut short.

    Who lets the club keep no card pays the invoice himself: nothing is tried, and nothing fails.
    """
    return list(
        db.session.scalars(
            select(RecurringCharge.id)
            .where(
                RecurringCharge.club_id == club_id,
                or_(
                    (RecurringCharge.state == ChargeState.DUE)
                    & (RecurringCharge.next_try_on <= day)
                    & _has_card(),
                    (RecurringCharge.state == ChargeState.FAILING)
                    & (RecurringCharge.next_try_on <= day),
                    (RecurringCharge.state == ChargeState.ASKING)
                    & (RecurringCharge.asking_since < asking_before),
                ),
            )
            .order_by(RecurringCharge.next_try_on, RecurringCharge.id)
        )
    )


def _has_card() -> ColumnElement[bool]:
    card = select(PayMethod.id).where(
        PayMethod.person_id == RecurringCharge.payer_id, PayMethod.state == MethodState.ACTIVE
    )
    return card.exists()


def charges_paid_elsewhere(club_id: int) -> list[int]:
    """Return open fees whose invoice asks for nothing any more."""
    left = select(Instalment.id).where(
        Instalment.invoice_id == RecurringCharge.invoice_id, Instalment.open_minor > 0
    )
    return list(
        db.session.scalars(
            select(RecurringCharge.id)
            .where(
                RecurringCharge.club_id == club_id,
                RecurringCharge.state.in_([ChargeState.DUE, ChargeState.FAILING]),
                ~left.exists(),
            )
            .order_by(RecurringCharge.id)
        )
    )


def grace_end(fee: "FailedFee") -> date:
    """Return the last day on which a failed fee stops nobody at the gate."""
    last = select(func.max(Instalment.due_on)).where(Instalment.invoice_id == fee.invoice_id)
    return db.session.scalar(last) or fee.first_failed_on


def charges_in_doubt(club_id: int, asking_before: datetime) -> list[int]:
    """Return fees whose asking was cut short."""
    return list(
        db.session.scalars(
            select(RecurringCharge.id).where(
                RecurringCharge.club_id == club_id,
                RecurringCharge.state == ChargeState.ASKING,
                RecurringCharge.asking_since < asking_before,
            )
        )
    )


def failing_charges(club_id: int) -> list[int]:
    """Return fees of the club that have failed and are still open."""
    return list(
        db.session.scalars(
            select(RecurringCharge.id)
            .where(
                RecurringCharge.club_id == club_id,
                RecurringCharge.state == ChargeState.FAILING,
            )
            .order_by(RecurringCharge.id)
        )
    )


def open_of_invoice(invoice_id: int) -> int:
    """Return what an invoice still asks for."""
    left = select(func.coalesce(func.sum(Instalment.open_minor), 0)).where(
        Instalment.invoice_id == invoice_id
    )
    return int(db.session.scalar(left) or 0)


def methods_to_charge(person_id: int, ready: Sequence[str]) -> PayMethod | None:
    """Return the newest kept method of a payer at a gateway that is set up."""
    return db.session.scalars(
        select(PayMethod)
        .where(
            PayMethod.person_id == person_id,
            PayMethod.state == MethodState.ACTIVE,
            PayMethod.gateway.in_(ready),
        )
        .order_by(PayMethod.id.desc())
        .limit(1)
    ).first()


def events_of(charge_id: int) -> Sequence[ChargeEvent]:
    """Return what happened to a fee, in order."""
    return db.session.scalars(
        select(ChargeEvent).where(ChargeEvent.charge_id == charge_id).order_by(ChargeEvent.id)
    ).all()


def has_event(charge_id: int, kind: ChargeEventKind) -> bool:
    """Tell whether such a thing has happened to the fee."""
    found = select(ChargeEvent.id).where(
        ChargeEvent.charge_id == charge_id, ChargeEvent.kind == kind
    )
    return db.session.scalar(found) is not None


def charge_of_invoice(invoice_id: int) -> RecurringCharge | None:
    """Return the fee an invoice was issued for."""
    return db.session.scalars(
        select(RecurringCharge).where(RecurringCharge.invoice_id == invoice_id)
    ).first()


def invoice_of(charge_id: int) -> tuple[str, str] | None:
    """Return number and public id of a fee's invoice."""
    row = db.session.execute(
        select(Invoice.number, Invoice.public_id)
        .join(RecurringCharge, RecurringCharge.invoice_id == Invoice.id)
        .where(RecurringCharge.id == charge_id)
    ).first()
    return (row[0], row[1]) if row else None


def charge_for_invoice(scope: Scope, public_id: str) -> RecurringCharge | None:
    """Return the fee that an invoice of the scope was issued for."""
    return db.session.scalars(
        select(RecurringCharge)
        .join(Invoice, Invoice.id == RecurringCharge.invoice_id)
        .where(Invoice.public_id == public_id, Invoice.club_id.in_(scope.club_ids))
    ).first()


def charge_for(scope: Scope, public_id: str) -> RecurringCharge | None:
    """Return a fee of the scope."""
    return db.session.scalars(
        select(RecurringCharge).where(
            RecurringCharge.public_id == public_id, RecurringCharge.club_id.in_(scope.club_ids)
        )
    ).first()


@dataclass(frozen=True, slots=True)
class FailedFee:
    """What a mail or a task about a failed fee says."""

    charge_id: int
    club_id: int
    club_zone: str
    payer_id: int
    invoice_id: int
    text: str
    open_minor: int
    currency: str
    is_open: bool
    next_try_on: date | None
    first_failed_on: date
    why: str
    attempts: int
    language: str


def language_of(*wishes: str | None) -> str:
    """Return the first language of the wishes that we write in, else English."""
    for wish in wishes:
        base = (wish or "").replace("-", "_").partition("_")[0]
        if base in LANGUAGES:
            return base
    return LANGUAGES[0]


def failed_fee(invoice_id: int) -> FailedFee | None:
    """Return the failed fee of an invoice, None when it never failed."""
    row = db.session.execute(
        select(RecurringCharge, Club.zone, Person.language, Club.locale)
        .join(Club, Club.id == RecurringCharge.club_id)
        .join(Person, Person.id == RecurringCharge.payer_id)
        .where(RecurringCharge.invoice_id == invoice_id)
    ).first()
    if row is None:
        return None
    charge: RecurringCharge = row[0]
    left = open_of_invoice(invoice_id)
    return FailedFee(
        charge.id,
        charge.club_id,
        row[1],
        charge.payer_id,
        invoice_id,
        charge.text,
        left,
        charge.currency,
        charge.state is ChargeState.FAILING and left > 0,
        charge.next_try_on,
        charge.first_failed_on or charge.due_on,
        charge.why,
        charge.attempts,
        language_of(row[2], row[3]),
    )


@dataclass(frozen=True, slots=True)
class FailingRow:
    """A failed fee as the list of failed payments shows it."""

    charge: RecurringCharge
    payer_name: str
    payer_public_id: str
    member_name: str
    invoice_number: str
    open_minor: int
    method: str
    last_why: str


def failing_rows(
    club_id: int, *, after_id: int | None = None, limit: int = 200
) -> list[FailingRow]:
    """Return failed fees of a club behind the key, those tried next first, with their last try."""
    tried_on = func.coalesce(RecurringCharge.next_try_on, date.max)
    member = Person.__table__.alias("member")
    left = (
        select(func.coalesce(func.sum(Instalment.open_minor), 0))
        .where(Instalment.invoice_id == RecurringCharge.invoice_id)
        .scalar_subquery()
    )
    card = (
        select(func.max(PayMethod.label))
        .where(
            PayMethod.person_id == RecurringCharge.payer_id,
            PayMethod.state == MethodState.ACTIVE,
        )
        .scalar_subquery()
    )
    wanted = (
        select(RecurringCharge, Person, member.c.given_name, Invoice.number, left, card)
        .join(Person, Person.id == RecurringCharge.payer_id)
        .join(member, member.c.id == RecurringCharge.person_id)
        .join(Invoice, Invoice.id == RecurringCharge.invoice_id)
        .where(
            RecurringCharge.club_id == club_id,
            RecurringCharge.state.in_([ChargeState.FAILING, ChargeState.ASKING]),
        )
        .order_by(tried_on, RecurringCharge.id)
        .limit(limit)
    )
    last = db.session.get(RecurringCharge, after_id) if after_id is not None else None
    if last is not None:
        here = tuple_(last.next_try_on or date.max, last.id)
        wanted = wanted.where(tuple_(tried_on, RecurringCharge.id) > here)
    return [
        FailingRow(
            charge,
            payer.full_name,
            payer.public_id,
            name if charge.person_id != charge.payer_id else "",
            number,
            int(open_minor),
            label or "",
            charge.why,
        )
        for charge, payer, name, number, open_minor, label in db.session.execute(wanted)
    ]


def is_invoiced(contract_id: int, first_day: date) -> bool:
    """Tell whether the period of a contract that begins on a day was invoiced."""
    found = db.session.scalar(
        select(RecurringCharge.id).where(
            RecurringCharge.contract_id == contract_id,
            RecurringCharge.covers_from == first_day,
            RecurringCharge.state.not_in((ChargeState.PLANNED, ChargeState.STOPPED)),
        )
    )
    return found is not None
