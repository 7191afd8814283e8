"""Views room: pages and forms of the advertiser, where they belong, and what they brought."""

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clubcrm.core.channel_settings import page_tokens
from clubcrm.core.errors import DomainError
from clubcrm.core.policy import current_actor, require
from clubcrm.core.shell import current_club
from clubcrm.leads.ads import letters, queries
from clubcrm.leads.ads.models import AdKind
from clubcrm.leads.ads.places import PlaceDraft, drop_place, name_place
from clubcrm.leads.door.permissions import EDIT_FORMS
from clubcrm.leads.door.queries import sources_of
from clubcrm.leads.door.views.public import own_origin
from clubcrm.leads.door.words import letter_words

ads = Blueprint("lead_ads", __name__, url_prefix="/settings/ads")
MOST_LETTERS = 50
TOKENS = "CLUBCRM_FACEBOOK_TOKENS"
NEEDED = ("CLUBCRM_FACEBOOK_SECRET", "CLUBCRM_FACEBOOK_VERIFY", TOKENS)


@ads.get("")
@require(EDIT_FORMS)
def index() -> str:
    """Whether the way is open, which page belongs here, and what came."""
    return _page({}, {name: request.args.get(name, "") for name in ("kind", "ref")})


@ads.post("")
@require(EDIT_FORMS)
def name() -> ResponseReturnValue:
    """The page or form brings people to this club."""
    typed = request.form
    sources = {one.public_id: one.id for one in sources_of(current_club().id)}
    draft = PlaceDraft(
        AdKind.FORM if typed.get("kind") == AdKind.FORM else AdKind.PAGE,
        typed.get("ref", ""),
        typed.get("name", ""),
        sources.get(typed.get("source", "")),
        typed.get("interest", ""),
        typed.get("consent_key", ""),
    )
    try:
        name_place(current_club().id, draft, by=current_actor().ref)
    except DomainError as error:
        faults = {one.field: one.message for one in error.fields} or {"ref": error.text}
        return _page(faults, typed.to_dict()), error.status
    flash(_("Saved. What waited for this page is read now."), "success")
    return redirect(url_for("lead_ads.index"), 303)


@ads.post("/<public_id>/drop")
@require(EDIT_FORMS)
def drop(public_id: str) -> ResponseReturnValue:
    drop_place(queries.place_for(current_actor().scope, public_id), by=current_actor().ref)
    flash(_("It belongs to no club any more. What it brought stays."), "success")
    return redirect(url_for("lead_ads.index"), 303)


@ads.post("/letters/<public_id>/again")
@require(EDIT_FORMS)
def again(public_id: str) -> ResponseReturnValue:
    letters.try_again(queries.letter_for(current_club().id, public_id), by=current_actor().ref)
    flash(_("It is fetched again in a moment."), "success")
    return redirect(url_for("lead_ads.index"), 303)


def _page(faults: dict[str, str], typed: dict[str, str]) -> str:
    club = current_club()
    found = current_app.extensions["club_settings"].channels
    missing = [one for one in NEEDED if one not in found]
    return render_template(
        "clubcrm/leads/ads/index.html",
        hook=f"{own_origin()}{url_for('ad_hooks.take')}",
        missing=missing,
        tokens=page_tokens(found.get(TOKENS, "")),
        lines=queries.places_of(club.id),
        letters=queries.letters_of(club.id, MOST_LETTERS),
        letter_words=letter_words,
        sources=[
            ("", _("Facebook or Instagram, as it is told")),
            *((one.public_id, one.name) for one in sources_of(club.id)),
        ],
        kinds=[(AdKind.PAGE.value, _("Page")), (AdKind.FORM.value, _("Form"))],
        typed=typed,
        faults=faults,
        errors={name: [words] for name, words in faults.items()},
        zone=club.zone,
    )
