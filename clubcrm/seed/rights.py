"""The facts the gate would have had at a past scan, from the lives instead of the store."""

from collections.abc import Iterator
from datetime import date

from access_control.rules.anniversaries import age_on, birthday_in
from access_control.rules.codes import Direction
from access_control.rules.facts import EntryFacts, Passage, PersonFact
from access_control.rules.policy import GatePolicy
from clubcrm.seed.ground import Ground, instant
from clubcrm.seed.lives import Agreement
from clubcrm.seed.offers import BY_KEY
from memberships.blocks.rules import BlockFact
from memberships.contracts.rules import ContractRight, MemberRights, Window, without_idle_freezes

ZONE = "entrance"
PLACED_AHEAD = 3
NO_RIGHTS = MemberRights(contracts=(), blocks=())


class Trace:
    """What the gate remembers of one member while the history is told in order."""

    __slots__ = (
        "day", "day_visits", "last", "last_day", "last_out", "person_id", "since", "town", "visit",
    )  # fmt: skip

    def __init__(self) -> None:
        self.last = self.since = self.day = self.last_day = self.day_visits = 0
        self.last_out = False
        self.person_id = self.town = 0
        self.visit: list[object] | None = None


class RightsBook:
    """Rights and facts of members at any day of the history."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._cached: dict[tuple[int, int], ContractRight] = {}
        self._windows = {
            key: tuple(Window(weekday, *offer.hours) for weekday in offer.weekdays)
            if offer.hours
            else ()
            for key, offer in BY_KEY.items()
        }
        self._policies = [
            GatePolicy(debt_limit_minor=calendar.town.unit_price_minor // 2)
            for calendar in ground.calendars
        ]

    def right(self, member: int, place: int) -> ContractRight:
        """What one contract of a member allows; units are those left at the moment of asking."""
        lot = self._ground.lots.get((member, place))
        if lot is None and (member, place) in self._cached:
            return self._cached[member, place]
        ground, life = self._ground, self._ground.lives[member]
        agreement = life.agreements[place]
        offer = BY_KEY[agreement.offer]
        own = {ground.club_ids[life.town]}
        if agreement.offer == "half" and len(ground.club_ids) > 1:
            own.add(ground.club_ids[(life.town + 1) % len(ground.club_ids)])
        found = ContractRight(
            contract_id=ground.contract_ids[member][place],
            plan_kind=offer.kind,
            plan_name=offer.name,
            starts_on=date.fromordinal(agreement.starts),
            ends_on=date.fromordinal(agreement.ends) if agreement.ends else None,
            state="signed",
            windows=self._windows[agreement.offer],
            club_ids=None if offer.all_clubs else frozenset(own),
            zones=None,
            daily_limit=offer.daily_limit,
            reentry_minutes=120,
            units_left=lot.remaining if lot else None,
            lot_id=lot.lot_id if lot else None,
            freeze_on_scan="refuse",
        )
        if lot is None:
            self._cached[member, place] = found
        return found

    def rights(self, member: int, day: int) -> MemberRights:
        """Contracts that run or come, the one that ended last, and blocks still to come."""
        wanted = []
        last_ended: int | None = None
        for place, agreement in enumerate(self._ground.lives[member].agreements):
            if agreement.signed > day:
                break
            if _is_over(agreement, day):
                last_ended = place
            else:
                wanted.append(place)
        places = wanted if last_ended is None else [last_ended, *wanted]
        contracts = tuple(self.right(member, place) for place in places)
        blocks = tuple(self.blocks(member, day))
        if not blocks:
            return MemberRights(contracts, ())
        return without_idle_freezes(MemberRights(contracts, blocks), date.fromordinal(day))

    def blocks(self, member: int, day: int) -> Iterator[BlockFact]:
        """Blocks that hold on the day or were placed shortly before they begin."""
        listed = self._ground.blocks.get(member)
        if listed:
            on, ahead = date.fromordinal(day), date.fromordinal(day + PLACED_AHEAD)
            for block in listed:
                if block.from_on <= ahead and (block.until_on is None or block.until_on >= on):
                    yield block

    def facts(
        self, second: int, local: int, town: int, trace: Trace | None, member: int
    ) -> EntryFacts:
        """The facts of a way-in scan at a club; a member of None's trace is a stranger."""
        ground = self._ground
        day = local // 86_400 + 719_163
        common = {
            "at": instant(second),
            "day": date.fromordinal(day),
            "tz": ground.calendars[town].town.zone,
            "club_id": ground.club_ids[town],
            "zone": ZONE,
            "policy": self._policies[town],
        }
        if trace is None:
            return EntryFacts(**common)  # type: ignore[arg-type] # checked by every test of the seed
        on = date.fromordinal(day)
        person = PersonFact(
            person_id=ground.person_ids[member],
            age=age_on(ground.births[member], on),
            birthday=birthday_in(ground.births[member], on.year) == on,
            has_photo=ground.with_photo[member],
        )
        visit_day = (local - 14_400) // 86_400 + 719_163
        return EntryFacts(
            **common,  # type: ignore[arg-type] # as above
            person=person,
            rights=self.rights(member, day),
            last=_last(trace),
            visit_since=instant(trace.since) if trace.since else None,
            visits_today=trace.day_visits if trace.day == visit_day else 0,
            last_visit_day=_earlier_day(trace, visit_day),
        )


def _last(trace: Trace) -> Passage | None:
    if not trace.last:
        return None
    way = Direction.OUT if trace.last_out else Direction.IN
    return Passage(instant(trace.last), way, ZONE)


def _earlier_day(trace: Trace, visit_day: int) -> date | None:
    ordinal = trace.last_day if trace.day == visit_day else trace.day
    return date.fromordinal(ordinal) if ordinal else None


def _is_over(agreement: Agreement, day: int) -> bool:
    return agreement.ends is not None and agreement.ends < day
