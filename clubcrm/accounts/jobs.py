"""Jobs of accounts: sessions, tokens and brakes that serve nobody any more are forgotten."""

from datetime import timedelta

from sqlalchemy import delete, or_

from clubcrm.accounts.models import LoginBrake, OneTimeToken, UserSession
from clubcrm.accounts.rules.braking import FORGET_AFTER
from clubcrm.core.clock import now
from clubcrm.core.jobs import JobContext, Outcome
from clubcrm.core.tidying import drop_in_pieces

KEPT = timedelta(days=30)


def forget_old_access(context: JobContext) -> Outcome:
    """Sessions and one-time tokens a month past their end, and brakes nobody feels, are gone."""
    moment = now()
    done = drop_in_pieces(context, UserSession.id, UserSession.expires_at < moment - KEPT)
    done += drop_in_pieces(context, OneTimeToken.id, OneTimeToken.expires_at < moment - KEPT)
    with context.unit() as session:
        eased = session.execute(
            delete(LoginBrake).where(
                LoginBrake.last_failed_at < moment - FORGET_AFTER,
                or_(LoginBrake.blocked_until.is_(None), LoginBrake.blocked_until < moment),
            )
        )
        done += int(eased.rowcount)  # type: ignore[attr-defined]
    return Outcome(done=done)
