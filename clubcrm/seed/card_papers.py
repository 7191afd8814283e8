"""Handover notes, a few documents, and who looked at cards in the last weeks."""

import hashlib
from datetime import timedelta
from io import BytesIO

from PIL import Image, ImageDraw

from clubcrm.people.paper_tables import CardDocument, CardLook, HandoverNote
from clubcrm.seed.ground import Ground
from clubcrm.seed.order import public_id

NOTES = (
    "Trains for a half marathon in spring. Ask how the knee is.",
    "Comes with her sister; both want the same locker row.",
    "Prefers WhatsApp in the evening, never calls before noon.",
    "Was promised ten days for the broken sauna, given on 3 May.",
    "New job, comes only at weekends now. Offer the weekend plan at renewal.",
    "Hard of hearing on the left side. Speak clearly, he reads lips.",
)
SHARE_NOTED, SHARE_PAPER, SHARE_LOOKED = 0.05, 0.012, 0.08
SHOTS = 6


def hang_papers(ground: Ground) -> None:
    """Some members carry a note for colleagues, a paper or photo, and were looked at."""
    chance, moment = ground.order.chance("card papers"), ground.order.moment
    notes, looks = ground.store.sink(HandoverNote), ground.store.sink(CardLook)
    viewers = [ground.staff[role] for role in ("desk", "sales", "manager")]
    shots = [_shot(number) for number in range(SHOTS)]
    for number, person_id in enumerate(ground.person_ids):
        first = number == 0  # even the smallest club shows each of them
        if chance.random() < SHARE_NOTED or first:
            notes.add(
                person_id=person_id,
                author_id=chance.choice(viewers),
                text=chance.choice(NOTES),
                at=moment - timedelta(days=chance.randrange(2, 200), minutes=chance.randrange(600)),
            )
        if chance.random() < SHARE_PAPER or first:
            _paper(ground, person_id, shots[chance.randrange(SHOTS)], chance.randrange(1, 300))
        if chance.random() < SHARE_LOOKED or first:
            looks.add(
                person_id=person_id,
                viewer=f"user:{chance.choice(viewers)}",
                what="card" if chance.random() < 0.9 else "documents",
                at=moment - timedelta(minutes=chance.randrange(5, 60 * 24 * 30)),
            )


def _paper(ground: Ground, person_id: int, shot: bytes, days: int) -> None:
    name = public_id(ground.order.chance("paper", person_id))
    path = f"documents/{name[:2]}/{name}.jpg"
    target = ground.files / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(shot)
    ground.store.sink(CardDocument).add(
        public_id=name,
        person_id=person_id,
        name="Photo of the start" if days % 2 else "Signed agreement of the employer",
        media_type="image/jpeg",
        size_bytes=len(shot),
        sha256=hashlib.sha256(shot).hexdigest(),
        path=path,
        leaders_only=days % 7 == 0,
        added_by=ground.actor("desk"),
        added_at=ground.order.moment - timedelta(days=days),
        removed_by="",
        removed_at=None,
    )


def _shot(number: int) -> bytes:
    """Return a drawn sheet of paper as a JPEG picture."""
    sheet = Image.new("RGB", (300, 420), ("#fbfaf7", "#f4f6fa", "#faf5ee")[number % 3])
    pen = ImageDraw.Draw(sheet)
    pen.rectangle((28, 30, 170, 46), fill="#39424e")
    for line in range(14):
        long = 190 + (line * 37 + number * 29) % 70
        pen.rectangle((28, 76 + line * 18, 28 + long, 82 + line * 18), fill="#c9ced6")
    pen.line((30, 372, 90, 352, 120, 380, 190, 350), fill="#2f4a8f", width=3)
    out = BytesIO()
    sheet.save(out, "JPEG", quality=70)
    return out.getvalue()
