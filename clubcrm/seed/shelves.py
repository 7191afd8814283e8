"""The trainers beside the first one, and the packages that each club sells."""

from datetime import timedelta

from clubcrm.accounts.models import Role, User, UserClub
from clubcrm.seed.ground import Deed, Ground
from clubcrm.seed.order import public_id
from memberships.packages.models import PackageProduct, PackageVersion
from memberships.packages.terms import PackageTerms, Service, TrainerChoice
from memberships.trainers.models import TrainerProfile

SECOND_TRAINER = "Timur Aliev"
PRODUCTS: tuple[tuple[str, Service, int, int, int | None], ...] = (
    ("Five sessions", Service.PERSONAL, 5, 130, 60),
    ("Ten sessions", Service.PERSONAL, 10, 240, 90),
    ("Twenty sessions", Service.PERSONAL, 20, 440, 180),
    ("Ten sessions for two", Service.DUO, 10, 340, 120),
    ("Five massages", Service.MASSAGE, 5, 110, None),
)


def hire_trainers(ground: Ground) -> tuple[int, int]:
    """A second trainer works here, and both are described; returns their keys."""
    store, chance = ground.store, ground.order.chance("trainers")
    hired = ground.order.moment - timedelta(days=round(ground.order.years * 365) + 18)
    email = "trainer2@demo.example"
    second = store.sink(User).add(
        public_id=public_id(chance),
        name=SECOND_TRAINER,
        email=email,
        email_folded=email,
        role=Role.TRAINER,
        password_changed_at=hired,
        created_at=hired,
    )
    ground.staff["trainer2"] = second
    for club_id in ground.club_ids:
        store.sink(UserClub).add(user_id=second, club_id=club_id)
    kept = {"role": Role.TRAINER.value}
    unit = ground.unit("staff", "trainer2")
    ground.deeds.append(Deed(hired, "system", "user added", "user", second, kept, unit))
    first = ground.staff[Role.TRAINER.value]
    for user_id, headline in ((first, "Strength and mobility"), (second, "Running and recovery")):
        store.sink(TrainerProfile).add(user_id=user_id, headline=headline, created_at=hired)
    return first, second


def fill_shelf(ground: Ground, place: int) -> list[tuple[int, PackageTerms]]:
    """The packages one club sells, with the key of the version on sale."""
    chance, town = ground.order.chance("shelf", place), ground.calendars[place].town
    began = ground.order.moment - timedelta(days=round(ground.order.years * 365) + 25)
    shelf = []
    for name, service, units, percent, valid_days in PRODUCTS:
        price = town.unit_price_minor * percent // 100
        product_id = ground.store.sink(PackageProduct).add(
            public_id=public_id(chance),
            club_id=ground.club_ids[place],
            service=service,
            created_at=began,
        )
        ground.product_ids.setdefault(ground.club_ids[place], product_id)
        terms = PackageTerms(
            name, service, units, price, town.currency, valid_days, moves_with_freeze=units >= 10
        )
        version_id = ground.store.sink(PackageVersion).add(
            product_id=product_id,
            number=1,
            name=name,
            units=units,
            price_minor=price,
            currency=town.currency,
            valid_days=valid_days,
            moves_with_freeze=terms.moves_with_freeze,
            trainer_choice=TrainerChoice.ANY,
            created_at=began,
            created_by=ground.actor("owner"),
        )
        shelf.append((version_id, terms))
    return shelf
