"""Grows clubs whose truth is known: who would renew and come anyway, and what a contact changes."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import Generator, default_rng

from clubcrm.reports.analysis.columns import Columns

MEAN_VISITS = 9.8


@dataclass(frozen=True)
class Truth:
    """What a touchpoint really does, and to how many it could be done."""

    members: int = 1000
    held_share: float = 0.2
    renewal: float = 0.0  # points it adds to the chance of renewal
    visits: float = 0.0  # share it adds to the visits of the next 28 days
    newcomers_only: bool = False  # it does so for the first cycle alone
    outcome: str = "visits"
    clubs: int = 1
    return_share: float = 0.15  # members who stand in the file with a second cycle


def grown(truth: Truth, chance: Generator) -> dict[str, Any]:
    """Return the columns of one touchpoint, first eligibility per member and cycle, as arrays."""
    size = truth.members
    again = chance.random(size) < truth.return_share
    person = np.concatenate([np.arange(size), np.flatnonzero(again)])
    cycle = np.concatenate([np.ones(size, int), np.full(int(again.sum()), 2)])
    energy = chance.gamma(2.2, 1 / 2.2, size)[person]  # how keen each member is, for ever
    stratum = (person % truth.clubs).astype(int)
    held_share = truth.held_share * np.where(stratum % 2, 1.5, 1.0)
    treated = (chance.random(len(person)) >= held_share).astype(int)
    reached = treated * ((cycle == 1) if truth.newcomers_only else 1)
    level = MEAN_VISITS * np.where(stratum % 2, 1.15, 1.0)
    before = chance.poisson(level * energy)
    after = chance.poisson(level * energy * (1 + truth.visits * reached))
    base = 0.45 + 0.30 * energy / (1 + energy) + 0.05 * (stratum % 2)
    renewed = chance.random(len(person)) < base + truth.renewal * reached
    came = chance.random(len(person)) < 0.30 + 0.5 * energy / (1 + energy)
    return {
        "treated": treated,
        "before": np.minimum(before, 28),
        "primary": np.minimum(after, 28) if truth.outcome == "visits" else came * 1,
        "renewed": renewed * 1,
        "person": person,
        "stratum": stratum,
        "cycle": cycle,
        "term": np.where(person % 3, 365, 90),
        "share": held_share,
    }


def columns(number: int, truth: Truth) -> Columns:
    """Return a club with one touchpoint, without the way through texts that a question takes."""
    drawn = grown(truth, default_rng([2026, number]))
    whole = {one: drawn[one].astype(np.int64) for one in ("treated", "person", "stratum")}
    whole |= {one: drawn[one].astype(np.int64) for one in ("cycle", "term")}
    real = {one: drawn[one].astype(np.float64) for one in ("before", "primary", "renewed")}
    return Columns(**whole, **real, delivered=np.zeros_like(whole["treated"]))


def club(number: int, *truths: Truth) -> dict[str, Any]:
    """Return the order of one club, as a night asks it: a touchpoint per truth."""
    chance = default_rng([2026, number])
    return {
        "touchpoints": {
            f"J{place:02}": {name: one.tolist() for name, one in grown(truth, chance).items()}
            | {"outcome": truth.outcome}
            for place, truth in enumerate(truths)
        }
    }
