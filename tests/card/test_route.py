from itertools import pairwise

from clubcrm.card.route import Stop, _apart


def test_names_on_the_line_never_run_into_each_other():
    stops = [
        Stop(12, "stop-done", "start", ""),
        Stop(830, "stop-next", "Early-bird and report", ""),
        Stop(905, "stop-next", "Renewal call", ""),
        Stop(952, "stop-next", "One-tap payment", ""),
        Stop(988, "", "end", ""),
    ]

    shown = [stop for stop in _apart(stops) if stop.label]

    assert [stop.label for stop in shown] == ["start", "Early-bird and report", "end"]
    spans = [stop.span for stop in shown]
    assert all(left[1] <= right[0] for left, right in pairwise(spans))
    assert (spans[0][0], spans[-1][1]) == (12, 988), "names at the ends are written inwards"
