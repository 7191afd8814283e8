"""Who leaves, and who stays after all, has it in writing once, in his own language."""

from dataclasses import replace
from datetime import date

import pytest
import time_machine
from sqlalchemy import select

from clubcrm.core.clock import now
from clubcrm.core.db import db
from clubcrm.journeys.farewell import on_cancellation_withdrawn, on_contract_cancelled
from clubcrm.messaging.models import Message
from clubcrm.people.models import ContactKind, ContactPoint, Person
from memberships.contracts.cancelling import CancelRequest, cancel_contract, withdraw_cancellation
from memberships.contracts.conditions import EarlyEnd, LeavingTerms
from memberships.contracts.leaving import CancelReason
from memberships.events import CancellationWithdrawn, ContractCancelled
from tests.memberships.conftest import MONTHLY, SARA, YEAR, make_contract

pytestmark = pytest.mark.usefixtures("unit", "clock")
ROLLING = replace(MONTHLY, leaving=LeavingTerms(notice_days=30))
EARLY = LeavingTerms(notice_days=10, early=EarlyEnd.FEE, fee_minor=150_000)


@pytest.fixture
def clock():
    with time_machine.travel("2026-06-10T06:00Z", tick=False) as traveller:
        yield traveller


@pytest.fixture
def mail(cast):
    def reach(language: str) -> None:
        mia = db.session.get_one(Person, cast.members["Mia"])
        mia.language = language
        db.session.add(
            ContactPoint(
                person_id=mia.id,
                kind=ContactKind.EMAIL,
                value="mia@club.example",
                as_typed="mia@club.example",
            )
        )
        db.session.flush()

    return reach


def leave(contract) -> ContractCancelled:
    kept = cancel_contract(CancelRequest(contract.id, CancelReason.TIME), by=SARA)
    args = (contract.club_id, now(), contract.id, contract.person_id)
    return ContractCancelled(*args, "time", kept.asked_on, kept.last_day, False)


def letters() -> list[Message]:
    return list(db.session.scalars(select(Message).order_by(Message.id)))


def test_a_cancellation_is_confirmed_once_with_last_day_and_last_charge(cast, mail):
    mail("en")
    fact = leave(make_contract(cast, ROLLING, starts_on=date(2026, 1, 31)))

    on_contract_cancelled(fact)
    on_contract_cancelled(fact)

    (letter,) = letters()
    assert letter.code == "X4"
    assert letter.subject.endswith("is cancelled")
    assert "Your last day is 30 Jul 2026; until then the door opens as always." in letter.body
    assert "Still to be charged: ৳2,500.00, the last time on 30 Jun 2026." in letter.body


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "The fee for leaving early is"),
        ("ru", "Подтверждаем"),
        ("bn", "নিশ্চিত করছি"),
        ("ne", "पुष्टि गर्छ"),
    ],
)
def test_the_letter_speaks_the_language_of_its_reader(cast, mail, language, words):
    mail(language)
    fact = leave(make_contract(cast, replace(YEAR, leaving=EARLY), starts_on=date(2026, 1, 1)))

    on_contract_cancelled(fact)

    (letter,) = letters()
    assert words in letter.body


def test_who_stays_is_told_that_the_contract_goes_on(cast, mail):
    mail("en")
    contract = make_contract(cast, ROLLING, starts_on=date(2026, 1, 31))
    fact = leave(contract)
    withdraw_cancellation(contract.id, by=SARA)

    on_contract_cancelled(fact)
    on_cancellation_withdrawn(
        CancellationWithdrawn(contract.club_id, now(), contract.id, contract.person_id, None)
    )

    (letter,) = letters()
    assert letter.code == "X4b"
    assert "It runs until you cancel it." in letter.body
