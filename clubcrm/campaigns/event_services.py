"""Services room: events: made, answered by whoever is invited, called off.

The guarded update decides who gets the last place; places that come free go to who waits longest.
"""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select, update

from clubcrm.campaigns.campaign_tables import AnswerState, Campaign, ClubEvent, EventAnswer
from clubcrm.campaigns.event_queries import answer_by, answers_of
from clubcrm.core import audit, clock
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, invalid
from clubcrm.core.text import clean
from clubcrm.people.api import link_address, make_link
from clubcrm.tasks.api import TaskOrder, open_task

PURPOSE = "rsvp"
MOST_GUESTS = 9
# Jobs speak English, so the English sentence is stored; lists translate it for their reader.
PLACE_FREE = _l("Call: a place at the event is free")
CALLED_OFF = _l("Call: the event is called off")


@dataclass(frozen=True, slots=True)
class EventDraft:
    """What the club invites to."""

    name: str
    starts_at: datetime
    ends_at: datetime
    answer_until: datetime
    about: str = ""
    place: str = ""
    places: int | None = None
    guests: int = 0


def make_event(club_id: int, draft: EventDraft, *, by: str) -> ClubEvent:
    """The event stands in the list; people are invited to it by a campaign."""
    event = ClubEvent(club_id=club_id, made_by=by, made_at=clock.now(), **_checked(draft))
    db.session.add(event)
    db.session.flush()
    after = {"name": event.name, "starts_at": event.starts_at.isoformat()}
    audit.note("event.made", "club_event", event.id, after=after, by=by)
    return event


def rsvp_address(person_id: int, code: str) -> str:
    """Return the page on which a person answers the invitation of a campaign's text; else empty."""
    number = code.removeprefix("camp").rstrip("AB")
    if not code.startswith("camp") or not number.isdigit():
        return ""
    event = db.session.scalars(
        select(ClubEvent)
        .join(Campaign, Campaign.event_id == ClubEvent.id)
        .where(Campaign.id == int(number))
    ).first()
    if event is None:
        return ""
    token = make_link(
        person_id, PURPOSE, subject_id=event.public_id, expires_at=event.ends_at, by="system"
    )
    return link_address("rsvp.show", token)


def answer_invitation(
    event: ClubEvent, person_id: int, *, comes: bool, heads: int = 1, by: str
) -> EventAnswer:
    """The person's last answer stands; who comes when all places are taken waits for one.

    Raises TOO_LATE, CALLED_OFF, or INVALID_INPUT for more guests than may be brought.
    """
    event = _locked(event)
    _still_open(event, heads)
    known = answer_by(event.id, person_id)
    before = {"state": known.state.value, "heads": known.heads} if known else None
    freed = known.heads if known is not None and known.state is AnswerState.COMES else 0
    if freed:
        _take(event, -freed)
    state = AnswerState.DECLINES
    if comes:
        state = AnswerState.COMES if _take(event, heads) else AnswerState.WAITS
    answer = known or EventAnswer(event_id=event.id, person_id=person_id)
    answer.state, answer.heads, answer.answered_at = state, heads, clock.now()
    db.session.add(answer)
    db.session.flush()
    after = {"event": event.public_id, "state": state.value, "heads": heads}
    audit.note("event.answered", "person", person_id, before=before, after=after, by=by)
    if freed:
        _move_up(event, by=by)
    return answer


def call_off(event: ClubEvent, *, by: str) -> int:
    """Nobody can answer any more, and the desk tells each who comes or waits; returns how many."""
    event = _locked(event)
    if event.called_off_at is not None:
        return 0
    event.called_off_at = clock.now()
    db.session.flush()
    told = [
        *answers_of(event.id, AnswerState.COMES),
        *answers_of(event.id, AnswerState.WAITS),
    ]
    for one in told:
        _tell(event, one, CALLED_OFF, "off")
    audit.note("event.called_off", "club_event", event.id, after={"told": len(told)}, by=by)
    return len(told)


def note_came(event: ClubEvent, answer: EventAnswer, *, came: bool, by: str) -> None:
    """Who was there is on record, or is not any more."""
    before = {"came": answer.came_at is not None}
    answer.came_at = clock.now() if came else None
    db.session.flush()
    after = {"event": event.public_id, "came": came}
    audit.note("event.came", "person", answer.person_id, before=before, after=after, by=by)


def _locked(event: ClubEvent) -> ClubEvent:
    return db.session.scalars(
        select(ClubEvent)
        .where(ClubEvent.id == event.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def _still_open(event: ClubEvent, heads: int) -> None:
    if event.called_off_at is not None:
        raise DomainError("CALLED_OFF", _("This event does not take place."))
    if clock.now() > event.answer_until:
        raise DomainError("TOO_LATE", _("Answers are closed. Ask at the desk."))
    if not 1 <= heads <= 1 + event.guests:
        raise invalid({"heads": _("So many guests do not fit.")})


def _take(event: ClubEvent, heads: int) -> bool:
    """So many places more are taken, if there are as many; never more than there are."""
    fits = or_(ClubEvent.places.is_(None), ClubEvent.taken + heads <= ClubEvent.places)
    taken = db.session.execute(
        update(ClubEvent)
        .where(ClubEvent.id == event.id, fits if heads > 0 else ClubEvent.taken + heads >= 0)
        .values(taken=ClubEvent.taken + heads)
        .execution_options(synchronize_session=False)
    )
    db.session.refresh(event)
    return bool(taken.rowcount == 1)  # type: ignore[attr-defined] # the result of an UPDATE


def _move_up(event: ClubEvent, *, by: str) -> None:
    for one in answers_of(event.id, AnswerState.WAITS):
        if _take(event, one.heads):
            one.state = AnswerState.COMES
            db.session.flush()
            _tell(event, one, PLACE_FREE, "place")
            after = {"event": event.public_id, "state": AnswerState.COMES.value}
            audit.note("event.moved_up", "person", one.person_id, after=after, by=by)


def _tell(event: ClubEvent, answer: EventAnswer, title: object, what: str) -> None:
    open_task(
        TaskOrder(
            source=f"event:{event.id}:{what}:{answer.id}",
            club_id=event.club_id,
            person_id=answer.person_id,
            kind="event",
            title=str(title),
            sentence=event.name,
            due_at=clock.now(),
            expires_at=event.ends_at,
        )
    )


def _checked(draft: EventDraft) -> dict[str, object]:
    wrong: dict[str, str] = {}
    name = clean(draft.name, "name", longest=120)
    if not name:
        wrong["name"] = _("This is needed.")
    if draft.ends_at <= draft.starts_at:
        wrong["ends"] = _("It ends before it begins.")
    if draft.answer_until > draft.ends_at:
        wrong["answer_until"] = _("Answers end before the event does.")
    if draft.places is not None and not 1 <= draft.places <= 100_000:
        wrong["places"] = _("Expected a number above nothing.")
    if not 0 <= draft.guests <= MOST_GUESTS:
        wrong["guests"] = _("From 0 to 9 guests.")
    if wrong:
        raise invalid(wrong)
    return {
        "name": name,
        "about": clean(draft.about, "about", longest=1000, lines=True),
        "place": clean(draft.place, "place", longest=200),
        "starts_at": draft.starts_at,
        "ends_at": draft.ends_at,
        "answer_until": draft.answer_until,
        "places": draft.places,
        "guests": draft.guests,
    }
