"""Forms of clubs, their words, and the letters they sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import func, select

from clubcrm.core.clubs import Club, Scope
from clubcrm.core.db import db
from clubcrm.core.errors import not_found
from clubcrm.leads.door.models import FormLetter, LeadForm, LeadFormConsent
from clubcrm.leads.door.rules.letters import LetterState
from clubcrm.leads.models import Inquiry, LeadSource
from clubcrm.leads.rules.stages import InquiryState


@dataclass(frozen=True, slots=True)
class FormLine:
    """A form with what it brought since a day."""

    form: LeadForm
    letters: int
    leads: int
    spam: int
    unread: int


@dataclass(frozen=True, slots=True)
class LetterLine:
    """A letter with the inquiry it became."""

    letter: FormLetter
    inquiry: Inquiry | None


def form_by_key(key: str) -> LeadForm | None:
    """Return the form of a public key, open or closed."""
    return db.session.scalars(select(LeadForm).where(LeadForm.public_id == key)).first()


def form_for(scope: Scope, public_id: str) -> LeadForm:
    """Return a form of these clubs; raises NOT_FOUND for any other."""
    found = form_by_key(public_id)
    if found is None or not scope.covers(found.club_id):
        raise not_found(_("There is no such form."))
    return found


def club_of(form: LeadForm) -> Club:
    """Return the club a form is of."""
    return db.session.get_one(Club, form.club_id)


def forms_of(club_id: int, since: datetime) -> list[FormLine]:
    """Return the forms of a club, the open ones first, with their letters since an instant."""
    taken = FormLetter.state == LetterState.TAKEN
    is_spam = Inquiry.state == InquiryState.SPAM
    rows = db.session.execute(
        select(
            LeadForm,
            func.count(FormLetter.id),
            func.count(FormLetter.id).filter(Inquiry.lead_id.is_not(None)),
            func.count(FormLetter.id).filter(is_spam),
            func.count(FormLetter.id).filter(~taken),
        )
        .outerjoin(
            FormLetter, (FormLetter.form_id == LeadForm.id) & (FormLetter.received_at >= since)
        )
        .outerjoin(Inquiry, Inquiry.id == FormLetter.inquiry_id)
        .where(LeadForm.club_id == club_id)
        .group_by(LeadForm.id)
        .order_by(LeadForm.is_open.desc(), LeadForm.name)
    )
    return [FormLine(*row) for row in rows]


def letters_of(form_id: int, limit: int) -> list[LetterLine]:
    """Return the newest letters of a form."""
    rows = db.session.execute(
        select(FormLetter, Inquiry)
        .outerjoin(Inquiry, Inquiry.id == FormLetter.inquiry_id)
        .where(FormLetter.form_id == form_id)
        .order_by(FormLetter.id.desc())
        .limit(limit)
    )
    return [LetterLine(*row) for row in rows]


def letter_of(form_id: int, public_id: str) -> FormLetter:
    """Return a letter of the form; raises NOT_FOUND for any other."""
    found = db.session.scalars(
        select(FormLetter).where(FormLetter.form_id == form_id, FormLetter.public_id == public_id)
    ).first()
    if found is None:
        raise not_found(_("There is no such letter."))
    return found


def letter_of_key(form_id: int, key: str) -> FormLetter | None:
    """Return the letter that a form sent under a key of its own."""
    return db.session.scalars(
        select(FormLetter).where(FormLetter.form_id == form_id, FormLetter.key == key)
    ).first()


def sent_since(form_id: int, address: str, since: datetime) -> tuple[int, int]:
    """Return how many letters an address, and everybody, sent by the form since an instant."""
    row = db.session.execute(
        select(
            func.count().filter(FormLetter.address == address),
            func.count(),
        ).where(FormLetter.form_id == form_id, FormLetter.received_at >= since)
    ).one()
    return row[0], row[1]


def unread_before(instant: datetime, limit: int) -> Sequence[int]:
    """Return the letters that nobody has read since an instant, the oldest first."""
    return db.session.scalars(
        select(FormLetter.id)
        .where(FormLetter.state == LetterState.WAITING, FormLetter.received_at < instant)
        .order_by(FormLetter.received_at)
        .limit(limit)
    ).all()


def is_listed_somewhere(origin: str) -> bool:
    """Tell whether any open form may be sent from this origin."""
    # The list is short text; the exact look decides, the store only narrows it down.
    rows = db.session.scalars(select(LeadForm.origins).where(LeadForm.is_open)).all()
    return any(origin in origins for origins in rows)


def consent_of(form_id: int, language: str) -> LeadFormConsent | None:
    """Return the club's own newest words of consent in a language, if it has any."""
    return db.session.scalars(
        select(LeadFormConsent)
        .where(LeadFormConsent.form_id == form_id, LeadFormConsent.language == language)
        .order_by(LeadFormConsent.version.desc())
        .limit(1)
    ).first()


def sources_of(club_id: int) -> Sequence[LeadSource]:
    """Return the sources of a club that are in use, by name."""
    return db.session.scalars(
        select(LeadSource)
        .where(LeadSource.club_id == club_id, LeadSource.is_active)
        .order_by(LeadSource.name)
    ).all()
