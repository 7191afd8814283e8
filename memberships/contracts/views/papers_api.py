"""Views room: the paper of a contract under /api/v1: read it, sign it, take the PDF."""

from typing import Any

from flask import Response
from flask_babel import gettext as _
from marshmallow import Schema, fields, validate

from clubcrm.core.api import ApiBlueprint, InputSchema
from clubcrm.core.db import db
from clubcrm.core.errors import not_found
from clubcrm.core.web import current_actor, require
from memberships.contracts import papers
from memberships.contracts.history import contract_for
from memberships.contracts.models import Contract
from memberships.documents.services import Signer
from memberships.documents.views.files import origin_of_request, pdf_answer
from memberships.permissions import SEE_CONTRACTS, SIGN_CONTRACTS

papers_api = ApiBlueprint(
    "papers_api", __name__, url_prefix="/api/v1", description="Contracts on paper"
)


class PaperShown(Schema):
    """What there is to read; `seen` goes back with the signature."""

    title = fields.String()
    language = fields.String()
    seen = fields.String()
    signed = fields.Boolean()
    document_id = fields.String(allow_none=True)


class SignatureBody(InputSchema):
    """A signature: the words that were seen, a name, and the strokes if they were drawn."""

    language = fields.String(required=True, validate=validate.Length(max=8))
    seen = fields.String(required=True, validate=validate.Length(equal=64))
    name = fields.String(required=True, validate=validate.Length(1, 200))
    drawn = fields.String(load_default="", validate=validate.Length(max=200_000))


@papers_api.get("/contracts/<string:contract_id>/document")
@papers_api.doc(summary="The words of a contract and whether they are signed")
@require(SEE_CONTRACTS)
@papers_api.response(200, PaperShown)
def get_paper(contract_id: str) -> dict[str, Any]:
    return _shown(_contract(contract_id))


@papers_api.post("/contracts/<string:contract_id>/document")
@papers_api.doc(summary="Sign a contract in the words that were shown")
@require(SIGN_CONTRACTS)
@papers_api.arguments(SignatureBody)
@papers_api.response(201, PaperShown)
def post_signature(body: dict[str, Any], contract_id: str) -> dict[str, Any]:
    contract = _contract(contract_id)
    is_minor = papers.paper_of(contract).minor_age is not None
    signer = Signer(body["name"], body["drawn"], origin_of_request(), is_minor)
    seen = (body["language"], body["seen"])
    papers.sign_paper(contract, seen, signer, by=current_actor().ref)
    return _shown(contract)


@papers_api.get("/contracts/<string:contract_id>/document.pdf")
@papers_api.doc(summary="A contract as PDF, as it was signed")
@require(SEE_CONTRACTS)
def get_pdf(contract_id: str) -> Response:
    contract = _contract(contract_id)
    return pdf_answer(papers.print_contract(contract), f"contract-{contract.number}")


def _contract(contract_id: str) -> Contract:
    row = contract_for(current_actor().scope, contract_id)
    if row is None:
        raise not_found(_("There is no such contract."))
    return db.session.get_one(Contract, row.contract_id)


def _shown(contract: Contract) -> dict[str, Any]:
    paper = papers.paper_of(contract)
    return {
        "title": paper.reading.title,
        "language": paper.reading.language,
        "seen": paper.reading.sha256,
        "signed": paper.kept is not None,
        "document_id": paper.kept.public_id if paper.kept else None,
    }
