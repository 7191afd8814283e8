"""A call is what all its events tell, in whatever order they came."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from clubcrm.tickets.rules.ami import action, cut_blocks, extension_in, parse_block, told_by
from clubcrm.tickets.rules.pbx import read_3cx, read_event, seconds_in
from clubcrm.tickets.rules.phone import (
    CallDirection,
    CallState,
    Disposition,
    PhoneFact,
    PhoneKind,
    call_of,
)

AT = datetime(2026, 3, 20, 6, 0, tzinfo=UTC)
TRUNKS = frozenset({"from-trunk"})


def fact(kind: PhoneKind, second: int, extension: str = "", **more: str) -> PhoneFact:
    return PhoneFact(kind, AT + timedelta(seconds=second), extension, **more)


BEGIN = PhoneFact(PhoneKind.BEGIN, AT, "", "01711000001", CallDirection.IN)
GROUP = [
    BEGIN,
    fact(PhoneKind.RING, 1, "101"),
    fact(PhoneKind.RING, 1, "102"),
    fact(PhoneKind.LEG_END, 9, "101", outcome="no_answer"),
    fact(PhoneKind.ANSWER, 10, "102"),
    fact(PhoneKind.END, 70),
]


def test_one_answer_of_a_ring_group_wins_in_whatever_order_it_is_told() -> None:
    shapes = {call_of(order) for order in (GROUP, GROUP[::-1], GROUP[3:] + GROUP[:3])}

    (shape,) = shapes
    assert (shape.disposition, shape.extension) == (Disposition.ANSWERED, "102")
    assert (shape.state, shape.ringing) == (CallState.ENDED, ())
    assert shape.answered_at == AT + timedelta(seconds=10)


def test_telephone_that_gave_up_rings_no_more() -> None:
    assert call_of(GROUP[:3]).ringing == ("101", "102")
    assert call_of(GROUP[:4]).ringing == ("102",)
    assert call_of(GROUP[:5]).ringing == ()


@pytest.mark.parametrize(
    ("direction", "outcome", "disposition"),
    [
        (CallDirection.IN, "no_answer", Disposition.MISSED),
        (CallDirection.IN, "busy", Disposition.MISSED),
        (CallDirection.OUT, "busy", Disposition.BUSY),
        (CallDirection.OUT, "no_answer", Disposition.NO_ANSWER),
    ],
)
def test_call_without_an_answer_is_missed_only_when_it_came_in(
    direction: CallDirection, outcome: str, disposition: Disposition
) -> None:
    facts = [
        PhoneFact(PhoneKind.BEGIN, AT, "", "01711", direction),
        fact(PhoneKind.LEG_END, 5, "101", outcome=outcome),
        fact(PhoneKind.END, 6),
    ]

    assert call_of(facts).disposition is disposition


@pytest.mark.parametrize("number", ["", "anonymous", "<unknown>", "Unknown"])
def test_withheld_number_is_nobodys(number: str) -> None:
    assert call_of([PhoneFact(PhoneKind.BEGIN, AT, "", number)]).number == ""


def ami(event: str, **fields: str) -> dict[str, str]:
    return {"Event": event, "Linkedid": "1.1", "Uniqueid": "1.1"} | fields


def test_events_of_asterisk_tell_one_missed_call() -> None:
    events = [
        ami("Newchannel", Context="from-trunk", CallerIDNum="01711000001", Exten="s"),
        ami("Newchannel", Uniqueid="1.2", Context="from-internal", Channel="PJSIP/101-0000001a"),
        ami("DialBegin", DestUniqueid="1.2", DestChannel="PJSIP/101-0000001a"),
        ami("VarSet", Variable="MIXMONITOR_FILENAME", Value="/rec/a.wav"),
        ami("DialEnd", DestUniqueid="1.2", DestChannel="PJSIP/101-0000001a", DialStatus="NOANSWER"),
        ami("Hangup", Uniqueid="1.2", Cause="19"),
        ami("Hangup", Cause="19"),
        ami("PeerStatus"),
        {"Event": "FullyBooted"},
    ]
    told = [told_by(one, TRUNKS, AT) for one in events]

    kinds = [one.fact.kind if one else None for one in told]
    shape = call_of(one.fact for one in told if one)

    assert kinds == [
        PhoneKind.BEGIN,
        None,
        PhoneKind.RING,
        PhoneKind.RECORD,
        PhoneKind.LEG_END,
        None,
        PhoneKind.END,
        None,
        None,
    ]
    assert (shape.disposition, shape.number) == (Disposition.MISSED, "01711000001")
    assert shape.recording == "/rec/a.wav"
    assert len({one.key for one in told if one}) == 5


def test_blocks_are_cut_where_the_line_cuts_them_too() -> None:
    whole = b"Event: A\r\nX: 1:2\r\n\r\nEvent: B\r\n"

    first, rest = cut_blocks(whole)
    second, empty = cut_blocks(rest + b"\r\n")

    assert [parse_block(one) for one in first] == [{"Event": "A", "X": "1:2"}]
    assert [parse_block(one)["Event"] for one in second] == ["B"]
    assert (empty, cut_blocks(b"x" * 100_000)) == (b"", ([], b""))


def test_value_cannot_smuggle_a_second_action() -> None:
    sent = action("Originate", (("Exten", "017\r\nAction: Command"),))

    assert sent == b"Action: Originate\r\nExten: 017\r\n\r\n"


@pytest.mark.parametrize(
    ("channel", "extension"),
    [("PJSIP/101-0000001a", "101"), ("SIP/2001", "2001"), ("PJSIP/trunk-01", ""), ("", "")],
)
def test_extension_stands_in_the_name_of_the_channel(channel: str, extension: str) -> None:
    assert extension_in(channel) == extension


def test_event_of_any_system_is_read_and_others_are_not() -> None:
    told = read_event(
        {
            "call_id": "c1",
            "event": "Ringing",
            "extension": "101",
            "at": "2026-03-20T12:00:00+06:00",
        },
        AT + timedelta(hours=1),
    )

    assert told is not None
    assert (told.key, told.fact) == ("c1:ringing:101", PhoneFact(PhoneKind.RING, AT, "101"))
    assert read_event({"call_id": "c1", "event": "weather"}, AT) is None
    assert read_event({"event": "ring"}, AT) is None


def test_report_of_3cx_tells_a_whole_call() -> None:
    fields = {
        "CallType": "Inbound",
        "Number": "01711000001",
        "Agent": "101",
        "Duration": "00:01:15",
        "CallStartTimeUTC": "2026-03-20T06:00:00Z",
    }

    shape = call_of(one.fact for one in read_3cx(fields, AT))
    missed = call_of(one.fact for one in read_3cx({**fields, "CallType": "Missed"}, AT))

    assert (shape.disposition, shape.ended_at) == (
        Disposition.ANSWERED,
        AT + timedelta(seconds=75),
    )
    assert missed.disposition is Disposition.MISSED
    assert read_3cx({"CallType": "Fax"}, AT) == []


@pytest.mark.parametrize(("text", "seconds"), [("75", 75), ("1:15", 75), ("x", 0), ("", 0)])
def test_duration_is_read_in_seconds_or_as_a_clock(text: str, seconds: int) -> None:
    assert seconds_in(text) == seconds


def test_group_of_two_telephones_is_one_answered_call_as_a_manager_interface_sent_it() -> None:
    # What the server asterisk-ami-test-server 0.1.4 sent after the login, byte for byte.
    raw = (Path(__file__).parent / "ami" / "answered_of_two.txt").read_bytes()

    blocks: list[bytes] = []
    rest = b""
    for place in range(0, len(raw), 97):  # the line cuts where it likes
        whole, rest = cut_blocks(rest + raw[place : place + 97])
        blocks += whole
    told = [told_by(parse_block(one), TRUNKS, AT) for one in blocks]
    shape = call_of(one.fact for one in told if one)

    assert (rest, len(blocks), {one.call_ref for one in told if one}) == (
        b"",
        13,
        {"1774245480.21"},
    )
    assert (shape.direction, shape.number, shape.extension) == ("in", "01711000777", "101")
    assert (shape.state, shape.disposition) == ("ended", "answered")
    assert shape.recording == "/var/spool/asterisk/monitor/one.wav"
