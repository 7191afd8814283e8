"""Queries room: the words a message begins with: the club's own template, else the text we ship."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sqlalchemy.orm import Session

from clubcrm.core.i18n import LANGUAGES
from clubcrm.core.paths import templates_folder
from clubcrm.messaging.queries import template_for
from clubcrm.people.models import Channel

FALLBACK = "en"


@dataclass(frozen=True, slots=True)
class Draft:
    """Subject and body with their placeholders, in one language."""

    language: str
    subject: str
    body: str


def draft(session: Session, code: str, channel: Channel, *wishes: str | None) -> Draft | None:
    """Return the words of a code in the first wished language that has them, else English."""
    languages = [language for wish in (*wishes, FALLBACK) if wish for language in (_base(wish),)]
    own = template_for(session, code, channel, languages)
    if own is not None:
        return Draft(own.language, own.subject, own.body)
    return next((text for one in languages if (text := shipped(code, one)) is not None), None)


@cache
def shipped(code: str, language: str) -> Draft | None:
    """Return the text that comes with the product, if any; its first line is the subject."""
    if language not in LANGUAGES:
        return None
    path = Path(templates_folder()) / "emails" / code / f"{language}.txt"
    if not path.is_file():
        return None
    subject, _, body = path.read_text(encoding="utf-8").partition("\n")
    return Draft(language, subject.strip(), body.strip())


def _base(locale: str) -> str:
    return locale.replace("-", "_").partition("_")[0]
