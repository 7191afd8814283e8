"""Views room: a member's own pages, reached by link: plan, ledger, renewal, freeze, cancel.

A look never changes anything; every act is a form of its own.
"""

from datetime import date
from typing import Any

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _

from clubcrm.core import clock
from clubcrm.core.errors import DomainError, not_found
from clubcrm.core.i18n import LANGUAGES
from clubcrm.core.policy import member_link
from clubcrm.people.api import open_link
from memberships.billing.queries import account_of
from memberships.contracts import cancelling, freezes, history, offers, renewals
from memberships.contracts.catalogue import plan_for_id, plans_on_sale, terms_of
from memberships.contracts.freeze_catalogue import freeze_types_offered, kinds_for
from memberships.contracts.leaving import CancelReason
from memberships.contracts.links import OFFER_PURPOSE, PORTAL_PURPOSE
from memberships.contracts.outlook import offer_of_id, open_offers, successor_of
from memberships.contracts.renewal_tables import DeclineReason, OfferState, RenewalOffer
from memberships.contracts.rules import ContractState
from memberships.contracts.words import cancel_reason_words, cause_words, length_words, status_words
from memberships.packages.offers import filled_packages
from memberships.portal import pictures, queries, services
from memberships.portal.rules import MemberYear, ScanShown
from memberships.portal.words import YEAR_WORDS, decline_words, use_words
from memberships.trainers.services import code_today

portal = Blueprint("portal", __name__)
FOLDER = "memberships/portal"
OWN = "a member looks at his own membership"
OFFER = "a member answers an offer for his next term"


@portal.get("/my/<token>")
@member_link(OWN)
def home(token: str) -> ResponseReturnValue:
    """Plan, last day, visits, what is open, and what may be done."""
    member = _member(token)
    today = clock.today(member.zone)
    rows = history.contracts_of(member.person_id)
    running = [row for row in rows if _runs(row, today)]
    waiting = [offer for row in running for offer in open_offers(row.contract_id)]
    return _page(
        member,
        "home",
        token=token,
        year=_year(member, today),
        running=running,
        standing=history.standing_on(member.person_id, today),
        status_words=status_words,
        cause_words=cause_words,
        offer=waiting[0] if waiting else None,
        account=account_of(member.person_id, member.club_id),
        packages=[row for row in filled_packages([member.person_id]) if row.is_open(today)],
        code=code_today(member.public_id, member.zone),
    )


@portal.get("/my/<token>/ledger")
@member_link(OWN)
def ledger(token: str) -> ResponseReturnValue:
    """Every unit and every document, each debit with a button to ask about it."""
    member = _member(token)
    uses = queries.uses_of(member.person_id)
    return _page(
        member,
        "ledger",
        token=token,
        uses=uses,
        use_words=use_words,
        asked=queries.questions_about([use.entry_id for use in uses]),
        documents=queries.invoices_of(member.person_id),
        account=account_of(member.person_id, member.club_id),
    )


@portal.route("/my/<token>/ledger/<int:entry_id>", methods=["GET", "POST"])
@member_link(OWN)
def ask(token: str, entry_id: int) -> ResponseReturnValue:
    """One debit with its scan and rule, and the button that asks the desk."""
    member = _member(token)
    if request.method == "POST":
        services.ask_about(member, entry_id, request.form.get("words", ""))
        return redirect(url_for("portal.ledger", token=token, _anchor=f"line-{entry_id}"), 303)
    use = queries.use_of(entry_id)
    if use is None or use.person_id != member.person_id:
        raise not_found(_("There is no such line."))
    asked = queries.questions_about([entry_id]).get(entry_id)
    return _page(
        member, "ask", token=token, use=use, use_words=use_words, scan=scan_of(use), asked=asked
    )


@portal.route("/my/<token>/freeze/<contract>", methods=["GET", "POST"])
@member_link(OWN)
def freeze(token: str, contract: str) -> ResponseReturnValue:
    """Choose days, see the new last day and the price, freeze."""
    member, row = _own_contract(token, contract)
    kinds = kinds_for(_terms(row), freeze_types_offered(member.club_id))
    more: dict[str, Any] = {"token": token, "row": row, "kinds": kinds, "shown": None}
    more["refusal"], more["typed"] = "", request.values
    asked = _freeze_request(row, kinds)
    status = 200
    try:
        if request.method == "POST" and asked is not None:
            freezes.freeze_contract(asked, by=_by(member))
            return redirect(url_for("portal.home", token=token), 303)
        if asked is not None:
            more["shown"] = freezes.freeze_preview(asked)
    except DomainError as error:
        more["refusal"], status = error.text, error.status
    return _page(member, "freeze", **more), status


@portal.route("/my/<token>/cancel/<contract>", methods=["GET", "POST"])
@member_link(OWN)
def cancel(token: str, contract: str) -> ResponseReturnValue:
    """Say why, see last day, last charge and fee, cancel."""
    member, row = _own_contract(token, contract)
    reason = next((one for one in CancelReason if one.value == request.values.get("reason")), None)
    more: dict[str, Any] = {"token": token, "row": row, "chosen": reason}
    more |= {"reasons": CancelReason, "reason_words": cancel_reason_words}
    more |= {"refusal": "", "shown": None, "note": request.values.get("note", "")}
    status = 200
    try:
        if reason is not None:
            asked = cancelling.CancelRequest(row.contract_id, reason, more["note"])
            if request.method == "POST":
                cancelling.cancel_contract(asked, by=_by(member))
                return redirect(url_for("portal.home", token=token), 303)
            more["shown"] = cancelling.cancel_preview(asked)
    except DomainError as error:
        more["refusal"], status = error.text, error.status
    return _page(member, "cancel", **more), status


@portal.get("/my/<token>/renew/<offer_id>")
@member_link(OWN)
def own_offer(token: str, offer_id: str) -> ResponseReturnValue:
    """The offer of the next term, from the member's own page."""
    member = _member(token)
    return _offer_page(member, _offer(member, offer_id), _own_answer(token, offer_id))


@portal.post("/my/<token>/renew/<offer_id>")
@member_link(OWN)
def answer_own(token: str, offer_id: str) -> ResponseReturnValue:
    member = _member(token)
    return _answer(member, _offer(member, offer_id), _own_answer(token, offer_id))


@portal.get("/renew/<token>")
@member_link(OFFER)
def offer(token: str) -> ResponseReturnValue:
    """The member's year, the next term, and one button."""
    member, found = _linked_offer(token)
    return _offer_page(member, found, url_for("portal.offer", token=token))


@portal.post("/renew/<token>")
@member_link(OFFER)
def answer(token: str) -> ResponseReturnValue:
    member, found = _linked_offer(token)
    return _answer(member, found, url_for("portal.offer", token=token))


def _own_answer(token: str, offer_id: str) -> str:
    return url_for("portal.own_offer", token=token, offer_id=offer_id)


def _answer(member: queries.Member, found: RenewalOffer, back: str) -> ResponseReturnValue:
    try:
        if request.form.get("answer") == "no":
            reason = DeclineReason(request.form.get("reason", DeclineReason.OTHER.value))
            words = request.form.get("words", "")
            offers.decline_renewal(found.id, reason, by=_by(member), words=words)
        else:
            plan = plan_for_id(member.club_id, request.form.get("plan", ""))
            asked = renewals.AcceptRequest(found.id, plan.plan_id if plan else None)
            renewals.accept_renewal(asked, by=_by(member))
    except ValueError:
        return _offer_page(member, found, back, _("Choose a reason.")), 400
    except DomainError as error:
        return _offer_page(member, found, back, error.text), error.status
    return redirect(back, 303)


def _offer_page(member: queries.Member, found: RenewalOffer, back: str, refusal: str = "") -> str:
    today = clock.today(member.zone)
    known = successor_of(found.contract_id)
    plans = [
        plan for plan in plans_on_sale(member.club_id) if plan.terms.kind not in offers.NOT_RENEWED
    ]
    chosen = plan_for_id(member.club_id, request.values.get("plan", ""))
    return _page(
        member,
        "offer",
        offer=found,
        back=back,
        year=_year(member, today),
        terms=None if known else renewals.renewal_terms(found, chosen.plan_id if chosen else None),
        renewed=known,
        plans=plans,
        length_words=length_words,
        is_over=found.expires_on < today or found.state is OfferState.WITHDRAWN,
        declined=found.state is OfferState.DECLINED,
        reasons=DeclineReason,
        reason_words=decline_words,
        refusal=refusal,
    )


def scan_of(use: queries.UnitUse) -> ScanShown | None:
    """Return the scan that used a unit, when it was a visit."""
    find = current_app.extensions["club_scan_of"]
    found: ScanShown | None = find(use.source_id) if use.source_kind == "visit" else None
    return found


def _year(member: queries.Member, today: date) -> MemberYear:
    year: MemberYear = current_app.extensions["club_member_year"](
        member.person_id, today, member.zone
    )
    return year


def _member(token: str) -> queries.Member:
    link = open_link(PORTAL_PURPOSE, token)
    member = queries.member_of(link.person_id) if link else None
    if member is None:
        raise not_found(_("This link has ended. Ask the front desk for a new one."))
    return member


def _linked_offer(token: str) -> tuple[queries.Member, RenewalOffer]:
    link = open_link(OFFER_PURPOSE, token)
    member = queries.member_of(link.person_id) if link else None
    if link is None or member is None:
        raise not_found(_("This link has ended. Ask the front desk for a new one."))
    return member, _offer(member, link.subject_id)


def _offer(member: queries.Member, public_id: str) -> RenewalOffer:
    found = offer_of_id(public_id)
    if found is None or found.person_id != member.person_id:
        raise not_found(_("There is no such offer."))
    return found


def _own_contract(token: str, public_id: str) -> tuple[queries.Member, history.ContractRow]:
    member = _member(token)
    rows = history.contracts_of(member.person_id)
    row = next((one for one in rows if one.public_id == public_id), None)
    if row is None or row.state is not ContractState.SIGNED:
        raise not_found(_("There is no such contract."))
    return member, row


def _terms(row: history.ContractRow) -> Any:
    return terms_of(offers.contract_of(row.contract_id).plan_version_id)


def _runs(row: history.ContractRow, today: date) -> bool:
    return row.state is ContractState.SIGNED and (row.ends_on is None or row.ends_on >= today)


def _freeze_request(row: history.ContractRow, kinds: list[Any]) -> freezes.FreezeRequest | None:
    try:
        first = date.fromisoformat(request.values.get("from_on", ""))
        last = date.fromisoformat(request.values.get("until_on", ""))
    except ValueError:
        return None
    wish = request.values.get("kind", "")
    kind = next((one for one in kinds if one.public_id == wish), kinds[0] if kinds else None)
    reason = request.values.get("reason", "") or _("Asked by the member")
    return freezes.FreezeRequest(
        row.contract_id, first, last, reason, kind.type_id if kind else None
    )


def _by(member: queries.Member) -> str:
    return f"{services.BY_MEMBER}:{member.person_id}"


def _page(member: queries.Member, name: str, **more: Any) -> str:
    """Show a page in the member's language, or in that of his browser."""
    language = (member.language or "").replace("-", "_").partition("_")[0]
    template = f"{FOLDER}/{name}.html"
    more |= {"year_words": YEAR_WORDS, "pictures": pictures}
    if language not in LANGUAGES:
        return render_template(template, member=member, **more)
    with force_locale(language):
        return render_template(template, member=member, **more)
