"""Services room: many new leads at once: owner by turns, clock, first step, facts for others."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm.attributes import set_committed_value

from clubcrm.core import audit, clock, events
from clubcrm.core.db import db
from clubcrm.core.states import move_many
from clubcrm.leads import moving, next_steps, registering, scoring
from clubcrm.leads.events import LeadMoved, LeadRegistered
from clubcrm.leads.importing import LeadRow, move_of, tell_course
from clubcrm.leads.models import Inquiry, Lead
from clubcrm.leads.rules.stages import INQUIRY_MOVES, LEAD_MOVES, InquiryState, LeadStage
from clubcrm.leads.sellers import give_out_many


@dataclass(frozen=True, slots=True)
class NewLead:
    """A row with the question it asks and the person who asks it; nothing but he is written."""

    row: LeadRow
    inquiry: Inquiry
    person_id: int
    language: str


Pairs = Sequence[tuple[NewLead, Lead]]


def write_leads(club_id: int, told: Sequence[NewLead], *, by: str) -> None:
    """Each of the rows is a lead in its stage, with its question, its owner and its next step."""
    pairs = list(zip(told, _leads(club_id, told, by), strict=True))
    scoring.score_new([(lead, new.row.stage) for new, lead in pairs])
    db.session.add_all([lead for _new, lead in pairs])
    db.session.flush()
    _tell(club_id, pairs, by)
    _questions(pairs, by)
    _move(club_id, pairs, by)
    next_steps.open_first_steps([lead for _new, lead in pairs])


def _leads(club_id: int, told: Sequence[NewLead], by: str) -> list[Lead]:
    ownerless = [one for one in told if not one.row.owner_id]
    wanted = [(one.language, one.inquiry.source_id) for one in ownerless]
    given = iter(give_out_many(club_id, wanted))
    office = registering.office_of(club_id)
    leads = []
    for one in told:
        lead = registering.drafted(one.inquiry, one.person_id, office, by=by)
        lead.owner_id = one.row.owner_id or next(given)
        lead.value_minor = one.row.value_minor
        tell_course(lead, one.row, office.week)
        if one.row.stage is not LeadStage.NEW:
            moving.note_milestones(lead, move_of(one.row))
            lead.version = 2
        leads.append(lead)
    return leads


def _tell(club_id: int, pairs: Pairs, by: str) -> None:
    moment = clock.now()
    lines = [
        (lead.id, {"channel": lead.channel.value, "owner": lead.owner_id}) for _new, lead in pairs
    ]
    audit.note_many("lead.registered", "lead", lines, by=by)
    events.record_many(
        [
            LeadRegistered(
                club_id,
                moment,
                lead_id=lead.id,
                person_id=lead.person_id,
                channel=lead.channel.value,
            )
            for _new, lead in pairs
        ]
    )


def _questions(pairs: Pairs, by: str) -> None:
    """The questions are kept as taken in, each with its lead."""
    moment = clock.now()
    for new, lead in pairs:
        new.inquiry.lead_id = lead.id
        new.inquiry.decided_at, new.inquiry.decided_by = moment, by
    db.session.add_all([new.inquiry for new, _lead in pairs])
    db.session.flush()
    ids = [new.inquiry.id for new, _lead in pairs]
    step = (InquiryState.WAITING, InquiryState.ACCEPTED)
    move_many(Inquiry, ids, step, moves=INQUIRY_MOVES, by=by)


def _move(club_id: int, pairs: Pairs, by: str) -> None:
    """Leads that had come further stand there, in one step for each stage and reason."""
    further: dict[tuple[LeadStage, str], list[Lead]] = defaultdict(list)
    for new, lead in pairs:
        if new.row.stage is not LeadStage.NEW:
            why = lead.lost_reason.value if lead.lost_reason else ""
            further[new.row.stage, why].append(lead)
    moment = clock.now()
    for (stage, why), leads in further.items():
        ids = [lead.id for lead in leads]
        move_many(Lead, ids, (LeadStage.NEW, stage), moves=LEAD_MOVES, by=by, why=why)
        was = {"stage": LeadStage.NEW.value}
        lines = [(one, {"stage": stage.value}) for one in ids]
        audit.note_many("lead.moved", "lead", lines, by=by, before=was)
        events.record_many(
            [
                LeadMoved(
                    club_id,
                    moment,
                    lead_id=lead.id,
                    person_id=lead.person_id,
                    was=LeadStage.NEW.value,
                    stage=stage.value,
                )
                for lead in leads
            ]
        )
        for lead in leads:
            set_committed_value(lead, "state", stage)
