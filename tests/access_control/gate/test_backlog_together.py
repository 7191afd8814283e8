"""A backlog decided together leaves exactly the rows that its scans leave one by one."""

import random
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from itertools import zip_longest
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from access_control import intake
from access_control.adapters.scan import Scan
from access_control.intake import take_backlog
from access_control.models import DeviceKind, DirectionMode
from access_control.queries.invariants import inside_counts, scans_and_visits, units_of_visits
from access_control.rules.codes import CredentialKind, Direction, Passback
from access_control.rules.policy import GatePolicy
from access_control.services import backlog
from access_control.services.credentials import block_credential
from access_control.services.policy import save_policy
from clubcrm.core.clubs import ClosedDay, Club
from clubcrm.core.db import Model, db, unit_of_work
from memberships.api import BlockOwner, BlockRequest, FreezeRequest, freeze_contract, place_block
from memberships.contracts.invariants import unit_balances
from memberships.contracts.models import Contract, PlanVersion
from memberships.contracts.rules import PlanKind
from tests.access_control.gate.floor import at, give_card, give_contract, make_device
from tests.cast import Cast, make_member

NOW = at("2026-11-18 12:00")
PEOPLE = 14
DOORS = ("BOTH", "TURN", "IN", "POOL")
KEYS = {
    "access_event.id": "scan",
    "access_event.public_id": "public",
    "visit.id": "visit",
    "visit.public_id": "public",
    "visit.entry_event_id": "scan",
    "visit.exit_event_id": "scan",
    "package_entry.id": "line",
    "package_entry.source_id": "public",
    "package_entry.reverses_id": "line",
    "unmatched.id": "unmatched",
    "event.id": "fact",
    "payload.event_id": "scan",
    "payload.visit_id": "visit",
    "delivery.id": "delivery",
    "delivery.event_id": "fact",
}
TABLES = (
    "access_event",
    "visit",
    "visit_day",
    "package_lot",
    "package_entry",
    "package_notice",
    "unmatched",
    "event",
    "delivery",
    "block",
    "contract",
    "device",
)


def a_club(cast: Cast, dice: random.Random) -> None:
    """People of every sort hold cards 1 to 14 at a club with four doors."""
    make_device(cast.club, "BOTH", direction=DirectionMode.STATUS)
    make_device(cast.club, "TURN", direction=DirectionMode.TOGGLE)
    make_device(cast.club, "IN", DeviceKind.ZK_ATT)
    make_device(cast.club, "POOL", zone="pool", direction=DirectionMode.STATUS)
    people = [make_member(f"M{n}", club=cast.club) for n in range(PEOPLE)]
    for n, person in enumerate(people):
        credential = give_card(person.id, str(n + 1))
        give_card(person.id, f"90{n}", CredentialKind.PIN)
        _rights_of(n, person.id, cast, dice)
        if n == 11:
            block_credential(credential, by="user:1")
    for child, guardian in ((people[12], people[0]), (people[13], people[1])):
        child.birth_date, child.guardian_id = date(2017, 3, 3), guardian.id
    db.session.add(ClosedDay(club_id=cast.club, day=date(2026, 11, 13)))
    db.session.flush()


def _rights_of(n: int, person: int, cast: Cast, dice: random.Random) -> None:
    kind = n % 7
    reentry = dice.choice((0, 60, 180))
    if kind in {0, 5}:
        give_contract(person, cast.club, reentry_minutes=reentry)
    elif kind == 1:
        visits = dice.choice((2, 3, 8))
        give_contract(
            person, cast.club, kind=PlanKind.VISITS, visits=visits, reentry_minutes=reentry
        )
    elif kind == 2:
        give_contract(person, cast.club, ends_on=date(2026, 11, dice.choice((9, 12, 14))))
        give_contract(person, cast.club, kind=PlanKind.VISITS, visits=3, daily_limit=1)
    elif kind == 3:
        give_contract(person, cast.club, kind=PlanKind.TRIAL, starts_on=date(2026, 11, 9))
    elif kind == 4:
        contract_id = give_contract(person, cast.club)
        contract = db.session.get_one(Contract, contract_id)
        version = db.session.get_one(PlanVersion, contract.plan_version_id)
        version.freeze_on_scan = dice.choice(tuple(type(version.freeze_on_scan)))
        first = date(2026, 11, 19)
        frozen = FreezeRequest(contract_id, first, first + timedelta(days=9), "away")
        block = freeze_contract(frozen, by="user:1")
        block.from_on -= timedelta(days=8)
    if kind == 5:
        debt = BlockRequest(
            person, BlockOwner.DEBT, "owes", from_on=date(2026, 11, 12), amount_minor=500
        )
        place_block(debt, by="user:1")


def some_scans(dice: random.Random, serial: str, count: int) -> list[Scan]:
    """Scans of a week: regulars, bounced taps, strangers, codes, wrong clocks, told twice."""
    scans: list[Scan] = []
    when = at("2026-11-09 06:00")
    while len(scans) < count:
        when += timedelta(seconds=dice.choice((2, 30, 600, 4000, 20_000)))
        card = str(dice.randint(1, PEOPLE + 3))
        kind = CredentialKind.CARD
        if dice.random() < 0.2:
            card, kind = f"90{dice.randint(0, PEOPLE)}", CredentialKind.PIN
        if dice.random() < 0.03:
            card, kind = "0", CredentialKind.PIN
        shown = when
        if dice.random() < 0.03:
            shown = at("2000-01-01 00:00") + timedelta(minutes=len(scans))
        way = dice.choice((Direction.IN, Direction.OUT, Direction.UNKNOWN))
        key = f"{serial}-{len(scans)}"
        scans.append(Scan(key, kind, card, shown, way, shown.isoformat(), dice.random() < 0.9))
        if dice.random() < 0.1:
            again = scans[-1] if dice.random() < 0.5 else None
            tap = shown + timedelta(seconds=2)
            scans.append(again or Scan(f"{key}b", kind, card, tap, way, tap.isoformat(), True))
    return scans


def rows_of(names: Sequence[str]) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row; keys and random ids give way to the order in which they first appear."""
    seen: dict[tuple[str, Any], int] = {}
    found: dict[str, list[tuple[Any, ...]]] = {}
    for name in names:
        table = Model.metadata.tables[name]
        rows = db.session.execute(select(table).order_by(*table.primary_key.columns))
        found[name] = [
            tuple(_plain(name, key, value, seen) for key, value in row._mapping.items())
            for row in rows
        ]
    return found


def _plain(table: str, column: str, value: Any, seen: dict[tuple[str, Any], int]) -> Any:
    if column == "unit_id":
        return None
    if isinstance(value, dict):
        return {key: _plain("payload", key, each, seen) for key, each in value.items()}
    kind = KEYS.get(f"{table}.{column}")
    return value if kind is None or value is None else seen.setdefault((kind, value), len(seen))


def left_by(app: Flask, uploads: Sequence[tuple[str, list[Scan]]]) -> dict[str, Any]:
    """Take the uploads, look at what they leave and what was answered, and undo them again."""
    with app.app_context(), unit_of_work(write=True) as session:
        told = [take_backlog(serial, scans, NOW) for serial, scans in uploads]
        session.flush()
        wrong = [*units_of_visits(), *scans_and_visits(), *inside_counts(), *unit_balances()]
        answers = [one for each in told for one in sorted(each.items())]
        found: dict[str, Any] = {"told": answers, "wrong": wrong, **rows_of(TABLES)}
        session.rollback()
    return found


def unlike(some: Sequence[Any], others: Sequence[Any]) -> list[tuple[Any, Any]]:
    """Return the first pairs that differ."""
    return [pair for pair in zip_longest(some, others) if pair[0] != pair[1]][:2]


@pytest.fixture
def pieces(monkeypatch: pytest.MonkeyPatch) -> Callable[[int, int], None]:
    """Make pieces of so many scans, of which fewer than some go one by one; no unit is kept."""
    monkeypatch.setattr(intake, "in_unit", lambda work, patient: (work(), patient)[0])
    monkeypatch.setattr(intake, "PIECE_SECONDS", 600)

    def cut(size: int, few: int) -> None:
        monkeypatch.setattr(intake, "FIRST_PIECE", size)
        monkeypatch.setattr(intake, "LARGEST_PIECE", size)
        monkeypatch.setattr(backlog, "FEW", few)

    return cut


@pytest.mark.parametrize("seed", range(4))
def test_scans_decided_together_leave_the_rows_of_scans_decided_singly(
    app: Flask, cast: Cast, time_machine, pieces: Callable[[int, int], None], seed: int
):
    time_machine.move_to(NOW, tick=False)
    dice = random.Random(seed)
    with app.app_context(), unit_of_work():
        a_club(cast, dice)
        policy = GatePolicy(passback=dice.choice(tuple(Passback)), unknown_cap=10)
        save_policy(cast.club, policy, by="user:1")
        db.session.get_one(Club, cast.club).capacity = dice.choice((None, 3, 40))
    uploads = [(serial, some_scans(dice, serial, 40)) for serial in DOORS]
    # The first door sends everything once more, with news: late for what the others have told.
    uploads.append((DOORS[0], uploads[0][1] + some_scans(dice, "late", 30)))

    pieces(1000, 10**9)
    singly = left_by(app, uploads)
    pieces(dice.choice((7, 40, 1000)), 0)
    together = left_by(app, uploads)

    assert together["wrong"] == singly["wrong"] == []
    assert [
        (name, pair) for name, rows in singly.items() for pair in unlike(rows, together[name])
    ] == []


def test_plain_backlog_goes_together_and_not_one_by_one(
    app: Flask, cast: Cast, time_machine, monkeypatch: pytest.MonkeyPatch
):
    """The positive control of the test above: what it compares are two ways, not one."""
    time_machine.move_to(NOW, tick=False)
    with app.app_context(), unit_of_work():
        make_device(cast.club, "BOTH", direction=DirectionMode.STATUS)
        for n in range(8):
            member = make_member(f"M{n}", club=cast.club)
            give_card(member.id, str(n + 1))
            give_contract(member.id, cast.club, kind=PlanKind.VISITS, visits=20)
    monkeypatch.setattr(backlog, "handle_scan", None)
    monkeypatch.setattr(backlog, "FEW", 0)
    start = at("2026-11-10 08:00")
    scans = [
        Scan(f"k{n}", CredentialKind.CARD, str(n % 8 + 1), start + timedelta(hours=n), way)
        for n, way in enumerate((Direction.IN, Direction.OUT) * 30)
    ]

    with app.app_context():
        told = take_backlog("BOTH", scans, NOW)

        assert len(told) == 60
        assert not any(one.duplicate for one in told.values())
