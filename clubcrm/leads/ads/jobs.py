"""Jobs: answers of forms below advertisements are fetched, and asked for again when they fail."""

import structlog

from clubcrm.core import clock
from clubcrm.core.db import unit_of_work
from clubcrm.core.errors import DomainError
from clubcrm.core.jobs import JobContext, Outcome
from clubcrm.leads.ads import letters
from clubcrm.leads.ads.graph import Graph, NoAnswerError
from clubcrm.leads.ads.queries import due_letters

PIECE = 50
log = structlog.get_logger(__name__)


def fetch_ad_leads(context: JobContext) -> Outcome:
    """Every filled form that is due is a lead, waits for its next try, or for a person."""
    outcome = Outcome()
    with unit_of_work(write=False):
        due = due_letters(clock.now(), PIECE)
    graph = Graph.of_settings()
    for letter_id in due:
        _fetch(context, graph, letter_id, outcome)
    return outcome


def _fetch(context: JobContext, graph: Graph, letter_id: int, outcome: Outcome) -> None:
    with context.unit():
        errand = letters.take_up(letter_id)
    if errand is None:
        return
    try:
        if not errand.is_fetched:
            # Nothing of ours is locked while the other side thinks.
            answers = graph.answers(errand.leadgen_id, errand.page_id)
            with context.unit():
                letters.bring(letter_id, answers)
        with context.unit():
            letters.settle(letter_id)
    except NoAnswerError as error:
        log.warning("an advertising form could not be fetched", letter=letter_id, why=str(error))
        outcome.failed += 1
        with context.unit():
            letters.put_off(letter_id, str(error))
        return
    except (DomainError, ValueError) as error:
        with context.unit():
            letters.refuse(letter_id, str(error))
    outcome.done += 1
