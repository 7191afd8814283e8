"""The board of leads with five thousand open ones, beside the bare statements for first cards."""

import time
from collections.abc import Callable
from datetime import timedelta
from itertools import cycle
from statistics import median

from sqlalchemy import func, insert, select

from bench.cases.dashboards import looked_at
from bench.options import Options
from bench.stores import STORES
from bench.tables import Table
from clubcrm.core import clock
from clubcrm.core.clubs import Club
from clubcrm.core.db import db, unit_of_work
from clubcrm.core.types import new_public_id
from clubcrm.leads.models import Lead, LeadTask
from clubcrm.leads.moving import Move, move_lead
from clubcrm.leads.rules.stages import OPEN, ArrivalChannel, LeadStage
from clubcrm.people.models import Person
from clubcrm.tasks.models import Task, TaskState

MEMBERS, YEARS, LEADS = 2_000, 1, 5_000
PAGES = ("/leads", "/leads?only=late", "/leads?q=an", "/leads/stage/contacted")
MOVES = 40


def fill(wanted: int) -> int:
    """The first club by name has so many open leads, nine in ten with a next step; returns it."""
    with unit_of_work() as session:
        club = session.scalars(select(Club).order_by(Club.name)).first()
        assert club is not None
        stages = cycle(stage for stage in OPEN if stage is not LeadStage.LATER)
        have = session.scalar(
            select(func.count()).where(Lead.club_id == club.id, Lead.state.in_(OPEN))
        )
        moment = clock.now()
        for number in range(max(0, wanted - (have or 0))):
            arrived = moment - timedelta(minutes=17 * number)
            person = Person(
                club_id=club.id,
                given_name="Anika",
                family_name=f"Bench {number}",
                search_text=f"anika bench {number}",
                sort_name=f"anika bench {number}",
                source="lead",
            )
            session.add(person)
            session.flush()
            lead = Lead(
                club_id=club.id,
                person_id=person.id,
                state=next(stages),
                channel=ArrivalChannel.FORM,
                currency=club.currency,
                value_minor=100_000,
                arrived_at=arrived,
                answer_by=arrived,
                created_by="bench",
            )
            session.add(lead)
            session.flush()
            if number % 10:
                plan_step(lead, number)
        return club.id


def plan_step(lead: Lead, number: int) -> None:
    """The lead has a next step, due around now."""
    due = clock.now() + timedelta(minutes=number - 2500)
    values = {
        "public_id": new_public_id(),
        "club_id": lead.club_id,
        "person_id": lead.person_id,
        "kind": "lead_follow",
        "title": "Go on with a lead",
        "role": "sales",
        "state": TaskState.OPEN,
        "source": f"bench:{lead.id}",
        "due_at": due,
    }
    made = db.session.execute(insert(Task).values(values).returning(Task.id)).scalar_one()
    db.session.execute(insert(LeadTask).values(task_id=made, lead_id=lead.id))


def milliseconds(work: Callable[[], object], rounds: int) -> float:
    """Return the median time of one run."""
    taken = []
    for _ in range(rounds):
        started = time.perf_counter()
        with unit_of_work(write=False):
            work()
        taken.append(1000 * (time.perf_counter() - started))
    return median(taken)


def bare(club_id: int) -> Callable[[], object]:
    """Return the plainest statements for the first cards: 25 leads of each stage by its index."""

    def ask() -> None:
        for stage in LeadStage:
            found = (
                select(Lead.id, Person.given_name, Person.family_name)
                .join(Person, Person.id == Lead.person_id)
                .where(Lead.club_id == club_id, Lead.state == stage)
                .order_by(Lead.arrived_at)
                .limit(25)
            )
            db.session.execute(found).all()

    return ask


def moves(club_id: int) -> float:
    """Return the median milliseconds of moving one lead, its step and all that follows."""
    with unit_of_work(write=False) as session:
        ids = session.scalars(
            select(Lead.id)
            .where(Lead.club_id == club_id, Lead.state == LeadStage.NEW)
            .order_by(Lead.id.desc())
            .limit(MOVES)
        ).all()
    taken = []
    for lead_id in ids:
        started = time.perf_counter()
        with unit_of_work() as session:
            move_lead(session.get_one(Lead, lead_id), Move(LeadStage.CONTACTED), by="bench")
        taken.append(1000 * (time.perf_counter() - started))
    return median(taken)


def run(options: Options) -> list[Table]:
    """Return the pages and a move on each store, beside the bare statements."""
    heads = ("store", "open leads", "page", "ms", "statements", "outside the store", "multiple")
    limits = "rows of open leads that are counted, summed and ranked by their next step."
    table = Table("Board of leads", heads, limits=limits)
    wanted = int(LEADS * options.scale)
    for kind in options.stores:
        with STORES[kind](int(MEMBERS * options.scale), YEARS) as store:
            app = store.app()
            with app.app_context():
                club_id = fill(wanted)
                plain = milliseconds(bare(club_id), 15)
                table.add(kind, wanted, "bare first cards", plain, len(LeadStage), "-", 1.0)
            for page, taken, count, outside in looked_at(app, PAGES, max(3, options.rounds)):
                milli = 1000 * taken
                table.add(kind, wanted, page, milli, count, outside, milli / plain)
            with app.app_context():
                one = moves(club_id)
                table.add(kind, wanted, "one move", one, "-", "-", one / plain)
                db.engine.dispose()
    return [table]
