from collections.abc import Iterator

import pytest

from tests.memberships.gateways.fake import FakeGateway, running


@pytest.fixture
def fake() -> Iterator[FakeGateway]:
    """Return a gateway of our own that listens on this machine."""
    with running(FakeGateway()) as gateway:
        yield gateway
