"""A member sees sessions left and the code of the day, and questions a session in two taps."""

from datetime import timedelta

import pytest

from clubcrm.core import clock
from clubcrm.core.db import db, unit_of_work
from clubcrm.people.api import make_link
from memberships.contracts.invariants import unit_sources
from memberships.packages.models import EntryKind, PackageEntry, PackageLot
from memberships.portal.models import LedgerQuestion
from memberships.trainers.invariants import units_of_sessions
from memberships.trainers.models import TrainerSession
from memberships.trainers.rules import SessionState
from memberships.trainers.services import Appointment, code_today, log_session
from tests.memberships.conftest import SARA
from tests.memberships.packages.shop import sell


@pytest.fixture
def token(app, cast) -> str:
    """Mia's link; she has three sessions and used one an hour ago."""
    with app.app_context(), unit_of_work():
        package = sell(cast, units=3)
        asked = Appointment(
            cast.club,
            cast.members["Mia"],
            cast.users["Tara"],
            clock.now() - timedelta(hours=1),
            lot_id=package.lot_id,
        )
        log_session(asked, SessionState.COMPLETE, by=SARA)
        return make_link(cast.members["Mia"], "portal", expires_at=None, by=SARA)


def test_own_page_shows_few_sessions_left_and_the_code(app, cast, token):
    """A6.4: the member's own page says it like the desk and the trainer's list."""
    page = app.test_client().get(f"/my/{token}").text

    with app.app_context(), unit_of_work(write=False):
        code = code_today(cast.public["Mia"], "Asia/Dhaka")
    assert "2 sessions left" in page
    assert code in page


def test_a_questioned_session_is_taken_back_with_its_unit(app, cast, token, client_of):
    with app.app_context(), unit_of_work(write=False):
        line = db.session.query(PackageEntry).filter_by(kind=EntryKind.USE).one().id
    member = app.test_client()
    assert (
        "A session with your trainer uses one unit."
        in member.get(f"/my/{token}/ledger/{line}").text
    )
    member.post(f"/my/{token}/ledger/{line}", data={"words": "I was ill"})
    with app.app_context(), unit_of_work(write=False):
        question = db.session.query(LedgerQuestion).one().public_id

    client_of("Frank").post(
        f"/questions/{question}", data={"do": "return", "reason": "She was ill"}
    )

    with app.app_context(), unit_of_work(write=False):
        session = db.session.query(TrainerSession).one()
        assert (session.state, session.reversal_reason) == (SessionState.REVERSED, "She was ill")
        assert db.session.query(PackageLot).one().remaining == 3
        assert [*units_of_sessions(), *unit_sources()] == []
