"""Views room: the owner's words of each kind of document, tried out as PDF, and the letterhead."""

from dataclasses import dataclass

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _

from clubcrm.accounts.forms import languages
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, invalid, not_found
from clubcrm.core.shell import current_club
from clubcrm.core.web import current_actor, require
from memberships.documents import services
from memberships.documents.logo import data_address, picture_of
from memberships.documents.queries import (
    Words,
    edited_languages,
    head_at,
    versions_of,
    words_at,
)
from memberships.documents.rules.kinds import (
    LANGUAGES,
    NEEDED,
    PLACEHOLDERS,
    SIGNED_KINDS,
    DocumentKind,
)
from memberships.documents.samples import print_sample
from memberships.documents.views.files import pdf_answer
from memberships.documents.words import kind_help, kind_words, placeholder_words
from memberships.permissions import EDIT_DOCUMENTS

document_settings = Blueprint("document_settings", __name__)
LIST = "memberships/documents/texts.html"
EDITOR = "memberships/documents/text.html"
HEAD = "memberships/documents/letterhead.html"


@dataclass(frozen=True, slots=True)
class Line:
    """A kind of document in the list, with the languages the club has changed."""

    kind: DocumentKind
    name: str
    help: str
    own: tuple[str, ...]


@document_settings.get("/settings/documents")
@require(EDIT_DOCUMENTS)
def texts() -> ResponseReturnValue:
    own = edited_languages(current_club().id)
    lines = [
        Line(
            kind,
            kind_words(kind),
            kind_help(kind),
            tuple(one for one in LANGUAGES if own.get((kind, one), 0) > 1),
        )
        for kind in DocumentKind
    ]
    return render_template(
        LIST, lines=lines, languages=languages(), head=head_at(_club()), club=current_club()
    )


@document_settings.get("/settings/documents/<kind>/<language>")
@require(EDIT_DOCUMENTS)
def text(kind: str, language: str) -> ResponseReturnValue:
    chosen = _kind(kind, language)
    return _editor(words_at(current_club().id, chosen, language))


@document_settings.post("/settings/documents/<kind>/<language>")
@require(EDIT_DOCUMENTS)
def save(kind: str, language: str) -> ResponseReturnValue:
    """The next document is made in these words; what is kept stays as it was."""
    draft = _typed(_kind(kind, language), language)
    try:
        row = services.save_text(current_club().id, draft, by=current_actor().ref)
    except DomainError as error:
        return _editor(_as_words(draft), error), error.status
    flash(_("Saved as version %(version)s.", version=row.version), "success")
    return redirect(url_for("document_settings.text", kind=kind, language=language), 303)


@document_settings.post("/settings/documents/<kind>/<language>/sample.pdf")
@require(EDIT_DOCUMENTS, own_units=True)
def sample(kind: str, language: str) -> ResponseReturnValue:
    """The words as they stand in the editor, printed with invented values; nothing is saved."""
    draft = _typed(_kind(kind, language), language)
    try:
        services.check_text(draft)
    except DomainError as error:
        return _editor(_as_words(draft), error), error.status
    return pdf_answer(print_sample(_club(), _as_words(draft)), f"sample-{kind}")


@document_settings.get("/settings/letterhead")
@require(EDIT_DOCUMENTS)
def letterhead() -> ResponseReturnValue:
    head = head_at(_club())
    return render_template(HEAD, head=head, club=current_club(), faults={})


@document_settings.post("/settings/letterhead")
@require(EDIT_DOCUMENTS)
def save_letterhead() -> ResponseReturnValue:
    draft = services.HeadDraft(
        **{
            name: request.form.get(name, "").replace("\r\n", "\n")
            for name in ("legal_name", "address", "tax_id", "phone", "email", "bank")
        }
    )
    try:
        draft = services.with_logo(draft, _logo())
        services.save_letterhead(current_club().id, draft, by=current_actor().ref)
    except DomainError as error:
        faults = {one.field: one.message for one in error.fields}
        page = render_template(HEAD, head=draft, club=current_club(), faults=faults)
        return page, error.status
    flash(_("Saved. Documents made from now on carry it."), "success")
    return redirect(url_for("document_settings.letterhead"), 303)


@document_settings.get("/settings/letterhead/logo")
@require(EDIT_DOCUMENTS)
def logo() -> ResponseReturnValue:
    address = head_at(_club()).logo
    if not address:
        raise not_found(_("There is no logo yet."))
    content, media_type = picture_of(address)
    answer = Response(content, mimetype=media_type)
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


def _logo() -> str | None:
    if request.form.get("no_logo"):
        return ""
    sent = request.files.get("logo")
    if sent is None or not sent.filename:
        return None
    try:
        return data_address(sent.read(300 * 1024))
    except ValueError as cause:
        words = {"size": _("A logo may have at most 200 kB.")}
        plain = words.get(str(cause), _("This is not a JPEG or PNG picture."))
        raise invalid({"logo": plain}) from cause


def _editor(words: Words, error: DomainError | None = None) -> str:
    faults = {one.field: [one.message] for one in error.fields} if error else {}
    if error is not None and not faults:
        faults = {"title": [error.text]}
    kind, club_id = words.kind, current_club().id
    with force_locale(words.language):
        title = kind_words(kind)
    return render_template(
        EDITOR,
        words=words,
        name=kind_words(kind),
        own_name=title,
        help=kind_help(kind),
        names=[(one, placeholder_words(one)) for one in PLACEHOLDERS[kind]],
        needed=NEEDED.get(kind, ()),
        is_signed=kind in SIGNED_KINDS,
        versions=versions_of(club_id, kind, words.language),
        languages=languages(),
        faults=faults,
        club=current_club(),
        newest=words_at(club_id, kind, words.language).version,
    )


def _typed(kind: DocumentKind, language: str) -> services.TextDraft:
    seen = request.form.get("seen_version", "")
    return services.TextDraft(
        kind,
        language,
        request.form.get("title", ""),
        request.form.get("body", "").replace("\r\n", "\n"),
        int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 9 else None,
    )


def _as_words(draft: services.TextDraft) -> Words:
    return Words(draft.kind, draft.language, draft.seen_version or 0, draft.title, draft.body)


def _kind(kind: str, language: str) -> DocumentKind:
    if kind not in set(DocumentKind) or language not in LANGUAGES:
        raise not_found(_("There is no such document."))
    return DocumentKind(kind)


def _club() -> Club:
    return db.session.get_one(Club, current_club().id)
