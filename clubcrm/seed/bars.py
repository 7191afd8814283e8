"""Blocks: freezes of contracts, small debts, a few bans, missing waivers, lapsed certificates."""

from datetime import date, datetime, timedelta
from random import Random

from clubcrm.core.types import JsonObject
from clubcrm.seed.ground import Deed, Ground, instant
from clubcrm.seed.lives import Agreement, Life
from clubcrm.seed.stays import take_freeze
from memberships.billing.debts import PLACER
from memberships.blocks.models import Block
from memberships.blocks.rules import BlockFact, BlockOwner

REASONS = {
    BlockOwner.DEBT: "Last invoice is open",
    BlockOwner.WAIVER: "The waiver was never signed",
    BlockOwner.MEDICAL: "The medical certificate has run out",
    BlockOwner.STAFF_STOP: "Please see the manager first",
}
SHARES = (
    (BlockOwner.DEBT, 0.035),
    (BlockOwner.WAIVER, 0.006),
    (BlockOwner.MEDICAL, 0.005),
    (BlockOwner.STAFF_STOP, 0.003),
)


def place_blocks(ground: Ground, life: Life) -> None:
    """The freezes of a life and its other blocks stand in the store."""
    for place, agreement in enumerate(life.agreements):
        for span in agreement.freezes:
            _freeze(ground, life, place, span)
    last = life.agreements[-1]
    if last.ends is not None and last.ends < ground.today:
        _lifted_block(ground, life, last)
        return
    chance = ground.order.chance("blocks", life.number)
    point = chance.random()
    for owner, share in SHARES:
        point -= share
        if point < 0:
            _standing_block(ground, life, owner, chance)
            return


def _freeze(ground: Ground, life: Life, place: int, span: tuple[int, int]) -> None:
    first, last = span
    asked = max(life.agreements[place].starts, first - 3)
    at = min(instant(ground.calendars[life.town].second(asked, 11 * 60)), ground.order.moment)
    values = {
        "contract_id": ground.contract_ids[life.number][place],
        "owner": BlockOwner.FREEZE,
        "from_on": date.fromordinal(first),
        "until_on": date.fromordinal(last),
        "reason": "Travelling",
    }
    block_id = _place(ground, life, at, values)
    contract_id = ground.contract_ids[life.number][place]
    take_freeze(ground, life, contract_id, block_id, date.fromordinal(last))


def _standing_block(ground: Ground, life: Life, owner: BlockOwner, chance: Random) -> None:
    calendar = ground.calendars[life.town]
    is_debt = owner is BlockOwner.DEBT
    back = chance.randrange(1, 26) if is_debt else chance.randrange(0, 4)
    from_on = date.fromordinal(max(life.joined, ground.today - back))
    if is_debt and from_on.toordinal() >= ground.today:
        return
    at = min(instant(calendar.second(from_on.toordinal(), 9 * 60)), ground.order.moment)
    values: JsonObject = {"owner": owner, "from_on": from_on, "reason": REASONS[owner]}
    if is_debt:
        values["placed_by"] = PLACER
        # Most owe little and are let in with a yellow note, a few owe more than the club allows.
        percent = chance.choice((10, 20, 30, 40, 40, 120))
        values["amount_minor"] = calendar.town.unit_price_minor * percent // 100
        values["currency"] = calendar.town.currency
    _place(ground, life, at, values)


def _lifted_block(ground: Ground, life: Life, last: Agreement) -> None:
    if life.number % 29 or last.ends is None:
        return
    calendar = ground.calendars[life.town]
    placed = max(last.starts, calendar.first)
    if placed + 2 > ground.today:
        return
    at = instant(calendar.second(placed, 12 * 60))
    values = {
        "owner": BlockOwner.WAIVER,
        "from_on": date.fromordinal(placed),
        "reason": REASONS[BlockOwner.WAIVER],
        "lifted_at": at + timedelta(hours=2),
        "lifted_by": ground.actor("desk"),
        "lift_reason": "Signed at the desk",
    }
    _place(ground, life, at, values)


def _place(ground: Ground, life: Life, at: datetime, values: JsonObject) -> int:
    person_id = ground.person_ids[life.number]
    block_id = ground.store.sink(Block).add(
        club_id=ground.club_ids[life.town],
        person_id=person_id,
        placed_at=at,
        **{"placed_by": ground.actor("desk"), **values},
    )
    kept = {"person_id": person_id, "owner": str(values["owner"]), "reason": values["reason"]}
    unit = ground.unit("block", block_id)
    desk = ground.actor("desk")
    ground.deeds.append(Deed(at, desk, "block.placed", "block", block_id, kept, unit))
    if values.get("lifted_at") is None:
        fact = BlockFact(
            block_id=block_id,
            owner=values["owner"],
            from_on=values["from_on"],
            until_on=values.get("until_on"),
            amount_minor=values.get("amount_minor"),
            currency=values.get("currency"),
            reason=values["reason"],
            contract_id=values.get("contract_id"),
        )
        ground.blocks.setdefault(life.number, []).append(fact)
    else:
        lifted = ground.unit("lift", block_id)
        deed = Deed(
            values["lifted_at"], desk, "block.lifted", "block", block_id, None, lifted, kept
        )
        ground.deeds.append(deed)
    return block_id
