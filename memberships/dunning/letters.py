"""Queries room: the words of a letter about a debt, in the payer's language; plain placeholders."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from flask_babel import force_locale

from clubcrm.core import clock, formats
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.core.paths import templates_folder
from memberships.dunning.debtors import late_parts, payer_in
from memberships.dunning.models import DebtCase
from memberships.dunning.queries import language_of

FALLBACK = "en"
_PLACE = re.compile(r"\{([a-z]+)\}")


def letter_text(case: DebtCase, kind: str) -> str:
    """Return subject and body of the letter as it would be printed today."""
    club = db.session.get_one(Club, case.club_id)
    payer = payer_in(case.payer_id)
    language = language_of(payer.language, club.locale)
    day = clock.today(club.zone)
    with force_locale(language):
        lines = [
            f"- {part.number}, {formats.day(part.due_on)}: "
            f"{formats.money(part.open_minor, case.currency)} ({part.member})"
            for part in late_parts(case.payer_id, case.club_id, day)
        ]
        fields = {
            "name": payer.full_name,
            "club": club.name,
            "amount": formats.money(case.amount_minor, case.currency),
            "since": formats.day(case.since_on),
            "list": "\n".join(lines),
        }
    return filled(shipped(kind, language), fields)


@cache
def shipped(kind: str, language: str) -> str:
    """Return the text that comes with the product."""
    folder = Path(templates_folder()) / "letters" / kind
    path = folder / f"{language}.txt"
    return (path if path.is_file() else folder / f"{FALLBACK}.txt").read_text(encoding="utf-8")


def filled(text: str, fields: Mapping[str, str]) -> str:
    """Return the text with its placeholders filled once; values are never looked at again."""
    return _PLACE.sub(lambda found: fields.get(found.group(1), found.group(0)), text)
