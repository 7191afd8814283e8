"""Members whose company pays: how they are named on invoices."""

from datetime import timedelta

from clubcrm.seed.ground import Ground, instant
from memberships.billing.buyer_tables import BuyerDetail

EVERY, FIRST = 90, 4
COMPANIES = ("Padma Textiles", "Meghna Foods", "Northern Light Studio", "Delta Logistics")
STREETS = ("Road 27", "Lake Circus 14", "Hill Street 3", "Market Lane 9")


def name_buyers(ground: Ground) -> None:
    """One member in ninety has invoices made out to a company, from its joining on."""
    for number in range(FIRST, len(ground.lives), EVERY):
        life = ground.lives[number]
        town = ground.calendars[life.town].town
        place = number // EVERY
        joined = instant(ground.calendars[life.town].second(life.joined, 600))
        ground.store.sink(BuyerDetail).add(
            person_id=ground.person_ids[number],
            name=COMPANIES[place % len(COMPANIES)],
            tax_id=_tax_id(town.country, number),
            address=f"{STREETS[place % len(STREETS)]}\n{town.name}",
            by=ground.actor("desk"),
            at=min(joined, ground.order.moment - timedelta(minutes=1)),
        )


def _tax_id(country: str, number: int) -> str:
    forms = {"BD": f"{100_000_000 + number:09d}-0101", "NP": f"{300_000_000 + number:09d}"}
    return forms.get(country, f"{country} {200_000_000 + number}")
