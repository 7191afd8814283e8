"""What programs do with cards, PINs and codes of a member: list, block, take back, replace."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Response, jsonify
from flask_babel import gettext as _
from marshmallow import fields, validate

from access_control.models import Credential
from access_control.permissions import ISSUE_CREDENTIALS
from access_control.queries.cards import CardRow, card_for, cards_of, name_of
from access_control.services.credentials import (
    block_credential,
    end_credential,
    replace_credential,
    unblock_credential,
)
from access_control.views.reading import told
from clubcrm.core.api import ApiBlueprint, InputSchema
from clubcrm.core.errors import not_found
from clubcrm.core.policy import current_actor, require

credentials_api = ApiBlueprint(
    "credentials_api", __name__, url_prefix="/api/v1", description="Cards, PINs and codes"
)
TURNS: Mapping[str, Callable[..., Credential]] = {
    "block": block_credential,
    "unblock": unblock_credential,
    "end": end_credential,
}


class TurnArgs(InputSchema):
    """Why a card is blocked, opens doors again or is taken back."""

    why = fields.String(load_default="", validate=validate.Length(max=300))


class ReplaceArgs(TurnArgs):
    """The number of the card that takes the place of a lost one."""

    value = fields.String(required=True, validate=validate.Length(min=1, max=120))


@credentials_api.get("/members/<member_id>/credentials")
@credentials_api.doc(summary="Everything a member holds or held, what opens doors first")
@require(ISSUE_CREDENTIALS)
def list_credentials(member_id: str) -> Response:
    """Cards, PINs and codes of a member."""
    found = name_of(current_actor().scope, member_id)
    if found is None:
        raise not_found(_("There is no such person."))
    return jsonify({"items": [_values(row) for row in cards_of(found[0])]})


@credentials_api.post("/members/<member_id>/credentials/<int:card_id>/<turn>")
@credentials_api.doc(summary="block a lost card, unblock it when it is found, or end it for good")
@credentials_api.arguments(TurnArgs, as_kwargs=True)
@require(ISSUE_CREDENTIALS)
def turn_credential(member_id: str, card_id: int, turn: str, why: str) -> Response:
    """The next scan of the card follows."""
    row = _card(member_id, card_id)
    if turn not in TURNS:
        raise not_found(_("There is no such card."))
    TURNS[turn](row.id, by=current_actor().ref, why=why.strip())
    return jsonify(_values(_card(member_id, card_id)))


@credentials_api.post("/members/<member_id>/credentials/<int:card_id>/replace")
@credentials_api.doc(summary="Block a lost card and give the member another one in its place")
@credentials_api.arguments(ReplaceArgs, as_kwargs=True)
@require(ISSUE_CREDENTIALS)
def replace(member_id: str, card_id: int, value: str, why: str) -> tuple[Response, int]:
    """The new card opens what the lost one opened."""
    row = _card(member_id, card_id)
    made = replace_credential(row.id, value, by=current_actor().ref, why=why.strip())
    return jsonify(_values(_card(member_id, made.id))), 201


def _card(member_id: str, card_id: int) -> CardRow:
    row = card_for(current_actor().scope, member_id, card_id)
    if row is None:
        raise not_found(_("There is no such card."))
    return row


def _values(row: CardRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "type": row.kind.value,
        "value": row.value,
        "state": row.state.value,
        "issued_at": told(row.issued_at),
        "issued_by": row.issued_by,
    }
