"""What a decision is made from, and its plain form that is stored beside every scan."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from access_control.rules.codes import Code, Direction
from access_control.rules.policy import (
    DEFAULT_POLICY,
    GatePolicy,
    policy_from,
    policy_values,
)
from memberships.blocks.rules import BlockFact, BlockOwner
from memberships.contracts.rules import ContractRight, MemberRights, PlanKind, Window

NO_RIGHTS = MemberRights(contracts=(), blocks=())


@dataclass(frozen=True, slots=True)
class Passage:
    """One admitted passage of a person: when, through which door zone, and which way."""

    at: datetime
    direction: Direction
    zone: str | None = None


@dataclass(frozen=True, slots=True)
class PersonFact:
    """What the gate knows of a person beside the contracts; age in whole years, no birth date."""

    person_id: int
    age: int | None = None
    birthday: bool = False
    has_photo: bool = True
    guardian_inside: bool = False
    passback_free: bool = False
    notes: tuple[Code, ...] = ()


@dataclass(frozen=True, slots=True)
class EntryFacts:
    """Everything that decides one scan; `day` is the membership day, `at` an aware instant."""

    at: datetime
    day: date
    tz: str
    club_id: int
    zone: str | None = None
    direction: Direction = Direction.IN
    person: PersonFact | None = None
    card_blocked: bool = False
    rights: MemberRights = NO_RIGHTS
    club_open: bool = True
    capacity: int | None = None
    inside: int = 0
    last: Passage | None = None
    visit_since: datetime | None = None
    visits_today: int = 0
    last_visit_day: date | None = None
    guest_visits: int = 0
    policy: GatePolicy = field(default=DEFAULT_POLICY)


def goes_on(facts: EntryFacts, right: ContractRight) -> bool:
    """Tell whether this entry continues the visit that has begun: the re-entry window holds."""
    since = facts.visit_since
    return since is not None and facts.at - since <= timedelta(minutes=right.reentry_minutes)


def inputs_of(facts: EntryFacts) -> dict[str, Any]:
    """Return the facts as plain values; only what differs from the defaults is kept.

    The free-text reason of a block is left out: it decides nothing and may be personal.
    """
    values: dict[str, Any] = {
        "at": facts.at.isoformat(),
        "day": facts.day.isoformat(),
        "tz": facts.tz,
        "club_id": facts.club_id,
        "direction": facts.direction.value,
        "zone": facts.zone,
        "capacity": facts.capacity,
        "inside": facts.inside,
        "visits_today": facts.visits_today,
        "guest_visits": facts.guest_visits,
        "card_blocked": facts.card_blocked,
        "closed": not facts.club_open,
        "person": _person_values(facts.person),
        "last": _passage_values(facts.last),
        "visit_since": facts.visit_since.isoformat() if facts.visit_since else None,
        "last_visit_day": facts.last_visit_day.isoformat() if facts.last_visit_day else None,
        "contracts": [_contract_values(right) for right in facts.rights.contracts],
        "blocks": [_block_values(block) for block in facts.rights.blocks],
        "policy": policy_values(facts.policy) if facts.policy is not DEFAULT_POLICY else None,
    }
    return {name: value for name, value in values.items() if value}


def facts_from(values: Mapping[str, Any]) -> EntryFacts:
    """Return the facts of stored plain values, with which the same decision is made again."""
    return EntryFacts(
        at=datetime.fromisoformat(values["at"]),
        day=date.fromisoformat(values["day"]),
        tz=values["tz"],
        club_id=values["club_id"],
        zone=values.get("zone"),
        direction=Direction(values["direction"]),
        person=_person_from(values.get("person")),
        card_blocked=values.get("card_blocked", False),
        rights=MemberRights(
            contracts=tuple(_contract_from(one) for one in values.get("contracts", ())),
            blocks=tuple(_block_from(one) for one in values.get("blocks", ())),
        ),
        club_open=not values.get("closed", False),
        capacity=values.get("capacity"),
        inside=values.get("inside", 0),
        last=_passage_from(values.get("last")),
        visit_since=_instant(values.get("visit_since")),
        visits_today=values.get("visits_today", 0),
        last_visit_day=_day(values.get("last_visit_day")),
        guest_visits=values.get("guest_visits", 0),
        policy=policy_from(values.get("policy")),
    )


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _person_values(person: PersonFact | None) -> dict[str, Any] | None:
    if person is None:
        return None
    return {
        "person_id": person.person_id,
        "age": person.age,
        "birthday": person.birthday,
        "has_photo": person.has_photo,
        "guardian_inside": person.guardian_inside,
        "passback_free": person.passback_free,
        "notes": [note.value for note in person.notes],
    }


def _person_from(values: Mapping[str, Any] | None) -> PersonFact | None:
    if values is None:
        return None
    return PersonFact(
        person_id=values["person_id"],
        age=values["age"],
        birthday=values["birthday"],
        has_photo=values["has_photo"],
        guardian_inside=values["guardian_inside"],
        passback_free=values["passback_free"],
        notes=tuple(Code(note) for note in values["notes"]),
    )


def _passage_values(passage: Passage | None) -> list[str | None] | None:
    if passage is None:
        return None
    return [passage.at.isoformat(), passage.direction.value, passage.zone]


def _passage_from(values: list[Any] | None) -> Passage | None:
    if values is None:
        return None
    return Passage(datetime.fromisoformat(values[0]), Direction(values[1]), values[2])


def _contract_values(right: ContractRight) -> dict[str, Any]:
    return {
        "id": right.contract_id,
        "kind": right.plan_kind.value,
        "plan": right.plan_name,
        "from": right.starts_on.isoformat(),
        "to": right.ends_on.isoformat() if right.ends_on else None,
        "state": right.state,
        "windows": [
            [window.weekday, window.opens.isoformat(), window.closes.isoformat()]
            for window in right.windows
        ],
        "clubs": None if right.club_ids is None else sorted(right.club_ids),
        "zones": None if right.zones is None else sorted(right.zones),
        "daily": right.daily_limit,
        "reentry": right.reentry_minutes,
        "units": right.units_left,
        "lot": right.lot_id,
        "on_freeze": right.freeze_on_scan,
    }


def _contract_from(values: Mapping[str, Any]) -> ContractRight:
    clubs, zones = values["clubs"], values["zones"]
    return ContractRight(
        contract_id=values["id"],
        plan_kind=PlanKind(values["kind"]),
        plan_name=values["plan"],
        starts_on=date.fromisoformat(values["from"]),
        ends_on=_day(values["to"]),
        state=values["state"],
        windows=tuple(
            Window(weekday, time.fromisoformat(opens), time.fromisoformat(closes))
            for weekday, opens, closes in values["windows"]
        ),
        club_ids=None if clubs is None else frozenset(clubs),
        zones=None if zones is None else frozenset(zones),
        daily_limit=values["daily"],
        reentry_minutes=values["reentry"],
        units_left=values["units"],
        lot_id=values["lot"],
        freeze_on_scan=values["on_freeze"],
    )


def _block_values(block: BlockFact) -> list[Any]:
    return [
        block.block_id,
        block.owner.value,
        block.from_on.isoformat(),
        block.until_on.isoformat() if block.until_on else None,
        block.amount_minor,
        block.currency,
    ]


def _block_from(values: list[Any]) -> BlockFact:
    block_id, owner, from_on, until_on, amount_minor, currency = values
    return BlockFact(
        block_id=block_id,
        owner=BlockOwner(owner),
        from_on=date.fromisoformat(from_on),
        until_on=_day(until_on),
        amount_minor=amount_minor,
        currency=currency,
        reason="",
    )
