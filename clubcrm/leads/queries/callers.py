"""Questions that came by telephone, and the calls they are made of."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select

from clubcrm.core.db import db
from clubcrm.leads.models import Inquiry, Lead
from clubcrm.leads.rules.stages import ArrivalChannel, InquiryState
from clubcrm.leads.tables_of_calls import InquiryCall


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, and the lead it became."""

    club_id: int
    inquiry_id: str
    lead_id: str


def waiting_of_number(club_id: int, number: str) -> Inquiry | None:
    """Return the question of a number that waits in the tray of the club."""
    return db.session.scalars(
        select(Inquiry)
        .where(
            Inquiry.club_id == club_id,
            Inquiry.state == InquiryState.WAITING,
            Inquiry.channel == ArrivalChannel.CALL,
            Inquiry.phone == number,
        )
        .order_by(Inquiry.id)
    ).first()


def calls_of(inquiry_id: int) -> Sequence[InquiryCall]:
    """Return the calls of a question."""
    return db.session.scalars(
        select(InquiryCall)
        .where(InquiryCall.inquiry_id == inquiry_id)
        .order_by(InquiryCall.call_ref)
    ).all()


def asked_by_call(call_ref: str) -> Asked | None:
    """Return the question that a call belongs to."""
    return _asked(InquiryCall.call_ref == call_ref)


def asked_by_task(task_id: int) -> Asked | None:
    """Return the question whose caller a task asks to call back."""
    return _asked(InquiryCall.task_id == task_id)


def _asked(where: ColumnElement[bool]) -> Asked | None:
    row = db.session.execute(
        select(Inquiry.club_id, Inquiry.public_id, Lead.public_id)
        .join(InquiryCall, InquiryCall.inquiry_id == Inquiry.id)
        .outerjoin(Lead, Lead.id == Inquiry.lead_id)
        .where(where)
        .limit(1)
    ).first()
    return Asked(row[0], row[1], row[2] or "") if row else None
