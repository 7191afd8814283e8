"""Services: failed sign-ins are counted in the store, so brakes survive restarts and workers."""

from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import case, delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from clubcrm.accounts.models import LoginBrake
from clubcrm.accounts.rules.braking import FORGET_AFTER, Brake, wait_after
from clubcrm.core.clock import now
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError


def take_try(session: Session, brakes: tuple[Brake, ...]) -> None:
    """One try is counted on each brake before the password is looked at.

    Counting first means that guesses made at the same moment count too. Raises TOO_MANY_TRIES
    (429) while a brake holds.
    """
    moment = now()
    held = [
        until
        for until in session.scalars(
            select(LoginBrake.blocked_until)
            .where(LoginBrake.key.in_([brake.key for brake in brakes]))
            .where(LoginBrake.blocked_until > moment)
        )
        if until is not None
    ]
    if held:
        raise _braked(max(held) - moment)
    for brake in brakes:
        _count(session, brake)


def _count(session: Session, brake: Brake) -> None:
    moment = now()
    make = sqlite_insert if db.engine.dialect.name == "sqlite" else pg_insert
    session.execute(
        make(LoginBrake)
        .values(key=brake.key, failures=0, last_failed_at=moment)
        .on_conflict_do_nothing()
    )
    counted = session.execute(
        update(LoginBrake)
        .where(
            LoginBrake.key == brake.key,
            or_(LoginBrake.blocked_until.is_(None), LoginBrake.blocked_until <= moment),
        )
        .values(
            failures=case(
                (LoginBrake.last_failed_at < moment - FORGET_AFTER, 1),
                else_=LoginBrake.failures + 1,
            ),
            last_failed_at=moment,
        )
        .returning(LoginBrake.failures)
        .execution_options(synchronize_session=False)
    ).scalar()
    if counted is None:
        # Another worker drew this brake a moment ago.
        raise _braked(timedelta(seconds=30))
    wait = wait_after(counted, brake)
    if wait:
        session.execute(
            update(LoginBrake)
            .where(LoginBrake.key == brake.key)
            .values(blocked_until=moment + wait)
            .execution_options(synchronize_session=False)
        )


def let_go(session: Session, brakes: tuple[Brake, ...]) -> None:
    """The brakes of somebody who proved who they are count from zero again."""
    session.execute(delete(LoginBrake).where(LoginBrake.key.in_([one.key for one in brakes])))


def _braked(wait: timedelta) -> DomainError:
    seconds = max(1, int(wait.total_seconds()) + 1)
    text = _("Too many tries. Wait %(count)s seconds, then try again.", count=seconds)
    return DomainError("TOO_MANY_TRIES", text, status=429, retry_after=seconds)
