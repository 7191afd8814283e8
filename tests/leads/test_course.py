"""The course of a lead: tries, moves, trials, visits, contracts, guests and days without a step."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import select

from access_control.events import VisitStarted
from access_control.models import AccessEvent, CredentialKind, Device, Direction, EventStatus, Visit
from access_control.rules.codes import Severity
from clubcrm.core import clock
from clubcrm.core.clubs import ClubHours, Scope
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError
from clubcrm.core.types import new_public_id
from clubcrm.leads.api import (
    ContactOutcome,
    ContactTry,
    ContactWay,
    LeadStage,
    LostReason,
    Move,
    OwnStep,
    TrialWish,
    book_trial,
    log_try,
    move_lead,
    open_own_step,
)
from clubcrm.leads.handlers import on_contract_signed, on_guest_invited, on_visit_started
from clubcrm.leads.models import Lead, LeadAttempt
from clubcrm.leads.moving import Details, describe, give_to, take
from clubcrm.leads.queries.alerts import lead_alerts
from clubcrm.leads.queries.board import BoardWish, board
from clubcrm.leads.queries.story import story_of
from clubcrm.leads.queries.surroundings import open_steps
from clubcrm.people.api import PersonDraft
from clubcrm.people.models import ContactPoint
from clubcrm.tasks.api import finish
from memberships.contracts.queries import rights_at
from memberships.events import ContractSigned
from memberships.schedule.events import GuestInvited
from memberships.schedule.guests import GuestRequest, invite_guest
from tests.access_control.gate.floor import make_door
from tests.cast import Cast
from tests.leads.conftest import NOON, SARA, new_lead, steps
from tests.memberships.conftest import DAY_PASS, TRIAL, YEAR, make_contract, make_plan

pytestmark = pytest.mark.usefixtures("unit")


def tries(lead: Lead, outcome: ContactOutcome, user: int | None = 3, **more: object) -> LeadAttempt:
    return log_try(lead, ContactTry(outcome, **more), by=SARA, user_id=user)  # type: ignore[arg-type]


def visit(lead: Lead, at: datetime = NOON) -> None:
    """The door of the club has opened for the lead, and leads have heard of it."""
    if db.session.scalars(select(Device.id)).first() is None:
        make_door(lead.club_id)
    door = db.session.scalars(select(Device.id)).one()
    scan = AccessEvent(
        public_id=new_public_id(),
        club_id=lead.club_id,
        device_id=door,
        event_key=f"{at.isoformat()}",
        zone="main",
        credential_kind=CredentialKind.CARD,
        credential_value="4711",
        person_id=lead.person_id,
        at=at,
        received_at=at,
        direction=Direction.IN,
        status=EventStatus.NORMAL,
        decision=Severity.ALLOW,
        notes=[],
        rule_version=1,
        inputs={},
    )
    db.session.add(scan)
    db.session.flush()
    came = Visit(
        person_id=lead.person_id,
        club_id=lead.club_id,
        entered_at=at,
        day=at.date(),
        entry_event_id=scan.id,
    )
    db.session.add(came)
    db.session.flush()
    on_visit_started(
        VisitStarted(
            lead.club_id,
            at,
            visit_id=came.id,
            person_id=lead.person_id,
            day=at.date(),
            event_id=scan.id,
        )
    )


def signed(cast: Cast, lead: Lead, terms=YEAR) -> int:
    cast.members["Lead"] = lead.person_id
    contract = make_contract(cast, terms, starts_on=date(2026, 3, 23), person="Lead")
    on_contract_signed(
        ContractSigned(
            cast.club,
            clock.now(),
            contract_id=contract.id,
            person_id=lead.person_id,
            plan_kind=terms.kind.value,
            starts_on=contract.starts_on,
            ends_on=contract.ends_on,
        )
    )
    return contract.id


def test_an_attempt_stops_the_first_clock_and_only_an_answer_the_second(cast, noon) -> None:
    lead = new_lead(cast)
    noon.move_to(NOON + timedelta(minutes=9))
    tries(lead, ContactOutcome.NO_ANSWER)
    noon.move_to(NOON + timedelta(minutes=40))
    tries(lead, ContactOutcome.REACHED)

    assert (lead.first_attempt_minutes, lead.first_attempt_by) == (9, 3)
    assert (lead.reached_minutes, lead.attempts) == (40, 2)
    assert lead.state is LeadStage.CONTACTED


def test_minutes_of_the_night_do_not_count(cast, noon) -> None:
    db.session.query(ClubHours).filter_by(club_id=cast.club).update(
        {"opens": time(7), "closes": time(22)}
    )
    noon.move_to(datetime(2026, 3, 23, 15, 55, tzinfo=UTC))  # 21:55 on the wall
    lead = new_lead(cast)
    noon.move_to(datetime(2026, 3, 24, 1, 3, tzinfo=UTC))  # 07:03 the next morning
    tries(lead, ContactOutcome.NO_ANSWER)

    assert lead.answer_by == datetime(2026, 3, 24, 1, 10, tzinfo=UTC)
    assert lead.first_attempt_minutes == 8


def test_five_tries_without_an_answer_park_the_lead_with_one_more_try_in_two_weeks(cast) -> None:
    lead = new_lead(cast)
    for _number in range(4):
        tries(lead, ContactOutcome.NO_ANSWER)
    assert lead.state is LeadStage.NEW
    assert steps(lead) == [("lead_again", "03-24 04:00")]

    tries(lead, ContactOutcome.NO_ANSWER, way=ContactWay.MESSAGE)

    assert lead.state is LeadStage.UNREACHABLE
    assert steps(lead) == [("lead_again", "04-06 04:00")]


def test_who_wants_to_be_called_again_is_called_when_he_said(cast) -> None:
    lead = new_lead(cast)

    tries(lead, ContactOutcome.CALL_BACK, until=NOON + timedelta(hours=5))

    assert steps(lead) == [("lead_again", "03-23 11:00")]
    with pytest.raises(DomainError, match="INVALID_INPUT"):
        tries(lead, ContactOutcome.CALL_BACK, until=NOON - timedelta(hours=5))


def test_a_wrong_number_is_known_to_be_wrong(cast) -> None:
    lead = new_lead(cast)

    tries(lead, ContactOutcome.WRONG_NUMBER)

    point = db.session.scalars(
        select(ContactPoint).where(ContactPoint.person_id == lead.person_id)
    ).one()
    assert point.state == "bounced"
    assert steps(lead) == [("lead_again", "03-24 04:00")]


def test_a_no_needs_a_reason_and_closes_every_step(cast) -> None:
    lead = new_lead(cast)
    open_own_step(lead, OwnStep("Send the timetable", NOON + timedelta(days=1)))
    with pytest.raises(DomainError, match="INVALID_INPUT"):
        tries(lead, ContactOutcome.NOT_INTERESTED)

    tries(lead, ContactOutcome.NOT_INTERESTED, reason=LostReason.LOCATION)

    assert (lead.state, lead.lost_reason, lead.lost_at) == (
        LeadStage.LOST,
        LostReason.LOCATION,
        NOON,
    )
    assert steps(lead) == []
    with pytest.raises(DomainError, match="STATE"):
        tries(lead, ContactOutcome.REACHED)


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        (Move(LeadStage.LOST), "reason"),
        (Move(LeadStage.LATER), "later_on"),
        (Move(LeadStage.LATER, later_on=date(2026, 3, 23)), "later_on"),
        (Move(LeadStage.LATER, later_on=date(2029, 3, 23)), "later_on"),
        (Move(LeadStage.BOOKED), "trial_at"),
        (Move(LeadStage.BOOKED, trial_at=NOON - timedelta(days=1)), "trial_at"),
    ],
)
def test_a_stage_asks_for_what_it_needs(cast, wish: Move, field: str) -> None:
    lead = new_lead(cast)

    with pytest.raises(DomainError) as refused:
        move_lead(lead, wish, by=SARA)

    assert [one.field for one in refused.value.fields] == [field]
    assert lead.state is LeadStage.NEW


def test_later_opens_its_task_on_the_day_that_was_agreed(cast) -> None:
    lead = new_lead(cast)

    move_lead(lead, Move(LeadStage.LATER, later_on=date(2026, 5, 4)), by=SARA)
    assert steps(lead) == [("lead_later", "05-04 04:00")]

    move_lead(lead, Move(LeadStage.CONTACTED), by=SARA)
    assert (lead.later_on, steps(lead)) == (None, [("lead_follow", "03-25 04:00")])


def test_a_stage_that_repeats_and_more_than_seven_moves_warn(cast) -> None:
    lead = new_lead(cast)
    first = move_lead(lead, Move(LeadStage.CONTACTED), by=SARA)
    move_lead(lead, Move(LeadStage.UNREACHABLE), by=SARA)
    again = move_lead(lead, Move(LeadStage.CONTACTED), by=SARA)
    for _number in range(3):
        move_lead(lead, Move(LeadStage.UNREACHABLE), by=SARA)
        last = move_lead(lead, Move(LeadStage.CONTACTED), by=SARA)

    assert not first
    assert (again.repeated, again.too_many) == ((LeadStage.CONTACTED,), False)
    assert last.too_many


def test_nobody_wins_a_lead_by_dragging_it(cast) -> None:
    lead = new_lead(cast)

    with pytest.raises(DomainError, match="NO_CONTRACT"):
        move_lead(lead, Move(LeadStage.WON), by=SARA)


def test_trial_then_visit_then_contract_move_the_lead_by_themselves(cast, noon) -> None:
    lead = new_lead(cast)
    plan = make_plan(cast, TRIAL)

    book_trial(lead, TrialWish(NOON + timedelta(days=1), plan.plan_id), by=SARA)
    assert lead.state is LeadStage.BOOKED
    assert [one.plan_kind for one in rights_at(lead.person_id, date(2026, 3, 24)).contracts] == [
        "trial"
    ]
    assert steps(lead) == [("lead_trial", "03-24 06:00")]

    noon.move_to(NOON + timedelta(days=1))
    visit(lead, clock.now())
    assert (lead.state, lead.attended_at) == (LeadStage.ATTENDED, NOON + timedelta(days=1))
    assert steps(lead) == [("lead_offer", "03-25 04:00")]

    contract = signed(cast, lead)
    assert (lead.state, lead.contract_id, lead.value_minor) == (
        LeadStage.WON,
        contract,
        2_400_000,
    )
    assert steps(lead) == []


def test_a_trial_and_a_day_pass_are_no_win(cast) -> None:
    lead = new_lead(cast)

    signed(cast, lead, TRIAL)
    signed(cast, lead, DAY_PASS)

    assert lead.state is LeadStage.NEW


def test_who_was_lost_and_signs_within_ninety_days_was_won(cast, noon) -> None:
    soon, late = new_lead(cast, 1), new_lead(cast, 2)
    for lead in (soon, late):
        move_lead(lead, Move(LeadStage.LOST, reason=LostReason.PRICE), by=SARA)

    noon.move_to(NOON + timedelta(days=80))
    signed(cast, soon)
    noon.move_to(NOON + timedelta(days=100))
    signed(cast, late, YEAR)

    assert (soon.state, soon.lost_reason, soon.lost_at) == (LeadStage.WON, None, None)
    assert late.state is LeadStage.LOST


def test_a_visit_before_the_question_moves_nothing(cast) -> None:
    lead = new_lead(cast)

    visit(lead, NOON - timedelta(hours=3))

    assert lead.state is LeadStage.NEW


def test_a_guest_is_a_lead_with_the_host_as_source(cast) -> None:
    make_contract(cast, YEAR, starts_on=date(2026, 1, 1))
    wish = GuestRequest(cast.members["Mia"], cast.club, PersonDraft("Nila", phone="01711999001"))
    granted = invite_guest(wish, by=SARA)
    fact = GuestInvited(cast.club, NOON, granted.id, granted.host_id, granted.guest_id)

    on_guest_invited(fact)
    on_guest_invited(fact)

    lead = db.session.scalars(select(Lead)).one()
    assert (lead.host_id, lead.channel, lead.state) == (
        cast.members["Mia"],
        "guest",
        LeadStage.BOOKED,
    )
    assert [one.kind for one in open_steps(lead.id)] == ["lead_trial"]
    visit(lead, NOON + timedelta(hours=1))
    assert lead.state is LeadStage.ATTENDED


def test_an_open_lead_without_a_step_is_counted_until_somebody_plans_one(cast) -> None:
    lead = new_lead(cast)
    scope = Scope((cast.club,))
    assert lead_alerts(scope, NOON).without_step == 0

    for task in open_steps(lead.id):
        finish(task, "called", by=SARA)
    assert lead_alerts(scope, NOON).without_step == 1
    assert lead_alerts(scope, NOON, cast.users["Max"]).without_step == 0
    assert board(BoardWish(cast.club, NOON, without_step=True))[LeadStage.NEW].count == 1

    open_own_step(lead, OwnStep("Send the timetable", NOON + timedelta(days=1)))
    assert lead_alerts(scope, NOON).without_step == 0


def test_unanswered_leads_are_counted_when_the_promise_is_over(cast, noon) -> None:
    lead = new_lead(cast)
    scope = Scope((cast.club,))
    noon.move_to(NOON + timedelta(minutes=16))
    assert lead_alerts(scope, clock.now()).unanswered == 1

    tries(lead, ContactOutcome.NO_ANSWER)

    assert lead_alerts(scope, clock.now()).unanswered == 0


def test_the_steps_go_with_the_lead_to_another_seller(cast) -> None:
    lead = new_lead(cast)

    give_to(lead, cast.users["Max"], by=SARA)

    assert [task.assigned_to for task in open_steps(lead.id)] == [cast.users["Max"]]
    with pytest.raises(DomainError, match="TAKEN"):
        take(lead, cast.users["Sara"], by=SARA)


def test_what_is_written_down_is_not_written_over(cast) -> None:
    lead = new_lead(cast)
    seen = lead.version
    describe(lead, Details("yoga in the morning", value_minor=1_200_000), seen, by=SARA)

    with pytest.raises(DomainError, match="STALE"):
        describe(lead, Details("boxing"), seen, by=SARA)

    assert (lead.interest, lead.value_minor) == ("yoga in the morning", 1_200_000)


def test_the_story_tells_everything_in_order(cast, noon) -> None:
    lead = new_lead(cast)
    noon.move_to(NOON + timedelta(hours=1))
    tries(lead, ContactOutcome.REACHED, note="wants to see the pool")
    noon.move_to(NOON + timedelta(hours=2))
    finish(open_steps(lead.id)[0], "showed the pool", by=SARA)

    assert [line.kind.value for line in story_of(lead)] == ["task", "moved", "tried", "asked"] or [
        line.kind.value for line in story_of(lead)
    ] == ["task", "tried", "moved", "asked"]
