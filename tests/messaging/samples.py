"""Values of every placeholder of a believable member, for looks at the texts we ship."""

from datetime import date, timedelta

from clubcrm.messaging.rules.placeholders import LINKS, MEMBER
from clubcrm.messaging.rules.story import Story, Term, Units
from clubcrm.messaging.values import values_of

TODAY = date(2026, 11, 20)
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
}


def sample_story() -> Story:
    """Return a member who came twice a week for a year, mostly on Tuesdays at six."""
    days = [TODAY - timedelta(days=3 + 7 * week) for week in range(48)]
    return Story(
        person_id=1,
        given_name="Mina",
        family_name="Rahman",
        club="Dhanmondi",
        today=TODAY,
        hours=(None,) * 7,
        term=Term("Annual", 2_500_000, "BDT", date(2025, 12, 1), date(2026, 11, 30)),
        visit_days=sorted(days),
        entered=[(1, 18)] * 12,
        units=Units(2, date(2026, 12, 15)),
        trainer="Tara",
        activity="Boxing",
        starts_again=date(2026, 12, 1),
        reason="price",
    )


def sample_fields(language: str) -> dict[str, str]:
    """Return a value for every placeholder that a shipped text may hold."""
    links = dict.fromkeys(LINKS, "https://club.example/my/Zk3xQ9")
    return {**CAUSE, **links, "by_day": "27 Nov", **values_of(sample_story(), MEMBER, language)}
