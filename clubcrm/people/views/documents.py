"""Views room: documents and photos on the card of a person, and their removal with an undo."""

from urllib.parse import quote

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clubcrm.accounts.queries import names_of_actors
from clubcrm.core.db import end_reading
from clubcrm.core.errors import DomainError, not_found
from clubcrm.core.shell import my_clubs
from clubcrm.core.web import current_actor, require
from clubcrm.people import documents as services
from clubcrm.people.models import Person
from clubcrm.people.paper_tables import CardDocument
from clubcrm.people.permissions import KEEP_DOCUMENTS, KEEP_PRIVACY
from clubcrm.people.queries.papers import document_for, documents_of, removed_documents
from clubcrm.people.queries.persons import person_in
from clubcrm.people.rules.papers import KEPT_DAYS, LARGEST, download_name
from clubcrm.people.views.blueprint import people
from clubcrm.people.views.words import spoken

FILE_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cache-Control": "private, no-store",
}


@people.get("/members/<public_id>/documents")
@require(KEEP_DOCUMENTS)
def documents(public_id: str) -> ResponseReturnValue:
    return _page(public_id)


@people.post("/members/<public_id>/documents")
@require(KEEP_DOCUMENTS, own_units=True)
def add_document(public_id: str) -> ResponseReturnValue:
    person_id, by = _person(public_id).id, current_actor().ref
    draft = sent_draft(person_id)
    end_reading()
    try:
        services.keep_document(draft, by=by)
    except DomainError as error:
        faults = {one.field: spoken(one.message) for one in error.fields}
        return _page(public_id, faults or {"file": error.text}), error.status
    flash(_("The document is on the card."), "success")
    return redirect(url_for("people.documents", public_id=public_id), 303)


@people.get("/members/<public_id>/documents/<document_id>/file")
@require(KEEP_DOCUMENTS)
def document_file(public_id: str, document_id: str) -> Response:
    """The file, as a download that no browser runs."""
    return sent_file(one_document(public_id, document_id))


@people.post("/members/<public_id>/documents/<document_id>/remove")
@require(KEEP_DOCUMENTS)
def remove_document(public_id: str, document_id: str) -> ResponseReturnValue:
    services.remove_document(one_document(public_id, document_id))
    undo = url_for("people.put_back_document", public_id=public_id, document_id=document_id)
    flash({"text": _("The document is off the card."), "undo": undo}, "success")  # type: ignore[arg-type]
    return redirect(url_for("people.documents", public_id=public_id), 303)


@people.post("/members/<public_id>/documents/<document_id>/put-back")
@require(KEEP_DOCUMENTS)
def put_back_document(public_id: str, document_id: str) -> ResponseReturnValue:
    services.put_back(one_document(public_id, document_id))
    flash(_("The document is on the card again."), "success")
    return redirect(url_for("people.documents", public_id=public_id), 303)


def sent_draft(person_id: int) -> services.DocumentDraft:
    """Return what the form or the program has sent as a document of the person."""
    content, file_name = b"", ""
    if sent := request.files.get("file"):
        content, file_name = sent.read(LARGEST + 1), sent.filename or ""
        sent.close()
    for_leaders = bool(request.form.get("leaders_only")) and sees_all()
    return services.DocumentDraft(
        person_id, content, request.form.get("name", ""), file_name, for_leaders
    )


def one_document(public_id: str, document_id: str) -> CardDocument:
    """Return a document that the reader may see; raises NOT_FOUND."""
    person = _person(public_id)
    found = document_for(person.id, document_id, for_leaders=sees_all())
    if found is None:
        raise not_found(_("There is no such document."))
    return found


def sent_file(document: CardDocument) -> Response:
    """Return the bytes of a document as a download under its own name."""
    path = services.document_file(document.path)
    if not document.path or not path.is_file():
        raise not_found(_("There is no such document."))
    answer = Response(path.read_bytes(), mimetype=document.media_type)
    name = download_name(document.name, document.media_type)
    plain = name.encode("ascii", "replace").decode().replace("?", "_").replace('"', "_")
    answer.headers["Content-Disposition"] = (
        f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    )
    answer.headers.update(FILE_HEADERS)
    return answer


def sees_all() -> bool:
    """Tell whether the reader also sees documents that are for leaders alone."""
    return current_actor().may(KEEP_PRIVACY)


def _person(public_id: str) -> Person:
    return person_in(current_actor().scope, public_id)


def _page(public_id: str, faults: dict[str, str] | None = None) -> str:
    person = _person(public_id)
    hung = documents_of(person.id, for_leaders=sees_all())
    removed = removed_documents(person.id, for_leaders=sees_all())
    return render_template(
        "clubcrm/people/documents.html",
        person=person,
        documents=hung,
        removed=removed,
        names=names_of_actors({each.added_by for each in hung}),
        faults=faults or {},
        typed=request.form,
        may_hide=sees_all(),
        kept_days=KEPT_DAYS,
        zone=next((club.zone for club in my_clubs() if club.id == person.club_id), "UTC"),
    )
