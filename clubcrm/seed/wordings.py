"""What the clubs say in their own words: a letter with a line of theirs, and one given back."""

from datetime import timedelta

from clubcrm.messaging.models import MessageText
from clubcrm.messaging.texts import shipped
from clubcrm.seed.ground import Ground

CODE = "J06a"
OWN_LINE = "P.S. There is a new ginger shot at the bar. Ask for yours."


def write_wordings(ground: Ground) -> None:
    """Each club has written under one letter, and one club has gone back to what we ship."""
    words = shipped(CODE, "en")
    assert words is not None  # noqa: S101 - it comes with the product
    texts = ground.store.sink(MessageText)
    shared = {"code": CODE, "kind": words.kind, "language": "en", "by": ground.actor("manager")}
    for place, club_id in enumerate(ground.club_ids):
        begun = ground.order.moment - timedelta(days=100 - place)
        texts.add(
            **shared,
            club_id=club_id,
            version=1,
            subject=words.subject,
            body=f"{words.body}\n\n{OWN_LINE}",
            shipped=False,
            at=begun,
        )
    texts.add(
        **shared,
        club_id=ground.club_ids[-1],
        version=2,
        subject="",
        body="",
        shipped=True,
        at=ground.order.moment - timedelta(days=20),
    )
