"""A Monday noon in Dhaka, and short ways to let somebody ask for the club."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from sqlalchemy import select

from clubcrm.core.db import db
from clubcrm.leads.api import Arrival, ArrivalChannel, Trail, receive, receive_by_hand
from clubcrm.leads.models import Inquiry, Lead
from clubcrm.leads.queries.surroundings import open_steps
from tests.cast import Cast

NOON = datetime(2026, 3, 23, 6, 0, tzinfo=UTC)  # a Monday
SARA = "user:3"
NADIA = {"name": "Nadia Haque", "phone": "01711555001", "email": "nadia@example.com"}


@pytest.fixture(autouse=True)
def noon() -> Iterator[time_machine.Traveller]:
    """Stand at noon of a Monday in Dhaka."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def arrival(cast: Cast, **said: object) -> Arrival:
    """Return somebody who asks by the form of the site."""
    usual: dict[str, object] = {"club_id": cast.club, "channel": ArrivalChannel.FORM, **NADIA}
    return Arrival(**(usual | said))  # type: ignore[arg-type]


@pytest.fixture
def ask(cast: Cast) -> Callable[..., Inquiry]:
    """Return a function by which somebody asks for the club."""
    return lambda **said: receive(arrival(cast, **said), by="form")


def lead_of(inquiry: Inquiry) -> Lead:
    """Return the lead that an inquiry became."""
    assert inquiry.lead_id is not None
    return db.session.get_one(Lead, inquiry.lead_id)


def new_lead(cast: Cast, number: int = 1, **said: object) -> Lead:
    """Somebody of his own name and number is a lead of the club."""
    owner = said.pop("owner_id", None)
    wanted = {"name": f"Lead {number}", "phone": f"+88017115560{number:02d}", "email": ""} | said
    return receive_by_hand(arrival(cast, **wanted), by=SARA, owner_id=owner)  # type: ignore[arg-type]


def steps(lead: Lead) -> list[tuple[str, str]]:
    """Return what is to be done for a lead: kind and when, by the club's clock of March."""
    return [(task.kind, f"{task.due_at:%m-%d %H:%M}") for task in open_steps(lead.id)]


def all_leads() -> list[Lead]:
    """Return every lead of the store in the order they came."""
    return list(db.session.scalars(select(Lead).order_by(Lead.id)))


def from_source(name: str) -> Trail:
    """Return the trail of somebody who says where he heard of us."""
    return Trail(source=name)
