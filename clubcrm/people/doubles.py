"""Services room: likely doubles stand in a list; what was called two people stays two."""

from sqlalchemy import delete

from clubcrm.core import audit, clock
from clubcrm.core.db import db
from clubcrm.people.merge_tables import DoublePair
from clubcrm.people.queries.doubles import known_pairs, likely_pairs


def find_doubles(club_id: int) -> int:
    """Every likely pair of the club stands in the list, with score and reasons; how many are new.

    Pairs that are no longer alike, because somebody corrected one of them, leave it.
    """
    known, seen, new = known_pairs(club_id), set(), 0
    for pair, likeness in likely_pairs(club_id):
        seen.add(pair)
        reasons = [reason.value for reason in likeness.reasons]
        found = known.get(pair)
        if found is None:
            new += 1
            db.session.add(
                DoublePair(
                    club_id=club_id,
                    one_id=pair[0],
                    other_id=pair[1],
                    score=likeness.score,
                    reasons=reasons,
                )
            )
        elif (found.score, found.reasons) != (likeness.score, reasons):
            found.score, found.reasons = likeness.score, reasons
    gone = [row.id for pair, row in known.items() if pair not in seen and row.decided_at is None]
    if gone:
        db.session.execute(delete(DoublePair).where(DoublePair.id.in_(gone)))
    db.session.flush()
    return new


def keep_apart(pair: DoublePair, *, by: str | None = None) -> None:
    """The two are two people: the pair is not shown again."""
    pair.decided_at = clock.now()
    pair.decided_by = by or audit.current_actor_name()
    audit.note(
        "people.kept_apart",
        "person",
        pair.one_id,
        after={"other": pair.other_id},
        by=by,
    )
    db.session.flush()
