"""A member's cards on his own page: a new one is typed at the gateway, an old one taken back."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from clubcrm.core.db import db, unit_of_work
from clubcrm.people.api import make_link
from memberships.billing.gateways.keeping import end_keeping
from memberships.billing.gateways.models import MethodSetup, PayMethod
from tests.memberships.conftest import SARA
from tests.memberships.gateways.fake import running
from tests.memberships.gateways.money import keys_of
from tests.memberships.gateways.stripe_fake import FakeStripe
from tests.memberships.races import PEOPLE, all_at_once


@pytest.fixture
def stripe_fake() -> Iterator[FakeStripe]:
    """Return a Stripe of our own that listens on this machine."""
    with running(FakeStripe()) as fake:
        yield fake  # type: ignore[misc]


@pytest.fixture
def shop(cast, open_app, stripe_fake):
    """Return an app that keeps cards at the fake."""
    return open_app(**keys_of(stripe_fake.url, "stripe"))


@pytest.fixture
def page(shop, cast) -> str:
    """Return the address of Mia's cards."""
    with shop.app_context(), unit_of_work():
        token = make_link(cast.members["Mia"], "portal", expires_at=None, by=SARA)
    return f"/my/{token}/cards"


def cards(shop) -> list[tuple[str, str, str]]:
    with shop.app_context(), unit_of_work(write=False):
        rows = db.session.scalars(select(PayMethod).order_by(PayMethod.id))
        return [(row.customer, row.label, row.state.value) for row in rows]


def ref_of(shop) -> str:
    with shop.app_context(), unit_of_work(write=False):
        return db.session.scalars(select(MethodSetup.ref).order_by(MethodSetup.id.desc())).first()


def test_card_is_typed_at_the_gateway_and_then_kept_once(shop, page, stripe_fake):
    client = shop.test_client()
    assert "No card is kept for you" in client.get(page).text

    there = client.post(page, data={"gateway": "stripe"})
    early = client.get(f"/pay/kept/{ref_of(shop)}").text
    stripe_fake.type_card("cs_1")
    back = [client.get(f"/pay/kept/{ref_of(shop)}").text for _ in range(2)]

    assert (there.status_code, there.location) == (303, f"{stripe_fake.url}/c/cs_1")
    assert "Not confirmed yet" in early
    assert ["Your card is kept" in text for text in back] == [True, True]
    assert cards(shop) == [("cus_new", "Visa •••• 1111", "active")]
    assert "Visa •••• 1111" in client.get(page).text


def test_new_card_stands_first_with_the_same_customer_and_the_old_one_is_taken_back(
    shop, page, stripe_fake
):
    client = shop.test_client()
    for number, (card, last4) in enumerate((("pm_1", "1111"), ("pm_2", "2222")), 1):
        client.post(page, data={"gateway": "stripe"})
        stripe_fake.type_card(f"cs_{number}", card, last4)
        client.get(f"/pay/kept/{ref_of(shop)}")
    with shop.app_context(), unit_of_work(write=False):
        old = db.session.scalars(select(PayMethod.public_id).order_by(PayMethod.id)).first()

    text = client.get(page).text
    gone = client.post(f"{page}/{old}/remove")

    assert text.index("2222") < text.index("1111")
    assert gone.status_code == 303
    assert cards(shop) == [
        ("cus_new", "Visa •••• 1111", "removed"),
        ("cus_new", "Visa •••• 2222", "active"),
    ]


def test_gateway_that_is_away_says_so_and_keeps_nothing(shop, page, stripe_fake):
    stripe_fake.lose_next_answer = True

    answer = shop.test_client().post(page, data={"gateway": "stripe"})

    assert (answer.status_code, "does not answer" in answer.text) == (502, True)
    assert cards(shop) == []


def test_sixteen_ways_back_at_once_keep_one_card(shop, page, stripe_fake):
    shop.test_client().post(page, data={"gateway": "stripe"})
    stripe_fake.type_card("cs_1")
    ref = ref_of(shop)

    states = all_at_once(shop, 1, lambda _round, _person: end_keeping(ref))[0]

    assert [state.value for state in states] == ["kept"] * PEOPLE
    assert len(cards(shop)) == 1


def test_card_of_somebody_else_cannot_be_taken_off(shop, cast, page, stripe_fake):
    client = shop.test_client()
    client.post(page, data={"gateway": "stripe"})
    stripe_fake.type_card("cs_1")
    client.get(f"/pay/kept/{ref_of(shop)}")
    with shop.app_context(), unit_of_work() as session:
        method = session.scalars(select(PayMethod)).one()
        method.person_id, name = cast.members["Zia"], method.public_id

    assert client.post(f"{page}/{name}/remove").status_code == 404
    assert [state for _c, _l, state in cards(shop)] == ["active"]
