"""Views: the settings' front page, which lists the pages a person may open."""

from flask import current_app, render_template, url_for
from flask.typing import ResponseReturnValue

from clubcrm.accounts.views.blueprints import settings
from clubcrm.core.policy import current_actor
from clubcrm.core.shell import Place
from clubcrm.core.web import signed_in


@settings.get("")
@signed_in("each person has settings of his own; the page lists only what he may open")
def index() -> ResponseReturnValue:
    places: tuple[Place, ...] = current_app.extensions.get("club_settings_places", ())
    actor = current_actor()
    shown = [
        (url_for(place.endpoint), str(place.label), place.icon, str(place.help))
        for place in places
        if place.endpoint in current_app.view_functions
        and (not place.right or actor.may(place.right))
    ]
    return render_template("clubcrm/settings/index.html", places=shown)
