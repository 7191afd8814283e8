"""Queries room: a member's points on his card, while the club gives points."""

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from clubcrm.card.member import Line
from clubcrm.core.policy import current_actor
from clubcrm.loyalty.api import programme_of
from clubcrm.loyalty.permissions import SEE_LOYALTY
from clubcrm.loyalty.point_queries import balance_of


def points_hints(person_id: int, club_id: int, public_id: str) -> list[Line]:
    """Return one line with what a member may turn into money; none while that is too little."""
    programme = programme_of(club_id)
    if not programme.collects or not current_actor().may(SEE_LOYALTY):
        return []
    balance = balance_of(person_id)
    if balance < programme.least_spent:
        return []
    told = ngettext(
        "%(num)s point can become bonus money",
        "%(num)s points can become bonus money",
        balance,
    )
    href = url_for("member_loyalty.show", person_id=public_id)
    return [Line(_("Points"), told, "know", "", icon="gift", href=href)]
