"""Views room: the words of a touchpoint as a member reads them, and a test letter to oneself."""

import secrets

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clubcrm.core.db import end_reading
from clubcrm.core.errors import not_found
from clubcrm.core.i18n import LANGUAGES, OWN_NAMES
from clubcrm.core.policy import current_actor, require
from clubcrm.core.shell import current_club
from clubcrm.journeys.permissions import EDIT_JOURNEY
from clubcrm.journeys.previews import (
    Preview,
    has_mail,
    own_address,
    preview_of,
    reader_for,
    readers_of,
)
from clubcrm.journeys.setting_words import rule_name
from clubcrm.journeys.versions import current_settings
from clubcrm.journeys.views.map import journeys
from clubcrm.messaging.api import Letter, open_line
from clubcrm.messaging.rules.delivery import Outcome
from clubcrm.people.models import Person


@journeys.get("/journeys/touchpoints/<code>/preview")
@require(EDIT_JOURNEY)
def preview(code: str) -> str:
    """Every form of a touchpoint's words, filled in for a chosen member and language."""
    name, reader, language, shown = _shown(code)
    return render_template(
        "clubcrm/journeys/preview.html",
        code=code,
        name=name,
        reader=reader,
        readers=readers_of(current_club().id),
        language=language,
        languages=list(OWN_NAMES.items()),
        preview=shown,
        has_mail=has_mail(),
    )


@journeys.post("/journeys/touchpoints/<code>/preview")
@require(EDIT_JOURNEY, own_units=True)
def send_test(code: str) -> ResponseReturnValue:
    """The letter has gone to whoever asks, marked as a test; no member hears of it."""
    _name, reader, language, shown = _shown(code)
    letter = next((one for one in shown.written if one.kind == "email"), None) if shown else None
    address = own_address(current_actor().id)
    member = reader.public_id if reader else None
    back = url_for("journeys.preview", code=code, member=member, language=language)
    if letter is None or not address or not has_mail():
        flash(_("There is no letter to send, or no mail server is set."), "error")
        return redirect(back, 303)
    settings = current_app.extensions["club_settings"]
    end_reading()
    key = f"test-{secrets.token_hex(8)}"
    subject = _("Test: %(subject)s", subject=letter.subject)
    with open_line(settings, "email") as line:
        receipt = line.send(Letter(key, address, subject, letter.body, settings.mail_from))
    if receipt.outcome is Outcome.SENT:
        flash(_("Sent to %(address)s.", address=address), "success")
    else:
        flash(_("It did not leave: %(why)s", why=receipt.words), "error")
    return redirect(back, 303)


def _shown(code: str) -> tuple[str, Person | None, str, Preview | None]:
    club = current_club()
    rule = current_settings(club.id).rule(code)
    if rule is None:
        raise not_found(_("There is no such touchpoint."))
    asked = request.values.get("member", "")[:64]
    reader = reader_for(current_actor().scope.club_ids, asked) if asked else None
    if asked and reader is None:
        raise not_found(_("There is no such person in your clubs."))
    readers = readers_of(club.id)
    reader = reader or (readers[0] if readers else None)
    wish = request.values.get("language", "")
    own = (reader.language or "en") if reader else "en"
    language = next((one for one in (wish, own) if one in LANGUAGES), "en")
    shown = preview_of(code, club.id, reader, language) if reader else None
    return rule_name(rule), reader, language, shown
