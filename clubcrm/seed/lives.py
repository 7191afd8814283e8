"""One member's life in the club: contracts, freezes, lapses and every scan, out of chance alone.

Days are ordinals (`date.toordinal`), instants epoch seconds. A scan is packed into one whole number
so that millions of them can be sorted and kept: second, member, contract in order, kind.
"""

from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum
from random import Random
from typing import NamedTuple

from clubcrm.seed.calendar import TownCalendar
from clubcrm.seed.habits import (
    MOST_PER_DAY,
    NEVER,
    SECOND_VISIT,
    SECOND_VISIT_AFTER,
    Habit,
    draw_habit,
)
from clubcrm.seed.offers import BY_KEY, DAY_MINUTES, OFFERS
from memberships.contracts.rules import PlanKind
from memberships.contracts.terms import add_months

KIND_BITS, CONTRACT_BITS, MEMBER_BITS = 4, 6, 24
MOST_CONTRACTS = 2**CONTRACT_BITS - 1
FREEZABLE = {"year", "half", "offpeak", "night", "allclubs"}
STAYERS = ("year", "half", "quarter", "month")


class ScanKind(IntEnum):
    """What a scan turns out to be."""

    ENTRY_THEN_EXIT = 0
    ENTRY = 1
    EXIT = 2
    DOUBLE_TAP = 3
    PASSBACK = 4
    EXPIRED = 5
    FROZEN = 6
    OUTSIDE_HOURS = 7
    VISITS_USED_UP = 8
    NOT_STARTED = 9
    WRONG_CLUB = 10
    STRANGER = 11


_KINDS = tuple(ScanKind)


class Scan(NamedTuple):
    """One packed scan, taken apart."""

    second: int
    member: int
    contract: int
    kind: ScanKind


def pack(second: int, member: int, contract: int, kind: ScanKind) -> int:
    """The scan as one whole number that sorts by time."""
    return (((second << MEMBER_BITS | member) << CONTRACT_BITS) | contract) << KIND_BITS | kind


def member_of(packed: int) -> int:
    """The member of a packed scan."""
    member: int = packed >> (KIND_BITS + CONTRACT_BITS) & (2**MEMBER_BITS - 1)
    return member


def unpack(packed: int) -> Scan:
    """The scan of a whole number."""
    kind = packed & (2**KIND_BITS - 1)
    packed >>= KIND_BITS
    contract = packed & (2**CONTRACT_BITS - 1)
    packed >>= CONTRACT_BITS
    return Scan(packed >> MEMBER_BITS, packed & (2**MEMBER_BITS - 1), contract, _KINDS[kind])


@dataclass(slots=True)
class Agreement:
    """One contract of a life; `ends` is the last day, moved by frozen and given days."""

    offer: str
    starts: int
    sold_ends: int | None
    ends: int | None
    signed: int
    freezes: list[tuple[int, int]] = field(default_factory=list)
    renews: bool = False
    given: int = 0
    visits: list[int] = field(default_factory=list)

    def is_frozen(self, day: int) -> bool:
        """Tell whether a day lies in a freeze."""
        return any(first <= day <= last for first, last in self.freezes)


@dataclass(slots=True)
class Life:
    """One member: which town, since when, with which contracts and scans."""

    number: int
    town: int
    joined: int
    agreements: list[Agreement]
    scans: list[int]
    habit: Habit


class Walk:
    """Lives one life day by day up to a last second."""

    def __init__(
        self, number: int, town: int, calendar: TownCalendar, until: int, chance: Random
    ) -> None:
        self.calendar = calendar
        self.chance = chance
        self.until = until
        self.last = calendar.first + len(calendar.starts) - 1
        self.life = Life(number, town, 0, [], [], NEVER)

    def run(self, joined: int) -> Life:
        """The whole life from the day of joining."""
        chance, life = self.chance, self.life
        life.joined = joined
        key = self._first_offer()
        life.habit = draw_habit(chance, late=key == "night", early=key == "offpeak")
        starts = joined + (chance.randrange(1, 9) if chance.random() < 0.06 else 0)
        if starts > joined:
            self._scan(joined, 18 * 60, ScanKind.NOT_STARTED, 0)
        signed, fresh_since, renews = joined, starts, False
        while len(life.agreements) < MOST_CONTRACTS:
            agreement = self._sign(key, starts, signed, renews=renews)
            self._live_through(agreement, fresh_since)
            following = self._what_follows(agreement)
            if following is None or following[1] > self.last:
                break
            key, starts, renews = following
            signed = max(agreement.starts, starts - (chance.randrange(1, 25) if renews else 0))
            fresh_since = fresh_since if renews else starts
        return life

    def _first_offer(self) -> str:
        late_town = any(span and span[1] > DAY_MINUTES for span in self.calendar.hours["night"])
        offers = [offer for offer in OFFERS if offer.key != "night" or late_town]
        return self.chance.choices(offers, [offer.share for offer in offers])[0].key

    def _sign(self, key: str, starts: int, signed: int, *, renews: bool) -> Agreement:
        last_day = BY_KEY[key].last_day(date.fromordinal(starts))
        ends = last_day.toordinal() if last_day else None
        agreement = Agreement(key, starts, ends, ends, signed, renews=renews)
        if key in FREEZABLE and ends is not None and self.chance.random() < 0.14:
            first = self.chance.randrange(starts + 30, ends - 50)
            length = self.chance.randrange(14, 46)
            if first <= self.last:
                agreement.freezes.append((first, first + length - 1))
                agreement.ends = ends + length
        if BY_KEY[key].kind is PlanKind.RECURRING:
            months = 1 + int(self.chance.expovariate(1 / 9))
            over = add_months(date.fromordinal(starts), months).toordinal() - 1
            agreement.ends = over if over <= self.last else None
        self.life.agreements.append(agreement)
        return agreement

    def _live_through(self, agreement: Agreement, fresh_since: int) -> None:
        habit, calendar, chance = self.life.habit, self.calendar, self.chance
        place = len(self.life.agreements) - 1
        hours = calendar.hours[agreement.offer]
        units = BY_KEY[agreement.offer].visits
        last = self.last if agreement.ends is None else min(agreement.ends, self.last)
        away_until, left = 0, 1.0
        for day in range(max(agreement.starts, calendar.first), last + 1):
            weekday = (day + 6) % 7
            if (day - fresh_since) % 7 == 0:
                left = habit.share_left((day - fresh_since) // 7)
                if chance.random() < 0.03:
                    away_until = day + chance.randrange(6, 22)
            wish = habit.weights[weekday] * left * calendar.shares[day - calendar.first]
            if day < away_until or chance.random() >= min(wish, MOST_PER_DAY):
                continue
            if agreement.freezes and agreement.is_frozen(day):
                if chance.random() < 0.06:
                    self._scan(day, habit.minute, ScanKind.FROZEN, place)
                continue
            span = hours[weekday]
            if span is None:
                continue
            if units is not None and len(agreement.visits) >= units:
                self._scan(day, habit.minute, ScanKind.VISITS_USED_UP, place)
                break
            agreement.visits.append(day)
            self._visit(day, span, place, last)

    def _visit(self, day: int, span: tuple[int, int], place: int, last: int) -> None:
        chance, habit = self.chance, self.life.habit
        first, latest = span
        if day == last:
            latest = min(latest, DAY_MINUTES - 20)
        minute = min(max(chance.gauss(habit.minute, habit.spread), first), latest - 1)
        odd = chance.random()
        if odd < 0.004 and BY_KEY[self.life.agreements[place].offer].hours:
            self._scan(day, 18 * 60 if first < 12 * 60 else 17 * 60, ScanKind.OUTSIDE_HOURS, place)
        elif odd > 0.9992:
            self._scan(day, minute, ScanKind.WRONG_CLUB, place)
            return
        self._pass(day, minute, place, odd)
        again = minute + SECOND_VISIT_AFTER
        if chance.random() < SECOND_VISIT and again < latest:
            self._pass(day, again, place, 0.5)

    def _pass(self, day: int, minute: float, place: int, odd: float) -> None:
        scans, chance = self.life.scans, self.chance
        second = self.calendar.second(day, minute)
        if second > self.until:
            return
        number = self.life.number
        leaves = self.calendar.town.exits_scanned and chance.random() < 0.85
        stay = int(min(max(chance.gauss(4500, 1300), 1200), 11_000))
        kind = ScanKind.ENTRY_THEN_EXIT if leaves else ScanKind.ENTRY
        scans.append(pack(second, number, place, kind))
        if 0.02 < odd < 0.03:
            scans.append(pack(second + 3, number, place, ScanKind.DOUBLE_TAP))
        elif 0.03 < odd < 0.034:
            scans.append(pack(second + 35, number, place, ScanKind.PASSBACK))
        if leaves and second + stay <= self.until:
            scans.append(pack(second + stay, number, place, ScanKind.EXIT))

    def _scan(self, day: int, minute: float, kind: ScanKind, place: int) -> None:
        if self.calendar.first <= day <= self.last:
            second = self.calendar.second(day, minute + self.chance.random() * 20)
            if second <= self.until:
                self.life.scans.append(pack(second, self.life.number, place, kind))

    def _what_follows(self, agreement: Agreement) -> tuple[str, int, bool] | None:
        chance, ends = self.chance, agreement.ends
        if ends is None or ends >= self.last:
            return None
        kind = BY_KEY[agreement.offer].kind
        lately = sum(1 for day in agreement.visits if day > ends - 60)
        stays = min(0.86, 0.18 + 0.055 * lately) if kind is not PlanKind.DAY else 0.2
        if chance.random() < stays:
            return self._renewal(agreement, ends)
        if chance.random() < 0.3 and agreement.visits:
            self._scan(ends + chance.randrange(1, 20), 18 * 60, ScanKind.EXPIRED,
                       len(self.life.agreements) - 1)  # fmt: skip
        if chance.random() < 0.16:
            back = ends + chance.randrange(35, 240)
            return chance.choice(STAYERS), back, False
        return None

    def _renewal(self, agreement: Agreement, ends: int) -> tuple[str, int, bool]:
        key = agreement.offer
        if BY_KEY[key].kind in {PlanKind.TRIAL, PlanKind.DAY} or self.chance.random() < 0.15:
            key = self.chance.choice(STAYERS)
        return key, ends + 1, True
