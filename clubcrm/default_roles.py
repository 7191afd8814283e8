"""Every right of the house, and which of them each role holds unless the owner changed it."""

from collections.abc import Mapping

import access_control.permissions as gate
import bar_inventory.permissions as bar
import clubcrm.accounts.permissions as accounts
import clubcrm.campaigns.permissions as campaigns
import clubcrm.card.permissions as card
import clubcrm.journeys.permissions as journey_rights
import clubcrm.leads.door.permissions as lead_forms
import clubcrm.leads.permissions as leads
import clubcrm.loyalty.permissions as loyalty
import clubcrm.messaging.permissions as messaging
import clubcrm.people.permissions as people
import clubcrm.reports.permissions as reports
import clubcrm.tasks.permissions as tasks
import clubcrm.tickets.permissions as tickets
import memberships.permissions as memberships

# Every right with the words that the rights table shows.
RIGHTS: Mapping[str, object] = {
    **accounts.RIGHTS,
    **people.RIGHTS,
    **memberships.RIGHTS,
    **gate.RIGHTS,
    **bar.RIGHTS,
    **card.RIGHTS,
    **tasks.RIGHTS,
    **tickets.RIGHTS,
    **messaging.RIGHTS,
    **journey_rights.RIGHTS,
    **leads.RIGHTS,
    **lead_forms.RIGHTS,
    **loyalty.RIGHTS,
    **campaigns.RIGHTS,
    **reports.RIGHTS,
}

SEES_MEMBERS = frozenset(
    {card.SEE_CARD, people.SEE_PEOPLE, memberships.SEE_CONTRACTS, memberships.SEE_PLANS}
)
RUNS_THE_DESK = SEES_MEMBERS | {
    card.WATCH_DESK,
    tasks.SEE_TASKS,
    tickets.SEE_TICKETS,
    tickets.SEE_CALLS,
    messaging.SEE_OUTBOX,
    journey_rights.SEE_JOURNEY,
    leads.SEE_LEADS,
    leads.WORK_LEADS,
    loyalty.SEE_LOYALTY,
    loyalty.GIVE_LOYALTY,
    people.EDIT_PEOPLE,
    people.KEEP_DOCUMENTS,
    memberships.SIGN_CONTRACTS,
    memberships.FREEZE_CONTRACTS,
    memberships.CANCEL_CONTRACTS,
    memberships.MAKE_PAY_LINKS,
    memberships.SEE_DEBTORS,
    memberships.SELL_PACKAGES,
    memberships.LOG_SESSIONS,
    memberships.ASSIGN_CLIENTS,
    memberships.TAKE_WAIVERS,
    memberships.TAKE_MEDICAL,
    memberships.TAKE_MONEY,
    memberships.USE_TILL,
    memberships.REFUND_MONEY,
    gate.SEE_GATE,
    gate.SCAN_AT_DESK,
    gate.LET_IN,
    gate.ISSUE_CREDENTIALS,
    memberships.SEE_CLASSES,
    memberships.BOOK_CLASSES,
    memberships.TEACH_CLASSES,
    memberships.INVITE_GUESTS,
}

# Rights each role holds unless the owner changed it.
DEFAULT_ROLES: Mapping[str, frozenset[str]] = {
    "owner": frozenset(RIGHTS),
    "manager": frozenset(RIGHTS)
    - {
        accounts.CHANGE_ROLES,
        accounts.CHANGE_TOKENS,
        accounts.END_SESSIONS,
        accounts.EXPORT_ALL,
    }
    - memberships.NOT_FOR_MANAGERS,
    "sales": SEES_MEMBERS
    | {
        people.EDIT_PEOPLE,
        people.KEEP_DOCUMENTS,
        memberships.SIGN_CONTRACTS,
        memberships.CANCEL_CONTRACTS,
        memberships.SELL_PACKAGES,
        memberships.ASSIGN_CLIENTS,
        memberships.TAKE_WAIVERS,
        tasks.SEE_TASKS,
        tickets.SEE_TICKETS,
        tickets.SEE_CALLS,
        messaging.SEE_OUTBOX,
        journey_rights.SEE_JOURNEY,
        leads.SEE_LEADS,
        leads.WORK_LEADS,
        campaigns.SEE_CAMPAIGNS,
        campaigns.EDIT_SEGMENTS,
        loyalty.SEE_LOYALTY,
        loyalty.GIVE_LOYALTY,
    }
    | {memberships.SEE_CLASSES, memberships.BOOK_CLASSES, memberships.INVITE_GUESTS},
    "desk": RUNS_THE_DESK,
    "trainer": frozenset(
        {
            memberships.TRAIN,
            memberships.LOG_SESSIONS,
            memberships.SEE_CLASSES,
            memberships.TEACH_CLASSES,
            tasks.SEE_TASKS,
        }
    ),
    "barista": bar.BEHIND_THE_BAR
    | {memberships.USE_TILL, memberships.TAKE_MONEY, memberships.REFUND_MONEY},
    "accountant": memberships.FOR_ACCOUNTANTS
    | bar.FOR_ACCOUNTANTS
    | {people.SEE_PEOPLE, card.SEE_CARD, reports.SEE_REPORTS, loyalty.SEE_LOYALTY},
}
