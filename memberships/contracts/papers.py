"""Services room: the paper of a contract: read, signed on a screen, printed as it was signed."""

from dataclasses import dataclass
from datetime import date

from flask_babel import force_locale, ngettext
from flask_babel import gettext as _

from clubcrm.core import clock, formats
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError
from clubcrm.people.api import make_link
from clubcrm.people.models import Person
from clubcrm.people.queries.locks import lock_person
from memberships.contracts.catalogue import terms_of
from memberships.contracts.history import contracts_of
from memberships.contracts.links import PAPER_LIVES, PAPER_PURPOSE
from memberships.contracts.models import Contract
from memberships.contracts.rules import ContractState
from memberships.contracts.selling import SaleTerms, bill
from memberships.contracts.services import complete
from memberships.contracts.words import hours_words, length_words
from memberships.documents.models import KeptDocument
from memberships.documents.papers import (
    Reading,
    club_fields,
    kept_reading,
    print_kept,
    print_unsigned,
    reading_of,
)
from memberships.documents.people import member_fields, person_by_id
from memberships.documents.queries import head_at, kept_about, words_at
from memberships.documents.rules.kinds import DocumentKind, language_of
from memberships.documents.services import (
    KeepOrder,
    Signer,
    check_signer,
    keep_text,
    sign_document,
)
from memberships.waivers.services import minor_age

SUBJECT = "contract"
SIGNABLE = frozenset({ContractState.INCOMPLETE, ContractState.SIGNED})


@dataclass(frozen=True, slots=True)
class ToSign:
    """A contract's paper before somebody: what it says and whether it is signed already."""

    contract: Contract
    person: Person
    reading: Reading
    kept: KeptDocument | None
    minor_age: int | None

    @property
    def may_be_signed(self) -> bool:
        """Tell whether a name may still be put under it."""
        return self.kept is None and self.contract.state in SIGNABLE


def paper_of(contract: Contract, language: str | None = None) -> ToSign:
    """Return what there is to read: the kept words when signed, else today's words filled in."""
    person = person_by_id(contract.person_id)
    club = db.session.get_one(Club, contract.club_id)
    kept = kept_about(SUBJECT, contract.id)
    if kept is not None:
        return ToSign(contract, person, kept_reading(kept), kept, None)
    chosen = language_of(language or person.language or club.locale)
    words = words_at(club.id, DocumentKind.CONTRACT, chosen)
    reading = reading_of(words, contract_fields(contract, chosen))
    return ToSign(contract, person, reading, None, minor_age(person.id))


def sign_paper(
    contract: Contract, seen: tuple[str, str], signer: Signer, *, by: str
) -> KeptDocument:
    """The contract is signed in the words that were seen, and opens the gate from its first day.

    `seen` is the language and the fingerprint of what was shown. Raises SIGNED when a name stands
    there already, STATE for a contract that is over, TEXT_CHANGED when the words are others now.
    """
    check_signer(signer)
    lock_person(contract.person_id)
    db.session.refresh(contract)
    shown = paper_of(contract, seen[0])
    if shown.kept is not None:
        raise DomainError("SIGNED", _("This contract is signed already."))
    if not shown.may_be_signed:
        raise DomainError("STATE", _("This contract is over and cannot be signed any more."))
    language = shown.reading.language
    order = KeepOrder(
        contract.club_id,
        DocumentKind.CONTRACT,
        SUBJECT,
        contract.id,
        contract.person_id,
        language,
        contract_fields(contract, language),
        seen[1],
    )
    kept = keep_text(order, by=by)
    sign_document(kept, signer, by=by)
    if contract.state is ContractState.INCOMPLETE:
        _begin(contract, by=by)
    return kept


def _begin(contract: Contract, *, by: str) -> None:
    """The contract counts, and its payer has the invoice of what was agreed."""
    terms = terms_of(contract.plan_version_id)
    bought = [one for one in contracts_of(contract.person_id) if one.club_id == contract.club_id]
    joins = all(one.contract_id == contract.id or one.state is ContractState.VOID for one in bought)
    complete(contract, by=by, kind=terms.kind)
    agreed = SaleTerms(discount_minor=max(0, terms.price_minor - contract.price_minor))
    bill(contract, terms, agreed, by=by, joins=joins)


def print_contract(contract: Contract, language: str | None = None) -> bytes:
    """Return the contract as PDF: as it was signed, or with blank lines for a pen."""
    shown = paper_of(contract, language)
    if shown.kept is not None:
        return print_kept(shown.kept)
    club = db.session.get_one(Club, contract.club_id)
    chosen = shown.reading.language
    words = words_at(club.id, DocumentKind.CONTRACT, chosen)
    return print_unsigned(club, words, contract_fields(contract, chosen))


def paper_token(contract: Contract, *, by: str) -> str:
    """Return a token by which the member signs on his own phone; raises SIGNED when he has."""
    if not paper_of(contract).may_be_signed:
        raise DomainError("SIGNED", _("This contract is signed already."))
    ends = clock.now() + PAPER_LIVES
    about = contract.public_id
    return make_link(contract.person_id, PAPER_PURPOSE, subject_id=about, expires_at=ends, by=by)


def contract_fields(contract: Contract, language: str) -> dict[str, str]:
    """Return the values of a contract's placeholders in a language."""
    person = person_by_id(contract.person_id)
    payer = person_by_id(contract.payer_id)
    club = db.session.get_one(Club, contract.club_id)
    terms = terms_of(contract.plan_version_id)
    with force_locale(language):
        visits = _("as often as the hours allow")
        if terms.visits is not None:
            visits = ngettext("%(num)s visit", "%(num)s visits", terms.visits)
        return {
            **member_fields(person),
            "payer_name": payer.full_name,
            "number": contract.number,
            "plan_name": terms.name,
            "starts_on": formats.day(contract.starts_on),
            "ends_on": _last_day(contract.term_ends_on, length_words(terms)),
            "price": formats.money(contract.price_minor, contract.currency),
            "visits": visits,
            "hours": hours_words(terms.windows),
            **club_fields(club, head_at(club)),
        }


def _last_day(ends_on: date | None, length: str) -> str:
    return formats.day(ends_on) if ends_on else length
