"""Views room: the words of a campaign: each text in each language, seen as a member reads them."""

from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _

from clubcrm.campaigns.campaign_queries import campaign_for, own_texts
from clubcrm.campaigns.campaign_services import CampaignText, given_to, word_campaign
from clubcrm.campaigns.campaign_tables import Campaign, CampaignState, ClubEvent
from clubcrm.campaigns.checking import text_code
from clubcrm.campaigns.dealing import given_words
from clubcrm.campaigns.forms import TextForm
from clubcrm.campaigns.permissions import RUN_CAMPAIGNS
from clubcrm.core import clock
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, not_found
from clubcrm.core.i18n import LANGUAGES, OWN_NAMES
from clubcrm.core.shell import current_club
from clubcrm.core.web import current_actor, require
from clubcrm.messaging.api import Shown, filled
from clubcrm.messaging.rules.kinds import TextKind
from clubcrm.messaging.rules.placeholders import GROUPS
from clubcrm.messaging.text_words import placeholder_words
from clubcrm.messaging.texts import Draft
from memberships.api import Voucher

campaign_texts = Blueprint("campaign_texts", __name__)
PAGE = "clubcrm/campaigns/campaign_text.html"
SAMPLE_CODE = "AB23CD45EF"


@campaign_texts.get("/campaigns/<campaign_id>/texts/<variant>")
@require(RUN_CAMPAIGNS)
def text(campaign_id: str, variant: str) -> str:
    campaign, language = _campaign(campaign_id, variant), _language()
    form, known = TextForm(None), own_texts(campaign)
    letter = known.get((variant, language, TextKind.EMAIL))
    short = known.get((variant, language, TextKind.SMS))
    if letter is not None:
        form.subject.data, form.body.data = letter.subject, letter.body
    form.short.data = short.body if short else ""
    return _page(campaign, variant, language, form)


@campaign_texts.post("/campaigns/<campaign_id>/texts/<variant>")
@require(RUN_CAMPAIGNS)
def save(campaign_id: str, variant: str) -> ResponseReturnValue:
    """These are the words of the text in the language."""
    campaign, language = _campaign(campaign_id, variant), _language()
    form = TextForm(request.form)
    if not form.validate():
        return _page(campaign, variant, language, form), 400
    words = CampaignText(
        variant, language, form.subject.data or "", form.body.data or "", form.short.data or ""
    )
    try:
        word_campaign(campaign, words, by=current_actor().ref)
    except DomainError as error:
        return _page(campaign, variant, language, form, form.accept(error)), error.status
    flash(_("Saved."), "success")
    if request.form.get("then") == "stay":
        return redirect(
            url_for(
                "campaign_texts.text",
                campaign_id=campaign.public_id,
                variant=variant,
                language=language,
            ),
            303,
        )
    return redirect(url_for("campaigns.show", campaign_id=campaign.public_id), 303)


def _page(
    campaign: Campaign, variant: str, language: str, form: TextForm, refusal: str = ""
) -> str:
    known = {(one, spoken) for one, spoken, _kind in own_texts(campaign)}
    given = sorted(given_to(campaign))
    own = ["rsvp_link"] if campaign.event_id else []
    return render_template(
        PAGE,
        campaign=campaign,
        variant=variant,
        language=language,
        languages=list(OWN_NAMES.items()),
        known=known,
        form=form,
        refusal=refusal,
        shown=_shown(campaign, variant, language, form),
        groups=[(*given, *own), *GROUPS.values()] if given or own else list(GROUPS.values()),
        words=placeholder_words,
        is_draft=campaign.state is CampaignState.DRAFT,
    )


def _shown(campaign: Campaign, variant: str, language: str, form: TextForm) -> Shown | None:
    if not (form.body.data or "").strip():
        return None
    club = db.session.get_one(Club, campaign.club_id)
    event = db.session.get(ClubEvent, campaign.event_id) if campaign.event_id else None
    gift = None
    if campaign.gift_minor:
        until = clock.today(club.zone) + timedelta(days=campaign.gift_days)
        gift = Voucher(
            amount_minor=campaign.gift_minor,
            currency=club.currency,
            code=SAMPLE_CODE,
            valid_until=until,
        )
    with force_locale(language):
        given = given_words(club, event, gift)
    draft = Draft(language, form.subject.data or "", form.body.data or "", TextKind.EMAIL)
    return filled(club, text_code(campaign.id, variant), draft, given=given)


def _language() -> str:
    wish = request.values.get("language", "")
    if wish in LANGUAGES:
        return wish
    club = db.session.get_one(Club, current_club().id)
    base = club.locale.replace("-", "_").partition("_")[0]
    return base if base in LANGUAGES else "en"


def _campaign(campaign_id: str, variant: str) -> Campaign:
    found = campaign_for(current_actor().scope, campaign_id)
    if found is None or found.club_id != current_club().id or variant not in {"A", "B"}:
        raise not_found(_("There is no such campaign in this club."))
    return found
