from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from tests.memberships.gateways.fake import running
from tests.memberships.gateways.money import keys_of
from tests.memberships.gateways.stripe_fake import FakeStripe


@pytest.fixture
def stripe_fake() -> Iterator[FakeStripe]:
    """Return a Stripe of our own that listens on this machine."""
    with running(FakeStripe()) as fake:
        yield fake  # type: ignore[misc]


@pytest.fixture
def shop(cast, open_app: Callable[..., Flask], stripe_fake: FakeStripe) -> Flask:
    """Return an app that charges cards through the fake and knows its public address."""
    return open_app(CLUBCRM_PUBLIC_URL="https://club.example", **keys_of(stripe_fake.url, "stripe"))
