"""Views room: what members ask about their ledger, and the offer on paper, under /api/v1."""

from typing import Any

from flask import Response
from flask_babel import gettext as _
from marshmallow import fields, validate

from clubcrm.core.api import ApiBlueprint, InputSchema
from clubcrm.core.errors import not_found
from clubcrm.core.idempotency import keep_no_answer
from clubcrm.core.web import current_actor, require
from memberships.contracts.history import contract_for
from memberships.contracts.kin import public_id_of
from memberships.permissions import SEE_CONTRACTS, SIGN_CONTRACTS
from memberships.portal import queries, services
from memberships.portal.letter import renewal_letter
from memberships.portal.models import LedgerQuestion

questions_api = ApiBlueprint(
    "questions_api", __name__, url_prefix="/api/v1", description="Questions about units"
)


class UnitQuestionShown(InputSchema):
    """A question about one used unit."""

    id = fields.String()
    member_id = fields.String()
    asked = fields.String()
    state = fields.String()
    answer = fields.String()


class UnitQuestionList(InputSchema):
    """Questions nobody has answered, the oldest first."""

    items = fields.List(fields.Nested(UnitQuestionShown))


class UnitAnswerBody(InputSchema):
    """Whether the unit goes back, and what the member reads."""

    give_back = fields.Boolean(required=True, truthy={True}, falsy={False})
    reason = fields.String(required=True, validate=validate.Length(min=1, max=300))


@questions_api.get("/unit-questions")
@questions_api.doc(summary="What members ask about used units")
@require(SEE_CONTRACTS)
@questions_api.response(200, UnitQuestionList)
def list_questions() -> dict[str, Any]:
    found = queries.open_questions(current_actor().scope)
    return {"items": [_shown(one.question, one.public_id) for one in found]}


@questions_api.post("/unit-questions/<string:question_id>/answer")
@questions_api.doc(summary="Give the unit back, or explain why it was used")
@require(SIGN_CONTRACTS)
@questions_api.arguments(UnitAnswerBody)
@questions_api.response(200, UnitQuestionShown)
def post_answer(body: dict[str, Any], question_id: str) -> dict[str, Any]:
    actor = current_actor()
    question = queries.question_for(actor.scope, question_id)
    if question is None:
        raise not_found(_("There is no such question."))
    answer = services.return_unit if body["give_back"] else services.explain
    answer(question, body["reason"], by=actor.ref)
    return _shown(question, public_id_of(question.person_id))


@questions_api.post("/contracts/<string:contract_id>/renewal-letter")
@questions_api.doc(summary="The offer of the next term on paper, as PDF; its code is told once")
@require(SIGN_CONTRACTS)
def post_letter(contract_id: str) -> Response:
    actor = current_actor()
    row = contract_for(actor.scope, contract_id)
    if row is None:
        raise not_found(_("There is no such contract."))
    keep_no_answer()
    return Response(renewal_letter(row.contract_id, by=actor.ref), content_type="application/pdf")


def _shown(question: LedgerQuestion, member_id: str) -> dict[str, Any]:
    return {
        "id": question.public_id,
        "member_id": member_id,
        "asked": question.words,
        "state": question.state.value,
        "answer": question.answer,
    }
