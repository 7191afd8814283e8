"""Services room: the membership card on paper, with the code that the gate reads."""

from dataclasses import dataclass

from flask import render_template
from flask_babel import force_locale

from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from memberships.documents.codes import drawn_code
from memberships.documents.papers import club_fields, reading_of
from memberships.documents.people import person_by_id
from memberships.documents.press import print_pdf
from memberships.documents.queries import head_at, words_at
from memberships.documents.rules.kinds import DocumentKind, language_of


@dataclass(frozen=True, slots=True)
class CardOrder:
    """Whose card it is, and the value that the gate knows: a card's number, a PIN or a code."""

    person_id: int
    value: str


def print_card(order: CardOrder) -> bytes:
    """Return the card as PDF: front and back, of the size of a bank card."""
    person = person_by_id(order.person_id)
    club = db.session.get_one(Club, person.club_id)
    language = language_of(person.language or club.locale)
    head = head_at(club)
    with force_locale(language):
        fields = {
            "member_name": person.full_name,
            "member_number": order.value,
            **club_fields(club, head),
        }
        reading = reading_of(words_at(club.id, DocumentKind.CARD, language), fields)
        page = render_template(
            "pdf/card.html",
            language=language,
            head=head,
            title=reading.title,
            club_name=club.name,
            name=person.full_name,
            number=order.value,
            code=drawn_code(order.value),
            blocks=reading.blocks,
        )
    return print_pdf(page)
