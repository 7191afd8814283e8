"""Views room: letters with a paper to people who are no members, and what a person says of them."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clubcrm.core.errors import DomainError, not_found
from clubcrm.core.policy import current_actor, require
from clubcrm.core.shell import current_club
from clubcrm.messaging import letters
from clubcrm.messaging.permissions import RUN_OUTBOX, SEE_OUTBOX
from clubcrm.messaging.views.pages import messages
from clubcrm.messaging.words import letter_words


@messages.get("/messages/letters")
@require(SEE_OUTBOX)
def posted() -> ResponseReturnValue:
    """Orders, reports and quotes on their way; those that need somebody come first."""
    return render_template(
        "clubcrm/messaging/letters.html",
        rows=letters.letters_at(current_actor().scope),
        stuck=letters.STUCK,
        letter_words=letter_words,
        has_paper=letters.has_paper,
        zone=current_club().zone,
    )


@messages.post("/messages/letters/<public_id>")
@require(RUN_OUTBOX)
def settle_letter(public_id: str) -> ResponseReturnValue:
    """A letter that failed or is in doubt goes again, or counts as arrived."""
    found = letters.letter_for(current_actor().scope, public_id)
    if found is None:
        raise not_found(_("There is no such letter in your clubs."))
    act, by = request.form.get("act"), current_actor().ref
    if act == "arrived":
        letters.has_arrived(found, by=by)
        flash(_("It counts as sent."))
    elif act == "send":
        letters.send_again(found, by=by)
        flash(_("It goes out with the next round."))
    else:
        raise DomainError("INVALID_INPUT", _("Choose what becomes of it."), status=400)
    return redirect(url_for("messages.posted"), 303)
