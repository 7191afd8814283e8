"""The page of a member's cards: issue one, block a lost one, take one back."""

from collections.abc import Callable

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from access_control.models import Credential, CredentialState
from access_control.permissions import ISSUE_CREDENTIALS
from access_control.queries.cards import CardRow, card_for, cards_of, name_of
from access_control.rules.codes import CredentialKind
from access_control.services.credentials import (
    block_credential,
    end_credential,
    issue_credential,
    replace_credential,
    unblock_credential,
)
from clubcrm.core.errors import DomainError, invalid, not_found
from clubcrm.core.policy import current_actor, require
from clubcrm.core.shell import current_club
from memberships.api import CardOrder, print_card
from memberships.documents.views.files import pdf_answer

card_pages = Blueprint("cards", __name__)
TURNS: dict[str, Callable[..., Credential]] = {
    "block": block_credential,
    "unblock": unblock_credential,
    "end": end_credential,
}


@card_pages.get("/members/<person_id>/cards")
@require(ISSUE_CREDENTIALS)
def show(person_id: str) -> ResponseReturnValue:
    return _page(person_id)


def _refused(person_id: str, error: DomainError) -> ResponseReturnValue:
    """The page says why, and keeps what was typed."""
    refusal = error.fields[0].message if error.fields else error.text
    return _page(person_id, refusal), error.status


def _page(person_id: str, refusal: str = "") -> str:
    number, name = _person(person_id)
    return render_template(
        "access_control/cards.html",
        person_id=person_id,
        name=name,
        cards=[card for card in cards_of(number) if card.state is not CredentialState.ENDED],
        kinds=_kinds(),
        zone=current_club().zone,
        refusal=refusal,
        typed=request.form.get("value", ""),
    )


@card_pages.get("/members/<person_id>/cards/<int:card_id>/card.pdf")
@require(ISSUE_CREDENTIALS)
def pdf(person_id: str, card_id: int) -> Response:
    """A membership card of the size of a bank card, with the code that the gate reads."""
    card = card_for(current_actor().scope, person_id, card_id)
    number, _name = _person(person_id)
    if card is None:
        raise not_found(_("There is no such card."))
    return pdf_answer(print_card(CardOrder(number, card.value)), f"card-{card.value}")


@card_pages.post("/members/<person_id>/cards")
@require(ISSUE_CREDENTIALS)
def issue(person_id: str) -> ResponseReturnValue:
    """The member holds the card that was scanned or typed."""
    number, _name = _person(person_id)
    try:
        kind = CredentialKind(request.form.get("kind", ""))
    except ValueError:
        raise invalid({"kind": _("Choose what it is.")}) from None
    try:
        issue_credential(number, kind, request.form.get("value", ""), by=current_actor().ref)
    except DomainError as error:
        return _refused(person_id, error)
    flash(_("It opens doors from now on."), "success")
    return redirect(url_for("cards.show", person_id=person_id), 303)


@card_pages.post("/members/<person_id>/cards/<int:card_id>/replace")
@require(ISSUE_CREDENTIALS)
def replace(person_id: str, card_id: int) -> ResponseReturnValue:
    """The member holds another card, and the lost one opens nothing any more."""
    card = card_for(current_actor().scope, person_id, card_id)
    if card is None:
        raise not_found(_("There is no such card."))
    value, why = request.form.get("value", ""), request.form.get("why", "").strip()[:300]
    try:
        replace_credential(card.id, value, by=current_actor().ref, why=why)
    except DomainError as error:
        return _refused(person_id, error)
    flash(_("Replaced. The lost card is refused from its next scan on."), "success")
    return redirect(url_for("cards.show", person_id=person_id), 303)


@card_pages.post("/members/<person_id>/cards/<int:card_id>/<turn>")
@require(ISSUE_CREDENTIALS)
def change(person_id: str, card_id: int, turn: str) -> ResponseReturnValue:
    """The card is blocked, unblocked or taken back."""
    card: CardRow | None = card_for(current_actor().scope, person_id, card_id)
    if card is None or turn not in TURNS:
        raise not_found(_("There is no such card."))
    TURNS[turn](card.id, by=current_actor().ref, why=request.form.get("why", "").strip()[:300])
    words = {
        "block": _("Blocked. Its next scan is refused."),
        "unblock": _("It opens doors again."),
        "end": _("Taken back. It may be given to somebody else."),
    }
    flash(words[turn], "success")
    return redirect(url_for("cards.show", person_id=person_id), 303)


def _person(public_id: str) -> tuple[int, str]:
    found = name_of(current_actor().scope, public_id)
    if found is None:
        raise not_found(_("There is no such person."))
    return found


def _kinds() -> list[tuple[str, str]]:
    return [
        (CredentialKind.CARD.value, _("Card or tag")),
        (CredentialKind.PIN.value, _("Number in the terminal")),
        (CredentialKind.QR.value, _("Printed QR code")),
    ]
