"""Views room: what a campaign did, each number opening its people."""

from flask import Blueprint, render_template, request
from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _

from clubcrm.campaigns.campaign_queries import campaign_for
from clubcrm.campaigns.campaign_tables import Campaign
from clubcrm.campaigns.campaign_words import outcome_words
from clubcrm.core.errors import not_found
from clubcrm.core.paging import asked_key
from clubcrm.core.policy import current_actor, require
from clubcrm.core.shell import current_club
from clubcrm.people.queries.hits import load_hits
from clubcrm.reports.campaign_results import people_of_result, result_of
from clubcrm.reports.permissions import SEE_REPORTS
from clubcrm.reports.rules.campaign_verdicts import SMALL, Finding, Said
from clubcrm.reports.rules.interval_plot import plot_of
from clubcrm.reports.words import percent

campaign_results = Blueprint("campaign_results", __name__)
PER_PAGE = 50
LOOKS = {
    Said.WORKS: ("go", "circle-check"),
    Said.HARMS: ("stop", "alert-triangle"),
    Said.NO_EFFECT: ("know", "equal"),
    Said.UNKNOWN: ("", "help-circle"),
    Said.TOO_FEW: ("", "users"),
    Said.OPEN: ("know", "clock"),
    Said.ALONE: ("", "users"),
}


@campaign_results.get("/reports/campaigns/<campaign_id>")
@require(SEE_REPORTS)
def show(campaign_id: str) -> str:
    """One sentence of finding, one picture, one table."""
    campaign, club = _campaign(campaign_id), current_club()
    found = result_of(campaign)
    return render_template(
        "clubcrm/reports/campaign_result.html",
        campaign=campaign,
        found=found,
        said=said_words(found.effect),
        texts=texts_words(found.texts) if found.texts else "",
        look=LOOKS,
        outcome=outcome_words(campaign.outcome),
        plot=_plot(found.effect),
        points=points,
        percent=percent,
        currency=club.currency,
    )


@campaign_results.get("/reports/campaigns/<campaign_id>/people")
@require(SEE_REPORTS)
def people(campaign_id: str) -> str:
    """The people behind one number of the result."""
    campaign = _campaign(campaign_id)
    arm, variant = request.args.get("arm", "T")[:1], request.args.get("variant", "")[:1]
    made, after = request.args.get("made", "yes") == "yes", asked_key("after") or 0
    ids = people_of_result(campaign, arm, variant, made=made, after=after, limit=PER_PAGE + 1)
    return render_template(
        "clubcrm/reports/campaign_people.html",
        campaign=campaign,
        hits=load_hits(ids[:PER_PAGE]),
        title=_("Did it") if made else _("Did not"),
        below=_("Held out") if arm == "H" else _("Written to"),
        asked={"arm": arm, "variant": variant or None, "made": "yes" if made else "no"},
        more=ids[PER_PAGE - 1] if len(ids) > PER_PAGE else None,
        is_first=after == 0,
    )


def said_words(finding: Finding) -> str:
    """Return the finding in one sentence."""
    moved = points(finding.middle) if finding.middle is not None else ""
    words = {
        Said.WORKS: _("It works: %(points)s points more did it than without.", points=moved),
        Said.HARMS: _("It harms: %(points)s points fewer did it than without.", points=moved),
        Said.NO_EFFECT: _("No difference that matters: those left out did it as often."),
        Said.UNKNOWN: _("Not known: chance alone could explain the difference."),
        Said.TOO_FEW: _("Too few people to tell: at least ten of each are needed."),
        Said.OPEN: _("Not told yet: the days in which it counts are not over."),
        Said.ALONE: _("Nobody to compare with: who did it might have done it anyway."),
    }
    told = words[finding.said]
    if finding.needed:
        told += " " + ngettext(
            "A difference of 5 points would take about %(num)s person more.",
            "A difference of 5 points would take about %(num)s people more.",
            finding.needed,
        )
    return told


def texts_words(finding: Finding) -> str:
    """Return in one sentence which of two texts is better."""
    moved = points(finding.middle) if finding.middle is not None else ""
    words = {
        Said.WORKS: _("Text B is better, by %(points)s points.", points=moved),
        Said.HARMS: _("Text A is better, by %(points)s points.", points=moved),
        Said.NO_EFFECT: _("Both texts do the same."),
        Said.UNKNOWN: _("Which text is better is not known: chance could explain it."),
        Said.TOO_FEW: _("Too few people to tell the texts apart."),
        Said.OPEN: _("Which text is better is told when the days are over."),
        Said.ALONE: _("Only one text was read."),
    }
    return words[finding.said]


def points(share: float) -> str:
    """Return a difference of shares in points, without its sign."""
    return str(format_decimal(round(abs(share) * 100, 1)))


def _plot(finding: Finding) -> object:
    if finding.middle is None or finding.low is None or finding.high is None:
        return None
    return plot_of([(finding.low, finding.middle, finding.high)], SMALL)


def _campaign(campaign_id: str) -> Campaign:
    found = campaign_for(current_actor().scope, campaign_id)
    if found is None or found.club_id != current_club().id:
        raise not_found(_("There is no such campaign in this club."))
    return found
