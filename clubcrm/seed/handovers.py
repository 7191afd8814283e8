"""Families, contracts handed on, and changes of plan that wait for their day."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby

from clubcrm.seed.ground import Ground
from clubcrm.seed.lives import Agreement
from clubcrm.seed.offers import BY_KEY
from clubcrm.seed.order import public_id
from memberships.contracts.handover_tables import (
    ChangeState,
    ContractTransfer,
    Family,
    FamilyMember,
    PlanChange,
)
from memberships.contracts.proration import Rate, change_price

CARRIES = "year"
FAMILY_SIZES = (1, 2, 3)
Pair = tuple[int, int]


@dataclass(slots=True)
class Handovers:
    """Who belongs to whom, and which contract went where; chosen before papers are written."""

    families: list[tuple[int, list[int]]] = field(default_factory=list)
    transfers: list[Pair] = field(default_factory=list)
    cuts: dict[Pair, int] = field(default_factory=dict)

    def payer_of(self, number: int) -> int:
        """Return which member pays for the newest contract of a member."""
        return next((holder for holder, others in self.families if number in others), number)


def choose_handovers(ground: Ground) -> Handovers:
    """Some members of the same plan and town are families; some contracts go on to others."""
    chosen = Handovers()
    running = [number for number in range(len(ground.lives)) if _runs(ground, number)]
    by_town = groupby(
        sorted(running, key=lambda number: ground.lives[number].town),
        key=lambda number: ground.lives[number].town,
    )
    for _town, group in by_town:
        numbers = list(group)
        share = max(len(numbers) // 12, 1)
        while share and len(numbers) > FAMILY_SIZES[share % 3]:
            size = FAMILY_SIZES[share % 3]
            chosen.families.append((numbers[0], numbers[1 : 1 + size]))
            numbers, share = numbers[1 + size :], share - 1
        _hand_on(ground, numbers, chosen)
    return chosen


def _runs(ground: Ground, number: int) -> bool:
    last = ground.lives[number].agreements[-1]
    return (
        last.offer == CARRIES
        and last.starts <= ground.today
        and (last.ends or 0) > ground.today + 1
        and not last.freezes
        and not last.given
    )


def _hand_on(ground: Ground, numbers: list[int], chosen: Handovers) -> None:
    """A contract of these ends today, and a former member of the town has its rest."""
    if not numbers:
        return
    old = numbers[-1]
    town = ground.lives[old].town
    new = next((one for one in range(len(ground.lives)) if _is_gone(ground, one, town)), None)
    if new is None:
        return
    rest = ground.lives[old].agreements[-1]
    starts = ground.today + 1
    sold = BY_KEY[CARRIES].last_day(date.fromordinal(starts))
    taken = Agreement(CARRIES, starts, sold.toordinal() if sold else None, rest.ends, ground.today)
    ground.lives[new].agreements.append(taken)
    chosen.cuts[new, len(ground.lives[new].agreements) - 1] = rest.ends or 0
    chosen.cuts[old, len(ground.lives[old].agreements) - 1] = ground.today
    rest.ends = ground.today
    chosen.transfers.append((old, new))


def _is_gone(ground: Ground, number: int, town: int) -> bool:
    life = ground.lives[number]
    last = life.agreements[-1]
    return life.town == town and last.ends is not None and last.ends < ground.today - 40


def write_handovers(ground: Ground, chosen: Handovers) -> None:
    """The families, transfers and waiting changes stand in the store."""
    chance = ground.order.chance("handovers")
    store, by = ground.store, ground.actor("manager")
    made_at = ground.order.moment - timedelta(days=1)
    for holder, others in chosen.families:
        family_id = store.sink(Family).add(
            public_id=public_id(chance),
            club_id=ground.club_ids[ground.lives[holder].town],
            holder_id=ground.person_ids[holder],
            payer_id=ground.person_ids[holder],
            made_at=made_at,
            made_by=by,
        )
        for number in others:
            store.sink(FamilyMember).add(
                family_id=family_id,
                contract_id=ground.contract_ids[number][-1],
                person_id=ground.person_ids[number],
                joined_on=date.fromordinal(ground.lives[number].agreements[-1].starts),
            )
    for old, new in chosen.transfers:
        town = ground.lives[old].town
        store.sink(ContractTransfer).add(
            public_id=public_id(chance),
            club_id=ground.club_ids[town],
            contract_id=ground.contract_ids[old][-1],
            new_contract_id=ground.contract_ids[new][-1],
            from_person_id=ground.person_ids[old],
            to_person_id=ground.person_ids[new],
            effective_on=date.fromordinal(ground.today + 1),
            fee_minor=0,
            currency=ground.calendars[town].town.currency,
            reason="Moves to another town",
            made_at=ground.order.moment,
            made_by=by,
        )
    for holder, _others in chosen.families:
        _change(ground, holder, public_id(chance))


def _change(ground: Ground, number: int, named: str) -> None:
    """The holder thought about the plan for all clubs, and let it be."""
    life, now = ground.lives[number], ground.order.moment
    last, town = life.agreements[-1], life.town
    days = (last.sold_ends or last.starts) - last.starts + 1
    left = (last.ends or ground.today) - ground.today
    prices = ground.prices[town, CARRIES], ground.prices[town, "allclubs"]
    ground.store.sink(PlanChange).add(
        public_id=named,
        club_id=ground.club_ids[town],
        person_id=ground.person_ids[number],
        contract_id=ground.contract_ids[number][-1],
        plan_version_id=ground.versions[town, "allclubs"],
        effective_on=date.fromordinal(ground.today + 1),
        days_left=left,
        charge_minor=change_price(Rate(prices[0], days), Rate(prices[1], days), left),
        currency=ground.calendars[town].town.currency,
        state=ChangeState.UNDONE,
        made_at=now - timedelta(hours=3),
        made_by=ground.actor("sales"),
        settled_at=now - timedelta(hours=2),
        settled_by=ground.actor("sales"),
    )
