"""Services room: a piece of past contracts is written in bulk, each with its history and units."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from flask_babel import gettext as _
from sqlalchemy import insert

from clubcrm.core import audit, clock
from clubcrm.core.db import db
from clubcrm.core.states import move_many
from clubcrm.core.types import JsonObject
from memberships.contracts.catalogue import PlanOnSale
from memberships.contracts.fees import plan_fees
from memberships.contracts.models import Contract, ContractChange
from memberships.contracts.rules import CONTRACT_MOVES, ContractState, PlanKind
from memberships.contracts.services import next_numbers
from memberships.packages.opening import PastLot, open_past_lots


@dataclass(frozen=True, slots=True)
class Past:
    """A contract that ran elsewhere; `units_left` of None means as many as its plan gives."""

    plan: PlanOnSale
    person_id: int
    starts_on: date
    ends_on: date | None
    units_left: int | None

    @property
    def is_unused(self) -> bool:
        """Tell whether the contract still gives something."""
        return self.plan.terms.visits is None or self.units_left != 0


def write_past(club_id: int, past: Sequence[Past], today: date, *, by: str) -> list[int]:
    """The contracts stand in the books as they ran; returns their ids in the same order."""
    if not past:
        return []
    lines = _lines(club_id, past, by)
    statement = insert(Contract).returning(Contract.id, sort_by_parameter_order=True)
    ids = list(db.session.scalars(statement, lines))
    _open_lots(club_id, ids, past, by)
    drawn_up = [(one, _as_kept(line)) for one, line in zip(ids, lines, strict=True)]
    audit.note_many("contract.drawn_up", "contract", drawn_up, by=by)
    step = (ContractState.INCOMPLETE, ContractState.SIGNED)
    move_many(Contract, ids, step, moves=CONTRACT_MOVES, by=by)
    _note_signed(drawn_up, by)
    for one, told in zip(ids, past, strict=True):
        if told.plan.terms.kind is PlanKind.RECURRING:
            plan_fees(db.session.get_one(Contract, one), by=by)
    over = [
        one
        for one, told in zip(ids, past, strict=True)
        if told.ends_on is not None and told.ends_on < today
    ]
    step = (ContractState.SIGNED, ContractState.ENDED)
    move_many(Contract, over, step, moves=CONTRACT_MOVES, by=by, why="brought in")
    return ids


def _lines(club_id: int, past: Sequence[Past], by: str) -> list[JsonObject]:
    years = Counter(one.starts_on.year for one in past)
    numbers = {year: iter(next_numbers(club_id, year, count)) for year, count in years.items()}
    moment = clock.now()
    return [
        {
            "number": next(numbers[one.starts_on.year]),
            "club_id": club_id,
            "person_id": one.person_id,
            "payer_id": one.person_id,
            "plan_version_id": one.plan.version_id,
            "state": ContractState.INCOMPLETE,
            "starts_on": one.starts_on,
            "ends_on": one.ends_on,
            "term_ends_on": one.ends_on,
            "price_minor": one.plan.terms.price_minor,
            "currency": one.plan.terms.currency,
            "signed_at": datetime(*one.starts_on.timetuple()[:3], 12, tzinfo=UTC),
            "signed_by": by,
            "created_at": moment,
        }
        for one in past
    ]


def _open_lots(club_id: int, ids: Sequence[int], past: Sequence[Past], by: str) -> None:
    lots = []
    for contract_id, one in zip(ids, past, strict=True):
        bought = one.plan.terms.visits
        if bought is not None:
            left = bought if one.units_left is None else one.units_left
            source = ("contract", str(contract_id))
            lots.append(PastLot(one.person_id, contract_id, bought, left, one.ends_on, source))
    reason = _("Units left when the contract was brought in")
    open_past_lots(club_id, lots, by=by, reason=reason)


def _note_signed(drawn_up: Sequence[tuple[object, JsonObject]], by: str) -> None:
    before: JsonObject = {"state": ContractState.INCOMPLETE.value}
    signed = [(one, told | {"state": ContractState.SIGNED.value}) for one, told in drawn_up]
    moment = clock.now()
    changes = [
        {
            "contract_id": one,
            "what": "brought_in",
            "before": before,
            "after": after,
            "why": "",
            "by": by,
            "at": moment,
        }
        for one, after in signed
    ]
    db.session.execute(insert(ContractChange), changes)
    audit.note_many("contract.brought_in", "contract", signed, by=by, before=before)


def _as_kept(line: JsonObject) -> JsonObject:
    return {
        "state": line["state"].value,
        "starts_on": line["starts_on"].isoformat(),
        "ends_on": line["ends_on"].isoformat() if line["ends_on"] else None,
        "plan_version_id": line["plan_version_id"],
        "person_id": line["person_id"],
        "price_minor": line["price_minor"],
    }
