"""Views room: what becomes of a contract: renew it, change its plan, hand it on, hold a family."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clubcrm.core import clock, formats
from clubcrm.core.errors import DomainError, not_found
from clubcrm.core.shell import ClubChoice, my_clubs
from clubcrm.core.web import current_actor, require, typed
from clubcrm.people.api import link_address, make_link, person_in
from clubcrm.people.models import Person
from memberships.billing.gateways.pictures import qr_svg
from memberships.contracts import (
    changes,
    families,
    history,
    kin,
    next_terms,
    offers,
    renewals,
    transfers,
)
from memberships.contracts.catalogue import PlanOnSale, plan_for, plans_on_sale
from memberships.contracts.handover_tables import ChangeState, PlanChange
from memberships.contracts.links import OFFER_PURPOSE, PORTAL_DAYS, PORTAL_PURPOSE, end_of_day
from memberships.contracts.outlook import change_for, open_offers, plan_changes_of, running
from memberships.contracts.proration import When
from memberships.contracts.rules import NOT_RENEWED, ContractState
from memberships.contracts.services import void_contract
from memberships.contracts.stays import moves_of
from memberships.contracts.words import change_words, length_words, parting_words
from memberships.permissions import SEE_CONTRACTS, SIGN_CONTRACTS, TRANSFER_CONTRACTS

going_on = Blueprint("going_on", __name__)
FOLDER = "memberships/contracts"
VOIDABLE = (ContractState.SIGNED, ContractState.INCOMPLETE)


@dataclass(frozen=True, slots=True)
class Subject:
    """The contract a page is about, whose it is, and the club whose clock counts."""

    person: Person
    club: ClubChoice
    row: history.ContractRow

    @property
    def card(self) -> str:
        """Return the address of the member's card."""
        return url_for("card.show", person_id=self.person.public_id)

    def to(self, endpoint: str) -> str:
        """Return the address of a page about the same contract."""
        return url_for(
            f"going_on.{endpoint}", person_id=self.person.public_id, contract=self.row.public_id
        )


@going_on.get("/members/<person_id>/contracts/<contract>")
@require(SEE_CONTRACTS)
def show(person_id: str, contract: str) -> ResponseReturnValue:
    """One contract: what it is, what lies ahead of it, what happened to it."""
    subject = _subject(person_id, contract)
    one = running(offers.contract_of(subject.row.contract_id))
    held = kin.family_held_by(subject.person.id)
    return render_template(
        f"{FOLDER}/contract.html",
        subject=subject,
        terms=one.plan.terms,
        today=one.today,
        length=length_words(one.plan.terms),
        payer=kin.public_id_of(one.contract.payer_id),
        offers=open_offers(subject.row.contract_id),
        changes=[
            change
            for change in plan_changes_of(subject.person.id)
            if change.contract_id == subject.row.contract_id
        ],
        scheduled=ChangeState.SCHEDULED,
        family=kin.seats_of(held.id) if held else [],
        history=history.changes_of(subject.row.contract_id),
        moves=moves_of(one.contract.id, one.today),
        change_words=change_words,
        parting_words=parting_words,
        takes_family=one.conditions.extra_member_minor is not None,
        may_void=one.contract.state in VOIDABLE,
    )


@going_on.route("/members/<person_id>/contracts/<contract>/renew", methods=["GET", "POST"])
@require(SIGN_CONTRACTS)
def renew(person_id: str, contract: str) -> ResponseReturnValue:
    """Choose the next plan, see days and price, renew."""
    subject = _subject(person_id, contract)
    chosen = _chosen(subject, typed().get("plan"))
    seen = bool(request.form.get("clash_seen"))
    if request.method == "POST":
        plan_id = chosen.plan_id if chosen else None
        act = partial(
            renewals.renew, subject.row.contract_id, by=_by(), plan_id=plan_id, clash_seen=seen
        )
        return _done(subject, "renew", lambda: _renewed(act()))
    return _renew_page(subject)


def _renewed(made: renewals.Renewal) -> str:
    first, number = formats.day(made.contract.starts_on), made.contract.number
    if not made.is_new:
        return _("It was renewed before: contract %(number)s.", number=number)
    return _("Renewed from %(day)s: contract %(number)s.", day=first, number=number)


def _changed(made: PlanChange) -> str:
    return _("The change counts from %(day)s.", day=formats.day(made.effective_on))


def _transferred(asked: transfers.TransferRequest, name: str) -> str:
    day = formats.day(transfers.transfer_contract(asked, by=_by()).effective_on)
    return _("From %(day)s it belongs to %(name)s.", day=day, name=name)


@going_on.post("/members/<person_id>/contracts/<contract>/offer")
@require(SIGN_CONTRACTS)
def offer(person_id: str, contract: str) -> ResponseReturnValue:
    """The member has an offer, and the desk its link to hand over."""
    subject, by = _subject(person_id, contract), current_actor().ref
    chosen = _chosen(subject, request.form.get("plan"))
    asked = offers.OfferRequest(subject.row.contract_id, chosen.plan_id if chosen else None)
    try:
        made = offers.offer_renewal(asked, by=by)
    except DomainError as error:
        return _renew_page(subject, refusal=error.text), error.status
    token = make_link(
        subject.person.id,
        OFFER_PURPOSE,
        subject_id=made.public_id,
        expires_at=end_of_day(subject.club.zone, made.expires_on + timedelta(days=30)),
        by=by,
    )
    return _link_page(subject, link_address("portal.offer", token), _("Renewal offer"))


@going_on.post("/members/<person_id>/contracts/<contract>/void")
@require(TRANSFER_CONTRACTS)
def void(person_id: str, contract: str) -> ResponseReturnValue:
    """The contract never counted; its units are gone and what it asks for is credited."""
    subject = _subject(person_id, contract)
    try:
        void_contract(subject.row.contract_id, by=_by(), why=request.form.get("why", ""))
    except DomainError as error:
        flash(error.text, "error")
    else:
        flash(_("Void: it never counted."), "success")
    return redirect(subject.to("show"), 303)


@going_on.post("/members/<person_id>/contracts/<contract>/link")
@require(SIGN_CONTRACTS)
def link(person_id: str, contract: str) -> ResponseReturnValue:
    """The member has a link to his own page for a quarter of a year."""
    subject = _subject(person_id, contract)
    last_on = clock.today(subject.club.zone) + timedelta(days=PORTAL_DAYS)
    token = make_link(
        subject.person.id,
        PORTAL_PURPOSE,
        expires_at=end_of_day(subject.club.zone, last_on),
        by=_by(),
    )
    return _link_page(subject, link_address("portal.home", token), _("Own page"))


@going_on.route("/members/<person_id>/contracts/<contract>/change", methods=["GET", "POST"])
@require(SIGN_CONTRACTS)
def change(person_id: str, contract: str) -> ResponseReturnValue:
    """Choose a plan and when, see what it costs, change."""
    subject = _subject(person_id, contract)
    chosen = _chosen(subject, typed().get("plan"))
    when = When.NEXT_PAYMENT if typed().get("when") == "next_payment" else When.NOW
    if chosen is None:
        return _change_page(subject)
    asked = changes.ChangeRequest(subject.row.contract_id, chosen.plan_id, when)
    if request.method == "POST":
        return _done(subject, "change", lambda: _changed(changes.change_plan(asked, by=_by())))
    try:
        return _change_page(subject, chosen=chosen, when=when, shown=changes.change_preview(asked))
    except DomainError as error:
        rule = error.extra.get("rule")
        page = _change_page(subject, error.text, rule=rule, chosen=chosen, when=when)
        return page, error.status


@going_on.post("/members/<person_id>/contracts/<contract>/change/<change_id>/undo")
@require(SIGN_CONTRACTS)
def undo(person_id: str, contract: str, change_id: str) -> ResponseReturnValue:
    subject = _subject(person_id, contract)
    found = change_for(current_actor().scope, change_id)
    if found is None or found.person_id != subject.person.id:
        raise not_found(_("There is no such change."))
    changes.undo_change(found.id, by=_by())
    flash(_("Undone. The contract goes on as it was."), "success")
    return redirect(subject.to("show"), 303)


@going_on.route("/members/<person_id>/contracts/<contract>/transfer", methods=["GET", "POST"])
@require(TRANSFER_CONTRACTS)
def transfer(person_id: str, contract: str) -> ResponseReturnValue:
    """Find who shall have it, see what moves, hand it on."""
    subject = _subject(person_id, contract)
    public_id = typed().get("to", "")
    if not public_id:
        return _transfer_page(subject)
    to = person_in(current_actor().scope, public_id)
    asked = transfers.TransferRequest(
        subject.row.contract_id,
        to.id,
        request.form.get("reason", ""),
        old_pays=bool(request.form.get("old_pays")),
    )
    if request.method == "POST":
        return _done(subject, "transfer", lambda: _transferred(asked, to.full_name))
    try:
        shown = transfers.transfer_preview(asked.contract_id, to.id)
        return _transfer_page(subject, to=to, shown=shown)
    except DomainError as error:
        return _transfer_page(subject, to=to, refusal=error.text), error.status


@going_on.route("/members/<person_id>/family", methods=["GET", "POST"])
@require(SIGN_CONTRACTS)
def family(person_id: str) -> ResponseReturnValue:
    """Who depends on this member, who pays, and somebody to add."""
    person = person_in(current_actor().scope, person_id)
    if request.method == "GET":
        return _family_page(person, request.args.get("to", ""))
    add = person_in(current_actor().scope, request.form.get("to", ""))
    try:
        families.join_family(families.JoinRequest(person.id, add.id), by=_by())
    except DomainError as error:
        page = _family_page(person, add.public_id, refusal=error.text)
        return page, error.status
    flash(_("%(name)s belongs to the family now.", name=add.full_name), "success")
    return redirect(url_for("going_on.family", person_id=person_id), 303)


@going_on.post("/members/<person_id>/family/leave")
@require(SIGN_CONTRACTS)
def leave_family(person_id: str) -> ResponseReturnValue:
    person_in(current_actor().scope, person_id)
    row = history.contract_for(current_actor().scope, request.form.get("contract", ""))
    if row is None:
        raise not_found(_("There is no such contract."))
    families.leave_family(row.contract_id, by=_by())
    flash(_("Left the family. Today is the last day."), "success")
    return redirect(url_for("going_on.family", person_id=person_id), 303)


@going_on.post("/members/<person_id>/family/hand-on")
@require(SIGN_CONTRACTS)
def hand_on(person_id: str) -> ResponseReturnValue:
    actor = current_actor()
    person = person_in(actor.scope, person_id)
    held = kin.family_held_by(person.id)
    if held is None:
        raise not_found(_("There is no such family."))
    holder = person_in(actor.scope, request.form.get("holder", ""))
    payer = person_in(actor.scope, request.form.get("payer", ""))
    try:
        families.hand_on(held.id, holder_id=holder.id, payer_id=payer.id, by=actor.ref)
    except DomainError as error:
        return _family_page(person, "", refusal=error.text), error.status
    flash(_("Handed on."), "success")
    return redirect(url_for("going_on.family", person_id=holder.public_id), 303)


def _by() -> str:
    return current_actor().ref


def _subject(person_id: str, contract: str) -> Subject:
    person = person_in(current_actor().scope, person_id)
    row = history.contract_for(current_actor().scope, contract)
    if row is None or row.person_id != person.id:
        raise not_found(_("There is no such contract."))
    return Subject(person, next(club for club in my_clubs() if club.id == row.club_id), row)


def _chosen(subject: Subject, public_id: str | None) -> PlanOnSale | None:
    if not public_id:
        return None
    plan = plan_for(current_actor().scope, public_id)
    if plan is None or plan.club_id != subject.club.id:
        raise not_found(_("There is no such plan."))
    return plan


def _done(subject: Subject, page: str, act: Callable[[], str]) -> ResponseReturnValue:
    """Do it and go to the contract, or show the page again with the refusal."""
    try:
        words = act()
    except DomainError as error:
        pages = {"renew": _renew_page, "change": _change_page, "transfer": _transfer_page}
        return pages[page](subject, refusal=error.text), error.status
    flash(words, "success")
    return redirect(subject.to("show"), 303)


def _renew_page(subject: Subject, refusal: str = "") -> str:
    """Show each plan on sale with the days and the price of the next term."""
    shown = []
    for plan in plans_on_sale(subject.club.id):
        if plan.terms.kind not in NOT_RENEWED:
            terms = next_terms.desk_terms(subject.row.contract_id, plan.plan_id)
            shown.append((plan, terms, length_words(plan.terms)))
    own = subject.row.plan_public_id
    shown.sort(key=lambda one: one[0].public_id != own)
    wish = typed().get("plan")
    chosen = next((one for one in shown if one[0].public_id == wish), shown[0] if shown else None)
    return render_template(
        f"{FOLDER}/renew.html", subject=subject, shown=shown, chosen=chosen, refusal=refusal
    )


def _change_page(subject: Subject, refusal: str = "", **more: object) -> str:
    own = subject.row.plan_kind
    others = [
        plan
        for plan in plans_on_sale(subject.club.id)
        if plan.terms.kind is own and plan.public_id != subject.row.plan_public_id
    ]
    return render_template(
        f"{FOLDER}/change.html",
        subject=subject,
        plans=others,
        refusal=refusal,
        next_payment=When.NEXT_PAYMENT,
        rolls=subject.row.ends_on is None,
        **more,
    )


def _transfer_page(subject: Subject, refusal: str = "", **more: object) -> str:
    return render_template(
        f"{FOLDER}/transfer.html",
        subject=subject,
        refusal=refusal,
        found=_found(subject.person),
        **more,
    )


def _family_page(person: Person, wish: str, refusal: str = "") -> str:
    held = kin.family_held_by(person.id)
    shown, to = None, person_in(current_actor().scope, wish) if wish else None
    if to is not None and not refusal:
        try:
            shown = families.join_preview(person.id, to.id)
        except DomainError as error:
            refusal = error.text
    return render_template(
        f"{FOLDER}/family.html",
        person=person,
        held=held,
        seats=kin.seats_of(held.id) if held else [],
        payer_id=kin.public_id_of(held.payer_id) if held else person.public_id,
        around=[one for one in kin.families_around(person.id) if one.holder_id != person.id],
        holder_of=kin.public_id_of,
        to=to,
        shown=shown,
        found=_found(person),
        refusal=refusal,
    )


def _found(person: Person) -> list[tuple[str, str]]:
    words = request.args.get("q", "").strip()
    if not words:
        return []
    hits = kin.people_named(current_actor().scope, words)
    return [(one, name) for one, name in hits if one != person.public_id]


def _link_page(subject: Subject, address: str, what: str) -> str:
    return render_template(
        f"{FOLDER}/member_link.html",
        subject=subject,
        address=address,
        what=what,
        code=qr_svg(address),
    )
