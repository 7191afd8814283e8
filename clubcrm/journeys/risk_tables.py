"""Models room: the scores that were said of members, kept to be judged by what happened."""

from datetime import date
from enum import StrEnum

from sqlalchemy import Date, Float, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from clubcrm.core.db import Model
from clubcrm.core.ledger import AppendOnly
from clubcrm.core.types import text_enum


class ScoredFor(StrEnum):
    """Why a score was kept: an alarm of silence or slump, or the count of everybody."""

    SILENCE = "silence"
    SLUMP = "slump"
    EVERYBODY = "everybody"


class RiskScore(AppendOnly, Model):
    """What was said of a member on a day, with the facts it was said from."""

    __tablename__ = "risk_score"
    __table_args__ = (Index(None, "club_id", "day"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    cause: Mapped[ScoredFor] = mapped_column(text_enum(ScoredFor))
    score: Mapped[float] = mapped_column(Float)
    chance: Mapped[float] = mapped_column(Float)
    silent_days: Mapped[int]
    v28: Mapped[int]
    visits: Mapped[int]
    baseline_visits: Mapped[int] = mapped_column(default=0)
