"""Views room: whose telephone rings, the log of calls, recordings, telephones of the staff."""

import hashlib
from pathlib import Path

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clubcrm.core import audit, clock
from clubcrm.core.errors import DomainError, not_found
from clubcrm.core.policy import current_actor, require, signed_in
from clubcrm.core.shell import current_club
from clubcrm.tickets import call_queries as queries
from clubcrm.tickets import call_words, calls
from clubcrm.tickets.permissions import HEAR_CALLS, RUN_PHONES, SEE_CALLS
from clubcrm.tickets.queries import helpers_of
from clubcrm.tickets.views.pages import person_of

phone = Blueprint("phone", __name__)
FOLDER = "CLUBCRM_RECORDINGS_DIR"
NO_STORE = "no-store"


def has_telephone() -> bool:
    """Tell whether who looks at the page has a telephone that may ring."""
    actor = current_actor()
    return actor.kind == "user" and bool(queries.extensions_of(actor.id))


phone.add_app_template_global(has_telephone, "has_telephone")


@phone.get("/phone/ringing")
@signed_in("everybody hears the own telephone")
def ringing() -> ResponseReturnValue:
    """Who rings at one's own telephone now; 204 while that is what the page knows already."""
    rows = queries.ringing_for(current_actor().id, clock.now())
    rows = [row for row in rows if current_actor().scope.covers(row.call.club_id)]
    page = render_template("clubcrm/tickets/_ringing.html", rows=rows) if rows else ""
    mark = hashlib.sha256(page.encode()).hexdigest()[:16] if page else ""
    if request.args.get("known") == mark:
        return "", 204
    answer = Response(page, mimetype="text/html")
    answer.headers["Cache-Control"] = NO_STORE
    answer.headers["X-Ring"] = mark
    return answer


@phone.get("/calls")
@require(SEE_CALLS)
def log() -> ResponseReturnValue:
    """Every call, the newest first."""
    missed = request.args.get("show") == "missed"
    before = request.args.get("before", "")
    key = int(before) if before.isascii() and before.isdigit() and len(before) < 10 else None
    like = request.args.get("like", "")
    one = queries.call_for(current_actor().scope, like) if like else None
    number = one.number if one else ""
    wanted = queries.Wanted(missed, number, key)
    rows, more = queries.log(current_actor().scope, wanted)
    return render_template(
        "clubcrm/tickets/calls.html",
        rows=rows,
        more=more,
        missed=missed,
        number=number,
        like=like if number else "",
        words=call_words,
    )


@phone.post("/calls/to/<person_id>")
@require(SEE_CALLS)
def dial(person_id: str) -> ResponseReturnValue:
    """One's own telephone rings, and then the member's."""
    person = person_of(person_id)
    try:
        actor = current_actor()
        mine = calls.telephone_of(actor.id) if actor.kind == "user" else None
        calls.dial(person.id, mine, by=actor.ref)
    except DomainError as error:
        if error.code != "NO_EXTENSION":
            raise
        flash(error.text, "error")
        return redirect(url_for("card.show", person_id=person_id), 303)
    flash(_("Your telephone rings in a moment."), "success")
    return redirect(url_for("card.show", person_id=person_id), 303)


@phone.get("/calls/<public_id>/recording")
@require(HEAR_CALLS)
def recording(public_id: str) -> ResponseReturnValue:
    """The recording of a call; who listened is written down."""
    call = queries.call_for(current_actor().scope, public_id)
    folder = current_app.extensions["club_settings"].channels.get(FOLDER, "")
    path = _inside(folder, call.recording) if call and folder and call.recording else None
    if call is None or path is None:
        raise not_found(_("There is no such recording."))
    answer = send_file(path, as_attachment=False, download_name=path.name)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@phone.post("/calls/<public_id>/listen")
@require(HEAR_CALLS)
def listen(public_id: str) -> ResponseReturnValue:
    """Who opens a recording is written down first."""
    call = queries.call_for(current_actor().scope, public_id)
    if call is None or not call.recording:
        raise not_found(_("There is no such recording."))
    audit.note("phone.listened", "phone_call", call.id, by=current_actor().ref)
    return redirect(url_for("phone.recording", public_id=public_id), 303)


@phone.get("/settings/phones")
@require(RUN_PHONES)
def phones() -> ResponseReturnValue:
    """Whose telephone each extension is, and where the system tells of calls."""
    return _phones({}, {})


@phone.post("/settings/phones")
@require(RUN_PHONES)
def save_phone() -> ResponseReturnValue:
    """An extension is somebody's, or nobody's."""
    typed = {name: request.form.get(name, "") for name in ("extension", "user")}
    user = typed["user"]
    user_id = int(user) if user.isascii() and user.isdigit() and len(user) < 10 else None
    try:
        calls.set_extension(current_club().id, typed["extension"], user_id, by=current_actor().ref)
    except DomainError as error:
        return _phones(typed, {one.field: str(one.message) for one in error.fields}), error.status
    flash(_("Saved."), "success")
    return redirect(url_for("phone.phones"), 303)


@phone.get("/settings/phones/3cx.xml")
@require(RUN_PHONES)
def template_3cx() -> ResponseReturnValue:
    """The template that 3CX imports, with this club's addresses."""
    page = render_template("clubcrm/tickets/3cx.xml", base=request.url_root.rstrip("/"))
    answer = Response(page, mimetype="application/xml")
    answer.headers["Content-Disposition"] = 'attachment; filename="clubcrm-3cx.xml"'
    return answer


def _phones(typed: dict[str, str], faults: dict[str, str]) -> str:
    club = current_club()
    names = dict(helpers_of(club.id))
    known = queries.extensions().items()
    channels = current_app.extensions["club_settings"].channels
    return render_template(
        "clubcrm/tickets/phones.html",
        rows=sorted((ext, names.get(user, "")) for (at, ext), user in known if at == club.id),
        helpers=[("", _("Nobody")), *helpers_of(club.id)],
        typed=typed,
        faults=faults,
        has_hook="CLUBCRM_PHONE_SECRET" in channels,
        has_line="CLUBCRM_AMI_URL" in channels,
        hook=f"{request.url_root.rstrip('/')}/hooks/phone/KEY",
    )


def _inside(folder: str, name: str) -> Path | None:
    """Return a file of the folder by its bare name; nothing that leads out of it."""
    root = Path(folder).resolve()
    path = (root / Path(name).name).resolve()
    return path if path.parent == root and path.is_file() else None
