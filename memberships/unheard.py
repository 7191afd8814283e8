"""Events room: facts of the memberships that nobody has to hear, each with the reason."""

from collections.abc import Mapping

from clubcrm.core.events import Fact
from memberships import events as facts

QUIET_FACTS: Mapping[type[Fact], str] = {
    facts.LeavingReasonGiven: "journeys and reports read the reasons themselves",
    facts.DaysGiven: "the card shows the new last day",
    facts.PlanChanged: "journeys read contracts by their days",
    facts.PlanChangeUndone: "journeys read contracts by their days",
    facts.ContractTransferred: "journeys read contracts by their days",
    facts.FamilyChanged: "the gate reads families at each scan",
    facts.FreezeEnded: "the nightly facts read the days of freezes themselves",
    facts.BlockLifted: "the gate reads blocks at each scan",
    facts.ApprovalAsked: "the page of requests shows what waits, and the rail how many",
    facts.InvoiceIssued: "money pages read invoices themselves",
    facts.InvoiceOverdue: "the ladder of reminders will hear it",
    facts.PaymentTaken: "money pages read payments themselves",
    facts.ShiftClosed: "the page of shifts shows what was over or short",
    facts.SessionLogged: "the trainer's pages read sessions; no journey follows one yet",
    facts.SessionReversed: "the unit is back in the same transaction",
    facts.PackageLow: "the offer of new units will hear it",
}
