"""What trainers and members hold in one hand: their pages on a phone, in light and dark."""

from datetime import timedelta

from flask import Flask

from clubcrm.core import clock
from clubcrm.core.db import db, unit_of_work
from clubcrm.messaging.own_links import NEWS_PURPOSE
from clubcrm.people.api import make_link
from clubcrm.people.models import Person
from memberships.contracts.links import OFFER_PURPOSE, PORTAL_PURPOSE
from memberships.contracts.models import Contract
from memberships.contracts.offers import OfferRequest, offer_renewal
from memberships.contracts.plans import create_plan
from memberships.contracts.rules import PlanKind
from memberships.contracts.services import SignRequest, sign
from memberships.contracts.terms import PlanTerms
from tests.browser.conftest import PHONE, OpenDesk
from tests.browser.test_pages import judge_twice
from tests.cast import Cast


def ending_year(cast: Cast) -> Contract:
    """Mia's year ends in three weeks."""
    terms = PlanTerms("Year", PlanKind.TERM, 2_400_000, "BDT", term_months=12)
    plan = create_plan(cast.club, terms, by="user:1")
    today = clock.today("Asia/Dhaka")
    begun = (today + timedelta(days=21)).replace(year=today.year - 1)
    return sign(SignRequest(cast.members["Mia"], plan.id, begun), by="user:1")


def addresses(app: Flask, cast: Cast) -> dict[str, str]:
    """Return Mia's pages by links just made."""
    with app.app_context(), unit_of_work():
        mia = db.session.get_one(Person, cast.members["Mia"])
        year = ending_year(cast)
        offer = offer_renewal(OfferRequest(year.id), by="user:1")
        home = make_link(mia.id, PORTAL_PURPOSE, expires_at=None, by="user:1")
        renew = make_link(
            mia.id, OFFER_PURPOSE, subject_id=offer.public_id, expires_at=None, by="user:1"
        )
        news = make_link(mia.id, NEWS_PURPOSE, expires_at=None, by="user:1")
        return {
            "own-home": f"/my/{home}",
            "own-code": f"/my/{home}/code",
            "own-classes": f"/my/{home}/classes",
            "own-address": f"/my/{home}/address",
            "own-cards": f"/my/{home}/cards",
            "own-ledger": f"/my/{home}/ledger",
            "own-freeze": f"/my/{home}/freeze/{year.public_id}",
            "own-cancel": f"/my/{home}/cancel/{year.public_id}",
            "own-offer": f"/renew/{renew}",
            "own-break": f"/renew/{renew}/break",
            "own-news": f"/me/news/{news}",
            "own-sign-in": "/me",
        }


def test_pages_of_a_member_are_accessible_and_fit(
    app: Flask, cast: Cast, open_desk: OpenDesk
) -> None:
    pages = addresses(app, cast)
    phone = open_desk("Frank", PHONE, "light")
    # The desk asks for news all the time; signed out, it would leave for the sign-in just now.
    phone.page.goto("about:blank")
    phone.page.context.clear_cookies()

    for name, path in pages.items():
        answer = phone.page.goto(path)
        assert answer is not None
        assert answer.status == 200, name
        judge_twice(phone, name)

    assert phone.complaints == []


def test_pages_of_a_trainer_are_accessible_and_fit(open_desk: OpenDesk) -> None:
    tara = open_desk("Tara", PHONE, "light")

    for name, path in {
        "trainer": "/trainer",
        "trainer-profile": "/trainer/profile",
        "trainer-pay": "/pay/mine",
    }.items():
        tara.open(path)
        judge_twice(tara, name)

    assert tara.complaints == []
