"""What the demo clubs keep about people for themselves: tags, fields of their own, ties."""

from clubcrm.core.text import fold
from clubcrm.people.about_tables import OwnField, OwnValue, PersonTag, Tag, Tie
from clubcrm.people.rules.own_fields import OwnKind
from clubcrm.people.rules.ties import TieKind
from clubcrm.seed.ground import Ground
from clubcrm.seed.order import public_id

GOALS = ("Lose weight", "Build muscle", "Back without pain", "Run a race", "Feel better")
SIZES = ("S", "M", "L", "XL")
FIELDS = (
    ("Goal", OwnKind.CHOICE, GOALS, "What he or she wants to reach.", 0.62),
    ("Shirt size", OwnKind.CHOICE, SIZES, "For the anniversary shirt.", 0.18),
    ("Instagram", OwnKind.LINK, (), "The page, only if given by the member.", 0.12),
    ("Occupation", OwnKind.TEXT, (), "", 0.21),
    ("Locker number", OwnKind.NUMBER, (), "", 0.0),
)
WORK = ("Teacher", "Nurse", "Driver", "Engineer", "Student", "Shop owner", "Accountant")
TAGS = (("Early bird", 0.07), ("Marathon 2027", 0.04), ("Corporate", 0.06), ("VIP", 0.02))
TIES = ((TieKind.FRIEND, 0.04), (TieKind.REFERRED_BY, 0.03), (TieKind.COLLEAGUE, 0.02))


def keep_notes_about_people(ground: Ground) -> None:
    """Some people carry tags, some fields are filled in, and some people belong together."""
    chance, by = ground.order.chance("about"), ground.actor("manager")
    began = ground.order.moment
    made = {"made_at": began, "made_by": by}
    fields = [
        (
            ground.store.sink(OwnField).add(
                public_id=public_id(chance),
                label=label,
                folded=fold(label),
                kind=kind,
                choices=list(choices),
                help=words,
                roles=[],
                position=place,
                **made,
            ),
            kind,
            choices,
            share,
        )
        for place, (label, kind, choices, words, share) in enumerate(FIELDS, 1)
    ]
    tags = [
        (
            ground.store.sink(Tag).add(
                public_id=public_id(chance), name=name, folded=fold(name), **made
            ),
            share,
        )
        for name, share in TAGS
    ]
    values, carried = ground.store.sink(OwnValue), ground.store.sink(PersonTag)
    for number, person_id in enumerate(ground.person_ids):
        for field_id, kind, choices, share in fields:
            if chance.random() < share:
                value = (
                    chance.choice(choices)
                    if choices
                    else f"https://instagram.example/m{number}"
                    if kind is OwnKind.LINK
                    else chance.choice(WORK)
                )
                values.add(
                    person_id=person_id,
                    field_id=field_id,
                    value=value,
                    changed_at=began,
                    changed_by=by,
                )
        for tag_id, share in tags:
            if chance.random() < share:
                carried.add(person_id=person_id, tag_id=tag_id, put_at=began, put_by=by)
        _tie(ground, number, chance.random(), chance.random())


def _tie(ground: Ground, number: int, luck: float, far: float) -> None:
    """One who joined earlier in the same club is a friend, a colleague, or brought him along."""
    earlier = number - 1 - int(far * 20)
    if earlier < 0 or ground.lives[earlier].town != ground.lives[number].town:
        return
    for kind, share in TIES:
        if luck < share:
            one, other = ground.person_ids[number], ground.person_ids[earlier]
            if kind is not TieKind.REFERRED_BY and one > other:
                one, other = other, one
            ground.store.sink(Tie).add(
                person_id=one,
                other_id=other,
                kind=kind,
                note="",
                made_at=ground.order.moment,
                made_by=ground.actor("manager"),
            )
            return
        luck -= share
