"""Queries room: what the journey knows of people, for those who choose people by it."""

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, String, cast, select

from clubcrm.journeys.models import MemberFacts
from clubcrm.journeys.names import stage_words
from clubcrm.journeys.rules.stages import Stage
from clubcrm.people.rules.trait_kinds import TraitKind
from clubcrm.people.traits import Choices, Ground, Trait

GROUP = "journey"


def _known(value: Any) -> Any:
    def rows(ground: Ground) -> Select[*tuple[Any, ...]]:
        return select(MemberFacts.person_id, value.label("value")).where(
            MemberFacts.club_id == ground.club_id
        )

    return rows


def _stages(_club: int) -> Choices:
    return [(one.value, str(stage_words(one))) for one in Stage]


TRAITS: tuple[Trait, ...] = (
    Trait(
        "stage",
        GROUP,
        _l("Stage of the journey"),
        TraitKind.CHOICE,
        _known(cast(MemberFacts.stage, String)),
        choices=_stages,
    ),
    Trait(
        "silent",
        GROUP,
        _l("Days of silence, closed days left out"),
        TraitKind.NUMBER,
        _known(MemberFacts.silent_days),
        zero=False,
    ),
    Trait(
        "at_risk",
        GROUP,
        _l("At risk since"),
        TraitKind.DAY,
        _known(MemberFacts.at_risk_since),
    ),
)
