"""What the terminal does with the commands it collects, and the result it reports.

Return codes as seen on hardware: 0 or a row count is success, -1 not supported,
-1002 wrong syntax, -1004 no such table on this model.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from access_control.simulator.memory import TerminalMemory

UNSUPPORTED = -1
SYNTAX = -1002
NO_TABLE = -1004


@dataclass(frozen=True, slots=True)
class Command:
    """One line of the server's answer to a poll."""

    command_id: str
    text: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a command: the number to report and what the terminal must do next."""

    code: int
    word: str
    opens_door: bool = False
    reboots: bool = False
    says_hello: bool = False
    report: str = ""


def parse_commands(body: str) -> Iterator[Command]:
    """The commands in an answer to a poll; `OK` and unreadable lines are none."""
    for line in body.splitlines():
        mark, _, rest = line.strip("\r\n\0").partition(":")
        number, colon, text = rest.partition(":")
        if mark.strip() == "C" and colon and number.strip().isdigit():
            yield Command(number.strip(), text)


def fields_of(text: str) -> dict[str, str]:
    """`PIN=12<TAB>Name=Rina` as a mapping with lower-case keys."""
    pairs = (piece.partition("=") for piece in text.split("\t"))
    return {key.strip().lower(): value for key, mark, value in pairs if mark}


def execute(command: Command, memory: TerminalMemory) -> Outcome:
    """The command has taken effect in the terminal's memory, or the outcome says why not."""
    verb, _, rest = command.text.strip().partition(" ")
    match verb.upper():
        case "DATA":
            return _data_command(rest, memory)
        case "AC_UNLOCK":
            return Outcome(0, "AC_UNLOCK", opens_door=True)
        case "CHECK":
            return Outcome(0, "CHECK", says_hello=True)
        case "REBOOT":
            return Outcome(0, "REBOOT", reboots=True)
        case "INFO":
            return Outcome(0, "INFO", report=_information(memory))
        case "SET" | "GET":
            return _option_command(verb.upper(), rest, memory)
        case "USER":
            return Outcome(SYNTAX, "USER")
        case other:
            return Outcome(UNSUPPORTED, other or "NONE")


def _data_command(text: str, memory: TerminalMemory) -> Outcome:
    words = text.split(None, 2)
    if len(words) < 2 or words[0].upper() not in ("UPDATE", "DELETE", "QUERY"):
        return Outcome(SYNTAX, "DATA")
    act, table = words[0].upper(), words[1].upper()
    fields = fields_of(words[2]) if len(words) > 2 else {}
    if (act, table) == ("QUERY", "ATTLOG"):
        first, last = fields.get("starttime", ""), fields.get("endtime", "9999")
        return Outcome(memory.rewind_between(first, last), "DATA")
    if table != "USERINFO":
        return Outcome(NO_TABLE, "DATA")
    return Outcome(_user_command(act, fields, memory), "DATA")


def _user_command(act: str, fields: dict[str, str], memory: TerminalMemory) -> int:
    pin = fields.get("pin", "")
    if act == "QUERY":
        asked = {key: line for key, line in memory.people().items() if pin in ("", key)}
        for line in asked.values():
            memory.put_operation(f"USER {line}")
        return len(asked)
    if not pin:
        return SYNTAX
    if act == "DELETE":
        memory.drop_person(pin)
        return 0
    memory.put_person(pin, _user_line(pin, fields))
    return 0


def _user_line(pin: str, fields: dict[str, str]) -> str:
    privilege = fields.get("pri", fields.get("privilege", "0"))
    return "\t".join(
        [
            f"PIN={pin}",
            f"Name={fields.get('name', '')}",
            f"Pri={privilege}",
            f"Passwd={fields.get('passwd', '')}",
            f"Card={fields.get('card', '')}",
            f"Grp={fields.get('grp', '1')}",
            "TZ=0000000100000000",
            "Verify=0",
        ]
    )


def _option_command(verb: str, rest: str, memory: TerminalMemory) -> Outcome:
    word, _, tail = rest.strip().partition(" ")
    if word.upper() != "OPTION":
        return Outcome(SYNTAX, verb)
    if verb == "SET":
        name, mark, value = tail.partition("=")
        if not mark:
            return Outcome(SYNTAX, "SET OPTION")
        memory.put_setting(f"option.{name.strip()}", value)
        return Outcome(0, "SET OPTION")
    name = tail.removeprefix("FROM").strip()
    kept = memory.setting(f"option.{name}")
    if kept is None:
        return Outcome(UNSUPPORTED, "GET OPTION")
    return Outcome(0, "GET OPTION", report=f"{name}={kept}")


def _information(memory: TerminalMemory) -> str:
    return "\n".join(
        [
            "~DeviceName=Simulated turnstile",
            "FWVersion=Ver 8.0.4.2",
            f"UserCount={len(memory.people())}",
            f"TransactionCount={memory.punch_count()}",
        ]
    )
