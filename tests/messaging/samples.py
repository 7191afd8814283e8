"""Values of every placeholder of a believable member, for looks at the texts we ship."""

from datetime import date

from clubcrm.core.clubs import Club
from clubcrm.messaging.rules.placeholders import LINKS
from clubcrm.messaging.samples import sample_values

TODAY = date(2026, 11, 20)
CLUB = Club(name="Dhanmondi", zone="Asia/Dhaka", currency="BDT", locale="en", country="BD")
CAUSE = {
    "amount": "৳2,500.00",
    "what": "Annual",
    "reason": "the bank did not say why.",
    "what_next": "We will try the card again on 23 Nov.",
    "access_until": "27 Nov 2026",
    "pay_link": "https://club.example/pay/Zk3xQ9",
    "link": "https://club.example/w/Zk3xQ9",
    "until": "27 Nov 2026",
    "class": "Yoga",
    "when": "Fri 27 Nov 18:00",
    "number": "2026-0042",
    "asked_on": "20 Nov 2026",
    "what_happens": "Your last day is 31 Dec 2026.",
    "money": "Nothing more will be charged.",
    "first_day": "1 Dec 2026",
    "answer": "Yes, until the end of March.",
    "subject": "Towels",
    "mark": "[#T-42]",
    "due": "today 18:00",
    "ticket_link": "https://club.example/t/Zk3xQ9",
}


def sample_fields(language: str) -> dict[str, str]:
    """Return a value for every placeholder that a shipped text may hold."""
    links = dict.fromkeys(LINKS, "https://club.example/my/Zk3xQ9")
    return {**sample_values(CLUB, TODAY, language), **CAUSE, **links}
