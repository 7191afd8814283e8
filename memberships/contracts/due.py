"""Queries room: whose contracts end soon or have ended, and how their renewal stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, exists, func, select, tuple_
from sqlalchemy.orm import aliased

from clubcrm.core.clubs import Scope
from clubcrm.core.db import db
from clubcrm.people.models import Person
from memberships.contracts.deal_tables import OfferDeal
from memberships.contracts.models import Contract, Plan, PlanVersion
from memberships.contracts.renewal_tables import DeclineReason, OfferState, RenewalOffer
from memberships.contracts.rules import NOT_RENEWED, ContractState

MOST_ROWS = 300


@dataclass(frozen=True, slots=True)
class DueRow:
    """One contract to renew, with the newest offer made for it if there is any."""

    contract_id: int
    public_id: str
    person_public_id: str
    name: str
    plan_name: str
    ends_on: date
    price_minor: int
    currency: str
    offer_state: OfferState | None = None
    offer_until: date | None = None
    reason: DeclineReason | None = None

    def is_open(self, today: date) -> bool:
        """Tell whether an offer waits for the member's answer."""
        lasts = self.offer_until is not None and self.offer_until >= today
        return self.offer_state is OfferState.OPEN and lasts


def due_rows(
    club_id: int, first: date, last: date, *, after_id: int | None = None, limit: int = MOST_ROWS
) -> list[DueRow]:
    """Return the contracts of a club whose last day lies between two days and that nobody renewed.

    Who has a later contract already is not among them. They come soonest first, from behind the
    key on.
    """
    wanted = (
        select(
            Contract.id,
            Contract.public_id,
            Person,
            PlanVersion.name,
            Contract.ends_on,
            Contract.price_minor,
            Contract.currency,
        )
        .join(Person, Person.id == Contract.person_id)
        .join(PlanVersion, PlanVersion.id == Contract.plan_version_id)
        .join(Plan, Plan.id == PlanVersion.plan_id)
        .where(*_is_due(club_id, first, last))
        .order_by(Contract.ends_on, Contract.id)
        .limit(limit)
    )
    behind = db.session.get(Contract, after_id) if after_id is not None else None
    if behind is not None and behind.ends_on is not None:
        here = tuple_(behind.ends_on, behind.id)
        wanted = wanted.where(tuple_(Contract.ends_on, Contract.id) > here)
    rows = db.session.execute(wanted).all()
    newest = _newest_offers([row[0] for row in rows])
    return [_due(row, *newest.get(row[0], (None, None, None))) for row in rows]


def _is_due(club_id: int, first: date, last: date) -> tuple[ColumnElement[bool], ...]:
    later = aliased(Contract)
    goes_on = exists().where(
        later.person_id == Contract.person_id,
        later.state.in_((ContractState.SIGNED, ContractState.ENDED)),
        later.id != Contract.id,
        later.ends_on.is_(None) | (later.ends_on > Contract.ends_on),
    )
    return (
        Contract.club_id == club_id,
        Contract.ends_on.between(first, last),
        Contract.state.in_((ContractState.SIGNED, ContractState.ENDED)),
        Plan.kind.not_in(NOT_RENEWED),
        ~goes_on,
    )


def _due(
    row: Row[*tuple[Any, ...]],
    state: OfferState | None,
    until: date | None,
    reason: DeclineReason | None,
) -> DueRow:
    contract_id, public_id, person, plan_name, ends_on, price_minor, currency = row
    return DueRow(
        contract_id,
        public_id,
        person.public_id,
        person.full_name,
        plan_name,
        ends_on,
        price_minor,
        currency,
        state,
        until,
        reason,
    )


def count_due(club_id: int, spans: Sequence[tuple[date, date]]) -> list[int]:
    """Return how many rows each of these spans shows."""
    counted = (
        select(func.count())
        .select_from(Contract)
        .join(PlanVersion, PlanVersion.id == Contract.plan_version_id)
        .join(Plan, Plan.id == PlanVersion.plan_id)
    )
    return [
        db.session.scalar(counted.where(*_is_due(club_id, first, last))) or 0
        for first, last in spans
    ]


def offer_by_code(scope: Scope, typed: str) -> RenewalOffer | None:
    """Return the offer of a code as somebody says it at the desk, None when there is none."""
    letters = "".join(one for one in typed.upper() if one.isalnum())
    code = f"{letters[:4]}-{letters[4:]}"
    return db.session.scalars(
        select(RenewalOffer)
        .join(OfferDeal, OfferDeal.offer_id == RenewalOffer.id)
        .where(OfferDeal.code == code, RenewalOffer.club_id.in_(scope.club_ids))
    ).first()


def _newest_offers(
    contract_ids: Sequence[int],
) -> dict[int, tuple[OfferState, date, DeclineReason | None]]:
    rows = db.session.execute(
        select(
            RenewalOffer.contract_id,
            RenewalOffer.state,
            RenewalOffer.expires_on,
            RenewalOffer.reason,
        )
        .where(RenewalOffer.contract_id.in_(contract_ids))
        .order_by(RenewalOffer.id)
    )
    return {row[0]: (row[1], row[2], row[3]) for row in rows}


def last_days(today: date) -> dict[str, tuple[date, date]]:
    """Return the spans that the list shows, by name."""
    day = timedelta(days=1)
    return {
        "week": (today, today + 7 * day),
        "month": (today, today + 30 * day),
        "two": (today, today + 60 * day),
        "lapsed": (today - 30 * day, today - day),
    }
