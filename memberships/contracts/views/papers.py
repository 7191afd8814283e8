"""Views room: the paper of a contract: signed at the desk or by the member's own link, printed."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _

from clubcrm.accounts.forms import languages
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, not_found
from clubcrm.core.web import current_actor, member_link, require
from clubcrm.people.api import link_address, open_link
from memberships.contracts import papers
from memberships.contracts.history import contract_by_public_id, contract_for
from memberships.contracts.links import PAPER_LIVES, PAPER_PURPOSE
from memberships.contracts.models import Contract
from memberships.documents.codes import drawn_code
from memberships.documents.services import Signer
from memberships.documents.views.files import pdf_answer
from memberships.documents.views.signing import Faults, faults_of, signed_by_form
from memberships.permissions import SEE_CONTRACTS, SIGN_CONTRACTS

contract_papers = Blueprint("papers", __name__)
DESK = "memberships/contracts/paper.html"
PHONE = "memberships/contracts/paper_link.html"


@contract_papers.get("/contracts/<contract_id>/paper")
@require(SEE_CONTRACTS)
def show(contract_id: str) -> ResponseReturnValue:
    """Read a contract as it was signed, or sign it here."""
    return _desk_page(_contract(contract_id), request.args.get("language"))


@contract_papers.post("/contracts/<contract_id>/paper")
@require(SIGN_CONTRACTS)
def sign(contract_id: str) -> ResponseReturnValue:
    contract = _contract(contract_id)
    try:
        papers.sign_paper(contract, *_signed(contract), by=current_actor().ref)
    except DomainError as error:
        page = _desk_page(contract, request.form.get("language"), faults_of(error))
        return page, error.status
    flash(_("Signed. The contract opens the gate from its first day."), "success")
    return redirect(url_for("papers.show", contract_id=contract_id), 303)


@contract_papers.get("/contracts/<contract_id>/contract.pdf")
@require(SEE_CONTRACTS)
def pdf(contract_id: str) -> ResponseReturnValue:
    """The contract as it was signed, whatever the texts say today."""
    contract = _contract(contract_id)
    content = papers.print_contract(contract, request.args.get("language"))
    return pdf_answer(content, f"contract-{contract.number}")


@contract_papers.post("/contracts/<contract_id>/paper/link")
@require(SIGN_CONTRACTS)
def link(contract_id: str) -> ResponseReturnValue:
    """A link by which the member reads and signs on his own phone."""
    contract = _contract(contract_id)
    address = link_address("papers.by_link", papers.paper_token(contract, by=current_actor().ref))
    return render_template(
        "memberships/documents/link.html",
        address=address,
        picture=drawn_code(address),
        title=_("Sign on the phone"),
        back=url_for("papers.show", contract_id=contract_id),
        days=PAPER_LIVES.days,
    )


@contract_papers.get("/sign/contract/<token>")
@member_link("read and sign one contract")
def by_link(token: str) -> ResponseReturnValue:
    return _phone_page(token, _opened(token), request.args.get("language"))


@contract_papers.post("/sign/contract/<token>")
@member_link("read and sign one contract")
def sign_by_link(token: str) -> ResponseReturnValue:
    """A second tap on the same button finds the contract signed and says so."""
    contract = _opened(token)
    try:
        papers.sign_paper(contract, *_signed(contract), by=f"member:{contract.person_id}")
    except DomainError as error:
        if error.code == "SIGNED":
            return redirect(url_for("papers.by_link", token=token), 303)
        language = request.form.get("language")
        return _phone_page(token, contract, language, faults_of(error)), error.status
    return redirect(url_for("papers.by_link", token=token), 303)


@contract_papers.get("/sign/contract/<token>/contract.pdf")
@member_link("read and sign one contract")
def pdf_by_link(token: str) -> ResponseReturnValue:
    contract = _opened(token)
    return pdf_answer(papers.print_contract(contract), f"contract-{contract.number}")


def _signed(contract: Contract) -> tuple[tuple[str, str], Signer]:
    minor = papers.paper_of(contract).minor_age is not None
    return signed_by_form(as_guardian=minor)


def _contract(public_id: str) -> Contract:
    row = contract_for(current_actor().scope, public_id)
    if row is None:
        raise not_found(_("There is no such contract."))
    return db.session.get_one(Contract, row.contract_id)


def _opened(token: str) -> Contract:
    found = open_link(PAPER_PURPOSE, token)
    contract = contract_by_public_id(found.subject_id) if found else None
    if found is None or contract is None or contract.person_id != found.person_id:
        raise not_found(_("This link is no longer good. Ask the front desk for a new one."))
    return contract


def _desk_page(contract: Contract, language: str | None, faults: Faults | None = None) -> str:
    shown = papers.paper_of(contract, language)
    return render_template(
        DESK,
        shown=shown,
        languages=languages(),
        faults=faults or {},
        typed=request.form,
        minor=_minor_words(shown),
    )


def _phone_page(
    token: str, contract: Contract, language: str | None, faults: Faults | None = None
) -> str:
    shown = papers.paper_of(contract, language)
    with force_locale(shown.reading.language):
        return render_template(
            PHONE,
            shown=shown,
            token=token,
            languages=languages(),
            faults=faults or {},
            typed=request.form,
            minor=_minor_words(shown),
        )


def _minor_words(shown: papers.ToSign) -> str:
    if shown.minor_age is None:
        return ""
    return _(
        "%(name)s is %(age)s years old: a parent or guardian signs.",
        name=shown.person.full_name,
        age=shown.minor_age,
    )
