"""Services room: leads of a table are asked about and written by the piece."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy import select

from clubcrm.core import clock
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError
from clubcrm.leads import known, receiving, registering
from clubcrm.leads.importing import LeadRow, arrival_of, check
from clubcrm.leads.models import Inquiry
from clubcrm.leads.new_leads import NewLead, write_leads
from clubcrm.leads.queries.surroundings import languages_of
from clubcrm.leads.rules.stages import ArrivalChannel
from clubcrm.leads.sources import source_name, sources_named
from clubcrm.people.api import register_many
from clubcrm.people.queries.locks import lock_people
from clubcrm.people.rules.drafts import CheckedDraft, check_draft

# True for a row that is a lead now, False for one that was here before, or why it cannot be one.
Done = dict[int, bool | DomainError]


@dataclass(frozen=True, slots=True)
class _Told:
    """A row that can be kept, with the ways to answer it; of nobody, of somebody, or of a draft."""

    row: LeadRow
    inquiry: Inquiry
    ways: known.Contacts
    person_id: int = 0
    draft: CheckedDraft | None = None


def import_leads(club_id: int, rows: Mapping[int, LeadRow], *, by: str) -> Done:
    """Rows of people without an open lead are leads now, with owner, clock and next step.

    What is not in the answer has to be kept by itself, after this: who has an open lead asks again,
    and what shares its mark or its contacts with a row before it may be of the same person.
    """
    done: Done = {}
    told = _of_somebody(club_id, _told(club_id, rows, done), done)
    if told:
        write_leads(club_id, _people(club_id, list(told.values()), by), by=by)
    return done | dict.fromkeys(told, True)


def _told(club_id: int, rows: Mapping[int, LeadRow], done: Done) -> dict[int, _Told]:
    kept = _marks_kept(club_id, {row.number for row in rows.values()})
    seen: set[str] = set()
    told: dict[int, _Told] = {}
    for number, row in rows.items():
        if row.number in kept:
            done[number] = False
            continue
        try:
            one = _read(row)
        except DomainError as error:
            done[number] = error
            continue
        claims = {f"mark {row.number}", *one.ways.values}
        if not claims & seen:
            told[number] = one
        seen |= claims
    return told


def _marks_kept(club_id: int, marks: set[str]) -> set[str]:
    found = select(Inquiry.external_ref).where(
        Inquiry.club_id == club_id,
        Inquiry.channel == ArrivalChannel.IMPORT,
        Inquiry.external_ref.in_(marks),
        Inquiry.lead_id.is_not(None),
    )
    return {mark for mark in db.session.scalars(found) if mark}


def _read(row: LeadRow) -> _Told:
    check(row)
    source_name(row.source)
    ways = known.contacts_of(row.club_id, row.phone, row.email)
    inquiry = receiving.drafted(arrival_of(row))
    if not ways:
        raise registering.no_way()
    return _Told(row, inquiry, ways)


def _of_somebody(club_id: int, told: dict[int, _Told], done: Done) -> dict[int, _Told]:
    """Return the rows of new people and of those without an open lead, each person once."""
    club = db.session.get_one(Club, club_id)
    today = clock.today(club.zone)
    meant = known.people_meant(club_id, [(one.inquiry.name, one.ways) for one in told.values()])
    people = {one for one in meant if one}
    lock_people(people)
    busy = registering.people_with_open_leads(people, club_id)
    found: dict[int, _Told] = {}
    for (number, one), person_id in zip(told.items(), meant, strict=True):
        if person_id is not None:
            if person_id not in busy:
                found[number] = replace(one, person_id=person_id)
            busy.add(person_id)
            continue
        try:
            draft = check_draft(known.draft_of(one.inquiry, one.ways), club.country, today)
        except DomainError as error:
            done[number] = error
        else:
            found[number] = replace(one, draft=draft)
    return found


def _people(club_id: int, told: list[_Told], by: str) -> list[NewLead]:
    """Return the leads of the rows; those nobody knew are people of the club now."""
    drafts = [one.draft for one in told if one.draft is not None]
    fresh = iter(register_many(drafts, club_id, by=by))
    languages = languages_of({one.person_id for one in told if one.draft is None})
    sources = sources_named(
        club_id, dict.fromkeys(name for one in told if (name := _source(one))), by=by
    )
    leads = []
    for one in told:
        person_id, language = one.person_id, languages.get(one.person_id)
        if one.draft is not None:
            person_id, language = next(fresh), one.draft.language
        one.inquiry.source_id = sources.get(_source(one))
        one.inquiry.person_id = person_id
        leads.append(NewLead(one.row, one.inquiry, person_id, language or one.inquiry.language))
    return leads


def _source(one: _Told) -> str:
    return source_name(one.row.source)
