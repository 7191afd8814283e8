"""Views room: the copy of all we know of a person, his erasure, and how long to keep."""

from dataclasses import asdict

from flask import (
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

from clubcrm.accounts.queries import names_of_actors
from clubcrm.core import audit, clock
from clubcrm.core.clubs import set_club_setting
from clubcrm.core.db import end_reading
from clubcrm.core.errors import DomainError
from clubcrm.core.shell import current_club, my_clubs
from clubcrm.core.types import JsonObject
from clubcrm.core.web import current_actor, require
from clubcrm.people.copies import packed_copy, told_json
from clubcrm.people.erasing import erase_person
from clubcrm.people.models import Person
from clubcrm.people.permissions import KEEP_PRIVACY
from clubcrm.people.queries.merges import moved_counts
from clubcrm.people.queries.persons import person_in
from clubcrm.people.queries.privacy import (
    copy_of,
    erasure_in,
    erasure_of,
    erasure_stops,
    forgettable,
    keep_times,
    newest_erasures,
)
from clubcrm.people.rules.privacy import MOST_YEARS, SETTING, read_years
from clubcrm.people.views.blueprint import people
from clubcrm.people.views.merge_words import told_counts
from clubcrm.people.views.privacy_words import cause_words, record_words

SHOWN_IN_PRINT = 200
MOST_LISTED = 1000


@people.get("/members/<public_id>/privacy")
@require(KEEP_PRIVACY)
def privacy(public_id: str) -> ResponseReturnValue:
    return _page(person_in(current_actor().scope, public_id))


@people.post("/members/<public_id>/privacy/copy")
@require(KEEP_PRIVACY)
def hand_out(public_id: str) -> Response:
    """A POST, because handing out a copy is written down."""
    person = person_in(current_actor().scope, public_id)
    kind = request.form.get("kind", "")
    kind = kind if kind in {"pdf", "json"} else "zip"
    copy = copy_of(person)
    audit.note("person.copy_given", "person", person.id, after={"kind": kind})
    if kind == "json":
        return _file(told_json(copy), "application/json", f"{person.public_id}.json")
    printed = printed_copy(person, copy)
    if kind == "pdf":
        return _file(printed, "application/pdf", f"{person.public_id}.pdf")
    return zipped(person, copy, printed)


@people.post("/members/<public_id>/privacy/erase")
@require(KEEP_PRIVACY, own_units=True)
def erase(public_id: str) -> ResponseReturnValue:
    person = person_in(current_actor().scope, public_id)
    by, person_id = current_actor().ref, person.id
    if request.form.get("sure") != person.full_name:
        return _page(person, _("Write the whole name as it stands above.")), 400
    end_reading()
    try:
        number = erase_person(person_id, "wish", by=by)
    except DomainError as error:
        return _page(person_in(current_actor().scope, public_id), error.text), error.status
    flash(_("The person is erased. This is the certificate."), "success")
    return redirect(url_for("people.certificate", erasure_id=number), 303)


@people.get("/erasures/<erasure_id>")
@require(KEEP_PRIVACY)
def certificate(erasure_id: str) -> ResponseReturnValue:
    erasure = erasure_in(current_actor().scope, erasure_id)
    club = next(one for one in my_clubs() if one.id == erasure.club_id)
    return render_template(
        "clubcrm/people/certificate.html",
        erasure=erasure,
        told=erasure.certificate,
        erased=[
            (record_words(name), count) for name, count in erasure.certificate["erased"].items()
        ],
        kept=[(record_words(name), count) for name, count in erasure.certificate["kept"].items()],
        paper_years=keep_times(erasure.club_id).paper_years,
        by=names_of_actors([erasure.asked_by]).get(erasure.asked_by, erasure.asked_by),
        cause_words=cause_words,
        zone=club.zone,
    )


@people.get("/settings/privacy")
@require(KEEP_PRIVACY)
def privacy_settings() -> ResponseReturnValue:
    return _settings_page({}, {})


@people.post("/settings/privacy")
@require(KEEP_PRIVACY)
def save_privacy() -> ResponseReturnValue:
    club = current_club()
    names = ("people_years", "paper_years", "look_years")
    years = {name: read_years(request.form.get(name, "")) for name in names}
    wrong = _("A whole number of years from 0 to %(most)s.", most=MOST_YEARS)
    faults = {name: wrong for name, value in years.items() if value is None}
    if faults:
        return _settings_page(request.form, faults), 400
    before = keep_times(club.id)
    set_club_setting(club.id, SETTING, years)
    audit.note(
        "privacy.times",
        "club",
        club.id,
        before={name: getattr(before, name) for name in names},
        after=dict(years),
    )
    flash(_("Saved."), "success")
    return redirect(url_for("people.privacy_settings"), 303)


def printed_copy(person: Person, copy: JsonObject) -> bytes:
    """Return the copy of all we know of a person as PDF."""
    page = render_template(
        "pdf/person_copy.html",
        copy=copy,
        person=person,
        moment=clock.now(),
        zone=_zone(person),
        record_words=record_words,
        most=SHOWN_IN_PRINT,
    )
    printed: bytes = current_app.extensions["club_print_pdf"](page)
    return printed


def zipped(person: Person, copy: JsonObject, printed: bytes) -> Response:
    """Return the copy with the files themselves as one archive."""
    answer = send_file(
        packed_copy(person, copy, printed),
        mimetype="application/zip",
        as_attachment=True,
        download_name=f"{person.public_id}.zip",
    )
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


def _settings_page(typed: object, faults: dict[str, str]) -> str:
    club = current_club()
    times = keep_times(club.id)
    return render_template(
        "clubcrm/people/privacy_settings.html",
        typed=typed or asdict(times),
        faults=faults,
        tonight=len(forgettable(club.id, clock.today(club.zone), MOST_LISTED)),
        erasures=newest_erasures(current_actor().scope),
        cause_words=cause_words,
        zone=club.zone,
    )


def _page(person: Person, fault: str = "") -> str:
    return render_template(
        "clubcrm/people/privacy.html",
        person=person,
        fault=fault,
        stops=erasure_stops(person),
        erasure=erasure_of(person.id),
        counts=told_counts(moved_counts(person.id)),
        typed=request.form.get("sure", ""),
        paper_years=keep_times(person.club_id).paper_years,
    )


def _file(content: bytes, media_type: str, name: str) -> Response:
    answer = Response(content, mimetype=media_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


def _zone(person: Person) -> str:
    return next((club.zone for club in my_clubs() if club.id == person.club_id), "UTC")
