"""Grows the whole history in one go: lives first, then the rows that follow from them."""

import gc
from bisect import bisect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from itertools import accumulate
from pathlib import Path

from sqlalchemy import select

from access_control.models import AccessEvent, Visit, VisitDay
from clubcrm.core.clubs import Club
from clubcrm.core.db import db, unit_of_work
from clubcrm.core.errors import DomainError
from clubcrm.people.models import Person
from clubcrm.seed.about import keep_notes_about_people
from clubcrm.seed.addresses import settle
from clubcrm.seed.asked import ask_half_way
from clubcrm.seed.calendar import calendar_of
from clubcrm.seed.campaigns import write_campaigns
from clubcrm.seed.card_papers import hang_papers
from clubcrm.seed.census import take_in
from clubcrm.seed.chores import plan_chores
from clubcrm.seed.chronicle import write_archive, write_audit, write_events, write_import
from clubcrm.seed.classes import run_classes
from clubcrm.seed.coaching import coach
from clubcrm.seed.doors import hang_doors
from clubcrm.seed.doubles import write_doubles
from clubcrm.seed.fees import write_fees
from clubcrm.seed.ground import Ground
from clubcrm.seed.handovers import Handovers, choose_handovers, write_handovers
from clubcrm.seed.hands import in_parts
from clubcrm.seed.holds import hold_back
from clubcrm.seed.house import build_house
from clubcrm.seed.inquiries import Inquiries
from clubcrm.seed.last_night import tell_last_night
from clubcrm.seed.leads import write_leads
from clubcrm.seed.lives import Life, Walk
from clubcrm.seed.loyalty import write_loyalty
from clubcrm.seed.order import SeedOrder
from clubcrm.seed.own_reports import keep_reports
from clubcrm.seed.papers import sell_plans, write_lots
from clubcrm.seed.period_units import choose_coached
from clubcrm.seed.relay import Relay
from clubcrm.seed.renewals import Offers
from clubcrm.seed.segments import write_segments
from clubcrm.seed.signed import Signed
from clubcrm.seed.stages import Stages
from clubcrm.seed.stays import give_some_days, write_everyone
from clubcrm.seed.store import BulkStore
from clubcrm.seed.strangers import Strangers
from clubcrm.seed.talk import Talk
from clubcrm.seed.tills import ring_up
from clubcrm.seed.touches import speak_and_leave_alone
from clubcrm.seed.towns import TOWNS
from clubcrm.seed.trials import Trials
from clubcrm.seed.wordings import write_wordings
from memberships.billing.models import InvoiceLine

Progress = Callable[[str, float], None]
OPENING_RUSH = 0.22
OPENING_DAYS = 40


def grow(order: SeedOrder, files: Path, progress: Progress, workers: int = 1) -> dict[str, int]:
    """The store holds the ordered history; answers how many of what. Raises NOT_EMPTY.

    Several workers give the same history sooner.
    """
    with unit_of_work(write=False) as session:
        if session.scalar(select(Club.id).limit(1)) or session.scalar(select(Person.id).limit(1)):
            raise DomainError("NOT_EMPTY", "The store already holds a club. Seed an empty one.")
    ground = _ground(order, files)
    try:
        with _keeping_all():
            counts = _write(ground, progress, workers)
        ground.store.close()
    except BaseException:
        ground.store.abandon()
        raise
    with _passing_by():
        tell_last_night(ground, progress, workers)
    return counts


@contextmanager
def _keeping_all() -> Iterator[None]:
    """Nobody looks for lost objects: millions of living ones would be walked each time."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@contextmanager
def _passing_by() -> Iterator[None]:
    """What has been grown stays, and nobody looks at it again in search of lost objects."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def _ground(order: SeedOrder, files: Path) -> Ground:
    towns = TOWNS[: order.clubs]
    last = order.last_day + timedelta(days=1)
    return Ground(
        order=order,
        store=BulkStore(db.engine),
        files=files,
        calendars=[calendar_of(town, order.first_day, last) for town in towns],
    )


def _write(ground: Ground, progress: Progress, workers: int) -> dict[str, int]:
    build_house(ground)
    sell_plans(ground)
    hang_doors(ground)
    _live(ground, progress, workers)
    handovers = choose_handovers(ground)
    strangers = Strangers(ground)
    take_in(ground, handovers, progress, workers)
    speak_and_leave_alone(ground)
    scans = sorted([scan for life in ground.lives for scan in life.scans] + strangers.scans)
    # What was sold names lots of visits, whose rows wait until the last visit is known.
    with ground.store.holding(InvoiceLine):
        visits = _tell(ground, strangers, (scans, handovers), (workers, progress))
        strangers.write()
        write_lots(ground)
        ground.store.flush()
    run_classes(ground)
    write_doubles(ground)
    plan_chores(ground)
    _write_chronicle(ground)
    progress("History of the house", 1.0)
    return {
        "members": len(ground.lives),
        "contracts": sum(len(one) for one in ground.contract_ids),
        "scans": len(scans),
        "visits": visits,
    }


def _write_beside(ground: Ground, handovers: Handovers) -> None:
    """Everything that needs people, contracts and lives, and no visit in the store."""
    talk, offers, signed, trials = Talk(ground), Offers(ground), Signed(ground), Trials(ground)
    stages, inquiries = Stages(ground), Inquiries(ground)
    for number, life in enumerate(ground.lives):
        offers.write(life, number)
        hold_back(ground, life)
        ask_half_way(ground, life)
        talk.about(life)
        signed.about(life, number)
        trials.about(life)
        stages.about(life)
        inquiries.about(life)
    keep_notes_about_people(ground)
    hang_papers(ground)
    settle(ground)
    write_handovers(ground, handovers)
    talk.close()
    trials.write()
    write_wordings(ground)
    write_segments(ground)
    write_campaigns(ground)
    coach(ground)
    ring_up(ground)
    write_fees(ground)
    write_everyone(ground)
    write_leads(ground)
    write_loyalty(ground)


def _write_chronicle(ground: Ground) -> None:
    write_events(ground)
    write_import(ground)
    write_archive(ground)
    write_audit(ground)
    keep_reports(ground)


def _tell(
    ground: Ground,
    strangers: Strangers,
    what: tuple[list[int], Handovers],
    how: tuple[int, Progress],
) -> int:
    (scans, handovers), (workers, progress) = what, how
    store, told = ground.store, 0
    relay = Relay(
        ground, strangers, scans, workers, lambda ground: _write_beside(ground, handovers)
    )
    with store.without_indexes(AccessEvent, Visit, VisitDay, meanwhile=relay.rest):
        for count in relay.passages():
            told += count
            store.flush()
            progress("Scans and visits", told / len(scans))
    store.flush()
    return store.sink(Visit).count


def _live(ground: Ground, progress: Progress, workers: int) -> None:
    days = _joining_days(ground)

    def live(part: int) -> list[Life]:
        lived = []
        for number in range(part, len(days), workers):
            town, joined = days[number]
            chance = ground.order.chance("life", number)
            walk = Walk(number, town, ground.calendars[town], ground.until, chance)
            lived.append(walk.run(joined))
            if len(lived) % 200 == 0:
                progress("Lives", number / len(days))
        return lived

    lives = [life for made in in_parts(live, workers) for life in made]
    ground.lives.extend(sorted(lives, key=lambda life: life.number))
    give_some_days(ground)
    choose_coached(ground)


def _joining_days(ground: Ground) -> list[tuple[int, int]]:
    """Town and day of joining of every member: a rush at the opening, then with the seasons."""
    order = ground.order
    chance = order.chance("joining")
    shares = [calendar.town.share for calendar in ground.calendars]
    first, today = order.first_day.toordinal(), ground.today
    weights = [
        list(accumulate(_draw(ground, town, day) for day in range(first, today + 1)))
        for town in range(len(shares))
    ]
    found = []
    for _ in range(order.members):
        town = chance.choices(range(len(shares)), shares)[0]
        if chance.random() < OPENING_RUSH:
            day = first + chance.randrange(min(OPENING_DAYS, today - first + 1))
        else:
            point = chance.random() * weights[town][-1]
            day = min(today, first + bisect(weights[town], point))
        found.append((town, day))
    return sorted(found, key=lambda one: one[1])


def _draw(ground: Ground, town: int, day: int) -> float:
    """How strongly a day draws newcomers: twice the swing of visits, so that January is a rush."""
    return ground.calendars[town].town.season(date.fromordinal(day)) ** 2
