"""Blocks on a person. Whoever owns a block places it and lifts it, nobody else."""

from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import update

from clubcrm.core import audit, clock, events
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, forbidden, invalid, not_found
from clubcrm.core.text import clean
from memberships.blocks.models import Block
from memberships.blocks.queries import person_club
from memberships.blocks.rules import BlockOwner, block_fault, may_lift
from memberships.events import BlockLifted, BlockPlaced

LONGEST_REASON = 300


@dataclass(frozen=True, slots=True)
class BlockRequest:
    """Whom to stop, for which owner, from when; `until_on` is the last day, None until lifted.

    A debt states its amount in minor units of the club's currency.
    """

    person_id: int
    owner: BlockOwner
    reason: str
    from_on: date | None = None
    until_on: date | None = None
    amount_minor: int | None = None


def place_block(request: BlockRequest, *, by: str) -> Block:
    """The person is blocked from the day on, by default from today.

    Raises INVALID_INPUT for a debt without amount, a missing reason or a last day before the first.
    A freeze is placed with its contract, by `freeze_contract`.
    """
    if request.owner is BlockOwner.FREEZE:
        raise invalid({"owner": _("Freeze the contract instead.")})
    club_id = person_club(request.person_id)
    club = db.session.get(Club, club_id) if club_id else None
    if club is None:
        raise not_found(_("There is no such member."))
    reason = clean(request.reason, "reason", longest=LONGEST_REASON)
    from_on = request.from_on or clock.today(club.zone)
    _check(request, reason, from_on)
    block = Block(
        club_id=club.id,
        person_id=request.person_id,
        owner=request.owner,
        from_on=from_on,
        until_on=request.until_on,
        amount_minor=request.amount_minor,
        currency=club.currency if request.amount_minor is not None else None,
        reason=reason,
        placed_by=by,
    )
    db.session.add(block)
    db.session.flush()
    audit.note("block.placed", "block", block.id, after=_as_kept(block), by=by)
    events.record(BlockPlaced(club.id, clock.now(), block.id, block.person_id, block.owner.value))
    return block


def lift_block(block_id: int, owner: BlockOwner, *, by: str, why: str = "") -> None:
    """The block no longer holds, and the next scan shows it.

    Raises FORBIDDEN when another owner placed it, LIFTED when somebody was faster.
    """
    block = db.session.get(Block, block_id)
    if block is None:
        raise not_found(_("There is no such block."))
    if not may_lift(block.owner, owner):
        raise forbidden(_("Another part of the club placed this block and lifts it."))
    if owner is BlockOwner.FREEZE:
        raise invalid({"owner": _("End the freeze of the contract instead.")})
    moment = clock.now()
    lifted = db.session.execute(
        update(Block)
        .where(Block.id == block_id, Block.lifted_at.is_(None))
        .values(
            lifted_at=moment,
            lifted_by=by,
            lift_reason=clean(why, "why", longest=LONGEST_REASON),
        )
    )
    if lifted.rowcount != 1:  # type: ignore[attr-defined] # the untyped result of an UPDATE
        raise DomainError("LIFTED", _("This block is already lifted."))
    audit.note("block.lifted", "block", block_id, before=_as_kept(block), by=by)
    events.record(BlockLifted(block.club_id, moment, block_id, block.person_id, owner.value))


def _check(request: BlockRequest, reason: str, from_on: date) -> None:
    fault = block_fault(request.owner, request.amount_minor, reason)
    if fault == "amount":
        raise invalid({"amount": _("A debt needs an amount, and nothing else has one.")})
    if fault == "reason":
        raise invalid({"reason": _("Say why.")})
    if request.until_on is not None and request.until_on < from_on:
        raise invalid({"until_on": _("The last day lies before the first.")})


def _as_kept(block: Block) -> dict[str, object]:
    return {
        "owner": block.owner.value,
        "from_on": block.from_on.isoformat(),
        "until_on": block.until_on.isoformat() if block.until_on else None,
        "amount_minor": block.amount_minor,
        "reason": block.reason,
    }
