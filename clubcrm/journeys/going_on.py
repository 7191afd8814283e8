"""Handlers room: who goes on for another term has it in writing, once per renewal."""

from datetime import timedelta

from flask_babel import force_locale
from flask_babel import gettext as _

from clubcrm.core import clock, formats
from clubcrm.messaging.api import Order, queue
from clubcrm.people.models import Purpose
from memberships.api import renewal_news
from memberships.events import ContractRenewed

CODE = "X7"
KEPT_FOR = timedelta(days=7)


def on_contract_renewed(fact: ContractRenewed) -> None:
    """The member has a letter with plan, days and price of the next term."""
    news = renewal_news(fact.contract_id)
    if news is None:
        return
    with force_locale(news.language):
        until = ""
        if fact.ends_on is not None:
            until = _(" until %(day)s", day=formats.day(fact.ends_on))
        fields = {
            "plan": news.plan_name,
            "number": news.number,
            "first_day": formats.day(fact.starts_on),
            "until": until,
            "price": formats.money(fact.price_minor, news.currency),
        }
    queue(
        Order(
            dedupe_key=f"{CODE}:{fact.contract_id}",
            club_id=news.club_id,
            person_id=fact.person_id,
            code=CODE,
            purpose=Purpose.SERVICE,
            not_before=clock.now(),
            expires_at=clock.now() + KEPT_FOR,
            fields=fields,
        )
    )
