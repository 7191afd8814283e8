"""Texts, letterheads and kept documents, as they are now and as they were at any instant."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from sqlalchemy import select

from clubcrm.core.clubs import Club, Scope
from clubcrm.core.db import db
from clubcrm.core.paths import templates_folder
from clubcrm.people.privacy_tables import Erasure
from memberships.documents.models import DocumentText, KeptDocument, Letterhead, Signature
from memberships.documents.rules.kinds import FALLBACK, DocumentKind
from memberships.documents.rules.wording import fingerprint


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a kind in a language; `text_id` of None is the text that we ship."""

    kind: DocumentKind
    language: str
    version: int
    title: str
    body: str
    text_id: int | None = None
    at: datetime | None = None
    by: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """Who a club is on paper; `letterhead_id` of None is what the club itself says."""

    legal_name: str
    address: str = ""
    tax_id: str = ""
    phone: str = ""
    email: str = ""
    bank: str = ""
    logo: str = ""
    letterhead_id: int | None = None
    version: int = 0


@cache
def shipped(kind: DocumentKind, language: str) -> Words:
    """Return the words that come with the product; the first line is the title."""
    folder = Path(templates_folder()) / "texts" / kind.value
    path = folder / f"{language}.txt"
    if not path.is_file():
        path, language = folder / f"{FALLBACK}.txt", FALLBACK
    title, _, body = path.read_text(encoding="utf-8").partition("\n")
    return Words(kind, language, 0, title.strip(), body.strip())


def words_at(club_id: int, kind: DocumentKind, language: str, at: datetime | None = None) -> Words:
    """Return the words in force at an instant, or now; before the first version, the first."""
    versions = select(DocumentText).where(
        DocumentText.club_id == club_id,
        DocumentText.kind == kind,
        DocumentText.language == language,
    )
    row = None
    if at is not None:
        newest = versions.where(DocumentText.at <= at).order_by(DocumentText.version.desc())
        row = db.session.scalars(newest.limit(1)).first()
    if row is None:
        order = DocumentText.version.desc() if at is None else DocumentText.version
        row = db.session.scalars(versions.order_by(order).limit(1)).first()
    return shipped(kind, language) if row is None else as_words(row)


def as_words(row: DocumentText) -> Words:
    """Return a stored version as words."""
    return Words(row.kind, row.language, row.version, row.title, row.body, row.id, row.at, row.by)


def versions_of(club_id: int, kind: DocumentKind, language: str) -> Sequence[DocumentText]:
    """Return the versions of a text, the newest first."""
    return db.session.scalars(
        select(DocumentText)
        .where(
            DocumentText.club_id == club_id,
            DocumentText.kind == kind,
            DocumentText.language == language,
        )
        .order_by(DocumentText.version.desc())
    ).all()


def edited_languages(club_id: int) -> dict[tuple[DocumentKind, str], int]:
    """Return the newest version of each text that the club has made its own."""
    rows = db.session.execute(
        select(DocumentText.kind, DocumentText.language, DocumentText.version)
        .where(DocumentText.club_id == club_id)
        .order_by(DocumentText.version)
    )
    return {(kind, language): version for kind, language, version in rows}


def head_at(club: Club, at: datetime | None = None) -> Head:
    """Return the letterhead in force at an instant, or now; before the first one, the first."""
    heads = select(Letterhead).where(Letterhead.club_id == club.id)
    row = None
    if at is not None:
        newest = heads.where(Letterhead.at <= at).order_by(Letterhead.version.desc())
        row = db.session.scalars(newest.limit(1)).first()
    if row is None:
        order = Letterhead.version.desc() if at is None else Letterhead.version
        row = db.session.scalars(heads.order_by(order).limit(1)).first()
    return Head(club.name) if row is None else as_head(row)


def as_head(row: Letterhead) -> Head:
    """Return a stored letterhead as it is printed."""
    return Head(
        row.legal_name,
        row.address,
        row.tax_id,
        row.phone,
        row.email,
        row.bank,
        row.logo,
        row.id,
        row.version,
    )


def head_of(kept: KeptDocument, club: Club) -> Head:
    """Return the letterhead a kept document was read under."""
    row = db.session.get(Letterhead, kept.letterhead_id) if kept.letterhead_id else None
    return Head(club.name) if row is None else as_head(row)


def text_of(kept: KeptDocument) -> Words:
    """Return the words of a kept document, in the version that was read."""
    return as_words(db.session.get_one(DocumentText, kept.text_id))


def kept_for(scope: Scope, public_id: str) -> KeptDocument | None:
    """Return a kept document of one of these clubs, None when there is none."""
    return db.session.scalars(
        select(KeptDocument).where(
            KeptDocument.public_id == public_id, KeptDocument.club_id.in_(scope.club_ids)
        )
    ).first()


def kept_about(subject_kind: str, subject_id: int) -> KeptDocument | None:
    """Return the newest kept document about a thing."""
    return db.session.scalars(
        select(KeptDocument)
        .where(KeptDocument.subject_kind == subject_kind, KeptDocument.subject_id == subject_id)
        .order_by(KeptDocument.id.desc())
        .limit(1)
    ).first()


def kept_of_person(person_id: int, kind: DocumentKind | None = None) -> Sequence[KeptDocument]:
    """Return the kept documents of a person, the newest first."""
    statement = select(KeptDocument).where(KeptDocument.person_id == person_id)
    if kind is not None:
        statement = statement.where(KeptDocument.kind == kind)
    return db.session.scalars(statement.order_by(KeptDocument.id.desc())).all()


def signatures_of(document_id: int) -> Sequence[Signature]:
    """Return the signatures under a document in the order they were given."""
    return db.session.scalars(
        select(Signature).where(Signature.document_id == document_id).order_by(Signature.id)
    ).all()


def altered_documents() -> list[str]:
    """Return a sentence for each kept document that no longer reads as it was kept."""
    rows = db.session.execute(
        select(KeptDocument, DocumentText)
        .join(DocumentText, DocumentText.id == KeptDocument.text_id)
        # Of an erased person only the fact is kept that there was a document.
        .where(KeptDocument.person_id.not_in(select(Erasure.person_id)))
        .execution_options(yield_per=500)
    )
    return [
        f"document {kept.id}: its words are not those that were kept"
        for kept, text in rows
        if fingerprint(text.title, text.body, _texts(kept.fields)) != kept.sha256
    ]


def _texts(fields: object) -> dict[str, str]:
    pairs: Iterable[tuple[object, object]] = fields.items() if isinstance(fields, dict) else ()
    return {str(name): str(value) for name, value in pairs}
