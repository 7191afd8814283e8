"""Why members leave, whoever asked them."""

from datetime import date, timedelta

import pytest

from clubcrm.core import clock
from clubcrm.core.db import db
from memberships.api import (
    NEVER_CHASED,
    CancelReason,
    CancelRequest,
    DeclineReason,
    LeaveReason,
    OfferRequest,
    ReasonGiven,
    ReasonSource,
    cancel_contract,
    decline_renewal,
    give_reason,
    offer_renewal,
    reasons_by_contract,
)
from memberships.contracts.leaving import LeaveReason as Reason
from memberships.contracts.offers import SAID
from memberships.contracts.reason_tables import LeavingReason
from memberships.contracts.reasons import newest_reason
from memberships.contracts.words import leave_reason_words
from tests.cast import Cast
from tests.memberships.conftest import MONTHLY, SARA, make_contract

pytestmark = pytest.mark.usefixtures("unit")


def _today() -> date:
    return clock.today("Asia/Dhaka")


def test_reason_of_a_cancellation_is_kept_with_the_others(cast: Cast) -> None:
    contract = make_contract(cast, MONTHLY, starts_on=_today() - timedelta(days=100))

    cancel_contract(CancelRequest(contract.id, CancelReason.MOVED_AWAY), by=SARA)

    kept = newest_reason(contract.id)
    assert kept is not None
    assert (kept.reason, kept.source, kept.given_on) == (
        LeaveReason.MOVED_AWAY,
        ReasonSource.CANCEL,
        _today(),
    )
    assert kept.reason in NEVER_CHASED


def test_reason_of_a_declined_offer_is_kept_with_the_others(cast: Cast) -> None:
    contract = make_contract(cast, starts_on=_today() - timedelta(days=340))
    offer = offer_renewal(OfferRequest(contract.id), by=SARA)

    decline_renewal(offer.id, DeclineReason.OTHER_CLUB, by="member", words="Closer to home")

    kept = newest_reason(contract.id)
    assert kept is not None
    assert (kept.reason, kept.source, kept.note) == (
        LeaveReason.COMPETITOR,
        ReasonSource.OFFER,
        "Closer to home",
    )


def test_newest_word_counts_and_the_same_word_is_kept_once(cast: Cast) -> None:
    contract = make_contract(cast, starts_on=_today() - timedelta(days=340))
    price = ReasonGiven(contract.id, LeaveReason.PRICE, ReasonSource.OFFER)

    give_reason(price, by=SARA)
    give_reason(price, by=SARA)
    give_reason(ReasonGiven(contract.id, LeaveReason.MOVED_AWAY, ReasonSource.CALL), by=SARA)

    assert reasons_by_contract([contract.id, 999]) == {contract.id: LeaveReason.MOVED_AWAY}
    assert db.session.query(LeavingReason).count() == 2


def test_every_answer_to_an_offer_and_every_cancellation_has_its_reason() -> None:
    assert set(SAID) == set(DeclineReason)
    assert {one.value for one in CancelReason} <= {one.value for one in Reason}
    assert all(leave_reason_words(one) for one in Reason)
