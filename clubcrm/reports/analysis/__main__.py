"""Rules of the child process: one question on stdin, one answer on stdout, both JSON.

Exit codes: 0 answered, 2 unknown question, 3 no honest answer (stdout says why), 4 out of memory,
5 libraries missing.
"""

import json
import math
import os
import resource
import sys
import warnings
from typing import Any

from clubcrm.reports.analysis.questions import QUESTIONS, function_for
from clubcrm.reports.analysis.refusals import CannotAnswerError

UNKNOWN, NO_ANSWER, NO_MEMORY, NO_LIBRARY = 2, 3, 4, 5


def main(words: list[str]) -> int:
    """The answer is on stdout, or the exit code says why there is none."""
    if len(words) != 1 or words[0] not in QUESTIONS:
        sys.stderr.write(f"ask one of: {', '.join(sorted(QUESTIONS))}\n")
        return UNKNOWN
    order = json.loads(sys.stdin.buffer.read() or b"{}")
    _keep_to(order.pop("limits", {}))
    warnings.simplefilter("ignore")  # of libraries, about cells that are too small: we say so
    try:
        answer = function_for(words[0])(order)
    except CannotAnswerError as refusal:
        json.dump({"refusal": str(refusal)}, sys.stdout)
        return NO_ANSWER
    except MemoryError:
        return NO_MEMORY
    except ModuleNotFoundError as missing:
        sys.stderr.write(f"{missing.name}\n")
        return NO_LIBRARY
    json.dump(_plain(answer), sys.stdout, allow_nan=False)
    return 0


def _keep_to(limits: dict[str, int]) -> None:
    memory, seconds = limits.get("memory_bytes"), limits.get("seconds")
    if memory:
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    if seconds:
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(5)  # the gate and the pages come first


def _plain(value: Any) -> Any:
    """Return the value with plain numbers and lists; what is no finite number becomes nothing."""
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if hasattr(value, "tolist"):
        return _plain(value.tolist())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
