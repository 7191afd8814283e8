"""Who goes on has it in writing once, in his own language, whichever door was used."""

from datetime import date

import pytest
import time_machine
from sqlalchemy import select

from clubcrm.core.clock import now
from clubcrm.core.db import db
from clubcrm.journeys.going_on import on_contract_renewed
from clubcrm.messaging.models import Message
from clubcrm.people.models import ContactKind, ContactPoint, Person
from memberships.billing.models import Invoice
from memberships.contracts.offers import OfferRequest, offer_renewal
from memberships.contracts.renewals import AcceptRequest, accept_renewal, renew
from memberships.contracts.services import void_contract
from memberships.events import ContractRenewed
from tests.memberships.conftest import SARA, make_contract

pytestmark = pytest.mark.usefixtures("unit", "clock")


@pytest.fixture
def clock():
    with time_machine.travel("2027-01-31T06:00Z", tick=False) as traveller:
        yield traveller


def reachable(cast, language: str) -> None:
    """Mia reads letters in this language."""
    mia = db.session.get_one(Person, cast.members["Mia"])
    mia.language = language
    address = "mia@club.example"
    db.session.add(
        ContactPoint(person_id=mia.id, kind=ContactKind.EMAIL, value=address, as_typed=address)
    )
    db.session.flush()


def renewed(cast, clock) -> ContractRenewed:
    """Mia has accepted by link, and the desk has tried again."""
    old = make_contract(cast, starts_on=date(2027, 1, 31))
    clock.move_to("2028-01-10T06:00Z")
    offer = offer_renewal(OfferRequest(old.id), by=SARA)
    new = accept_renewal(AcceptRequest(offer.id), by="member:1").contract
    assert not renew(old.id, by=SARA, clash_seen=False).is_new
    return ContractRenewed(
        new.club_id,
        now(),
        new.id,
        new.person_id,
        old.id,
        offer.id,
        new.price_minor,
        new.starts_on,
        new.ends_on,
    )


def letters() -> list[Message]:
    return list(db.session.scalars(select(Message).order_by(Message.id)))


def test_f05_renewal_by_two_doors_is_one_invoice_and_one_letter(cast, clock):
    reachable(cast, "en")
    fact = renewed(cast, clock)

    on_contract_renewed(fact)
    on_contract_renewed(fact)

    (letter,) = letters()
    assert (letter.code, letter.subject) == ("X7", "Settled: you go on with Year")
    assert "goes on from 31 Jan 2028 until 30 Jan 2029" in letter.body
    assert "24,000.00" in letter.body
    causes = db.session.scalars(
        select(Invoice.id).where(
            Invoice.source_kind == "contract", Invoice.source_id == str(fact.contract_id)
        )
    ).all()
    assert len(causes) == 1


@pytest.mark.parametrize(("language", "word"), [("bn", "খুশি"), ("ne", "खुसी"), ("ru", "рады")])
def test_letter_speaks_the_language_of_its_reader(cast, clock, language, word):
    reachable(cast, language)

    on_contract_renewed(renewed(cast, clock))

    (letter,) = letters()
    assert (letter.language, word in letter.body) == (language, True)


def test_renewal_declared_void_before_the_letter_is_written_needs_none(cast, clock):
    reachable(cast, "en")
    fact = renewed(cast, clock)
    void_contract(fact.contract_id, by=SARA, why="Mistake")

    on_contract_renewed(fact)

    assert letters() == []
