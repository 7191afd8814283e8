"""Views room: a member comes to his own page by a link that works once, sent to his own address."""

from datetime import timedelta

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from clubcrm.core import clock
from clubcrm.core.policy import member_link, public
from clubcrm.people.api import make_link, revoke_links
from memberships.contracts.links import PORTAL_PURPOSE, SIGN_IN_PURPOSE
from memberships.portal import services
from memberships.portal.links import has_public_address
from memberships.portal.views.frame import FOLDER, by_member, linked, page_of, portal

ONCE = "a member opens his own page by a link that works once"
OPEN_FOR = timedelta(hours=12)


@portal.get("/me")
@public("a member asks for the link to his own page")
def sign_in() -> ResponseReturnValue:
    """One field: the phone number or the e-mail address that the club knows."""
    return render_template(
        f"{FOLDER}/sign_in.html", sent=False, typed="", has_address=has_public_address()
    )


@portal.post("/me")
@public("a member asks for the link to his own page")
def send_link() -> ResponseReturnValue:
    """Whoever has this address gets a link; the answer is the same for everybody."""
    typed = request.form.get("address", "")
    has_address = has_public_address()
    if has_address:
        services.ask_for_page(typed, request.remote_addr or "")
    return render_template(
        f"{FOLDER}/sign_in.html", sent=has_address, typed=typed, has_address=has_address
    )


@portal.get("/me/<token>")
@member_link(ONCE)
def enter(token: str) -> ResponseReturnValue:
    """Whose page this opens; a look uses nothing up, so that previews of mail do no harm."""
    return page_of(linked(SIGN_IN_PURPOSE, token)[0], "enter", token=token)


@portal.post("/me/<token>")
@member_link(ONCE)
def use_link(token: str) -> ResponseReturnValue:
    """The link is used up, and the member's page is open for half a day."""
    member = linked(SIGN_IN_PURPOSE, token)[0]
    revoke_links(member.person_id, SIGN_IN_PURPOSE)
    ends = clock.now() + OPEN_FOR
    own = make_link(member.person_id, PORTAL_PURPOSE, expires_at=ends, by=by_member(member))
    return redirect(url_for("portal.home", token=own), 303)
