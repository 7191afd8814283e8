"""Queries room: the words a message begins with: the club's own, else the text we ship.

Letters are shipped as one file per code and language; short forms and calls as one file per
language, so that somebody who speaks it can read them all at once.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from clubcrm.core.clubs import club_setting
from clubcrm.core.i18n import LANGUAGES
from clubcrm.core.paths import templates_folder
from clubcrm.messaging.models import MessageText
from clubcrm.messaging.rules.kinds import STAND_INS, TextKind
from clubcrm.messaging.rules.wording import fields_of

FALLBACK = "en"
STAND_IN_LANGUAGE = "messages.language"
FOOTER = "footer"
Key = tuple[str, TextKind, str]
_HEADING = re.compile(r"^\[([A-Za-z0-9_.]+)\]$", re.MULTILINE)
_FOLDERS: Mapping[TextKind, str] = {TextKind.SMS: "sms", TextKind.CHAT: "chats"}


@dataclass(frozen=True, slots=True)
class Draft:
    """Subject and body with their placeholders, in one language; version 0 is what we ship."""

    language: str
    subject: str
    body: str
    kind: TextKind = TextKind.EMAIL
    version: int = 0
    at: datetime | None = None
    by: str = ""


@dataclass(frozen=True, slots=True)
class Texts:
    """A club's own words as they stand now, and the language that stands in for missing ones."""

    own: Mapping[Key, Draft] = field(default_factory=dict)
    stand_in: str = FALLBACK

    def draft(self, code: str, kind: TextKind, *wishes: str | None) -> Draft | None:
        """Return the words of a code in the first wished language that has them, else English."""
        languages = (_base(wish) for wish in (*wishes, self.stand_in, FALLBACK) if wish)
        for language in dict.fromkeys(languages):
            for form in STAND_INS[kind]:
                found = self.own.get((code, form, language)) or shipped(code, language, form)
                if found is not None:
                    return found
        return None


def texts_of(session: Session, club_id: int, codes: Collection[str] | None = None) -> Texts:
    """Return the newest version of each text the club has made its own."""
    chosen = select(MessageText).where(MessageText.club_id == club_id)
    if codes is not None:
        chosen = chosen.where(MessageText.code.in_(codes))
    newest: dict[Key, MessageText] = {}
    for row in session.scalars(chosen.order_by(MessageText.version)):
        newest[row.code, row.kind, row.language] = row
    own = {key: as_draft(row) for key, row in newest.items() if not row.shipped}
    return Texts(own, str(club_setting(club_id, STAND_IN_LANGUAGE, "") or FALLBACK))


def as_draft(row: MessageText) -> Draft:
    """Return a stored version as words."""
    return Draft(row.language, row.subject, row.body, row.kind, row.version, row.at, row.by)


def versions_of(
    session: Session, club_id: int, code: str, kind: TextKind, language: str
) -> Sequence[MessageText]:
    """Return the versions of a text, the newest first."""
    return session.scalars(
        select(MessageText)
        .where(
            MessageText.club_id == club_id,
            MessageText.code == code,
            MessageText.kind == kind,
            MessageText.language == language,
        )
        .order_by(MessageText.version.desc())
    ).all()


def shipped(code: str, language: str, kind: TextKind = TextKind.EMAIL) -> Draft | None:
    """Return the text that comes with the product, if any."""
    if language not in LANGUAGES:
        return None
    if kind is TextKind.EMAIL:
        return _letter(code, language)
    body = sections(_FOLDERS[kind], language).get(code)
    return None if body is None else Draft(language, "", body, kind)


@cache
def _letter(code: str, language: str) -> Draft | None:
    path = Path(templates_folder()) / "emails" / code / f"{language}.txt"
    if not path.is_file():
        return None
    subject, _, body = path.read_text(encoding="utf-8").partition("\n")
    return Draft(language, subject.strip(), body.strip())


@cache
def sections(folder: str, language: str) -> Mapping[str, str]:
    """Return the texts of one file of short forms by the code in brackets above each."""
    path = Path(templates_folder()) / folder / f"{language}.txt"
    if not path.is_file():
        return {}
    pieces = _HEADING.split(path.read_text(encoding="utf-8"))
    return {code: body.strip() for code, body in zip(pieces[1::2], pieces[2::2], strict=True)}


@cache
def codes() -> tuple[str, ...]:
    """Return every code we ship words for, in the order of the journey."""
    folders = (Path(templates_folder()) / "emails").iterdir()
    return tuple(sorted(one.name for one in folders if one.is_dir() and one.name != FOOTER))


@cache
def given_by_cause(code: str) -> frozenset[str]:
    """Return the placeholders of the shipped English texts of a code."""
    forms = [shipped(code, FALLBACK, kind) for kind in TextKind]
    words = "\n".join(f"{one.subject}\n{one.body}" for one in forms if one is not None)
    return frozenset(fields_of(words))


def _base(locale: str) -> str:
    return locale.replace("-", "_").partition("_")[0]
