"""Services room: a letter in its frame: the club's logo and name, its words, and the way out.

The frame adds no words to the letter but the club's own name and address.
"""

from flask import render_template
from flask_babel import force_locale

from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.messaging.models import Message
from clubcrm.messaging.rules.markup import blocks_of
from memberships.documents.logo import picture_of
from memberships.documents.queries import Head, head_at

FRAME = "emails/frame.html"
LOGO = "cid:logo"
SIGNATURE = "\n-- \n"


def html_of(message: Message, body: str) -> str:
    """Return the letter as HTML with the same words as its plain part."""
    club = db.session.get_one(Club, message.club_id)
    head = head_at(club)
    return framed(club, head, message.subject, body, message.language)


def framed(club: Club, head: Head, subject: str, body: str, language: str) -> str:
    """Return the words in the club's frame; the part after the signature line is the foot."""
    words, _line, foot = body.partition(SIGNATURE)
    with force_locale(language):
        return render_template(
            FRAME,
            language=language,
            club=club.name,
            head=head,
            logo=LOGO if head.logo else "",
            subject=subject,
            blocks=blocks_of(words),
            # Closing lines are never a button, however they read.
            foot=blocks_of(foot, buttons=False),
        )


def logo_of(club_id: int) -> tuple[bytes, str] | None:
    """Return the picture that the frame shows as `cid:logo`, with its media type."""
    head = head_at(db.session.get_one(Club, club_id))
    return picture_of(head.logo) if head.logo else None
