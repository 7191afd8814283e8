"""Who drinks what: the usual of a member is what he bought most often, three times at least."""

from bar_inventory.catalogue.models import Product
from clubcrm.campaigns.rules.tree import Condition, Group, Join
from clubcrm.campaigns.segment_queries import count_people
from clubcrm.core.db import db
from clubcrm.people.rules.trait_kinds import Op
from clubcrm.people.traits import Ground
from tests.bar_inventory.conftest import bar, noon
from tests.bar_inventory.sales.conftest import till

__all__ = ["bar", "noon", "till"]


def test_the_usual_is_bought_most_often_and_three_times_at_least(till):
    here = Ground(till.bar.club, till.shift.opened_at.date(), "Asia/Dhaka", "BDT")
    water, shake = (
        db.session.get_one(Product, one).public_id for one in (till.bar.water, till.bar.shake)
    )

    def fits(trait: str, product: str, op: Op = Op.ANY_OF) -> int:
        return count_people(Group(Join.ALL, (Condition(trait, op, (product,), 30),)), here)

    till.sell(till.line("water", 2), cash=6_000, person=till.mia)
    assert (fits("usual_drink", water), fits("bought", water)) == (0, 1)

    till.sell(till.line("water"), till.line("shake", 4), cash=103_000, person=till.mia)
    till.sell(till.line("water", 9), cash=27_000)
    assert (fits("usual_drink", water), fits("usual_drink", shake)) == (0, 1)
    assert fits("usual_drink", shake, Op.NONE_OF) == 0

    spent = Condition("bar_spent", Op.AT_LEAST, ("109000",), 30)
    twice = Condition("bar_sales", Op.EQUALS, ("2",), 30)
    assert count_people(Group(Join.ALL, (spent, twice)), here) == 1
