"""Everybody comes in: people, and their papers and blocks, in one process or in two at once."""

from dataclasses import dataclass
from datetime import date

from clubcrm.people.models import Person
from clubcrm.seed.bars import place_blocks
from clubcrm.seed.beside import Aside, Rows, receive_rows, take_over, tell_beside
from clubcrm.seed.crowd import Crowd
from clubcrm.seed.ground import Ground, Progress
from clubcrm.seed.handovers import Handovers
from clubcrm.seed.hands import Hand
from clubcrm.seed.papers import Registry

LOOK = 50


@dataclass(frozen=True, slots=True)
class People:
    """What later parts ask of people, by number of life."""

    pins: list[str]
    pin_ids: list[int]
    births: list[date]
    names: list[str]
    languages: list[str]
    mailable: list[str | None]
    agreeing: list[bool]
    with_photo: list[bool]


def take_in(ground: Ground, handovers: Handovers, progress: Progress, workers: int) -> None:
    """All lives have their person, contracts and blocks in the store."""
    if workers == 1:
        _write_people(ground)
        _write_papers(ground, handovers, progress, None)
        return
    people = tell_beside(ground, _write_people)
    first = ground.store.sink(Person).next_id
    ground.person_ids.extend(range(first, first + len(ground.lives)))
    # A store that checks what a contract names cannot have it before the person.
    with ground.store.waiting():
        _write_papers(ground, handovers, progress, people)
        while not _came(ground, people):
            pass


def _write_people(ground: Ground) -> People:
    crowd = Crowd(ground)
    for life in ground.lives:
        crowd.write(life)
    return People(**{name: getattr(ground, name) for name in People.__slots__})


def _write_papers(
    ground: Ground, handovers: Handovers, progress: Progress, people: Hand | None
) -> None:
    registry = Registry(ground, handovers)
    for number, life in enumerate(ground.lives):
        registry.write(life, number)
        place_blocks(ground, life)
        if number % LOOK == 0:
            progress("People and contracts", number / len(ground.lives))
            while people is not None and people.pipe.poll() and not _came(ground, people):
                pass
    registry.close()


def _came(ground: Ground, people: Hand) -> bool:
    """Take in what comes next of the people; tell whether it was the last."""
    told = people.receive()
    if isinstance(told, Rows):
        receive_rows(ground, told)
        return False
    if isinstance(told, Aside) and isinstance(told.made, People):
        take_over(ground, told)
        for name in People.__slots__:
            getattr(ground, name).extend(getattr(told.made, name))
    people.end()
    return True
