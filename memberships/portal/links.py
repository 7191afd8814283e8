"""Services room: the links to a member's own pages, also made where no request runs.

Each is empty when the club has no public address, or when there is nothing to show.
"""

from datetime import timedelta

from flask import current_app
from sqlalchemy import select

from clubcrm.core import clock
from clubcrm.core.db import db
from clubcrm.people.api import make_link
from memberships.contracts.links import (
    NOTICE_PURPOSE,
    OFFER_LIVES_ON,
    OFFER_PURPOSE,
    PORTAL_DAYS,
    PORTAL_PURPOSE,
    SIGN_IN_PURPOSE,
    end_of_day,
)
from memberships.contracts.models import Contract
from memberships.contracts.renewal_tables import RenewalOffer
from memberships.contracts.rules import ContractState
from memberships.contracts.touch_offers import offer_for, rolling_contract
from memberships.portal.queries import member_of

PAGE, OFFER_PAGE = "portal.home", "portal.offer"
FREEZE_PAGE, NOTICE_PAGE = "portal.freeze", "portal.notice"
SIGN_IN_PAGE = "portal.enter"
SIGN_IN_LIVES = timedelta(minutes=30)


def own_address(person_id: int, *, by: str) -> str:
    """Return the whole address of the member's page; empty when the club has no public address."""
    token = _own_token(person_id, by)
    return _address(PAGE, token=token) if token else ""


def sign_in_address(person_id: int, *, by: str) -> str:
    """Return an address that opens the member's page once, within half an hour."""
    if not _public_url():
        return ""
    ends = clock.now() + SIGN_IN_LIVES
    token = make_link(person_id, SIGN_IN_PURPOSE, expires_at=ends, by=by)
    return _address(SIGN_IN_PAGE, token=token)


def offer_address(person_id: int, touch: str, *, by: str) -> str:
    """Return the address of the offer of a touchpoint, made if the member has none as good.

    A contract that rolls on has a notice instead. Empty where there is nothing to offer.
    """
    if not _public_url():
        return ""
    offer = offer_for(person_id, touch, by=by)
    if offer is not None:
        return _address(OFFER_PAGE, token=offer_token(offer, by=by))
    rolling = rolling_contract(person_id)
    return notice_address(rolling, by=by) if rolling else ""


def offer_token(offer: RenewalOffer, *, by: str) -> str:
    """Return a new token that opens the offer, some weeks beyond its last day too."""
    member = member_of(offer.person_id)
    last_on = offer.expires_on + timedelta(days=OFFER_LIVES_ON)
    ends = end_of_day(member.zone if member else "UTC", last_on)
    return make_link(
        offer.person_id, OFFER_PURPOSE, subject_id=offer.public_id, expires_at=ends, by=by
    )


def notice_address(contract: Contract, *, by: str) -> str:
    """Return the address at which a member reads that his contract goes on by itself."""
    if not _public_url():
        return ""
    ends = clock.now() + timedelta(days=PORTAL_DAYS)
    token = make_link(
        contract.person_id, NOTICE_PURPOSE, subject_id=contract.public_id, expires_at=ends, by=by
    )
    return _address(NOTICE_PAGE, token=token)


def freeze_address(person_id: int, *, by: str) -> str:
    """Return the address at which a member lets his running contract stand still."""
    if not _public_url():
        return ""
    contract = db.session.scalars(
        select(Contract.public_id)
        .where(Contract.person_id == person_id, Contract.state == ContractState.SIGNED)
        .order_by(Contract.starts_on, Contract.id)
    ).first()
    token = _own_token(person_id, by) if contract else ""
    return _address(FREEZE_PAGE, token=token, contract=contract) if token else ""


def has_public_address() -> bool:
    """Tell whether links can be sent at all: without a public address nobody could open them."""
    return bool(_public_url())


def _own_token(person_id: int, by: str) -> str:
    if not _public_url():
        return ""
    ends = clock.now() + timedelta(days=PORTAL_DAYS)
    return make_link(person_id, PORTAL_PURPOSE, expires_at=ends, by=by)


def _public_url() -> str:
    url: str = current_app.extensions["club_settings"].public_url
    return url.rstrip("/")


def _address(endpoint: str, **values: object) -> str:
    return f"{_public_url()}{current_app.url_map.bind('localhost').build(endpoint, values)}"
