"""The night of leads: who did not come is a no-show, scores grow old; facts reach leads by post."""

from datetime import date, timedelta

from flask import Flask
from sqlalchemy import select

from clubcrm.core import clock
from clubcrm.core.db import db, unit_of_work
from clubcrm.core.events import dispatch_pending
from clubcrm.core.jobs import JobContext
from clubcrm.leads.api import Move, move_lead
from clubcrm.leads.jobs import settle_trials
from clubcrm.leads.models import Lead
from clubcrm.leads.rules.stages import LeadStage
from clubcrm.people.api import PersonDraft
from memberships.schedule.guests import GuestRequest, invite_guest
from tests.cast import Cast
from tests.leads.conftest import NOON, SARA, new_lead
from tests.memberships.conftest import YEAR, make_contract


def night(app: Flask, cast: Cast, day: date) -> int:
    with app.app_context():
        return settle_trials(JobContext("settle-trials", "t", clock.now(), cast.club, day)).done


def stages(app: Flask) -> list[LeadStage]:
    with app.app_context(), unit_of_work(write=False) as session:
        return list(session.scalars(select(Lead.state).order_by(Lead.id)))


def test_who_was_expected_and_did_not_come_is_a_no_show_the_next_night(
    app: Flask, cast: Cast, noon
) -> None:
    with app.app_context(), unit_of_work():
        missed, coming = new_lead(cast, 1), new_lead(cast, 2)
        move_lead(missed, Move(LeadStage.BOOKED, trial_at=NOON + timedelta(hours=3)), by=SARA)
        move_lead(coming, Move(LeadStage.BOOKED, trial_at=NOON + timedelta(days=1)), by=SARA)
    noon.move_to(NOON + timedelta(hours=17))

    assert night(app, cast, date(2026, 3, 24)) == 1
    assert night(app, cast, date(2026, 3, 24)) == 0
    assert stages(app) == [LeadStage.NO_SHOW, LeadStage.BOOKED]


def test_a_lead_nobody_looks_at_grows_cold(app: Flask, cast: Cast, noon) -> None:
    with app.app_context(), unit_of_work():
        fresh = new_lead(cast).score
    noon.move_to(NOON + timedelta(days=70))

    night(app, cast, date(2026, 6, 1))

    with app.app_context(), unit_of_work(write=False) as session:
        assert session.scalars(select(Lead.score)).one() == fresh - 8 - 12 - 10


def test_an_invited_guest_is_a_lead_when_the_facts_are_carried(app: Flask, cast: Cast) -> None:
    with app.app_context():
        with unit_of_work():
            make_contract(cast, YEAR, starts_on=date(2026, 1, 1))
            draft = PersonDraft("Nila", phone="01711999001")
            invite_guest(GuestRequest(cast.members["Mia"], cast.club, draft), by=SARA)
        dispatch_pending()
        dispatch_pending()
        with unit_of_work(write=False):
            lead = db.session.scalars(select(Lead)).one()
            assert (lead.host_id, lead.state) == (cast.members["Mia"], LeadStage.BOOKED)


def test_a_contract_signed_at_the_desk_wins_the_lead(app: Flask, cast: Cast) -> None:
    with app.app_context():
        with unit_of_work():
            cast.members["Lead"] = new_lead(cast).person_id
            make_contract(cast, YEAR, starts_on=date(2026, 3, 23), person="Lead")
        dispatch_pending()

    assert stages(app) == [LeadStage.WON]
