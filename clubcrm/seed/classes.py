"""Classes of the demo clubs: full and empty ones, waiting lists, late cancellations, no-shows."""

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from datetime import date, timedelta
from random import Random

from sqlalchemy import select

from access_control.models import Visit
from clubcrm.core.db import unit_of_work
from clubcrm.seed.ground import Ground
from clubcrm.seed.guests import bring_guests
from clubcrm.seed.order import hexadecimal, public_id
from clubcrm.seed.small_groups import hold_small_groups
from clubcrm.seed.studios import WEEK, House, furnish, plan_rules
from memberships.schedule.models import (
    HOLDING,
    Booking,
    BookingState,
    ClassArrival,
    ClassSession,
    SessionState,
    StaffFeed,
    Strike,
)
from memberships.schedule.rules.booking import Way
from memberships.schedule.rules.strikes import (
    EARLIEST_ARRIVAL,
    Miss,
    Penalty,
    StrikeState,
)
from memberships.schedule.rules.weeks import Occurrence, SlotTime, monday_of, occurrences

Stands = tuple[BookingState, int | None]
WEEKS_BACK, WEEKS_AHEAD = 4, 3
NO_SHOW, LATE, LIKES = 0.07, 0.04, 0.55


def run_classes(ground: Ground) -> None:
    """The last weeks of classes are over, the next ones are published and partly booked."""
    houses = [
        House(place, club_id, calendar.town.zone, calendar.town.currency)
        for place, (club_id, calendar) in enumerate(
            zip(ground.club_ids, ground.calendars, strict=True)
        )
    ]
    _read_visits(ground, houses)
    contracts = _Contracts(ground)
    # A class is written with the number of its bookings, which is known when it is full.
    with ground.store.holding(Booking, Strike):
        for house in houses:
            chance = ground.order.chance("classes", house.place)
            furnish(ground, house, chance)
            _hold_classes(ground, house, contracts, chance)
    hold_small_groups(ground, houses, contracts.on)
    plan_rules(ground)
    bring_guests(ground)
    ground.store.sink(StaffFeed).add(
        user_id=ground.staff["trainer"],
        digest=hexadecimal(ground.order.chance("feed"), 64),
        made_at=ground.order.moment - timedelta(days=20),
    )


def _read_visits(ground: Ground, houses: list[House]) -> None:
    """Who was in which house in the last weeks; the newest days stay as arrivals of classes."""
    by_club = {house.club_id: house for house in houses}
    often: dict[int, Counter[int]] = defaultdict(Counter)
    since = ground.order.moment - timedelta(weeks=WEEKS_BACK, days=7)
    recent = ground.order.moment - timedelta(days=2)
    arrivals = ground.store.sink(ClassArrival)
    wanted = select(Visit.id, Visit.club_id, Visit.person_id, Visit.entered_at, Visit.left_at)
    with unit_of_work(write=False) as session:
        rows = session.execute(wanted.where(Visit.entered_at >= since).order_by(Visit.entered_at))
        for visit_id, club_id, person_id, entered_at, left_at in rows:
            house = by_club[club_id]
            house.entered.append(entered_at)
            house.visits.append((person_id, entered_at, left_at))
            often[club_id][person_id] += 1
            if entered_at >= recent:
                arrivals.add(
                    visit_id=visit_id,
                    club_id=club_id,
                    person_id=person_id,
                    entered_at=entered_at,
                    left_at=left_at,
                )
    for house in houses:
        house.regulars = sorted(one for one, times in often[house.club_id].items() if times > 1)


class _Contracts:
    """Which contract of a person covers a day."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._members = {person: number for number, person in enumerate(ground.person_ids)}

    def on(self, person_id: int, day: date) -> int | None:
        """The contract, None when none covers the day."""
        number, ordinal = self._members[person_id], day.toordinal()
        for place, agreement in enumerate(self._ground.lives[number].agreements):
            if agreement.starts <= ordinal and (agreement.ends or ordinal) >= ordinal:
                return self._ground.contract_ids[number][place]
        return None


def _hold_classes(ground: Ground, house: House, contracts: _Contracts, chance: Random) -> None:
    monday = monday_of(ground.order.last_day)
    first = monday - timedelta(weeks=WEEKS_BACK)
    last = monday + timedelta(weeks=WEEKS_AHEAD + 1) - timedelta(days=1)
    began = ground.order.last_day - timedelta(days=300)
    times = [
        SlotTime(slot_id, weekday, starts, house.slots[slot_id][3], began)
        for slot_id, (weekday, starts, _kind, _room) in zip(house.slots, WEEK, strict=True)
    ]
    closed = ground.calendars[house.place].closed
    for number, when in enumerate(occurrences(times, first, last, house.zone, closed)):
        _Class(ground, house, contracts, chance).hold(when, number)


class _Class:
    """One class with its bookings."""

    def __init__(self, ground: Ground, house: House, contracts: _Contracts, chance: Random) -> None:
        self._ground, self._house = ground, house
        self._contracts, self._chance = contracts, chance

    def hold(self, when: Occurrence, number: int) -> None:
        """The class stands in the store: over and settled, coming and booked, or called off."""
        ground, house = self._ground, self._house
        kind, room, capacity, _minutes = house.slots[when.slot_id]
        session_id = ground.store.sink(ClassSession).reserve()
        is_over = when.starts_at + timedelta(minutes=30) < ground.order.moment
        state = SessionState.SETTLED if is_over else SessionState.PLANNED
        if number % 53 == 40:
            state = SessionState.CANCELLED
        people = self._people(when, capacity, is_over)
        states = self._states(people, capacity, state)
        for person_id, booking in zip(people, states, strict=True):
            self._book(session_id, when, person_id, booking)
        ground.store.sink(ClassSession).add(
            id=session_id,
            public_id=public_id(self._chance),
            club_id=house.club_id,
            slot_id=when.slot_id,
            class_type_id=house.kinds[kind],
            room_id=house.rooms[room],
            teacher_id=ground.staff["trainer"] if kind != 4 else None,
            day=when.day,
            starts_at=when.starts_at,
            ends_at=when.ends_at,
            capacity=capacity,
            taken=sum(one in HOLDING for one, _waits in states),
            last_waiting=sum(waits is not None for _one, waits in states),
            state=state,
            reason="The teacher is ill." if state is SessionState.CANCELLED else "",
        )

    def _people(self, when: Occurrence, capacity: int, is_over: bool) -> list[int]:
        chance, house = self._chance, self._house
        came = self._in_the_house(when) if is_over else house.regulars
        likes = [one for one in came if chance.random() < LIKES]
        if not is_over:
            likes = chance.sample(
                house.regulars, min(len(house.regulars), self._wish(when, capacity))
            )
        elif len(likes) < capacity * 2 // 3:
            # Some come by a side door, and the teacher keeps the list by hand.
            wish = min(len(house.regulars), chance.randrange(capacity * 3 // 4))
            likes = list(dict.fromkeys(likes + chance.sample(house.regulars, wish)))
        found = [one for one in likes if self._contracts.on(one, when.day) is not None]
        return found[: capacity + 4]

    def _wish(self, when: Occurrence, capacity: int) -> int:
        """How many people want a coming class: evenings are full, mornings half empty."""
        ahead = (when.starts_at - self._ground.order.moment).days
        if ahead > 7:
            return 0
        popular = when.starts_at.hour in {11, 12, 13, 16, 17, 18}
        full = capacity + 3 if popular and ahead < 3 else capacity * (8 - ahead) // 9
        return self._chance.randrange(max(1, full // 2), full + 1)

    def _in_the_house(self, when: Occurrence) -> list[int]:
        house = self._house
        first = bisect_left(house.entered, when.starts_at - EARLIEST_ARRIVAL / 2)
        last = bisect_right(house.entered, when.starts_at + timedelta(minutes=10))
        there = (
            person
            for person, _entered, left_at in house.visits[first:last]
            if left_at is None or left_at > when.starts_at
        )
        return list(dict.fromkeys(there))

    def _states(self, people: list[int], capacity: int, state: SessionState) -> list[Stands]:
        found: list[Stands] = []
        waiting = 0
        for place, _person in enumerate(people):
            number = None
            if place >= capacity:
                waiting += 1
                number = waiting
            found.append((self._state(state, number is not None), number))
        return found

    def _state(self, state: SessionState, waits: bool) -> BookingState:
        if state is SessionState.CANCELLED:
            return BookingState.CALLED_OFF
        if state is SessionState.PLANNED:
            return BookingState.WAITING if waits else BookingState.BOOKED
        if waits:
            return BookingState.LAPSED
        point = self._chance.random()
        if point < NO_SHOW:
            return BookingState.MISSED
        return BookingState.LATE if point < NO_SHOW + LATE else BookingState.ATTENDED

    def _book(
        self,
        session_id: int,
        when: Occurrence,
        person_id: int,
        stands: tuple[BookingState, int | None],
    ) -> None:
        ground, chance = self._ground, self._chance
        state, number = stands
        booked_at = min(
            when.starts_at - timedelta(days=6) + timedelta(minutes=chance.randrange(7200)),
            ground.order.moment - timedelta(minutes=5),
        )
        is_closed = state in {BookingState.CALLED_OFF, BookingState.LAPSED, BookingState.LATE}
        booking_id = ground.store.sink(Booking).add(
            public_id=public_id(chance),
            session_id=session_id,
            person_id=person_id,
            contract_id=self._contracts.on(person_id, when.day),
            state=state,
            way=Way.ONLINE if chance.random() < 0.6 else Way.DESK,
            waiting_number=number,
            booked_at=booked_at,
            booked_by=ground.actor("desk"),
            came_at=when.starts_at if state is BookingState.ATTENDED else None,
            closed_at=min(when.starts_at, ground.order.moment) if is_closed else None,
        )
        if state in {BookingState.MISSED, BookingState.LATE}:
            self._strike(booking_id, when, person_id, state)

    def _strike(
        self, booking_id: int, when: Occurrence, person_id: int, state: BookingState
    ) -> None:
        point = self._chance.random()
        appealed = "I was on the train and had no signal."
        stands = StrikeState.STANDS
        if point < 0.3:
            stands = StrikeState.EXCUSED if point < 0.15 else StrikeState.APPEALED
        self._ground.store.sink(Strike).add(
            public_id=public_id(self._chance),
            booking_id=booking_id,
            club_id=self._house.club_id,
            person_id=person_id,
            miss=Miss.NO_SHOW if state is BookingState.MISSED else Miss.LATE_CANCEL,
            penalty=Penalty.STRIKE,
            currency=self._house.currency,
            day=when.day,
            state=stands,
            appeal=appealed if point < 0.3 else "",
            answer="That can happen once." if stands is StrikeState.EXCUSED else "",
            decided_by=self._ground.actor("manager") if stands is StrikeState.EXCUSED else "",
            at=min(when.starts_at + timedelta(minutes=15), self._ground.order.moment),
        )
