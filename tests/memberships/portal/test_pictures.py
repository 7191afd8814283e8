import math

from memberships.portal.pictures import INNER, MIDDLE, bars, ring, spots


def test_rays_stand_on_a_circle_and_grow_with_the_week():
    rays = ring([0, 1, 4, 7])

    assert [ray.count for ray in rays] == [0, 1, 4, 7]
    lengths = [math.hypot(ray.x2 - ray.x1, ray.y2 - ray.y1) for ray in rays]
    assert lengths == sorted(lengths)
    assert [round(one) for one in lengths] == [0, 12, 33, 54]
    for ray in rays:
        assert math.isclose(math.hypot(ray.x1 - MIDDLE, ray.y1 - MIDDLE), INNER, abs_tol=0.2)
    assert rays[0].x1 > MIDDLE > rays[-1].x1


def test_rays_pass_through_all_hues_and_none_beyond():
    assert {ray.hue for ray in ring([1] * 52)} == set(range(8))
    assert ring([]) == []


def test_bars_fill_the_height_only_where_there_is_something():
    shown = bars([0, 2, 4], 90, 30)

    assert [(bar.height, bar.is_top) for bar in shown] == [
        (2.0, False),
        (15.0, False),
        (30.0, True),
    ]
    assert not any(bar.is_top for bar in bars([0, 0], 90, 30))


def test_spots_grow_with_area_and_an_empty_week_has_none_on_top():
    shown = spots([(0, 1), (4, 0)], 38, 28)

    assert [spot.radius for spot in shown] == [1.6, 7.1, 12.5, 1.6]
    assert [spot.is_top for spot in shown] == [False, False, True, False]
    assert not any(spot.is_top for spot in spots([(0, 0)], 38, 28))
