"""Jobs room: every night the scores of members at risk are kept, to be judged later."""

from clubcrm.core.jobs import JobContext, Outcome
from clubcrm.journeys.risk_log import keep_scores


def keep_risk(context: JobContext) -> Outcome:
    """The club's scores of the day are kept, once."""
    if context.club_id is None or context.day is None:
        raise ValueError("scores are kept once per club and day")
    with context.unit() as session:
        keep_scores(session, context.club_id, context.day)
    return Outcome(1)
