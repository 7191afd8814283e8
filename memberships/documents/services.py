"""Verbs of documents: change a text or the letterhead, keep a document, put a name under it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from clubcrm.core import audit, clock
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, invalid, not_found
from clubcrm.core.text import clean
from memberships.documents.models import DocumentText, KeptDocument, Letterhead, Signature
from memberships.documents.queries import Words, head_at, shipped, words_at
from memberships.documents.rules.kinds import DocumentKind, language_of
from memberships.documents.rules.strokes import NoSignatureError, Strokes, read_strokes
from memberships.documents.rules.wording import faults_of, fingerprint, one_line
from memberships.documents.words import fault_words

LONGEST_BODY = 40_000
SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class TextDraft:
    """The words an owner wants for a kind in a language; `seen_version` guards against a race."""

    kind: DocumentKind
    language: str
    title: str
    body: str
    seen_version: int | None = None


@dataclass(frozen=True, slots=True)
class KeepOrder:
    """What is kept: about which thing, for whom, read with which values.

    `seen_sha256` is the fingerprint of what somebody has just read; None when nobody had to.
    """

    club_id: int
    kind: DocumentKind
    subject_kind: str
    subject_id: int
    person_id: int
    language: str
    fields: Mapping[str, str] = field(default_factory=dict)
    seen_sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signs: a name, drawn strokes as the browser sent them (empty: the name was typed)."""

    name: str
    drawn: str = ""
    origin: str = ""
    as_guardian: bool = False


@dataclass(frozen=True, slots=True)
class HeadDraft:
    """What a club wants to stand on its paper; `logo` of None keeps the present one."""

    legal_name: str
    address: str = ""
    tax_id: str = ""
    phone: str = ""
    email: str = ""
    bank: str = ""
    logo: str | None = None


def save_text(club_id: int, draft: TextDraft, *, by: str) -> DocumentText:
    """The club's documents use these words from now on; what is kept stays as it was read.

    Raises INVALID_INPUT naming unknown and missing placeholders, STALE when somebody else saved.
    """
    title, body = _checked(draft)
    newest = _newest_version(club_id, draft.kind, draft.language)
    if draft.seen_version is not None and draft.seen_version != newest:
        raise DomainError("STALE", _("Somebody else has changed this text. Load it again."))
    if newest == 0:
        # What was printed before the first edit was read in the words that we ship.
        own = shipped(draft.kind, draft.language)
        _insert(club_id, own, draft.language, 1, SYSTEM)
        newest = 1
    words = Words(draft.kind, draft.language, newest + 1, title, body)
    row = _insert(club_id, words, draft.language, newest + 1, by)
    audit.note(
        "document_text.saved",
        "document_text",
        row.id,
        after={"kind": draft.kind.value, "language": draft.language, "version": row.version},
        by=by,
    )
    return row


def check_text(draft: TextDraft) -> None:
    """Nothing happens; raises INVALID_INPUT as `save_text` would."""
    _checked(draft)


def with_logo(draft: HeadDraft, logo: str | None) -> HeadDraft:
    """Return the letterhead with another logo: None keeps the present one, empty takes it off."""
    return replace(draft, logo=logo)


def save_letterhead(club_id: int, draft: HeadDraft, *, by: str) -> Letterhead:
    """Documents that are made from now on carry this letterhead."""
    name = clean(draft.legal_name, "legal_name")
    if not name:
        raise invalid({"legal_name": _("This is needed.")})
    newest = db.session.scalars(
        select(Letterhead)
        .where(Letterhead.club_id == club_id)
        .order_by(Letterhead.version.desc())
        .limit(1)
    ).first()
    kept_logo = newest.logo if newest else ""
    row = Letterhead(
        club_id=club_id,
        version=(newest.version if newest else 0) + 1,
        legal_name=name,
        address=clean(draft.address, "address", longest=400, lines=True),
        tax_id=clean(draft.tax_id, "tax_id", longest=60),
        phone=clean(draft.phone, "phone", longest=60),
        email=clean(draft.email, "email", longest=254),
        bank=clean(draft.bank, "bank", longest=400, lines=True),
        logo=kept_logo if draft.logo is None else draft.logo,
        by=by,
    )
    db.session.add(row)
    db.session.flush()
    after = {"version": row.version, "legal_name": name, "tax_id": row.tax_id}
    audit.note("letterhead.saved", "letterhead", row.id, after=after, by=by)
    return row


def keep_text(order: KeepOrder, *, by: str) -> KeptDocument:
    """The document is kept for good: the exact text version, its values and its fingerprint.

    Raises TEXT_CHANGED when what would be kept is not what was read.
    """
    club = db.session.get(Club, order.club_id)
    if club is None:
        raise not_found(_("There is no such club."))
    language = language_of(order.language)
    words = _kept_words(order.club_id, order.kind, language)
    fields = {name: one_line(value) for name, value in order.fields.items()}
    sha256 = fingerprint(words.title, words.body, fields)
    if order.seen_sha256 is not None and order.seen_sha256 != sha256:
        raise DomainError(
            "TEXT_CHANGED", _("The text has changed since it was shown. Please read it again.")
        )
    kept = KeptDocument(
        club_id=order.club_id,
        person_id=order.person_id,
        kind=order.kind,
        subject_kind=order.subject_kind,
        subject_id=order.subject_id,
        text_id=words.text_id,
        letterhead_id=head_at(club).letterhead_id,
        language=words.language,
        fields=fields,
        sha256=sha256,
        by=by,
    )
    db.session.add(kept)
    db.session.flush()
    after = {"kind": order.kind.value, "sha256": sha256, "text_id": words.text_id}
    audit.note("document.kept", "kept_document", kept.id, after=after, by=by)
    return kept


def sign_document(kept: KeptDocument, signer: Signer, *, by: str) -> Signature:
    """The name stands under the document, drawn or typed; raises INVALID_INPUT without one."""
    name, strokes = check_signer(signer)
    row = Signature(
        document_id=kept.id,
        name=name,
        as_guardian=signer.as_guardian,
        strokes=strokes,
        origin=signer.origin[:200],
        by=by,
    )
    db.session.add(row)
    db.session.flush()
    after = {"document": kept.public_id, "name": name, "drawn": strokes is not None}
    audit.note("document.signed", "kept_document", kept.id, after=after, by=by)
    return row


def check_signer(signer: Signer) -> tuple[str, Strokes | None]:
    """Return the name and what was drawn; raises INVALID_INPUT naming what cannot be taken."""
    name = clean(signer.name, "signed_name")
    if len(name) < 2:
        raise invalid({"signed_name": _("Write the full name of who signs.")})
    return name, _drawn(signer.drawn)


def _drawn(text: str) -> Strokes | None:
    if not text:
        return None
    try:
        return read_strokes(text)
    except NoSignatureError as cause:
        words = {
            "empty": _("Sign with more than a tap, or type the name instead."),
            "too_much": _("This drawing is too large. Clear it and sign again."),
        }
        plain = words.get(str(cause), _("This drawing could not be read. Sign again."))
        raise invalid({"signature": plain}) from cause


def _checked(draft: TextDraft) -> tuple[str, str]:
    title = clean(draft.title, "title")
    body = clean(draft.body.replace("\r\n", "\n"), "body", longest=LONGEST_BODY, lines=True)
    if not title:
        raise invalid({"title": _("This is needed.")})
    if faults := faults_of(draft.kind, title, body):
        raise invalid({"body": fault_words(faults)})
    return title, body


def _newest_version(club_id: int, kind: DocumentKind, language: str) -> int:
    newest = select(func.max(DocumentText.version)).where(
        DocumentText.club_id == club_id,
        DocumentText.kind == kind,
        DocumentText.language == language,
    )
    return db.session.scalar(newest) or 0


def _kept_words(club_id: int, kind: DocumentKind, language: str) -> Words:
    """Return the present words as a stored version; the first document keeps what we ship."""
    words = words_at(club_id, kind, language)
    if words.text_id is not None:
        return words
    # Two members may be the first at once: one of them stores it, both refer to it.
    make = sqlite_insert if db.engine.dialect.name == "sqlite" else pg_insert
    row = {
        "club_id": club_id,
        "kind": kind,
        "language": language,
        "version": 1,
        "title": words.title,
        "body": words.body,
        "by": SYSTEM,
        "at": clock.now(),
    }
    db.session.execute(make(DocumentText).values(row).on_conflict_do_nothing())
    return words_at(club_id, kind, language)


def _insert(club_id: int, words: Words, language: str, version: int, by: str) -> DocumentText:
    row = DocumentText(
        club_id=club_id,
        kind=words.kind,
        language=language,
        version=version,
        title=words.title,
        body=words.body,
        by=by,
    )
    db.session.add(row)
    db.session.flush()
    return row
