"""Services room: the offer of the next term on paper, for members without a phone at hand."""

from typing import Any

from flask import current_app, render_template
from flask_babel import force_locale
from flask_babel import gettext as _

from clubcrm.core import clock
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.core.errors import not_found
from clubcrm.people.api import link_address
from memberships.contracts import next_terms, outlook, selling
from memberships.contracts.offers import contract_of
from memberships.contracts.touch_offers import offer_of_touch
from memberships.documents.codes import drawn_code
from memberships.documents.press import print_pdf
from memberships.documents.queries import head_at
from memberships.documents.rules.kinds import language_of
from memberships.portal import pictures
from memberships.portal.links import OFFER_PAGE, offer_token
from memberships.portal.queries import Member, member_of
from memberships.portal.words import YEAR_WORDS

TOUCH = "J13a"
LAPSED_TOUCH = "J14a"


def renewal_letter(contract_id: int, *, by: str) -> bytes:
    """Return the letter as PDF; the offer is made if the member has none as good.

    Raises as making an offer does when the contract has no next term to offer.
    """
    contract = contract_of(contract_id)
    member = member_of(contract.person_id)
    if member is None:
        raise not_found(_("There is no such member."))
    today = clock.today(member.zone)
    lapsed = contract.ends_on is not None and contract.ends_on < today
    offer = offer_of_touch(contract_id, LAPSED_TOUCH if lapsed else TOUCH, by=by)
    club = db.session.get_one(Club, contract.club_id)
    address = link_address(OFFER_PAGE, offer_token(offer, by=by))
    terms, deal = next_terms.renewal_terms(offer), outlook.deal_of(offer.id)
    before = terms.promotion.list_minor if terms.promotion else deal.list_minor if deal else 0
    prices = [terms.price_minor, terms.list_minor, before, *(one for _name, one in terms.members)]
    gross = selling.with_tax(terms.plan, prices)
    language = language_of(member.language or club.locale)
    with force_locale(language):
        page = render_template(
            "pdf/renewal.html",
            language=language,
            head=head_at(club),
            title=YEAR_WORDS.title(_year(member), member.given_name),
            foot=club.name,
            member=member,
            year=_year(member),
            pictures=pictures,
            words=YEAR_WORDS,
            terms=terms,
            offer=offer,
            deal=deal,
            price_minor=gross[0],
            later_minor=gross[1],
            list_minor=gross[2],
            total_minor=gross[0] + sum(gross[3:]),
            family=[(name, gross[3 + place]) for place, (name, _one) in enumerate(terms.members)],
            code=drawn_code(address),
        )
    return print_pdf(page)


def _year(member: Member) -> Any:
    make = current_app.extensions["club_member_year"]
    return make(member.person_id, clock.today(member.zone), member.zone)
