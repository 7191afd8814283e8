"""One leader among schedulers: a lease row with a fencing number that old leaders cannot pass."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import String, or_, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from clubcrm.core.clock import now
from clubcrm.core.db import Model, db, unit_of_work
from clubcrm.core.types import UtcInstant

LEASE_SECONDS = 30
SCHEDULER = "scheduler"


class Lease(Model):
    """Who leads, until when, and the number of his reign."""

    __tablename__ = "lease"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    holder: Mapped[str] = mapped_column(String(80), default="")
    fence: Mapped[int] = mapped_column(default=0)
    expires_at: Mapped[datetime] = mapped_column(UtcInstant)
    renewed_at: Mapped[datetime] = mapped_column(UtcInstant)


class LostLeaseError(RuntimeError):
    """Another scheduler leads by now; this one must write nothing more."""


@dataclass(frozen=True, slots=True)
class Reign:
    """A held lease and its fencing number."""

    name: str
    holder: str
    fence: int

    def assert_held(self, session: Session) -> None:
        """Raise LostLeaseError unless this reign still holds within the session's transaction."""
        held = session.execute(
            update(Lease)
            .where(Lease.name == self.name, Lease.holder == self.holder, Lease.fence == self.fence)
            .values(fence=Lease.fence)
            .execution_options(synchronize_session=False)
        )
        if held.rowcount != 1:  # type: ignore[attr-defined]
            raise LostLeaseError(f"{self.holder} no longer holds {self.name}")


def acquire(holder: str, name: str = SCHEDULER) -> Reign | None:
    """Take or renew the lease; None while another holder's lease is alive."""
    with unit_of_work() as session:
        moment = now()
        make = sqlite_insert if db.engine.dialect.name == "sqlite" else pg_insert
        session.execute(
            make(Lease)
            .values(name=name, holder="", fence=0, expires_at=moment, renewed_at=moment)
            .on_conflict_do_nothing()
        )
        until = moment + timedelta(seconds=LEASE_SECONDS)
        mine = session.execute(
            update(Lease)
            .where(Lease.name == name, Lease.holder == holder, Lease.expires_at > moment)
            .values(expires_at=until, renewed_at=moment)
            .execution_options(synchronize_session=False)
        )
        if mine.rowcount != 1:  # type: ignore[attr-defined]
            taken = session.execute(
                update(Lease)
                .where(
                    Lease.name == name,
                    or_(Lease.expires_at <= moment, Lease.holder == "", Lease.holder == holder),
                )
                .values(holder=holder, fence=Lease.fence + 1, expires_at=until, renewed_at=moment)
                .execution_options(synchronize_session=False)
            )
            if taken.rowcount != 1:  # type: ignore[attr-defined]
                return None
        fence = session.execute(select(Lease.fence).where(Lease.name == name)).scalar_one()
        return Reign(name, holder, fence)


def release(reign: Reign) -> None:
    """The lease is free at once for the next holder, if this reign still held it."""
    with unit_of_work() as session:
        session.execute(
            update(Lease)
            .where(
                Lease.name == reign.name, Lease.holder == reign.holder, Lease.fence == reign.fence
            )
            .values(holder="", expires_at=now())
            .execution_options(synchronize_session=False)
        )


def seconds_since_renewal(name: str = SCHEDULER) -> float | None:
    """Return how long ago a leader last showed life; None when there never was one."""
    renewed = db.session.execute(select(Lease.renewed_at).where(Lease.name == name)).scalar()
    return None if renewed is None else (now() - renewed).total_seconds()
