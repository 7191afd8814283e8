"""Views room: plans, contracts, blocks and units under /api/v1."""

from dataclasses import asdict
from typing import Any

from flask import Response
from flask_babel import gettext as _

from clubcrm.core import clock
from clubcrm.core.api import ApiBlueprint
from clubcrm.core.errors import forbidden, invalid, not_found
from clubcrm.core.shell import ClubChoice, my_clubs
from clubcrm.core.web import current_actor, require
from clubcrm.people.api import person_in
from memberships.approvals.models import Approval
from memberships.approvals.views.api import WishShown, waits
from memberships.billing.orders import Due
from memberships.blocks import queries as block_rows
from memberships.blocks import services as blocks
from memberships.blocks.models import Block
from memberships.blocks.rules import BlockOwner
from memberships.contracts import freezes, history
from memberships.contracts.catalogue import PlanOnSale, plan_for, plans_of
from memberships.contracts.freeze_catalogue import freeze_type_for
from memberships.contracts.plans import create_plan
from memberships.contracts.renewal_terms import Conditions
from memberships.contracts.rules import Window
from memberships.contracts.selling import SaleTerms
from memberships.contracts.services import SignRequest, sign_or_ask
from memberships.contracts.terms import Included, PlanTerms
from memberships.contracts.views import schemas
from memberships.packages.offers import product_by_id, product_for
from memberships.packages.queries import statement
from memberships.permissions import (
    EDIT_PLANS,
    FREEZE_CONTRACTS,
    GRANT_FREEZES,
    PLACE_BLOCKS,
    SEE_CONTRACTS,
    SEE_PLANS,
    SIGN_CONTRACTS,
)

api = ApiBlueprint(
    "memberships_api", __name__, url_prefix="/api/v1", description="Plans, contracts, blocks"
)


@api.get("/plans")
@api.doc(summary="Plans of your clubs with their newest terms")
@require(SEE_PLANS)
@api.response(200, schemas.PlanList)
def list_plans() -> dict[str, Any]:
    return {"items": [_plan(plan) for plan in plans_of(current_actor().scope)]}


@api.post("/plans")
@api.doc(summary="Put a plan on sale")
@require(EDIT_PLANS)
@api.arguments(schemas.PlanBody)
@api.response(201, schemas.PlanShown)
def post_plan(body: dict[str, Any]) -> dict[str, Any]:
    actor = current_actor()
    club = _club(body["club"])
    made = create_plan(club.id, _terms(body, club), by=actor.ref)
    found = plan_for(actor.scope, made.public_id)
    assert found is not None  # noqa: S101 - just created in a club of this actor
    return _plan(found)


@api.get("/contracts")
@api.doc(summary="Contracts of your clubs, newest first")
@require(SEE_CONTRACTS)
@api.arguments(schemas.ContractQuery, location="query")
@api.response(200, schemas.ContractList)
def list_contracts(asked: dict[str, Any]) -> dict[str, Any]:
    before, limit = asked["after"], asked["limit"]
    if before and not (before.isascii() and before.isdigit() and len(before) < 19):
        raise invalid({"after": _("Expected the value of `next` of the page before.")})
    rows = history.contracts_page(
        current_actor().scope,
        member=asked["member"],
        before_id=int(before) if before else None,
        limit=limit + 1,
    )
    shown = rows[:limit]
    more = str(shown[-1].contract_id) if len(rows) > limit else None
    return {"items": [contract_shown(row) for row in shown], "next": more}


@api.post("/contracts")
@api.doc(summary="Sign a contract for a member; a discount above the limit waits (202)")
@require(SIGN_CONTRACTS)
@api.arguments(schemas.ContractBody)
@api.response(201, schemas.ContractShown)
@api.alt_response(202, schema=WishShown, description="The discount waits for a colleague")
def post_contract(body: dict[str, Any]) -> dict[str, Any] | Response:
    actor = current_actor()
    person = person_in(actor.scope, body["member_id"])
    plan = plan_for(actor.scope, body["plan_id"])
    if plan is None:
        raise not_found(_("There is no such plan."))
    zone = next(club.zone for club in my_clubs() if club.id == plan.club_id)
    made = sign_or_ask(
        SignRequest(
            person.id,
            plan.plan_id,
            body["starts_on"] or clock.today(zone),
            is_complete=body["complete"],
            sale=_sale(body, plan),
        ),
        by=actor.ref,
    )
    if isinstance(made, Approval):
        return waits(made)
    return contract_shown(contract_row(made.public_id))


def _sale(body: dict[str, Any], plan: PlanOnSale) -> SaleTerms:
    price = body["price"]
    if price is not None and price["currency"] != plan.terms.currency:
        raise invalid({"price.currency": _("This club sells in another currency.")})
    return SaleTerms(
        shown_minor=price["amount_minor"] if price else None,
        discount_minor=body["discount_minor"],
        discount_reason=body["discount_reason"],
        due=tuple(Due(part["on"], part["amount_minor"]) for part in body["due"]),
    )


@api.get("/contracts/<string:public_id>")
@api.doc(summary="One contract")
@require(SEE_CONTRACTS)
@api.response(200, schemas.ContractShown)
def get_contract(public_id: str) -> dict[str, Any]:
    return contract_shown(contract_row(public_id))


@api.post("/contracts/<string:public_id>/freeze")
@api.doc(summary="Freeze a contract from one day to another, both included")
@require(FREEZE_CONTRACTS)
@api.arguments(schemas.FreezeBody)
@api.response(201, schemas.ContractShown)
def post_freeze(body: dict[str, Any], public_id: str) -> dict[str, Any]:
    row = contract_row(public_id)
    freezes.freeze_contract(freeze_request(row, body), by=current_actor().ref)
    return contract_shown(contract_row(public_id))


@api.post("/contracts/<string:public_id>/freeze/preview")
@api.doc(summary="What a freeze would do: the new last day, its price, what is left of its kind")
@require(FREEZE_CONTRACTS)
@api.arguments(schemas.FreezeBody)
@api.response(200, schemas.FreezeShown)
def post_freeze_preview(body: dict[str, Any], public_id: str) -> dict[str, Any]:
    shown = freezes.freeze_preview(freeze_request(contract_row(public_id), body))
    left = shown.left
    return {
        "days": shown.days,
        "ends_on": shown.ends_on,
        "new_ends_on": shown.new_ends_on,
        "price": {"amount_minor": shown.price_minor, "currency": shown.currency},
        "days_left": left.days_after if left else None,
        "times_left": left.count_after if left else None,
        "moves_renewal": shown.moves_renewal,
    }


@api.get("/members/<string:public_id>/blocks")
@api.doc(summary="Every block a member ever had, those in force first")
@require(SEE_CONTRACTS)
@api.response(200, schemas.BlockList)
def list_blocks(public_id: str) -> dict[str, Any]:
    person = person_in(current_actor().scope, public_id)
    return {"items": [_block(block) for block in block_rows.blocks_of(person.id)]}


@api.post("/members/<string:public_id>/blocks")
@api.doc(summary="Block a member: debt, ban, missing waiver or medical note, stop by staff")
@require(PLACE_BLOCKS)
@api.arguments(schemas.BlockBody)
@api.response(201, schemas.BlockShown)
def post_block(body: dict[str, Any], public_id: str) -> dict[str, Any]:
    actor = current_actor()
    person = person_in(actor.scope, public_id)
    request = blocks.BlockRequest(
        person.id,
        BlockOwner(body["owner"]),
        body["reason"],
        body["from_on"],
        body["until_on"],
        body["amount_minor"],
    )
    return _block(blocks.place_block(request, by=actor.ref))


@api.post("/blocks/<int:block_id>/lift")
@api.doc(summary="Lift a block; a freeze ends today and gives its unused days back")
@require(FREEZE_CONTRACTS)
@api.arguments(schemas.LiftBody)
@api.response(200, schemas.BlockShown)
def post_lift(body: dict[str, Any], block_id: int) -> dict[str, Any]:
    actor = current_actor()
    block = block_rows.block_for(actor.scope, block_id)
    if block is None:
        raise not_found(_("There is no such block."))
    if block.owner is BlockOwner.FREEZE:
        freezes.cancel_freeze(block, by=actor.ref)
    elif not actor.may(PLACE_BLOCKS):
        raise forbidden(_("Your role does not lift blocks."))
    else:
        blocks.lift_block(block.id, block.owner, by=actor.ref, why=body["reason"])
    return _block(block)


@api.get("/members/<string:public_id>/units")
@api.doc(summary="The ledger of a member's units, newest first, with running balances")
@require(SEE_CONTRACTS)
@api.response(200, schemas.UnitList)
def list_units(public_id: str) -> dict[str, Any]:
    person = person_in(current_actor().scope, public_id)
    lines = [
        {
            "id": line.entry_id,
            "lot": line.lot_id,
            "kind": line.kind.value,
            "delta": line.delta,
            "balance": line.balance,
            "at": line.at,
            "by": line.by,
            "source": f"{line.source_kind}:{line.source_id}",
            "reason": line.reason,
        }
        for line in statement(person.id)
    ]
    return {"items": lines}


def _club(wanted: str | None) -> ClubChoice:
    clubs = my_clubs()
    if wanted is None and clubs:
        return min(clubs, key=lambda club: club.id)
    found = [club for club in clubs if wanted in {club.public_id, club.name}]
    if not found:
        raise invalid({"club": _("Expected the id or the name of one of your clubs.")})
    return found[0]


def _terms(body: dict[str, Any], club: ClubChoice) -> PlanTerms:
    price = body["price"] or {"amount_minor": 0, "currency": club.currency}
    windows = (Window(one["weekday"], one["opens"], one["closes"]) for one in body["windows"])
    return PlanTerms(
        name=body["name"],
        kind=body["kind"],
        price_minor=price["amount_minor"],
        currency=price["currency"],
        term_months=body["term_months"],
        term_days=body["term_days"],
        visits=body["visits"],
        windows=tuple(windows),
        daily_limit=body["daily_limit"],
        reentry_minutes=body["reentry_minutes"],
        all_clubs=body["all_clubs"],
        club_ids=frozenset(_club(one).id for one in body["clubs"]) | {club.id},
        zones=None if body["zones"] is None else tuple(body["zones"]),
        freeze_on_scan=body["freeze_on_scan"],
        conditions=Conditions(**(body["conditions"] or {})),
        packages=_packages(body["packages"]),
    )


def _packages(listed: list[dict[str, Any]]) -> tuple[Included, ...]:
    scope = current_actor().scope
    named = {one["package_id"]: one for one in listed}
    found = {one: product_for(scope, one) for one in named}
    if not all(found.values()):
        raise invalid({"packages": _("Expected packages of this club.")})
    return tuple(
        sorted(
            Included(one.product_id, named[key]["units"], named[key]["each_period"])
            for key, one in found.items()
            if one
        )
    )


def _plan(plan: PlanOnSale) -> dict[str, Any]:
    terms = plan.terms
    known = {club.id: club.public_id for club in my_clubs()}
    return {
        "id": plan.public_id,
        "club": known[plan.club_id],
        "state": plan.state.value,
        "version": plan.version,
        "name": terms.name,
        "kind": terms.kind.value,
        "price": {"amount_minor": terms.price_minor, "currency": terms.currency},
        "term_months": terms.term_months,
        "term_days": terms.term_days,
        "visits": terms.visits,
        "windows": [
            {"weekday": one.weekday, "opens": one.opens, "closes": one.closes}
            for one in terms.windows
        ],
        "daily_limit": terms.daily_limit,
        "reentry_minutes": terms.reentry_minutes,
        "clubs": sorted(known[one] for one in terms.club_ids if one in known),
        "all_clubs": terms.all_clubs,
        "zones": terms.zones,
        "freeze_on_scan": terms.freeze_on_scan.value,
        "conditions": asdict(terms.conditions),
        "packages": [
            {
                "package_id": product.public_id,
                "units": one.units,
                "each_period": one.each_period,
            }
            for one in terms.packages
            if (product := product_by_id(one.product_id))
        ],
    }


def contract_row(public_id: str) -> history.ContractRow:
    """Return a contract of the actor's clubs; raises NOT_FOUND."""
    row = history.contract_for(current_actor().scope, public_id)
    if row is None:
        raise not_found(_("There is no such contract."))
    return row


def freeze_request(row: history.ContractRow, body: dict[str, Any]) -> freezes.FreezeRequest:
    """Return the freeze that a program asks for."""
    actor = current_actor()
    kind = freeze_type_for(actor.scope, body["type_id"]) if body["type_id"] else None
    if body["type_id"] and kind is None:
        raise invalid({"type_id": _("There is no such kind of freeze.")})
    return freezes.FreezeRequest(
        row.contract_id,
        body["from_on"],
        body["until_on"],
        body["reason"],
        kind.type_id if kind else None,
        body["proof"],
        may_grant_all=actor.may(GRANT_FREEZES),
    )


def contract_shown(row: history.ContractRow) -> dict[str, Any]:
    """Return a contract as programs read it."""
    return {
        "id": row.public_id,
        "number": row.number,
        "member_id": row.person_public_id,
        "plan_id": row.plan_public_id,
        "plan_name": row.plan_name,
        "plan_kind": row.plan_kind.value,
        "plan_version": row.plan_version,
        "state": row.state.value,
        "starts_on": row.starts_on,
        "ends_on": row.ends_on,
        "term_ends_on": row.term_ends_on,
        "price": {"amount_minor": row.price_minor, "currency": row.currency},
        "signed_at": row.signed_at,
        "units_bought": row.units_bought,
        "units_left": row.units_left,
    }


def _block(block: Block) -> dict[str, Any]:
    return {
        "id": block.id,
        "owner": block.owner.value,
        "from_on": block.from_on,
        "until_on": block.until_on,
        "amount_minor": block.amount_minor,
        "currency": block.currency,
        "reason": block.reason,
        "lifted_at": block.lifted_at,
    }
