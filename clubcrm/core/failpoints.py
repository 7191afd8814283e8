"""Named places where a test may stop, slow or fail the process; dead outside test mode."""

import os
import time

FAIL_POINTS = (
    "redeem.after_check",
    "stock.after_check",
    "renewal.after_check",
    "gate.after_insert",
    "gateway.after_call",
    "fiscal.after_call",
    "fiscal.before_call",
    "gateway.before_call",
    "batch.mid",
    "send.before_smtp",
    "send.after_smtp",
    "job.after_claim",
    "import.after_chunk",
    "backup.mid",
    "migrate.mid",
)


# How often each place was passed, for "name:act@3", which acts the third time only.
_turns: dict[str, int] = {}


class FailPointError(RuntimeError):
    """The fail point asked for an error."""


def hit(name: str) -> None:
    """Do what CLUBCRM_FAILPOINT says for this place: crash, sleep or raise; else nothing."""
    wanted = os.environ.get("CLUBCRM_FAILPOINT")
    if not wanted or os.environ.get("CLUBCRM_ENV") != "test":
        return
    place, _, act = wanted.partition(":")
    if place != name:
        return
    act, _, turn = act.partition("@")
    if turn:
        _turns[name] = _turns.get(name, 0) + 1
        if _turns[name] != int(turn):
            return
    if act == "crash":
        os._exit(70)
    if act == "raise":
        raise FailPointError(name)
    if act.startswith("sleep:"):
        time.sleep(float(act.removeprefix("sleep:")))
