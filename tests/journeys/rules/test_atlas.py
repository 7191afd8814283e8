"""Where everything stands in the picture of the journey."""

from clubcrm.journeys.rules.atlas import COLUMNS, Move, atlas_of


def test_every_stage_has_a_box_and_boxes_do_not_overlap():
    atlas = atlas_of([], {})

    assert [node.key for node in atlas.nodes] == [key for key, _width in COLUMNS]
    for left, right in zip(atlas.nodes, atlas.nodes[1:], strict=False):
        assert left.x + left.width < right.x


def test_the_widest_ribbon_belongs_to_the_largest_move_and_a_single_person_is_still_seen():
    atlas = atlas_of([Move("active", "at_risk", 200), Move("at_risk", "lapsed", 1)], {})

    assert [(one.move.people, one.width) for one in atlas.ribbons] == [(200, 20), (1, 2)]


def test_moves_to_the_right_run_above_the_boxes_and_moves_back_run_below():
    atlas = atlas_of([Move("active", "at_risk", 5), Move("at_risk", "active", 3)], {})

    ahead, back = atlas.ribbons
    assert (ahead.is_back, ahead.label_y < 134) == (False, True)
    assert (back.is_back, back.label_y > 134 + 62) == (True, True)


def test_ribbons_that_meet_at_a_box_touch_it_at_different_places_and_do_not_cross():
    near, far = Move("regular", "at_risk", 5), Move("adaptation", "at_risk", 5)
    atlas = atlas_of([near, far], {})

    ends = {one.move: int(one.path.split()[-2]) for one in atlas.ribbons}
    assert ends[near] < ends[far]


def test_a_move_to_a_place_that_is_not_drawn_is_left_to_the_table():
    assert atlas_of([Move("active", "elsewhere", 5)], {}).ribbons == ()


def test_a_move_may_land_at_another_box_than_its_name():
    atlas = atlas_of([Move("renewal", "renewed", 4, lands="active")], {})

    assert atlas.ribbons[0].is_back


def test_stations_hang_below_their_stage_on_one_line_and_the_picture_is_high_enough():
    atlas = atlas_of([], {"active": ("J08", "J09", "J10")})

    active = next(node for node in atlas.nodes if node.key == "active")
    assert {pin.x for pin in atlas.pins} == {active.x + 20}
    assert [pin.y for pin in atlas.pins] == sorted({pin.y for pin in atlas.pins})
    assert [(pin.first, pin.last) for pin in atlas.pins] == [
        (True, False),
        (False, False),
        (False, True),
    ]
    assert atlas.height > atlas.pins[-1].y + 40
