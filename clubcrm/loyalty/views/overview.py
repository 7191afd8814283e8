"""Views room: who brought whom and what it cost; what all points are worth."""

from datetime import timedelta

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from clubcrm.core import clock
from clubcrm.core.paging import asked_key, page_of
from clubcrm.core.shell import current_club
from clubcrm.core.web import require
from clubcrm.loyalty import words
from clubcrm.loyalty.permissions import SEE_LOYALTY
from clubcrm.loyalty.point_queries import by_cause, top_holders, totals_of
from clubcrm.loyalty.programme import programme_of
from clubcrm.loyalty.referral_queries import brought_page, counts_by_state, totals_by_host
from clubcrm.loyalty.rules.programme import Reward
from clubcrm.loyalty.rules.referrals import ReferralState
from clubcrm.people.queries.hits import load_hits

loyalty = Blueprint("loyalty", __name__)
PER_PAGE = 50
YEAR = timedelta(days=365)


@loyalty.get("/loyalty")
@require(SEE_LOYALTY)
def index() -> ResponseReturnValue:
    """Recommendations of a year by state, each opening its people; who brought how many."""
    club = current_club()
    since = clock.now() - YEAR
    wish = request.args.get("state", "")
    state = ReferralState(wish) if wish in set(ReferralState) else None
    rows = brought_page([club.id], state, asked_key(), PER_PAGE + 1)
    page = page_of(rows, PER_PAGE, lambda row: row.referral.id)
    hosts = totals_by_host(club.id, since)
    named = {one.host_id for one in hosts}
    for row in page.rows:
        named |= {row.referral.host_id, row.referral.friend_id}
    return render_template(
        "clubcrm/loyalty/referrals.html",
        page=page,
        state=state,
        states=list(ReferralState),
        counts=counts_by_state(club.id, since),
        hosts=hosts,
        hits={one.id: one for one in load_hits(list(named))},
        programme=programme_of(club.id),
        words=words,
        reward=lambda one: words.reward_words(Reward(one.kind, one.amount), club.currency),
        currency=club.currency,
        zone=club.zone,
    )


@loyalty.get("/loyalty/points")
@require(SEE_LOYALTY)
def points() -> ResponseReturnValue:
    """What was earned and spent in a year, what is owed in all, and who holds the most."""
    club = current_club()
    since = clock.today(club.zone) - YEAR
    top = top_holders(club.id)
    programme = programme_of(club.id)
    totals = totals_of(club.id, since)
    return render_template(
        "clubcrm/loyalty/points.html",
        totals=totals,
        worth_minor=max(0, totals["held"]) * programme.worth_minor,
        causes=by_cause(club.id, since),
        top=top,
        hits={one.id: one for one in load_hits([person for person, _points in top])},
        programme=programme,
        words=words,
        currency=club.currency,
    )
