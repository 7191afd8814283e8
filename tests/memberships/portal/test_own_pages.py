"""A member's own pages by link: ledger with questions, the offer, a break, leaving."""

import hashlib
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select

from clubcrm.core.db import Model, db, unit_of_work
from clubcrm.people.api import make_link
from memberships.contracts.history import contracts_of
from memberships.contracts.offers import OfferRequest, offer_renewal
from memberships.contracts.renewal_tables import DeclineReason, RenewalOffer
from memberships.packages.models import PackageEntry, PackageLot
from memberships.packages.services import use_visit
from memberships.portal.models import LedgerQuestion, QuestionState
from tests.memberships.conftest import SARA, TEN_VISITS, YEAR, make_contract, make_plan

ClientOf = Callable[[str], FlaskClient]
START = date(2027, 1, 31)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2027-01-31T06:00Z", tick=False) as traveller:
        yield traveller


def portal_token(app, cast, name: str = "Mia") -> str:
    with app.app_context(), unit_of_work():
        return make_link(cast.members[name], "portal", expires_at=None, by=SARA)


def year_with_offer(app, cast, clock) -> tuple[str, str, str]:
    """Mia's year is about to end; returns the offer's token, its id and another plan's id."""
    with app.app_context(), unit_of_work():
        old = make_contract(cast, YEAR, starts_on=START)
        other = make_plan(cast, YEAR, name="Half", term_months=6, price_minor=1_300_000)
        clock.move_to("2028-01-10T06:00Z")
        offer = offer_renewal(OfferRequest(old.id), by=SARA)
        token = make_link(
            cast.members["Mia"],
            "renewal_offer",
            subject_id=offer.public_id,
            expires_at=datetime(2028, 3, 30, tzinfo=UTC),
            by=SARA,
        )
        return token, offer.public_id, other.public_id


def used_visit(app, cast) -> int:
    """Mia has ten visits and used one; returns the line."""
    with app.app_context(), unit_of_work():
        pack = make_contract(cast, TEN_VISITS, starts_on=START)
        lot = db.session.scalars(
            select(PackageLot.id).where(PackageLot.contract_id == pack.id)
        ).one()
        assert use_visit(lot, "visit", "v1", datetime(2027, 1, 31, 6, tzinfo=UTC), "device:gate")
        return db.session.scalars(
            select(PackageEntry.id).where(PackageEntry.source_id == "v1")
        ).one()


def words_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def picture_of(app) -> str:
    with app.app_context(), unit_of_work(write=False) as session:
        rows = [
            repr(session.execute(select(table)).all()) for table in Model.metadata.sorted_tables
        ]
    return hashlib.sha256(repr(rows).encode()).hexdigest()


def left(app, cast) -> list[int | None]:
    with app.app_context(), unit_of_work(write=False):
        return [row.units_left for row in contracts_of(cast.members["Mia"])]


def test_looking_never_changes_anything(app, cast, clock):
    entry = used_visit(app, cast)
    token, offer_id, other = year_with_offer(app, cast, clock)
    own, client = portal_token(app, cast), app.test_client()
    with app.app_context(), unit_of_work(write=False):
        (year, _pack) = contracts_of(cast.members["Mia"])
    before = picture_of(app)

    pages = [
        f"/renew/{token}",
        f"/renew/{token}?plan={other}",
        f"/my/{own}",
        f"/my/{own}/ledger",
        f"/my/{own}/ledger/{entry}",
        f"/my/{own}/renew/{offer_id}",
        f"/my/{own}/freeze/{year.public_id}?from_on=2028-01-12&until_on=2028-01-14",
        f"/my/{own}/cancel/{year.public_id}?reason=price",
    ]
    statuses = [client.get(page).status_code for page in pages]

    assert statuses[:6] == [200] * 6
    assert set(statuses[6:]) <= {200, 409}
    assert picture_of(app) == before


def test_offer_is_accepted_with_one_button_and_stays_accepted(app, cast, clock):
    token, _offer, _other = year_with_offer(app, cast, clock)
    client = app.test_client()
    assert "24,000.00" in client.get(f"/renew/{token}").text

    first = client.post(f"/renew/{token}", data={"answer": "yes", "plan": ""})
    second = client.post(f"/renew/{token}", data={"answer": "yes", "plan": ""})

    assert (first.status_code, second.status_code) == (303, 303)
    assert "31 Jan 2028" in words_of(client.get(f"/renew/{token}").text)
    with app.app_context(), unit_of_work(write=False):
        starts = [row.starts_on for row in contracts_of(cast.members["Mia"])]
    assert starts == [date(2028, 1, 31), START]


def test_member_chooses_another_plan_or_says_why_not(app, cast, clock):
    token, offer_id, other = year_with_offer(app, cast, clock)
    client = app.test_client()
    said = {"answer": "no", "reason": "price", "words": "Too dear"}
    assert client.post(f"/renew/{token}", data=said).status_code == 303
    with app.app_context(), unit_of_work(write=False):
        kept = db.session.scalars(
            select(RenewalOffer).where(RenewalOffer.public_id == offer_id)
        ).one()
        assert (kept.reason, kept.words) == (DeclineReason.PRICE, "Too dear")

    client.post(f"/renew/{token}", data={"answer": "yes", "plan": other})

    with app.app_context(), unit_of_work(write=False):
        assert contracts_of(cast.members["Mia"])[0].plan_name == "Half"


def test_ended_offer_is_told_politely_with_its_day(app, cast, clock):
    token, _offer, _other = year_with_offer(app, cast, clock)
    clock.move_to("2028-03-01T06:00Z")
    client = app.test_client()

    page = client.get(f"/renew/{token}")
    answer = client.post(f"/renew/{token}", data={"answer": "yes", "plan": ""})

    assert (page.status_code, answer.status_code) == (200, 409)
    assert "29 Feb 2028" in words_of(page.text)


def test_debit_is_questioned_in_two_taps_and_the_desk_gives_it_back(app, cast, client_of, clock):
    entry = used_visit(app, cast)
    token, client = portal_token(app, cast), app.test_client()
    assert f"/my/{token}/ledger/{entry}" in client.get(f"/my/{token}/ledger").text

    assert "Was this you?" in client.get(f"/my/{token}/ledger/{entry}").text
    for _tap in range(2):
        client.post(f"/my/{token}/ledger/{entry}", data={"words": "I was ill"})

    sara = client_of("Sara")
    desk = sara.get("/questions").text
    assert "I was ill" in desk
    (question,) = re.findall(r"/questions/(\w+)", desk)
    blank = sara.post(f"/questions/{question}", data={"do": "return", "reason": " "})
    assert (blank.status_code, left(app, cast)) == (400, [9])
    sara.post(f"/questions/{question}", data={"do": "return", "reason": "Double scan"})
    assert left(app, cast) == [10]
    assert "Double scan" in client.get(f"/my/{token}/ledger").text
    with app.app_context(), unit_of_work(write=False):
        (kept,) = db.session.scalars(select(LedgerQuestion)).all()
        assert kept.state is QuestionState.RETURNED


def test_desk_may_explain_instead(app, cast, client_of):
    entry = used_visit(app, cast)
    token, client = portal_token(app, cast), app.test_client()
    client.post(f"/my/{token}/ledger/{entry}")
    sara = client_of("Sara")
    (question,) = re.findall(r"/questions/(\w+)", sara.get("/questions").text)

    sara.post(f"/questions/{question}", data={"do": "explain", "reason": "Your card at 12:00"})

    assert left(app, cast) == [9]
    assert "Your card at 12:00" in client.get(f"/my/{token}/ledger").text


def test_member_takes_a_break_and_cancels_in_three_screens(app, cast, clock):
    with app.app_context(), unit_of_work():
        year = make_contract(cast, YEAR, starts_on=START).public_id
    token, client = portal_token(app, cast), app.test_client()
    clock.move_to("2027-03-01T06:00Z")
    days = {"from_on": "2027-03-10", "until_on": "2027-03-19"}

    assert "9 Feb 2028" in words_of(
        client.get(f"/my/{token}/freeze/{year}", query_string=days).text
    )
    assert client.post(f"/my/{token}/freeze/{year}", data=days).status_code == 303
    reason = {"reason": "moved_away"}
    assert client.get(f"/my/{token}/cancel/{year}").status_code == 200
    assert "9 Feb 2028" in words_of(
        client.get(f"/my/{token}/cancel/{year}", query_string=reason).text
    )
    assert client.post(f"/my/{token}/cancel/{year}", data=reason).status_code == 303


def test_links_of_others_and_ended_ones_open_nothing(app, cast, clock):
    entry = used_visit(app, cast)
    zia, client = portal_token(app, cast, "Zia"), app.test_client()
    with app.app_context(), unit_of_work():
        soon = datetime(2027, 1, 31, 6, tzinfo=UTC) + timedelta(minutes=1)
        ending = make_link(cast.members["Mia"], "portal", expires_at=soon, by=SARA)
        (pack,) = contracts_of(cast.members["Mia"])
    assert client.get(f"/my/{ending}").status_code == 200
    clock.shift(timedelta(minutes=2))

    for page in (
        f"/my/{ending}",
        f"/my/{zia}/ledger/{entry}",
        f"/my/{zia}/cancel/{pack.public_id}",
        f"/renew/{zia}",
        "/my/nothing",
    ):
        assert client.get(page).status_code == 404
    assert client.post(f"/my/{zia}/ledger/{entry}").status_code == 404
