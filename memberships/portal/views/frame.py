"""Views room: what every page of a member shares: whose it is, his language, his year."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import date
from typing import Any

from flask import Blueprint, current_app, render_template
from flask_babel import force_locale
from flask_babel import gettext as _

from clubcrm.core.errors import not_found
from clubcrm.core.i18n import LANGUAGES
from clubcrm.people.api import open_link
from memberships.contracts.links import PORTAL_PURPOSE
from memberships.portal import pictures, queries, services
from memberships.portal.rules import MemberYear
from memberships.portal.words import YEAR_WORDS

portal = Blueprint("portal", __name__)
FOLDER = "memberships/portal"
OWN = "a member looks at his own membership"
OFFER = "a member answers an offer for his next term"


def member_by(token: str) -> queries.Member:
    """Return whose own page the token opens; raises NOT_FOUND for an ended one."""
    return linked(PORTAL_PURPOSE, token)[0]


def linked(purpose: str, token: str) -> tuple[queries.Member, str]:
    """Return whose link this is and its subject; raises NOT_FOUND for an ended one."""
    link = open_link(purpose, token)
    member = queries.member_of(link.person_id) if link else None
    if link is None or member is None:
        raise not_found(_("This link has ended. Ask the front desk for a new one."))
    return member, link.subject_id


def year_of_member(member: queries.Member, today: date) -> MemberYear:
    """Return the member's last twelve months."""
    year: MemberYear = current_app.extensions["club_member_year"](
        member.person_id, today, member.zone
    )
    return year


def by_member(member: queries.Member) -> str:
    """Return how ledgers name a member who acts on his own page."""
    return f"{services.BY_MEMBER}:{member.person_id}"


def language_of(member: queries.Member) -> str:
    """Return the language of a member's pages, empty to follow his browser."""
    language = (member.language or "").replace("-", "_").partition("_")[0]
    return language if language in LANGUAGES else ""


@contextmanager
def in_language_of(member: queries.Member) -> Iterator[None]:
    """Words are said in the member's language meanwhile, or in that of his browser."""
    language = language_of(member)
    with force_locale(language) if language else nullcontext():
        yield


def page_of(member: queries.Member, name: str, **more: Any) -> str:
    """Show a page in the member's language, or in that of his browser."""
    more |= {"year_words": YEAR_WORDS, "pictures": pictures}
    with in_language_of(member):
        return render_template(f"{FOLDER}/{name}.html", member=member, **more)
