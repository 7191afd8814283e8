"""Queries room: what of contracts, money and units stands against forgetting a person."""

from flask_babel import gettext as _
from sqlalchemy import select

from clubcrm.core import clock
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.people.models import Person
from memberships.billing.queries import account_of
from memberships.contracts.models import Contract
from memberships.contracts.rules import ContractState
from memberships.packages.models import PackageLot


def erase_stops(person_id: int) -> list[str]:
    """Return why the club cannot forget a person yet, as sentences."""
    person = db.session.get_one(Person, person_id)
    club = db.session.get_one(Club, person.club_id)
    today = clock.today(club.zone)
    found = []
    running = select(Contract.id).where(
        (Contract.person_id == person_id) | (Contract.payer_id == person_id),
        Contract.state == ContractState.SIGNED,
        Contract.ends_on.is_(None) | (Contract.ends_on >= today),
    )
    if db.session.execute(running.limit(1)).first() is not None:
        found.append(_("A contract still runs. End it first."))
    account = account_of(person_id, person.club_id)
    if account.balance_minor:
        found.append(_("The account is not settled: money is owed one way or the other."))
    units = select(PackageLot.id).where(
        PackageLot.person_id == person_id,
        PackageLot.remaining > 0,
        PackageLot.expires_on.is_(None) | (PackageLot.expires_on >= today),
    )
    if db.session.execute(units.limit(1)).first() is not None:
        found.append(_("A package still has units. Let them be used, or give the money back."))
    return found
