"""Services room: a text as a member would read it, with nothing sent, made or changed."""

from collections.abc import Mapping
from dataclasses import dataclass

from clubcrm.core import clock
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.messaging.framing import LOGO, framed
from clubcrm.messaging.queueing import KEEP_A_PROMISE
from clubcrm.messaging.rules.kinds import TextKind
from clubcrm.messaging.rules.markup import Block, blocks_of
from clubcrm.messaging.rules.parts import Parts, sms_parts
from clubcrm.messaging.rules.placeholders import LINKS, MEMBER, TIME
from clubcrm.messaging.rules.wording import fields_of, render
from clubcrm.messaging.samples import sample_links, sample_values
from clubcrm.messaging.story_queries import stories_of
from clubcrm.messaging.texts import FALLBACK, Draft, given_by_cause, texts_of
from clubcrm.messaging.values import day_words, values_of
from memberships.documents.queries import head_at


@dataclass(frozen=True, slots=True)
class Shown:
    """A filled text; `missing` are the blanks for which this member's facts have nothing."""

    subject: str
    body: str
    missing: tuple[str, ...]
    parts: Parts
    blocks: tuple[Block, ...]


def preview(
    club: Club, code: str, kind: TextKind, language: str, person_id: int | None = None
) -> Shown | None:
    """Return the club's words for a code as the member would read them; None for unknown codes.

    Without a member a believable one stands in. What only the cause knows stays in brackets.
    """
    words = texts_of(db.session(), club.id, (code,)).draft(code, kind, language)
    return None if words is None else filled(club, code, words, person_id)


def filled(
    club: Club,
    code: str,
    words: Draft,
    person_id: int | None = None,
    given: Mapping[str, str] | None = None,
) -> Shown:
    """Return any words of a code as the member, or the believable one, would read them."""
    values = {**_values(club, code, words, person_id), **(given or {})}
    wording = render(words.subject, words.body, values)
    return Shown(
        wording.subject,
        wording.body,
        wording.missing,
        sms_parts(wording.body),
        blocks_of(wording.body),
    )


def letter_page(club: Club, code: str, words: Draft, person_id: int | None = None) -> str:
    """Return the letter in its frame as a page to look at, the logo within it."""
    shown = filled(club, code, words, person_id)
    head = head_at(club)
    page = framed(club, head, shown.subject, shown.body, words.language)
    return page.replace(LOGO, head.logo) if head.logo else page


def _values(club: Club, code: str, words: Draft, person_id: int | None) -> Mapping[str, str]:
    names = {*fields_of(words.subject), *fields_of(words.body)}
    language = words.language or FALLBACK
    by_cause = {name: f"[{name}]" for name in given_by_cause(code) & names - MEMBER}
    links = sample_links(names & set(LINKS))
    today = clock.today(club.zone)
    if person_id is None:
        return {**by_cause, **sample_values(club, today, language), **links}
    story = stories_of(db.session(), club, [person_id], names)[person_id]
    told = values_of(story, names, language)
    told |= {
        name: day_words(clock.local(clock.now() + KEEP_A_PROMISE, club.zone), language)
        for name in names & set(TIME)
    }
    return {**by_cause, **told, **links}
