"""Queries room: the whole member card, put together in a fixed number of selects."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from flask import url_for
from flask_babel import gettext as _

from access_control.permissions import SCAN_AT_DESK
from clubcrm.card import member as words
from clubcrm.card.about import KnownFact, known_of
from clubcrm.card.balance import account_line
from clubcrm.card.habits import RhythmShown, rhythm_shown
from clubcrm.card.history import Happening, happenings
from clubcrm.card.menu import Act, ActGroup, further_acts, main_acts
from clubcrm.card.offer import offer_hints
from clubcrm.card.packages import package_lots
from clubcrm.card.photos import photo_address
from clubcrm.card.post import post_ways
from clubcrm.card.queries import person as people
from clubcrm.card.queries.leads import lead_way
from clubcrm.card.queries.timeline import FILTERS, PAGE, Part, timeline
from clubcrm.card.queries.touchpoints import TouchRow, touchpoints_of
from clubcrm.card.route import Route, route_of
from clubcrm.card.thanks import points_hints
from clubcrm.card.touches import touch_lines
from clubcrm.card.ways import way_of_former, way_of_lead
from clubcrm.core.clock import now, visit_day
from clubcrm.core.clock import today as club_today
from clubcrm.core.policy import current_actor
from clubcrm.leads.rules.stages import OPEN
from clubcrm.people.about_tables import Tag
from clubcrm.people.paper_tables import CardDocument
from clubcrm.people.permissions import KEEP_DOCUMENTS, KEEP_PRIVACY
from clubcrm.people.queries.about import tags_of
from clubcrm.people.queries.papers import HandoverLine, documents_of, handover_of
from memberships.blocks.queries import blocks_of
from memberships.contracts.history import ContractRow, contracts_of
from memberships.contracts.queries import all_rights
from memberships.contracts.standing import status_at
from memberships.packages.offers import filled_packages
from memberships.schedule.board import next_classes

Chip = tuple[str, str, bool, int | None]

# The acts on a card, the main ones first: page, icon, right, and what its address calls a person.


@dataclass(frozen=True, slots=True)
class CardPage:
    """Everything on the card of one person."""

    person_id: str
    name: str
    photo: str
    zone: str
    club_name: str
    birthday: str
    standing: words.Line
    reach: list[words.Way]
    tags: Sequence[Tag]
    known: list[KnownFact]
    handover: HandoverLine | None
    documents: Sequence[CardDocument]
    acts: list[Act]
    more: list[ActGroup]
    may_check_in: bool
    hints: list[words.Line]
    route: Route | None
    rhythm: RhythmShown
    account: words.Line | None
    contracts: list[words.Line]
    lots: list[words.Lot]
    blocks: list[words.Line]
    touchpoints: list[words.Line]
    filters: list[Chip]
    part: Part
    timeline: list[Happening]
    older: str


def card_page(person: people.PersonRow, part: Part) -> CardPage:
    """Return the card; `part` chooses what the timeline shows."""
    today = club_today(person.zone)
    contracts = contracts_of(person.id)
    blocks = blocks_of(person.id)
    rights = all_rights(person.id, today)
    days = people.visit_days(person.id, visit_day(now(), person.zone), 53)
    touches = touchpoints_of(person.id)
    rows = timeline(person.id, part)
    joined = min((one.starts_on for one in contracts), default=None)
    pages, known = known_of(person.id, current_actor().role)
    tasks = [one.title for one in people.open_tasks(person.id)]
    return CardPage(
        person_id=person.public_id,
        name=person.name,
        photo=photo_address(person.photo_id),
        zone=person.zone,
        club_name=person.club_name,
        birthday=words.birthday_words(person, today),
        standing=words.standing_line(status_at(rights, words.facts_of(blocks), today)),
        reach=[*words.ways_of(people.reach_of(person.id)), *post_ways(person), *pages],
        tags=tags_of(person.id),
        known=known,
        handover=handover_of(person.id),
        documents=_documents(person.id),
        acts=main_acts(person.public_id),
        more=further_acts(person.public_id),
        may_check_in=current_actor().may(SCAN_AT_DESK),
        hints=[
            *words.hints_of(person, tasks),
            *offer_hints(person.id, today),
            *points_hints(person.id, person.club_id, person.public_id),
            *words.class_hints(next_classes(person.id, now()), person.zone),
        ],
        route=_strip(person, contracts, touches, today),
        rhythm=rhythm_shown(days, words.frozen_spans(blocks), joined, today),
        account=account_line(person.id, person.club_id, person.public_id),
        contracts=words.contract_lines(contracts, today),
        lots=[
            *words.lots_of(contracts, today),
            *package_lots(filled_packages([person.id]), today),
        ],
        blocks=words.block_lines(blocks, today),
        touchpoints=touch_lines(touches, person.zone),
        filters=_filters(person.public_id, part),
        part=part,
        timeline=happenings(rows, person.public_id, person.zone, in_runs=part.is_whole),
        older=_older(person.public_id, part, rows[-1].at if len(rows) == PAGE else None),
    )


def _documents(person_id: int) -> Sequence[CardDocument]:
    actor = current_actor()
    if not actor.may(KEEP_DOCUMENTS):
        return ()
    return documents_of(person_id, for_leaders=actor.may(KEEP_PRIVACY))


def _strip(
    person: people.PersonRow,
    contracts: Sequence[ContractRow],
    touches: Sequence[TouchRow],
    today: date,
) -> Route | None:
    """Return the running cycle, else the way of a lead, else what came after the last contract."""
    running = route_of(contracts, touches, today)
    if running is not None:
        return running
    lead = lead_way(person.id)
    former = way_of_former(contracts, touches, today)
    if lead is not None and (former is None or lead.state in OPEN):
        return way_of_lead(lead, person.zone)
    return former


def _filters(person_id: str, part: Part) -> list[Chip]:
    names = {
        "": _("All"),
        "visits": _("Visits"),
        "money": _("Money and units"),
        "messages": _("Messages"),
        "tasks": _("Tasks"),
        "notes": _("Notes"),
        "changes": _("Changes"),
    }
    return [
        (
            names[one],
            _timeline_address(person_id, replace(part, only=one, before=None)),
            one == part.only,
            None,
        )
        for one in FILTERS
    ]


def _older(person_id: str, part: Part, before: datetime | None) -> str:
    return _timeline_address(person_id, replace(part, before=before)) if before else ""


def _timeline_address(person_id: str, part: Part) -> str:
    return url_for(
        "card.show",
        person_id=person_id,
        show=part.only or None,
        words=part.words or None,
        since=part.since.isoformat() if part.since else None,
        until=part.until.isoformat() if part.until else None,
        before=part.before.isoformat() if part.before else None,
        _anchor="timeline",
    )
