"""What a glass takes from the shelf."""

import pytest

from bar_inventory.catalogue.rules import (
    Explosion,
    Need,
    Part,
    ProductFacts,
    Swap,
    Wish,
    explode,
    goes_into_itself,
    servings,
)

POWDER, MILK, OATS, SHAKE, CAKE, FLOUR, SYRUP, LATTE, WATER = range(1, 10)
SHELF = {POWDER: 300, MILK: 1000, OATS: 1000, FLOUR: 5000}
BOOK = {one: ProductFacts(one, stocked=True) for one in (POWDER, MILK, OATS, FLOUR)} | {
    WATER: ProductFacts(WATER, stocked=True, below_zero=True),
    SHAKE: ProductFacts(
        SHAKE,
        stocked=False,
        parts=(Part(POWDER, 30), Part(MILK, 300, substitutes=((OATS, 320),))),
        wishes=(Wish(1, MILK, OATS), Wish(2, None, POWDER, 15), Wish(3, POWDER, None)),
    ),
    SYRUP: ProductFacts(SYRUP, stocked=False, yield_units=500, parts=(Part(FLOUR, 333),)),
    LATTE: ProductFacts(LATTE, stocked=False, parts=(Part(SYRUP, 20), Part(MILK, 180, 1000))),
}


def takes(product: int, units: int = 1, wishes: tuple[int, ...] = (), **left: int) -> Explosion:
    shelf = SHELF | {{"powder": POWDER, "milk": MILK, "oats": OATS}[k]: v for k, v in left.items()}
    return explode(product, units, BOOK, shelf, wishes)


@pytest.mark.parametrize(
    ("units", "wishes", "needs"),
    [
        (1, (), {POWDER: 30, MILK: 300}),
        (3, (), {POWDER: 90, MILK: 900}),
        (1, (1,), {POWDER: 30, OATS: 300}),
        (1, (2,), {POWDER: 45, MILK: 300}),
        (1, (3,), {MILK: 300}),
        (1, (1, 1), {POWDER: 30, OATS: 300}),
        (2, (1, 2), {POWDER: 90, OATS: 600}),
    ],
)
def test_a_shake_takes_its_ingredients(units, wishes, needs):
    told = takes(SHAKE, units, wishes)

    assert {need.product_id: need.units for need in told.needs} == needs
    assert told.missing == ()


def test_what_is_out_is_replaced_and_said():
    told = takes(SHAKE, milk=299)

    assert told.needs == (Need(POWDER, 30), Need(OATS, 320))
    assert told.swaps == (Swap(MILK, OATS),)


def test_one_ingredient_out_and_none_to_stand_in_sells_it_out():
    assert takes(SHAKE, powder=29) == Explosion(missing=(POWDER,))
    assert takes(SHAKE, milk=0, oats=319) == Explosion(missing=(MILK,))


def test_two_parts_share_one_shelf():
    assert takes(SHAKE, 1, (2,), powder=44) == Explosion(missing=(POWDER,))
    assert takes(SHAKE, 1, (2,), powder=45).missing == ()


def test_a_nested_recipe_takes_a_share_of_its_batch_and_waste_is_taken_too():
    """20 of 500 ml of syrup take 333 * 20 / 500 = 13.32 g; 180 ml with a tenth lost take 200."""
    assert takes(LATTE).needs == (Need(MILK, 200), Need(FLOUR, 13))
    assert takes(LATTE, 5).needs == (Need(MILK, 1000), Need(FLOUR, 67))


def test_a_stocked_product_takes_itself_and_may_go_below_zero_only_where_it_is_allowed():
    assert explode(MILK, 5, BOOK, {MILK: 5}).needs == (Need(MILK, 5),)
    assert explode(MILK, 6, BOOK, {MILK: 5}).missing == (MILK,)
    assert explode(WATER, 6, BOOK, {}).needs == (Need(WATER, 6),)


def test_a_product_without_recipe_and_shelf_takes_nothing():
    towel = {1: ProductFacts(1, stocked=False)}

    assert explode(1, 2, towel, {}) == Explosion()
    assert servings(1, towel, {}) is None


def test_a_wish_of_another_recipe_is_refused():
    with pytest.raises(LookupError):
        takes(SHAKE, wishes=(99,))


@pytest.mark.parametrize(
    ("product", "left", "count"),
    [
        (SHAKE, {}, 6),  # 1000 // 300 from milk and 1000 // 320 from oats
        (SHAKE, {POWDER: 59}, 1),
        (SHAKE, {MILK: 0, OATS: 0}, 0),
        (LATTE, {}, 5),
        (WATER, {}, None),
        (MILK, {MILK: -3}, 0),
    ],
)
def test_how_many_can_be_handed_over(product, left, count):
    assert servings(product, BOOK, SHELF | left) == count


def test_a_recipe_that_would_contain_itself_is_seen():
    made_of = {2: {3}, 3: {4, 1}}

    assert goes_into_itself(1, [2], made_of)
    assert goes_into_itself(1, [1], made_of)
    assert not goes_into_itself(5, [2], made_of)
