"""How long to wait after failed sign-ins; no brake ever becomes a lock that only staff can open.

An account and an address are braked separately. A browser from which the person has signed in
before has a brake of its own, so that an attacker cannot keep the owner out of the club.
"""

from dataclasses import dataclass
from datetime import timedelta

FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=15)
# Behind one address sit all of a club's people, and its guests: they must not wait long for one.
LONGEST_WAIT_OF_ADDRESS = timedelta(minutes=1)
FORGET_AFTER = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Brake:
    """Something whose failures are counted, and how many cost nothing."""

    key: str
    free_failures: int
    longest: timedelta = LONGEST_WAIT


def brakes_for(account: str, address: str, device: str | None) -> tuple[Brake, ...]:
    """Return the brakes of one try: those of a known device, else of the account and address."""
    if device is not None:
        return (Brake(f"device:{device}", 10),)
    return (
        Brake(f"account:{account}", 5),
        Brake(f"address:{address}", 20, LONGEST_WAIT_OF_ADDRESS),
    )


def wait_after(failures: int, brake: Brake) -> timedelta:
    """Return the wait after this many failures: none, then 30 s doubling up to the longest."""
    beyond = failures - brake.free_failures
    if beyond < 0:
        return timedelta(0)
    doublings: int = 2 ** min(beyond, 10)
    return min(FIRST_WAIT * doublings, brake.longest)
