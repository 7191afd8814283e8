"""Services room: documents as people read, sign and print them, in the words of their version."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import render_template
from flask_babel import force_locale
from flask_babel import gettext as _

from clubcrm.core import clock, formats
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from memberships.documents.models import KeptDocument, Signature
from memberships.documents.press import print_pdf
from memberships.documents.queries import Head, Words, head_at, head_of, signatures_of, text_of
from memberships.documents.rules.kinds import SIGNED_KINDS, DocumentKind
from memberships.documents.rules.markup import Block, blocks_of
from memberships.documents.rules.strokes import path_of
from memberships.documents.rules.wording import fill, fingerprint, one_line

SHOWN_FACTS: Mapping[DocumentKind, tuple[str, ...]] = {
    DocumentKind.CONTRACT: (
        "member_name",
        "number",
        "plan_name",
        "price",
        "starts_on",
        "ends_on",
        "member_phone",
        "member_email",
        "member_address",
    ),
    DocumentKind.WAIVER: ("member_name", "member_birth_date", "guardian_name", "valid_until"),
}


@dataclass(frozen=True, slots=True)
class Reading:
    """A text as somebody reads it, with the fingerprint of exactly these words."""

    title: str
    blocks: list[Block]
    language: str
    sha256: str
    version: int


@dataclass(frozen=True, slots=True)
class NameShown:
    """A name under a document: drawn, typed, or a blank line to be signed by pen."""

    role: str
    name: str = ""
    path: str = ""
    typed: str = ""
    when: str = ""
    how: str = ""


def reading_of(words: Words, fields: Mapping[str, str]) -> Reading:
    """Return the words filled with these values."""
    plain = {name: one_line(value) for name, value in fields.items()}
    return Reading(
        fill(words.title, plain),
        blocks_of(words.body, plain),
        words.language,
        fingerprint(words.title, words.body, plain),
        words.version,
    )


def club_fields(club: Club, head: Head) -> dict[str, str]:
    """Return the values of the club's placeholders, in the language that is in force."""
    return {
        "club_name": club.name,
        "legal_name": head.legal_name,
        "club_address": one_line(head.address),
        "club_phone": head.phone,
        "club_email": head.email,
        "tax_id": head.tax_id,
        "today": formats.day(clock.today(club.zone)),
    }


def kept_reading(kept: KeptDocument) -> Reading:
    """Return a kept document as it was read when it was kept."""
    return reading_of(text_of(kept), _values(kept))


def print_kept(kept: KeptDocument) -> bytes:
    """Return a kept document as PDF: its own words, values, letterhead and signatures."""
    club = db.session.get_one(Club, kept.club_id)
    with force_locale(kept.language):
        reading, fields = kept_reading(kept), _values(kept)
        signatures = signatures_of(kept.id)
        page = _page(
            reading,
            head_of(kept, club),
            kind=kept.kind,
            fields=fields,
            names=_names(signatures, head_of(kept, club), club.zone),
            proof=_(
                "Text version %(version)s, kept on %(at)s. Fingerprint of the words: %(sha)s",
                version=reading.version,
                at=formats.exact(kept.at, club.zone),
                sha=kept.sha256,
            ),
        )
    return print_pdf(page)


def print_unsigned(
    club: Club, words: Words, fields: Mapping[str, str], head: Head | None = None
) -> bytes:
    """Return a text with these values and blank lines for a pen; nothing is kept."""
    with force_locale(words.language):
        shown = head or head_at(club)
        page = _page(
            reading_of(words, fields),
            shown,
            kind=words.kind,
            fields=fields,
            names=_names((), shown, club.zone),
            proof="",
        )
    return print_pdf(page)


def _page(
    reading: Reading,
    head: Head,
    *,
    kind: DocumentKind,
    fields: Mapping[str, str],
    names: Sequence[NameShown],
    proof: str,
) -> str:
    labels = _labels()
    rows = [(labels[name], fields.get(name, "")) for name in SHOWN_FACTS.get(kind, ())]
    number, member = fields.get("number", ""), fields.get("member_name", "")
    return render_template(
        "pdf/signed.html",
        language=reading.language,
        head=head,
        title=reading.title,
        subtitle=" · ".join(part for part in (number, fields.get("today", "")) if part),
        foot=" · ".join(part for part in (head.legal_name, member, number) if part),
        rows=rows,
        blocks=reading.blocks,
        names=names if kind in SIGNED_KINDS else (),
        proof=proof,
    )


def _labels() -> dict[str, str]:
    return {
        "member_name": _("Member"),
        "number": _("Number"),
        "plan_name": _("Plan"),
        "price": _("Price"),
        "starts_on": _("First day"),
        "ends_on": _("Last day"),
        "member_phone": _("Phone"),
        "member_email": _("E-mail"),
        "member_address": _("Address"),
        "member_birth_date": _("Birth date"),
        "guardian_name": _("Guardian"),
        "valid_until": _("Holds until"),
    }


def _names(signatures: Sequence[Signature], head: Head, zone: str) -> list[NameShown]:
    club = NameShown(_("For the club"), head.legal_name)
    if not signatures:
        return [NameShown(_("Date and signature of the member")), club]
    return [*(_name(one, zone) for one in signatures), club]


def _name(one: Signature, zone: str) -> NameShown:
    drawn = one.strokes is not None
    how = _("signed by hand on screen") if drawn else _("signed by typing the name")
    return NameShown(
        _("Guardian") if one.as_guardian else _("Member"),
        one.name,
        path_of(one.strokes or []),
        "" if drawn else one.name,
        formats.exact(one.at, zone),
        how,
    )


def _values(kept: KeptDocument) -> dict[str, str]:
    return {name: str(value) for name, value in kept.fields.items()}
