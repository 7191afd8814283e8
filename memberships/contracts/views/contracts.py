"""Views room: sign a contract, freeze one, stop a person; the result is shown before saving."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clubcrm.core import clock, formats
from clubcrm.core.errors import DomainError, forbidden, not_found
from clubcrm.core.shell import ClubChoice, my_clubs
from clubcrm.core.web import current_actor, require, typed
from clubcrm.people.api import person_in
from clubcrm.people.models import Person
from memberships.approvals.models import Approval
from memberships.blocks import queries as block_rows
from memberships.blocks import services as blocks
from memberships.blocks.models import Block
from memberships.blocks.rules import BlockOwner
from memberships.contracts import freezes, history
from memberships.contracts.asking import ask_backdated_freeze
from memberships.contracts.catalogue import PlanOnSale, plans_on_sale
from memberships.contracts.forms import BlockForm, FreezeForm, SignForm
from memberships.contracts.freeze_catalogue import freeze_type_for, freeze_types_offered
from memberships.contracts.included import names_of
from memberships.contracts.models import Contract
from memberships.contracts.rules import ContractState
from memberships.contracts.services import Offer, SignRequest, preview, sign_or_ask
from memberships.contracts.terms import FrozenSpan
from memberships.contracts.words import (
    block_owner_words,
    freeze_price_words,
    hours_words,
    length_words,
    plan_kind_words,
)
from memberships.permissions import (
    FREEZE_CONTRACTS,
    GRANT_FREEZES,
    PLACE_BLOCKS,
    SIGN_CONTRACTS,
    TAKE_MONEY,
)

contracts = Blueprint("contracts", __name__)
NEW = "memberships/contracts/sign.html"
STOPS = "memberships/contracts/stops.html"
CARD = "card.show"


@dataclass(frozen=True, slots=True)
class Whom:
    """The person a page is about, with the club whose clock and currency count."""

    person: Person
    club: ClubChoice

    @property
    def address(self) -> str:
        """Return the address of the person's card."""
        return url_for(CARD, person_id=self.person.public_id)

    @property
    def today(self) -> date:
        """Return today by the club's clock."""
        return clock.today(self.club.zone)


@contracts.route("/members/<person_id>/contracts/new", methods=["GET", "POST"])
@require(SIGN_CONTRACTS)
def new(person_id: str) -> ResponseReturnValue:
    """Choose a plan and a day, see what it gives, sign."""
    whom = whom_of(person_id)
    on_sale = plans_on_sale(whom.club.id)
    form = SignForm(typed())
    form.discount.currency = whom.club.currency
    form.plan.choices = [(plan.public_id, plan.terms.name) for plan in on_sale]
    if request.method == "GET" and "plan" not in request.args:
        form.starts_on.data = clock.today(whom.club.zone)
        return _sign_page(whom, on_sale, form)
    if not form.validate() or form.starts_on.data is None:
        return _sign_page(whom, on_sale, form, status=400)
    chosen = next(plan for plan in on_sale if plan.public_id == form.plan.data)
    offer = None
    try:
        offer = preview(
            whom.person.id, chosen.plan_id, form.starts_on.data, form.discount.minor or 0
        )
        if request.method == "GET":
            return _sign_page(whom, on_sale, form, offer=offer)
        sale = form.sale(offer.total_minor, clock.today(whom.club.zone))
        asked = SignRequest(
            whom.person.id,
            chosen.plan_id,
            form.starts_on.data,
            # Dated parts are agreed with the invoice, so it is made at once.
            is_complete=not _on_screen() or len(sale.due) > 1,
            sale=sale,
        )
        made = sign_or_ask(asked, by=current_actor().ref)
    except DomainError as error:
        text = form.accept(error)
        shown = offer if error.code == "PRICE_CHANGED" else None
        return _sign_page(whom, on_sale, form, offer=shown, refusal=text, status=error.status)
    return _signed(whom, chosen, made)


def _on_screen() -> bool:
    """Tell whether the member shall read and sign the text before the contract counts."""
    return request.form.get("then") == "paper"


def _signed(whom: Whom, chosen: PlanOnSale, made: Contract | Approval) -> ResponseReturnValue:
    if isinstance(made, Approval):
        flash(_("The discount is above your limit. It waits for a colleague."), "success")
        return redirect(whom.address, 303)
    if _on_screen():
        return redirect(url_for("papers.show", contract_id=made.public_id), 303)
    text = _("%(plan)s is signed: contract %(number)s.", plan=chosen.terms.name, number=made.number)
    flash(text, "success")
    if made.price_minor and current_actor().may(TAKE_MONEY):
        return redirect(url_for("account.pay", person_id=whom.person.public_id), 303)
    return redirect(whom.address, 303)


@contracts.get("/members/<person_id>/stops")
@require(FREEZE_CONTRACTS)
def freeze(person_id: str) -> ResponseReturnValue:
    """What stops a person at the gate, and the forms to freeze or block."""
    whom = whom_of(person_id)
    form = _freeze_form(whom)
    if "contract" not in request.args:
        return _stops_page(whom, freeze_form=form)
    return _with_preview(whom, form)


@contracts.post("/members/<person_id>/stops/freeze")
@require(FREEZE_CONTRACTS)
def freeze_now(person_id: str) -> ResponseReturnValue:
    whom = whom_of(person_id)
    form = _freeze_form(whom)
    request_of = _freeze_request(form) if form.validate() else None
    if request_of is None:
        return _stops_page(whom, freeze_form=form, status=400)
    try:
        freezes.freeze_contract(request_of, by=current_actor().ref)
    except DomainError as error:
        text = form.accept(error)
        return _stops_page(whom, freeze_form=form, refusal=text, status=error.status)
    until = formats.day(request_of.until_on)
    flash(_("Frozen until %(day)s.", day=until), "success")
    return redirect(url_for("contracts.freeze", person_id=person_id), 303)


@contracts.post("/members/<person_id>/stops/freeze/ask")
@require(FREEZE_CONTRACTS)
def freeze_asked(person_id: str) -> ResponseReturnValue:
    """A freeze that began in the past waits for somebody else's word."""
    whom = whom_of(person_id)
    form = _freeze_form(whom)
    request_of = _freeze_request(form) if form.validate() else None
    if request_of is None:
        return _stops_page(whom, freeze_form=form, status=400)
    try:
        ask_backdated_freeze(request_of, by=current_actor().ref)
    except DomainError as error:
        text = form.accept(error)
        return _stops_page(whom, freeze_form=form, refusal=text, status=error.status)
    flash(_("Asked. Another person has to agree to a freeze dated back."), "success")
    return redirect(url_for("contracts.freeze", person_id=person_id), 303)


@contracts.post("/members/<person_id>/stops/block")
@require(PLACE_BLOCKS)
def block_now(person_id: str) -> ResponseReturnValue:
    whom = whom_of(person_id)
    form = _block_form(whom)
    if not form.validate():
        return _stops_page(whom, block_form=form, status=400)
    asked = blocks.BlockRequest(
        whom.person.id,
        BlockOwner(form.owner.data),
        form.reason.data or "",
        until_on=form.until_on.data,
        amount_minor=form.amount.minor,
    )
    try:
        blocks.place_block(asked, by=current_actor().ref)
    except DomainError as error:
        text = form.accept(error)
        return _stops_page(whom, block_form=form, refusal=text, status=error.status)
    flash(_("The gate knows it from the next scan."), "success")
    return redirect(url_for("contracts.freeze", person_id=person_id), 303)


@contracts.post("/members/<person_id>/stops/<int:block_id>/lift")
@require(FREEZE_CONTRACTS)
def lift(person_id: str, block_id: int) -> ResponseReturnValue:
    """A freeze ends today; another block is lifted by those who may place one."""
    whom, actor = whom_of(person_id), current_actor()
    block = block_rows.block_for(actor.scope, block_id)
    if block is None or block.person_id != whom.person.id:
        raise not_found(_("There is no such block."))
    if block.owner is BlockOwner.FREEZE:
        days = freezes.cancel_freeze(block, by=actor.ref)
        flash(_("The freeze is over. %(days)s unused days are given back.", days=days), "success")
    elif not actor.may(PLACE_BLOCKS):
        raise forbidden(_("Your role does not lift blocks."))
    else:
        why = request.form.get("why", "")
        blocks.lift_block(block.id, block.owner, by=actor.ref, why=why)
        flash(_("Lifted. The next scan shows it."), "success")
    return redirect(url_for("contracts.freeze", person_id=person_id), 303)


def whom_of(person_id: str) -> Whom:
    """Return the person a page is about with his club; raises NOT_FOUND outside the scope."""
    person = person_in(current_actor().scope, person_id)
    return Whom(person, next(club for club in my_clubs() if club.id == person.club_id))


def _sign_page(
    whom: Whom,
    on_sale: list[PlanOnSale],
    form: SignForm,
    *,
    offer: Offer | None = None,
    refusal: str = "",
    status: int = 200,
) -> ResponseReturnValue:
    page = render_template(
        NEW,
        brings=names_of(offer.plan.terms.packages) if offer else (),
        whom=whom,
        plans=on_sale,
        form=form,
        offer=offer,
        dues=form.dues(offer.total_minor, clock.today(whom.club.zone)) if offer else (),
        refusal=refusal,
        kind_words=plan_kind_words,
        length_words=length_words,
        hours_words=hours_words,
    )
    return page, status


def _freeze_form(whom: Whom) -> FreezeForm:
    form = FreezeForm(typed())
    form.contract.choices = [
        (row.public_id, f"{row.plan_name} ({row.number})")
        for row in history.contracts_of(whom.person.id)
        if row.state is ContractState.SIGNED
    ]
    kinds = freeze_types_offered(whom.club.id)
    form.kind.choices = [(one.public_id, one.terms.name) for one in kinds]
    form.kind.flags.required = bool(kinds)
    return form


def _block_form(whom: Whom) -> BlockForm:
    form = BlockForm()
    form.offer(whom.club.currency)
    return form


def _freeze_request(form: FreezeForm) -> freezes.FreezeRequest | None:
    row = history.contract_for(current_actor().scope, form.contract.data or "")
    if row is None or form.from_on.data is None or form.until_on.data is None:
        return None
    actor = current_actor()
    kind = freeze_type_for(actor.scope, form.kind.data or "")
    return freezes.FreezeRequest(
        row.contract_id,
        form.from_on.data,
        form.until_on.data,
        form.reason.data or "",
        kind.type_id if kind else None,
        form.proof.data or "",
        may_grant_all=actor.may(GRANT_FREEZES),
    )


def _with_preview(whom: Whom, form: FreezeForm) -> ResponseReturnValue:
    asked = _freeze_request(form) if form.validate() else None
    if asked is None:
        return _stops_page(whom, freeze_form=form, status=400)
    try:
        shown = freezes.freeze_preview(asked)
    except DomainError as error:
        text, may_ask = form.accept(error), error.extra.get("rule") == "past"
        return _stops_page(
            whom, freeze_form=form, refusal=text, may_ask=may_ask, status=error.status
        )
    count = bookings_in(whom, asked.span)
    return _stops_page(whom, freeze_form=form, preview=shown, bookings=count)


def bookings_in(whom: Whom, span: FrozenSpan) -> int:
    """Return how many classes the person has booked on these days, as the floor above counts."""
    count = current_app.extensions.get("club_bookings_between")
    start, _end = clock.day_bounds(span.from_on, whom.club.zone)
    _start, end = clock.day_bounds(span.until_on, whom.club.zone)
    return int(count(whom.person.id, start, end)) if count else 0


def _stops_page(
    whom: Whom,
    *,
    freeze_form: FreezeForm | None = None,
    block_form: BlockForm | None = None,
    status: int = 200,
    **more: Any,
) -> ResponseReturnValue:
    today = clock.today(whom.club.zone)
    found = block_rows.blocks_of(whom.person.id)
    page = render_template(
        STOPS,
        whom=whom,
        freeze_form=freeze_form or _freeze_form(whom),
        block_form=block_form or _block_form(whom),
        in_force=[one for one in found if _matters(one, today)],
        over=[one for one in found if not _matters(one, today)],
        today=today,
        owner_words=block_owner_words,
        price_words=freeze_price_words,
        is_freeze=lambda one: one.owner is BlockOwner.FREEZE,
        preview=more.get("preview"),
        refusal=more.get("refusal", ""),
        may_ask=more.get("may_ask", False),
        bookings=more.get("bookings", 0),
    )
    return page, status


def _matters(block: Block, today: Any) -> bool:
    """Tell whether a block holds today or will."""
    return block.lifted_at is None and (block.until_on is None or block.until_on >= today)
