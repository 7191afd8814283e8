"""Members with a past, made in the running unit of work: contracts, visits, freezes, closings."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from access_control.models import VisitDay
from clubcrm.core.clubs import ClosedDay
from clubcrm.core.db import db
from clubcrm.journeys.definitions import current_settings, save_version
from memberships.blocks.models import Block
from memberships.blocks.rules import BlockOwner
from memberships.contracts.models import Contract, Plan, PlanVersion
from memberships.contracts.rules import ContractState, PlanKind
from tests.cast import make_member

_numbers = iter(range(1, 10**9))


def make_plan(club: int, kind: PlanKind = PlanKind.TERM) -> int:
    """A plan of the kind exists; returns the id of its version."""
    plan = Plan(club_id=club, kind=kind)
    db.session.add(plan)
    db.session.flush()
    version = PlanVersion(plan_id=plan.id, number=1, name=f"Plan {kind}", currency="BDT")
    db.session.add(version)
    db.session.flush()
    return version.id


def sign(
    person: int,
    club: int,
    starts_on: date,
    ends_on: date | None,
    version: int | None = None,
) -> int:
    """The person has a signed contract from one day to another; returns its id."""
    contract = Contract(
        number=f"T-{next(_numbers)}",
        club_id=club,
        person_id=person,
        payer_id=person,
        plan_version_id=version or make_plan(club),
        state=ContractState.SIGNED,
        starts_on=starts_on,
        ends_on=ends_on,
        price_minor=0,
        currency="BDT",
    )
    db.session.add(contract)
    db.session.flush()
    return contract.id


def came(person: int, club: int, days: Iterable[date]) -> None:
    """The person was here on each of the days."""
    db.session.add_all(
        [VisitDay(person_id=person, club_id=club, day=day) for day in sorted(set(days))]
    )
    db.session.flush()


def freeze(person: int, club: int, first: date, last: date | None) -> None:
    """The person's membership stood still from one day to another, both included."""
    db.session.add(
        Block(
            club_id=club,
            person_id=person,
            owner=BlockOwner.FREEZE,
            from_on=first,
            until_on=last,
            placed_by="system",
        )
    )
    db.session.flush()


def close_club(club: int, days: Iterable[date]) -> None:
    """The club is shut on these days."""
    db.session.add_all([ClosedDay(club_id=club, day=day) for day in set(days)])
    db.session.flush()


def member(
    club: int,
    name: str,
    joined: date,
    visits: Iterable[date] = (),
    *,
    term: int = 365,
    email: str = "",
) -> int:
    """A member with one contract and these visit-days; returns the id."""
    person = make_member(name, club=club, email=email)
    sign(person.id, club, joined, joined + timedelta(days=term - 1))
    came(person.id, club, visits)
    return person.id


def lead_only(club: int, *codes: str, **changed: Any) -> None:
    """The club's journey has these touchpoints only, with changed numbers where some are named."""
    settings = current_settings(club)
    rules = {
        code: replace(rule, **changed) if code in codes else replace(rule, on=False)
        for code, rule in settings.codes.items()
    }
    save_version(club, replace(settings, codes=rules), by="system")
