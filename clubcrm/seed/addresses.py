"""Where the members of the demo clubs live: houses of a few streets in the club's town."""

from clubcrm.people.address_tables import PostalAddress
from clubcrm.people.rules.postal import Address, place_key
from clubcrm.seed.ground import Ground
from clubcrm.seed.towns import TOWNS

SHARE = 0.35
# By country: town, region, postal codes, streets with a place for the number of the house.
PLACES = {
    "BD": ("Dhaka", "", ("1212", "1209", "1205"), ("House {}, Road 11, Banani", "{} Satmasjid Rd")),
    "NP": ("Kathmandu", "", ("44600", "44601"), ("{} Thamel Marg", "{} Lazimpat Road")),
    "KZ": ("Алматы", "", ("050012", "050059"), ("пр. Абая, {}", "ул. Фурманова, {}")),
    "DE": ("Berlin", "", ("10115", "10437"), ("Invalidenstraße {}", "Kastanienallee {}")),
}


def settle(ground: Ground) -> None:
    """Every third member has told where letters to him go."""
    chance, by = ground.order.chance("addresses"), ground.actor("desk")
    known = ground.store.sink(PostalAddress)
    for number, person_id in enumerate(ground.person_ids):
        # Even the smallest club knows where somebody lives.
        if chance.random() >= SHARE and number:
            continue
        country = TOWNS[ground.lives[number].town].country
        city, region, codes, streets = PLACES[country]
        address = Address(
            country,
            chance.choice(streets).format(chance.randrange(1, 180)),
            city=city,
            region=region,
            postal_code=chance.choice(codes),
        )
        known.add(
            person_id=person_id,
            country=country,
            street=address.street,
            city_area="",
            city=city,
            region=region,
            postal_code=address.postal_code,
            sorting_code="",
            place_key=place_key(address),
            by=by,
            at=ground.order.moment,
        )
