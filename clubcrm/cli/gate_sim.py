"""`clubcrm gate-sim`: a terminal that speaks the ZKTeco push dialect over real HTTP."""

import json
import os
import signal
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from threading import Event

import click

from access_control.simulator.clock import DeviceClock
from access_control.simulator.line import Line
from access_control.simulator.memory import TerminalMemory
from access_control.simulator.quirks import Quirks
from access_control.simulator.replay import Columns, read_recording
from access_control.simulator.run import Shift
from access_control.simulator.tally import Tally
from access_control.simulator.terminal import Make, Terminal
from access_control.simulator.traffic import Traffic
from clubcrm.core.clock import now

REPLAY_MINUTES = 30.0
EXAMPLE = """
\b
Examples:
  clubcrm gate-sim --device DEMO1 --url http://127.0.0.1:8000 --rate 6 --pins 1001-1600
  clubcrm gate-sim --device DEMO1 --url http://127.0.0.1:8000 --replay visits.csv --club 3
"""


@dataclass(frozen=True, slots=True)
class Order:
    """What the command line asks of the terminal."""

    device: str
    url: str
    rate: float
    minutes: float | None
    pins: list[str]
    strangers: float
    leavers: float
    seed: int
    replay: tuple[Path, ...]
    columns: Columns
    club: str | None


class PinList(click.ParamType[list[str]]):
    """`1-600`, `7,8,12` or `@file` with one PIN a line."""

    name = "pins"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> list[str]:
        """Every PIN named, in the order given."""
        text = str(value)
        if text.startswith("@"):
            try:
                return Path(text[1:]).read_text(encoding="utf-8").split()
            except OSError as cause:
                self.fail(f"{text[1:]} cannot be read ({cause.strerror})", param, ctx)
        pins: list[str] = []
        for piece in filter(None, text.split(",")):
            first, dash, last = piece.partition("-")
            if dash and first.isdigit() and last.isdigit():
                pins.extend(str(number) for number in range(int(first), int(last) + 1))
            else:
                pins.append(piece)
        return pins


@click.command(name="gate-sim", epilog=EXAMPLE)
@click.option("--device", required=True, help="Serial number of the terminal.")
@click.option("--url", required=True, help="Address of the server, as typed into a terminal.")
@click.option("--rate", type=click.FloatRange(min=0), default=6.0, help="Passages a minute.")
@click.option("--minutes", type=click.FloatRange(min=0), help="Stop after so long; else never.")
@click.option(
    "--pins", type=PinList(), help="Who passes: 1-600, 7,8,9 or @file; else the users it knows."
)
@click.option("--strangers", type=click.FloatRange(0, 1), default=0.02, help="Share unknown.")
@click.option("--leavers", type=click.FloatRange(0, 1), default=0.0, help="Share of way-out taps.")
@click.option("--seed", type=int, default=1, help="The same seed sends the same people.")
@click.option(
    "--replay",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    multiple=True,
    help="Send a CSV of visits as a stored backlog instead of traffic.",
)
@click.option("--columns", default="", help="pin=member,at=started_at,club=club,status=status")
@click.option("--club", help="Only rows of this club in the replayed file.")
@click.option("--memory", type=click.Path(path_type=Path), help="Folder the terminal keeps.")
@click.option("--quirk", multiple=True, type=click.Choice(Quirks.names()), help="Odd firmware.")
@click.option("--pushver", default="2.4.1", help="Protocol version the terminal claims.")
@click.option("--skew", type=float, default=0.0, help="Seconds the terminal's clock is wrong.")
@click.option("--json", "as_json", is_flag=True, help="Figures as JSON on stdout.")
def gate_sim(  # noqa: PLR0913 - one argument per option of the command
    device: str,
    url: str,
    rate: float,
    minutes: float | None,
    pins: list[str] | None,
    strangers: float,
    leavers: float,
    seed: int,
    replay: tuple[Path, ...],
    columns: str,
    club: str | None,
    memory: Path | None,
    quirk: tuple[str, ...],
    pushver: str,
    skew: float,
    as_json: bool,
) -> None:
    """Act as a turnstile terminal: let people pass, or replay a file of visits."""
    quirks = Quirks.named(quirk)
    kept = TerminalMemory(_memory_file(memory, device))
    passing = pins or list(kept.people()) or [str(number) for number in range(1, 21)]
    try:
        line = Line(url, device, quirks)
        order = Order(
            device, url, rate, minutes, passing, strangers, leavers, seed, replay,
            Columns.parse(columns), club,
        )  # fmt: skip
    except ValueError as cause:
        kept.close()
        raise click.UsageError(str(cause)) from cause
    clock = DeviceClock(now, timedelta(seconds=skew))
    try:
        tally = _work(order, Terminal(line, kept, clock, Make(pushver=pushver, quirks=quirks)))
    finally:
        kept.close()
    click.echo(json.dumps(tally.as_dict()) if as_json else f"{device}: {tally.sentence()}")
    if tally.waiting:
        raise SystemExit(1)


def _memory_file(folder: Path | None, device: str) -> Path:
    kept_in = folder or Path(os.environ.get("CLUBCRM_DATA_DIR", "var")) / "terminals"
    name = "".join(letter if letter.isalnum() or letter in "-_" else "_" for letter in device)
    return kept_in / f"{name}.sqlite"


def _work(order: Order, terminal: Terminal) -> Tally:
    stopped = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    shift = Shift(terminal, now, stopped.wait)
    if order.replay:
        return _replay(order, terminal, shift)
    until = now() + timedelta(minutes=order.minutes) if order.minutes is not None else None
    if not order.rate:
        return shift.stand_by(until or datetime.max.replace(tzinfo=now().tzinfo))
    traffic = Traffic(order.pins, order.rate, Random(order.seed))  # noqa: S311 - no secret
    traffic.strangers, traffic.leavers = order.strangers, order.leavers
    return shift.open_doors(traffic, until)


def _replay(order: Order, terminal: Terminal, shift: Shift) -> Tally:
    for path in order.replay:
        try:
            recording = read_recording(path, order.columns, order.club)
        except (ValueError, UnicodeDecodeError) as cause:
            raise click.UsageError(f"{path.name}: {cause}") from cause
        terminal.load(recording.punches)
        terminal.tally.skipped_rows += recording.skipped
    return shift.empty_memory(now() + timedelta(minutes=order.minutes or REPLAY_MINUTES))
