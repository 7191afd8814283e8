"""Services room: letters about a debt, kept in the club's own words and the payer's language."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from flask_babel import force_locale

from clubcrm.core import clock, formats
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.people.queries.addresses import letter_lines
from memberships.documents.models import KeptDocument
from memberships.documents.papers import club_fields
from memberships.documents.queries import head_at, kept_about, words_at
from memberships.documents.rules.kinds import DEBT_LETTERS, DocumentKind, language_of
from memberships.documents.rules.wording import one_line, reading
from memberships.documents.services import KeepOrder, keep_text
from memberships.dunning.debtors import late_parts, payer_in
from memberships.dunning.models import DebtCase, DebtStepTaken

SUBJECT = "debt_step"
# Within how many days a letter asks for its money.
PAY_WITHIN = {"reminder": 14, "first": 14, "last": 7}


@dataclass(frozen=True, slots=True)
class Draft:
    """A letter before it is kept: its kind, language, values, and its words as plain text."""

    kind: DocumentKind
    language: str
    fields: Mapping[str, str]
    text: str


def draft_letter(case: DebtCase, letter: str) -> Draft:
    """Return the letter of a step as it would be written today, in the payer's language."""
    club = db.session.get_one(Club, case.club_id)
    payer = payer_in(case.payer_id)
    language = language_of(payer.language or club.locale)
    kind = DEBT_LETTERS[letter]
    fields = _fields(case, letter, club, language)
    words = words_at(club.id, kind, language)
    plain = {name: one_line(value) for name, value in fields.items()}
    return Draft(kind, language, fields, reading(words.title, words.body, plain))


def keep_letter(case: DebtCase, step: DebtStepTaken, draft: Draft, *, by: str) -> KeptDocument:
    """The letter of the step is kept: the text version of the day, its values and letterhead."""
    order = KeepOrder(
        club_id=case.club_id,
        kind=draft.kind,
        subject_kind=SUBJECT,
        subject_id=step.id,
        person_id=case.payer_id,
        language=draft.language,
        fields=draft.fields,
    )
    return keep_text(order, by=by)


def letter_of(step: DebtStepTaken) -> KeptDocument | None:
    """Return the kept letter of a step, None when it has none."""
    return kept_about(SUBJECT, step.id)


def _fields(case: DebtCase, letter: str, club: Club, language: str) -> dict[str, str]:
    today = clock.today(club.zone)
    parts = late_parts(case.payer_id, case.club_id, today)
    with force_locale(language):
        lines = [
            f"{part.number}, {formats.day(part.due_on)}: "
            f"{formats.money(part.open_minor, case.currency)} ({part.member})"
            for part in parts
        ]
        return {
            "member_name": payer_in(case.payer_id).full_name,
            "member_address": ", ".join(letter_lines(case.payer_id, club.country)),
            "amount_due": formats.money(case.amount_minor, case.currency),
            "oldest_due_on": formats.day(case.since_on),
            "days_late": formats.number((today - case.since_on).days),
            "invoice_numbers": ", ".join(dict.fromkeys(part.number for part in parts)),
            "open_invoices": "; ".join(lines),
            "pay_until": formats.day(today + timedelta(days=PAY_WITHIN[letter])),
            **club_fields(club, head_at(club)),
        }
