"""Views room: medical certificates: handed in at the desk, opened by two roles, each time noted."""

from datetime import date

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clubcrm.core.db import end_reading, unit_of_work
from clubcrm.core.errors import DomainError, invalid, not_found
from clubcrm.core.web import current_actor, require
from clubcrm.people.api import person_in
from memberships.permissions import SEE_MEDICAL, TAKE_MEDICAL
from memberships.waivers import medical, services
from memberships.waivers.models import MedicalCertificate
from memberships.waivers.queries import certificate_of, certificates_of
from memberships.waivers.rules import LARGEST_FILE

certificates = Blueprint("medical", __name__)
PAGE = "memberships/waivers/medical.html"
FILE_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cache-Control": "private, no-store",
}


@certificates.get("/members/<person_id>/medical")
@require(TAKE_MEDICAL)
def show(person_id: str) -> ResponseReturnValue:
    """Until when certificates hold; notes and files only for those who may open them."""
    return _page(person_id)


@certificates.post("/members/<person_id>/medical")
@require(TAKE_MEDICAL, own_units=True)
def add(person_id: str) -> ResponseReturnValue:
    """The gate follows the new last day from the next scan on."""
    try:
        hand_in(person_id)
    except DomainError as error:
        faults = {one.field: one.message for one in error.fields}
        return _page(person_id, faults), error.status
    flash(_("Kept. The gate knows it from the next scan."), "success")
    return redirect(url_for("medical.show", person_id=person_id), 303)


@certificates.get("/members/<person_id>/medical/<certificate_id>/file")
@require(SEE_MEDICAL, own_units=True)
def open_file(person_id: str, certificate_id: str) -> Response:
    """The file, as a download that no browser runs; the audit chain says who opened it."""
    return opened(person_id, certificate_id)


@certificates.post("/members/<person_id>/medical/<certificate_id>/remove")
@require(SEE_MEDICAL, own_units=True)
def remove(person_id: str, certificate_id: str) -> ResponseReturnValue:
    """The certificate counts no longer, and its file and note are deleted."""
    take_away(person_id, certificate_id)
    flash(_("Removed, with its file."), "success")
    return redirect(url_for("medical.show", person_id=person_id), 303)


def hand_in(person_id: str) -> tuple[str, date]:
    """What the form or the program has sent is kept; returns its id and last day."""
    person = person_in(current_actor().scope, person_id)
    inner_id, by = person.id, current_actor().ref
    content = b""
    if sent := request.files.get("file"):
        content = sent.read(LARGEST_FILE + 1)
        sent.close()
    day = _day(request.form.get("valid_until", ""))
    note = request.form.get("note", "")
    end_reading()
    if day is None:
        raise invalid({"valid_until": _("Expected a day.")})
    draft = medical.CertificateDraft(inner_id, day, note, content)
    return medical.add_certificate(draft, by=by), day


def take_away(person_id: str, certificate_id: str) -> None:
    """The certificate counts no longer, and its file is deleted once that is safe."""
    by = current_actor().ref
    end_reading()
    with unit_of_work():
        path = medical.remove_certificate(_certificate(person_id, certificate_id), by=by)
    if path:
        medical.file_of(path).unlink(missing_ok=True)


def opened(person_id: str, certificate_id: str) -> Response:
    """Return the file of a certificate, after the audit line about it is safe."""
    by = current_actor().ref
    end_reading()
    with unit_of_work():
        found = _certificate(person_id, certificate_id)
        path, media_type = found.path, found.media_type
        if not path or not medical.file_of(path).is_file():
            raise not_found(_("No file was handed in with this certificate."))
        medical.note_opening(found.id, by=by)
    answer = Response(medical.file_of(path).read_bytes(), mimetype=media_type)
    ending = path.rpartition(".")[2]
    answer.headers["Content-Disposition"] = f'attachment; filename="certificate.{ending}"'
    answer.headers.update(FILE_HEADERS)
    return answer


def _certificate(person_id: str, certificate_id: str) -> MedicalCertificate:
    person = person_in(current_actor().scope, person_id)
    is_id = certificate_id.isascii() and certificate_id.isalnum()
    found = certificate_of(person.id, certificate_id) if is_id else None
    if found is None:
        raise not_found(_("There is no such certificate."))
    return found


def _page(person_id: str, faults: dict[str, str] | None = None) -> str:
    person = person_in(current_actor().scope, person_id)
    return render_template(
        PAGE,
        person=person,
        lines=certificates_of(person.id),
        today=services.today_of(person.id),
        may_open=current_actor().may(SEE_MEDICAL),
        faults=faults or {},
        typed=request.form,
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
