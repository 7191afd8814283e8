"""The job that carries recorded facts to those who hear them."""

from clubcrm.core.events import dispatch_pending
from clubcrm.core.jobs import JobContext, Outcome


def carry_facts(context: JobContext) -> Outcome:
    """Every delivery that is due has been tried once."""
    done, failed = dispatch_pending()
    return Outcome(done, failed, [f"{failed} deliveries failed in {context.slot}"] * bool(failed))
