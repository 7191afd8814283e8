"""Services room: a page's word of a filled form is kept once, fetched, and becomes one inquiry."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from clubcrm.core import audit, clock
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError
from clubcrm.core.types import new_public_id
from clubcrm.leads.ads.becoming import become_inquiry
from clubcrm.leads.ads.models import AdLetter
from clubcrm.leads.ads.queries import place_of
from clubcrm.leads.ads.rules.leadgen import LeadTold
from clubcrm.leads.ads.rules.patience import next_try
from clubcrm.leads.door.rules.letters import LetterState

# Whoever fetches a letter keeps it for so long; after a crash another one tries.
HELD = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Errand:
    """What is to be fetched; nothing, when the answers are here already."""

    leadgen_id: str
    page_id: str
    is_fetched: bool


def keep(told: LeadTold) -> None:
    """The word is kept, however often it is told."""
    moment = clock.now()
    row = {
        "public_id": new_public_id(),
        "leadgen_id": told.leadgen_id,
        "page_id": told.page_id,
        "form_id": told.form_id,
        "ad_id": told.ad_id,
        "adset_id": "",
        "campaign_id": "",
        "state": LetterState.WAITING,
        "answers": {},
        "created_at": min(told.created_at or moment, moment),
        "received_at": moment,
        "next_try_at": moment,
        "tries": 0,
        "why": "",
    }
    make = sqlite_insert if db.engine.dialect.name == "sqlite" else pg_insert
    db.session.execute(make(AdLetter).values(row).on_conflict_do_nothing())


def take_up(letter_id: int) -> Errand | None:
    """The letter is ours for two minutes; None when somebody else has it or it is settled."""
    moment = clock.now()
    taken = db.session.execute(
        update(AdLetter)
        .where(
            AdLetter.id == letter_id,
            AdLetter.state == LetterState.WAITING,
            AdLetter.next_try_at <= moment,
        )
        .values(next_try_at=moment + HELD, tries=AdLetter.tries + 1)
    )
    if taken.rowcount != 1:  # type: ignore[attr-defined] # the untyped result of an UPDATE
        return None
    letter = db.session.get_one(AdLetter, letter_id, populate_existing=True)
    return Errand(letter.leadgen_id, letter.page_id, bool(letter.answers))


def bring(letter_id: int, answers: dict[str, Any]) -> None:
    """The fetched answers are kept with the letter and the numbers of its advertisement."""
    letter = db.session.get_one(AdLetter, letter_id)
    letter.answers = answers
    for name in ("form_id", "ad_id", "adset_id", "campaign_id"):
        setattr(letter, name, str(answers.get(name) or getattr(letter, name))[:40])
    db.session.flush()


def settle(letter_id: int) -> None:
    """The letter is one inquiry; one whose page belongs to no club waits for a person."""
    letter = db.session.get_one(AdLetter, letter_id)
    place = place_of(letter)
    if place is None:
        _mark(letter_id, LetterState.ODD, "no club is named for this page")
        return
    if _mark(letter_id, LetterState.TAKEN, ""):
        letter.inquiry_id = become_inquiry(letter, place).id
        db.session.flush()


def put_off(letter_id: int, why: str) -> None:
    """The answers are asked for again later; after two days a person has to look."""
    letter = db.session.get_one(AdLetter, letter_id)
    later = next_try(letter.tries, clock.now())
    letter.why = why[:300]
    if later is not None:
        letter.next_try_at = later
    db.session.flush()
    if later is None:
        _mark(letter_id, LetterState.ODD, why)


def refuse(letter_id: int, why: str) -> None:
    """Nothing can be made of the answers; a person sees why."""
    _mark(letter_id, LetterState.REFUSED, why)


def try_again(letter: AdLetter, *, by: str) -> None:
    """The letter is fetched and read anew, after somebody has mended what was wrong."""
    done = db.session.execute(
        update(AdLetter)
        .where(AdLetter.id == letter.id, AdLetter.state != LetterState.TAKEN)
        .values(state=LetterState.WAITING, tries=0, next_try_at=clock.now(), settled_at=None)
    )
    if done.rowcount != 1:  # type: ignore[attr-defined] # the untyped result of an UPDATE
        raise DomainError("STATE", _("This letter has been read."))
    audit.note("ad_letter.tried_again", "ad_letter", letter.id, by=by)
    db.session.refresh(letter)


def _mark(letter_id: int, state: LetterState, why: str) -> bool:
    done = db.session.execute(
        update(AdLetter)
        .where(AdLetter.id == letter_id, AdLetter.state == LetterState.WAITING)
        .values(state=state, why=why[:300], settled_at=clock.now())
    )
    return bool(done.rowcount)  # type: ignore[attr-defined] # the untyped result of an UPDATE
