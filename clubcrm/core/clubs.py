"""Clubs: zone, currency, language, hours, closed days and settings; the scope a person may see."""

import copy
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import Date, ForeignKey, String, Time, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from clubcrm.core.clock import now
from clubcrm.core.db import Model, db
from clubcrm.core.remembered import hold, remembered, watch
from clubcrm.core.types import Json, PublicIdType, UtcInstant, new_public_id


class Club(Model):
    """One club of the company."""

    __tablename__ = "club"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    zone: Mapped[str] = mapped_column(String(64))
    currency: Mapped[str] = mapped_column(String(3))
    locale: Mapped[str] = mapped_column(String(16))
    country: Mapped[str] = mapped_column(String(2))
    capacity: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)


class ClubHours(Model):
    """Opening hours of one weekday in wall time; no row means open all day."""

    __tablename__ = "club_hours"

    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"), primary_key=True)
    weekday: Mapped[int] = mapped_column(primary_key=True)  # 0 is Monday
    opens: Mapped[time] = mapped_column(Time)
    closes: Mapped[time] = mapped_column(Time)


class ClosedDay(Model):
    """A date on which the club is shut; silence clocks stop."""

    __tablename__ = "closed_day"

    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    reason: Mapped[str] = mapped_column(String(200), default="")


class ClubSetting(Model):
    """One named setting of a club; a missing row means the default in code."""

    __tablename__ = "club_setting"
    __table_args__ = (UniqueConstraint("club_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    name: Mapped[str] = mapped_column(String(80))
    value: Mapped[Any] = mapped_column(Json)
    changed_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)


class CompanySetting(Model):
    """One named setting of the whole company; a missing row means the default in code."""

    __tablename__ = "company_setting"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    value: Mapped[Any] = mapped_column(Json)
    changed_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)


@dataclass(frozen=True, slots=True)
class Scope:
    """The clubs a person may see; queries take it first."""

    club_ids: tuple[int, ...]

    def covers(self, club_id: int | None) -> bool:
        """Tell whether the club lies within the scope."""
        return club_id in self.club_ids


def has_every_club(scope: Scope) -> bool:
    """Tell whether every club of the company lies within the scope."""
    return set(db.session.scalars(select(Club.id))) <= set(scope.club_ids)


SETTINGS = "club_settings"
watch(SETTINGS, ClubSetting.__tablename__)
hold(Club)


def club_setting(club_id: int, name: str, default: Any) -> Any:
    """Return the club's value of a setting, or the default; each time a value of its own."""
    known = remembered((SETTINGS, club_id), lambda: _settings_of(club_id))
    return copy.deepcopy(known[name]) if name in known else default


def _settings_of(club_id: int) -> dict[str, Any]:
    rows = db.session.execute(
        select(ClubSetting.name, ClubSetting.value).where(ClubSetting.club_id == club_id)
    )
    return dict(rows.all())


def set_club_setting(club_id: int, name: str, value: Any) -> None:
    """The club's setting has this value from now on."""
    found = db.session.scalars(
        select(ClubSetting).where(ClubSetting.club_id == club_id, ClubSetting.name == name)
    ).first()
    if found is None:
        db.session.add(ClubSetting(club_id=club_id, name=name, value=value))
    else:
        found.value = value
        found.changed_at = now()
    db.session.flush()


def company_setting(name: str, default: Any) -> Any:
    """Return the company's value of a setting, or the default."""
    row = db.session.execute(
        select(CompanySetting.value).where(CompanySetting.name == name)
    ).first()
    return default if row is None else row[0]


def set_company_setting(name: str, value: Any) -> None:
    """The company's setting has this value from now on."""
    found = db.session.get(CompanySetting, name)
    if found is None:
        db.session.add(CompanySetting(name=name, value=value))
    else:
        found.value = value
        found.changed_at = now()
    db.session.flush()
