"""The terminal itself: hello, heartbeat, uploads, commands; never loses a punch."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from access_control.simulator.clock import DeviceClock
from access_control.simulator.commands import Command, execute, parse_commands
from access_control.simulator.line import Line, LineDownError, Reply
from access_control.simulator.memory import Punch, TerminalMemory
from access_control.simulator.options import TerminalOptions, parse_options
from access_control.simulator.quirks import Quirks
from access_control.simulator.tally import Tally

POLLS_BETWEEN_INFO = 10
EVERYTHING = ("", "none", "0")
USER_WORDS = {"EnrollUser", "ChgUser"}


@dataclass(frozen=True, slots=True)
class Make:
    """What kind of unit this is."""

    pushver: str = "2.4.1"
    firmware: str = "Ver 8.0.4.2"
    address: str = "192.168.1.201"
    batch_lines: int = 500
    quirks: Quirks = field(default_factory=Quirks)


class Terminal:
    """One simulated terminal; call `step` whenever `next_due` has come."""

    def __init__(
        self, line: Line, memory: TerminalMemory, clock: DeviceClock, make: Make | None = None
    ) -> None:
        self.tally = Tally()
        self.options = TerminalOptions()
        self._line = line
        self._memory = memory
        self._clock = clock
        self._make = make or Make()
        self._greeted = False
        self._resume_at = clock.now()
        self._next_poll = clock.now()
        self._next_catch_up = clock.now()
        self._upload_now = False
        self._clock.zone_minutes = int(memory.setting("zone_minutes") or 0)
        self._memory.put_operation(f"OPLOG 0\t0\t{clock.wall_text()}\t0\t0\t0\t0")

    def punch(self, pin: str, status: int = 0, verify: int = 1) -> None:
        """Somebody identified himself: the passage is stored and, in real time, sent at once."""
        self.load([Punch(pin, self._clock.wall_text(), status, verify)])
        self._upload_now = self._upload_now or self.options.realtime

    def load(self, punches: list[Punch]) -> None:
        """Passages that happened earlier are stored and go out with the next catch-up."""
        self.tally.punched += self._memory.keep(punches)
        self.tally.waiting = self._memory.waiting_count()

    def next_due(self) -> datetime:
        """The instant of the next thing to do."""
        if not self._greeted or self._upload_now:
            return self._resume_at
        return max(self._resume_at, min(self._next_poll, self._next_catch_up))

    def step(self) -> None:
        """Everything that is due now has been tried; a failure pauses the line for ErrorDelay."""
        if self._clock.now() < self._resume_at:
            return
        try:
            if not self._greeted:
                self._say_hello()
            if self._upload_now or self._catch_up_due():
                self._upload()
            if self._clock.now() >= self._next_poll:
                self._poll()
        except LineDownError as cause:
            self._pause(str(cause))
        self.tally.waiting = self._memory.waiting_count()

    def _pause(self, cause: str) -> None:
        self.tally.failures += 1
        self.tally.last_failure = cause
        self._greeted = False
        self._resume_at = self._clock.now() + timedelta(seconds=self.options.error_delay_s)

    def _say_hello(self) -> None:
        extra = {"DeviceType": "middle east"} if self._make.quirks.middle_east else {}
        reply = self._line.get(
            "cdata",
            options="all",
            pushver=self._make.pushver,
            language="69",
            PushOptionsFlag="1",
            **extra,
        )
        self.tally.hellos += 1
        self._greeted = True
        self._next_poll = self._next_catch_up = self._clock.now()
        told = parse_options(reply.body, self._make.pushver)
        if told is not None:
            self._follow(told, reply)

    def _follow(self, told: TerminalOptions, reply: Reply) -> None:
        self.options = told
        if told.zone_minutes is not None:
            self._clock.zone_minutes = told.zone_minutes
            self._memory.put_setting("zone_minutes", str(told.zone_minutes))
        self._clock.set_from(reply.date)
        stamp = (told.attlog_stamp or "").strip().lower()
        if stamp in EVERYTHING:
            self._memory.rewind_after(0)
        elif stamp.isdigit() and not self._make.quirks.stamp_9999:
            self._memory.rewind_after(int(stamp))
        if told.push_options:
            self._line.post("cdata", "~DeviceName=Simulated turnstile,LockCount=1", table="options")

    def _catch_up_due(self) -> bool:
        now = self._clock.now()
        if now < self._next_catch_up:
            return False
        pause = timedelta(minutes=max(1, self.options.catch_up_minutes))
        self._next_catch_up = now + pause
        wall = self._clock.wall()
        fixed = (datetime.combine(wall, moment) for moment in self.options.catch_up_times)
        return (
            self.options.realtime
            or self.options.catch_up_minutes > 0
            or any(timedelta() <= wall - moment < pause for moment in fixed)
        )

    def _upload(self) -> None:
        tables = self.options.tables
        self._upload_now = False
        if "AttLog" in tables:
            while batch := self._memory.waiting(self._make.batch_lines):
                self._send_punches(batch)
        if "OpLog" in tables or tables & USER_WORDS:
            self._send_operations()

    def _send_punches(self, batch: list[Punch]) -> None:
        quirks = self._make.quirks
        stamp = "9999" if quirks.stamp_9999 else str(batch[-1].stamp)
        ending = "\r\n" if quirks.crlf else "\n"
        body = ending.join(self._punch_line(punch) for punch in batch) + ending
        self._memory.mark_sent(batch)
        self.tally.batches += 1
        self.tally.sent += len(batch)
        self.tally.resent += sum(1 for punch in batch if punch.sent_times)
        body += "\0" if quirks.trailing_nul else ""
        self._taken(self._line.post("cdata", body, table="ATTLOG", Stamp=stamp))
        self._memory.mark_acknowledged(batch)
        self.tally.acknowledged += len(batch)

    def _punch_line(self, punch: Punch) -> str:
        quirks = self._make.quirks
        at = punch.at
        if quirks.epoch_times:
            wall = datetime.fromisoformat(at) - timedelta(minutes=self._clock.zone_minutes)
            at = str(int((wall - datetime(1970, 1, 1)).total_seconds()))  # noqa: DTZ001
        columns = [punch.pin, at]
        if not quirks.short_lines:
            columns += [str(punch.status), str(punch.verify), "0", "0", "0"]
        return "\t".join(columns) + ("\t" if quirks.trailing_tab else "")

    def _send_operations(self) -> None:
        if kept := self._memory.operations():
            body = "\n".join(line for _, line in kept) + "\n"
            last = kept[-1][0]
            self._taken(self._line.post("cdata", body, table="OPERLOG", Stamp=str(last)))
            self._memory.drop_operations(last)

    def _poll(self) -> None:
        with_info = self.tally.polls % POLLS_BETWEEN_INFO == 0
        query = {"INFO": self._information()} if with_info else {}
        reply = self._line.get("getrequest", **query)
        self.tally.polls += 1
        self._next_poll = self._clock.now() + timedelta(seconds=max(1, self.options.delay_s))
        self._clock.set_from(reply.date)
        for command in parse_commands(reply.body):
            self._run(command)
        self._report_results()

    def _run(self, command: Command) -> None:
        outcome = execute(command, self._memory)
        done = outcome.code >= 0
        self.tally.commands_run += done
        self.tally.commands_failed += not done
        self.tally.commands.append(command.text)
        if outcome.opens_door:
            self.tally.doors_opened += 1
        parts = [f"ID={command.command_id}", f"Return={outcome.code}", f"CMD={outcome.word}"]
        line = "\n".join([*parts, outcome.report]) if outcome.report else "&".join(parts)
        self._memory.put_result(command.command_id, line)
        self._upload_now = True
        if outcome.reboots:
            self._reboot()
        if outcome.says_hello:
            self._greeted = False

    def _reboot(self) -> None:
        self._greeted = False
        self._memory.put_operation(f"OPLOG 0\t0\t{self._clock.wall_text()}\t0\t0\t0\t0")
        if self._make.quirks.forgets_on_reboot:
            self._memory.rewind_after(0)

    def _report_results(self) -> None:
        short = {key: line for key, line in self._memory.results().items() if "\n" not in line}
        if short:
            self._taken(self._line.post("devicecmd", "\n".join(short.values()) + "\n"))
            self._memory.drop_results(short)
        for key, line in self._memory.results().items():
            self._taken(self._line.post("devicecmd", line + "\n"))
            self._memory.drop_results([key])

    def _information(self) -> str:
        make = self._make
        users, punches = len(self._memory.people()), self._memory.punch_count()
        return f"{make.firmware},{users},0,{punches},{make.address},10,7,0,0,11110"

    @staticmethod
    def _taken(reply: Reply) -> None:
        if not reply.body.strip().upper().startswith("OK"):
            raise LineDownError("answered 200 without OK")
