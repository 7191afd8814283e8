"""The visible wires: who hears which fact, jobs, invariants, and what the lower floors are handed.

A newcomer reads this page to learn what causes what; a new feature adds its lines here.
"""

from collections.abc import Callable, Mapping
from datetime import time, timedelta

from flask import Flask

from access_control import api as gate_api
from access_control import events as gate_facts
from access_control import jobs as gate_jobs
from access_control.events import AdmittedOffline, DeviceSilent, VisitStarted
from access_control.past_visits import visit_table
from access_control.queries import invariants as gate_checks
from bar_inventory import checks as bar_checks
from bar_inventory import granted as bar_granted
from bar_inventory import unheard as bar_unheard
from bar_inventory.events import SaleReturned, SaleRung
from bar_inventory.purchasing import handlers as buying_handlers
from bar_inventory.purchasing import jobs as bar_jobs
from bar_inventory.sales.point_money import PointDoor
from clubcrm.accounts import actors
from clubcrm.accounts import invariants as account_checks
from clubcrm.accounts.export_jobs import make_exports
from clubcrm.accounts.jobs import forget_old_access
from clubcrm.campaigns import about_traits, deal_traits, habit_traits, person_traits
from clubcrm.campaigns import sending as campaign_sending
from clubcrm.campaigns.event_queries import places_taken_add_up
from clubcrm.campaigns.event_services import rsvp_address
from clubcrm.campaigns.jobs import count_segments, greet_on_holidays, run_campaigns
from clubcrm.card import own_year
from clubcrm.card.queries.quiet import quiet_people
from clubcrm.core import day_alerts
from clubcrm.core import invariants as core_checks
from clubcrm.core.carrying import carry_facts
from clubcrm.core.events import DeliveryParked, Fact, Handlers
from clubcrm.core.jobs import Job
from clubcrm.core.metrics import Figure
from clubcrm.core.tidying import tidy
from clubcrm.default_roles import DEFAULT_ROLES, RIGHTS
from clubcrm.journeys import api as journeys
from clubcrm.journeys import attendance, class_news, farewell, going_on, own_pages, paper_news
from clubcrm.journeys import dunning as payment_news
from clubcrm.journeys import handlers as journey_handlers
from clubcrm.journeys.jobs import nightly_planning
from clubcrm.journeys.limits import contact_pace, programme_control
from clubcrm.journeys.risk_jobs import keep_risk
from clubcrm.journeys.traits import TRAITS as JOURNEY_TRAITS
from clubcrm.leads import handlers as lead_handlers
from clubcrm.leads.ads.jobs import fetch_ad_leads
from clubcrm.leads.door.handlers import on_stranger_rang, on_stranger_wrote
from clubcrm.leads.door.jobs import read_letters
from clubcrm.leads.events import InquiryWaits, LeadMoved, LeadRegistered
from clubcrm.leads.jobs import settle_trials
from clubcrm.leads.lead_tables import lead_table
from clubcrm.leads.queries.leads import person_of_lead
from clubcrm.leads.traits import TRAITS as LEAD_TRAITS
from clubcrm.leads.views.board import watch_leads
from clubcrm.loyalty import handlers as loyalty_handlers
from clubcrm.loyalty import jobs as loyalty_jobs
from clubcrm.loyalty import till_points
from clubcrm.loyalty import traits as loyalty_traits
from clubcrm.loyalty.doubles import referral_stops
from clubcrm.loyalty.point_queries import broken_points
from clubcrm.loyalty.referral_queries import broken_referrals
from clubcrm.loyalty.views import own_place
from clubcrm.messaging import handlers as message_handlers
from clubcrm.messaging import invariants as message_checks
from clubcrm.messaging import letters
from clubcrm.messaging.events import (
    AnswerReceived,
    MessageProgressed,
    MessageSettled,
    StrangerRang,
)
from clubcrm.messaging.jobs import ask_telegram, send_outbox
from clubcrm.messaging.letter_jobs import post_letters
from clubcrm.messaging.link_values import LinkMaker, own_page
from clubcrm.messaging.mailbox_jobs import read_mailbox
from clubcrm.pages import SETTINGS
from clubcrm.people import events as people_facts
from clubcrm.people import handlers as people_handlers
from clubcrm.people import jobs as people_jobs
from clubcrm.people.looking import WhoseThing, watch_looks
from clubcrm.reports import figures
from clubcrm.reports.built_jobs import mail_reports
from clubcrm.reports.jobs import nightly_findings, nightly_reports
from clubcrm.reports.own_pipeline import own_outlook
from clubcrm.tasks import bar_news
from clubcrm.tasks import handlers as task_handlers
from clubcrm.tasks.clock_watch import watch_clock
from clubcrm.tasks.events import ComplaintNoted, SurveyAnswered, TaskClosed, TaskReopened
from clubcrm.tasks.job_watch import watch_jobs
from clubcrm.tasks.jobs import expire_tasks, open_recurring_tasks
from clubcrm.tasks.surveys import survey_address
from clubcrm.tasks.trainer_list import trainer_work
from clubcrm.tickets import handlers as ticket_handlers
from clubcrm.tickets.events import CallEnded, TicketOpened, TicketSettled
from clubcrm.tickets.jobs import forget_recordings, watch_tickets
from clubcrm.tickets.queries import person_of_ticket
from memberships import checks as membership_checks
from memberships import events as membership_facts
from memberships import granted
from memberships import jobs as membership_jobs
from memberships.api import freeze_address, offer_address
from memberships.billing import office_jobs
from memberships.billing.gateways import jobs as gateway_jobs
from memberships.contracts.doubles import contract_stops
from memberships.contracts.forgetting import erase_stops
from memberships.contracts.past_contracts import contract_table
from memberships.documents.press import print_pdf
from memberships.dunning import jobs as dunning_jobs
from memberships.packages.past_packages import package_table
from memberships.printing.jobs import print_waiting
from memberships.schedule import events as class_facts
from memberships.schedule import handlers as schedule_handlers
from memberships.schedule import jobs as schedule_jobs
from memberships.schedule.reads import bookings_between
from memberships.trainers import handlers as trainer_handlers
from memberships.unheard import QUIET_FACTS

EVENT_HANDLERS: Handlers = {
    VisitStarted: (
        journey_handlers.on_visit_started,
        trainer_handlers.on_arrival,
        attendance.on_visit_started,
        lead_handlers.on_visit_started,
        loyalty_handlers.on_visit_started,
    ),
    gate_facts.VisitEnded: (attendance.on_visit_ended,),
    class_facts.BookingDropped: (class_news.on_booking_dropped,),
    class_facts.BookingMissed: (class_news.on_booking_missed,),
    class_facts.ClassCancelled: (class_news.on_class_cancelled,),
    class_facts.GuestInvited: (lead_handlers.on_guest_invited,),
    class_facts.PlaceGiven: (class_news.on_place_given,),
    class_facts.PlaceOffered: (class_news.on_place_offered,),
    class_facts.TeacherChanged: (class_news.on_teacher_changed,),
    AdmittedOffline: (task_handlers.on_admitted_offline,),
    DeviceSilent: (task_handlers.on_device_silent,),
    membership_facts.ApprovalDecided: (buying_handlers.on_approval_decided,),
    **bar_news.HANDLERS,
    SaleRung: (loyalty_handlers.on_sale_rung,),
    SaleReturned: (loyalty_handlers.on_sale_returned,),
    membership_facts.ContractRenewed: (
        going_on.on_contract_renewed,
        journey_handlers.on_contract_moved,
        loyalty_handlers.on_contract_renewed,
    ),
    membership_facts.ContractSigned: (
        journey_handlers.on_contract_signed,
        journey_handlers.on_contract_moved,
        lead_handlers.on_contract_signed,
        loyalty_handlers.on_contract_signed,
    ),
    membership_facts.RenewalDeclined: (journey_handlers.on_contract_moved,),
    people_facts.ConsentWithdrawn: (
        message_handlers.on_consent_withdrawn,
        journey_handlers.on_left_in_peace,
    ),
    people_facts.HoldPlaced: (message_handlers.on_hold_placed, journey_handlers.on_left_in_peace),
    people_facts.PeopleMerged: (
        people_handlers.on_people_merged,
        journey_handlers.on_people_merged,
        loyalty_handlers.on_people_merged,
    ),
    people_facts.PeopleParted: (journey_handlers.on_people_parted,),
    people_facts.PersonErased: (journey_handlers.on_left_in_peace,),
    people_facts.LeftAlone: (message_handlers.on_left_alone, journey_handlers.on_left_in_peace),
    membership_facts.MemberAsked: (ticket_handlers.on_member_asked,),
    membership_facts.OwnPageAsked: (own_pages.on_own_page_asked,),
    membership_facts.UnitQuestioned: (ticket_handlers.on_unit_questioned,),
    membership_facts.QuestionSettled: (ticket_handlers.on_question_settled,),
    MessageSettled: (journey_handlers.on_message_settled,),
    AnswerReceived: (ticket_handlers.on_answer_received, on_stranger_wrote),
    StrangerRang: (on_stranger_rang,),
    ComplaintNoted: (ticket_handlers.on_complaint_noted,),
    SurveyAnswered: (ticket_handlers.on_survey_answered,),
    TaskClosed: (journey_handlers.on_task_closed, ticket_handlers.on_task_closed),
    TaskReopened: (ticket_handlers.on_task_reopened,),
    DeliveryParked: (task_handlers.on_delivery_parked,),
    membership_facts.BlockPlaced: (schedule_handlers.on_block_placed,),
    membership_facts.CancellationWithdrawn: (farewell.on_cancellation_withdrawn,),
    membership_facts.ContractCancelled: (
        schedule_handlers.on_contract_cancelled,
        farewell.on_contract_cancelled,
        journey_handlers.on_contract_moved,
        loyalty_handlers.on_contract_cancelled,
    ),
    membership_facts.ContractEnded: (
        schedule_handlers.on_contract_ended,
        journey_handlers.on_contract_moved,
    ),
    membership_facts.ContractFrozen: (
        schedule_handlers.on_contract_frozen,
        journey_handlers.on_contract_moved,
    ),
    membership_facts.RefundMade: (loyalty_handlers.on_refund_made,),
    membership_facts.PaymentFailed: (payment_news.on_payment_failed,),
    membership_facts.ChargeFollowUp: (payment_news.on_charge_follow_up,),
    membership_facts.PaperLapsing: (paper_news.on_paper_lapsing,),
    membership_facts.DebtStepReached: (payment_news.on_debt_step_reached,),
}

# Facts that nobody has to hear, each with the reason.
UNHEARD: Mapping[type[Fact], str] = {
    people_facts.PersonRegistered: "the welcome journey begins with a contract, not with a name",
    people_facts.PeopleImported: "who is brought in has been a member before",
    people_facts.ConsentGiven: "messages ask for consent when they are planned and when they leave",
    people_facts.HoldLifted: "whoever plans or sends asks for holds at that moment",
    gate_facts.EntryRefused: "the desk sees refusals live; no journey follows one yet",
    gate_facts.LetInByHand: "the owner reads these in the audit lines and the ledger of scans",
    gate_facts.DeviceClockWrong: "the devices page shows the skew and what was set aside",
    TicketOpened: "a ticket opens its own task in the same transaction",
    CallEnded: "the log tells of calls, and a missed one has its task in the same transaction",
    TicketSettled: "a ticket ends its own task in the same transaction",
    MessageProgressed: "the outbox and the reports read how far each message has come",
    **QUIET_FACTS,
    **bar_unheard.QUIET_FACTS,
    InquiryWaits: "the tray and the start pages count what waits",
    LeadMoved: "the board and the reports read the stages of leads",
    LeadRegistered: "the call to a new lead is a task of the same transaction",
}

JOBS: tuple[Job, ...] = (
    Job("carry-facts", carry_facts, every=timedelta(seconds=5)),
    Job("close-open-visits", gate_jobs.close_open_visits, every=timedelta(minutes=5)),
    Job("watch-devices", gate_jobs.watch_devices, every=timedelta(minutes=1)),
    Job("change-plans", membership_jobs.change_plans, daily_at=time(0, 5)),
    Job("end-contracts", membership_jobs.end_due, daily_at=time(0, 10)),
    Job("mass-changes", membership_jobs.run_mass_changes, every=timedelta(seconds=5)),
    Job("renew-units", membership_jobs.renew_units, daily_at=time(0, 12)),
    Job("mark-overdue", membership_jobs.mark_overdue, daily_at=time(0, 15)),
    Job("ask-for-papers", membership_jobs.ask_for_papers, daily_at=time(8, 0)),
    Job("settle-papers", membership_jobs.settle_papers, daily_at=time(0, 15)),
    Job("expire-units", membership_jobs.expire_units, daily_at=time(0, 20)),
    Job("expire-vouchers", membership_jobs.expire_vouchers, daily_at=time(0, 25)),
    Job("settle-referrals", loyalty_jobs.settle_referrals, daily_at=time(0, 40)),
    Job("lapse-points", loyalty_jobs.lapse_points, daily_at=time(0, 45)),
    # After the night's touchpoints, so that they keep their place within what one may be told.
    Job("tell-of-points", loyalty_jobs.tell_of_points, daily_at=time(5, 45)),
    Job("propose-discounts", loyalty_jobs.propose_discounts, daily_at=time(5, 40)),
    Job("book-recurring", membership_jobs.book_recurring, daily_at=time(0, 30)),
    *bar_jobs.JOBS,
    # After 04:00, when the visit-day of last night is over.
    Job("nightly-planning", nightly_planning, daily_at=time(4, 30)),
    Job("settle-trials", settle_trials, daily_at=time(4, 15)),
    Job("nightly-reports", nightly_reports, daily_at=time(4, 45)),
    Job("nightly-findings", nightly_findings, daily_at=time(5, 15)),
    Job("keep-risk", keep_risk, daily_at=time(5, 15)),
    Job("mail-reports", mail_reports, daily_at=time(6)),
    Job("post-letters", post_letters, every=timedelta(seconds=30)),
    Job("count-segments", count_segments, daily_at=time(5, 30)),
    Job("send-outbox", send_outbox, every=timedelta(seconds=15)),
    Job("read-mailbox", read_mailbox, every=timedelta(minutes=1)),
    Job("ask-telegram", ask_telegram, every=timedelta(seconds=5)),
    Job("watch-tickets", watch_tickets, every=timedelta(minutes=5)),
    Job("forget-recordings", forget_recordings, daily_at=time(3, 30)),
    Job("expire-tasks", expire_tasks, every=timedelta(minutes=10)),
    Job("open-recurring-tasks", open_recurring_tasks, daily_at=time(0, 35)),
    Job("publish-classes", schedule_jobs.publish_classes, daily_at=time(0, 30)),
    Job("run-classes", schedule_jobs.run_classes, every=timedelta(minutes=5)),
    Job("watch-clock", watch_clock, every=timedelta(minutes=1)),
    Job("watch-jobs", watch_jobs, every=timedelta(minutes=5)),
    # Before the desk opens: invoices of the day, charges, and then who is behind.
    Job("invoice-due", dunning_jobs.invoice_due, daily_at=time(5)),
    Job("charge-due", dunning_jobs.charge_due, daily_at=time(6)),
    Job("walk-debtors", dunning_jobs.walk_debtors, daily_at=time(7)),
    Job("resolve-charges", dunning_jobs.resolve_charges, every=timedelta(minutes=10)),
    Job("ask-gateways", gateway_jobs.ask_gateways, every=timedelta(minutes=5)),
    Job("print-waiting", print_waiting, every=timedelta(seconds=10)),
    Job("tell-office", office_jobs.tell_office, every=timedelta(seconds=15)),
    Job("send-refunds", gateway_jobs.send_refunds, every=timedelta(minutes=1)),
    Job("fetch-ad-leads", fetch_ad_leads, every=timedelta(seconds=10)),
    Job("read-form-letters", read_letters, every=timedelta(minutes=1)),
    Job("greet-on-holidays", greet_on_holidays, daily_at=time(5, 50)),
    Job("run-campaigns", run_campaigns, every=timedelta(seconds=30)),
    Job("make-exports", make_exports, every=timedelta(seconds=10)),
    Job("tidy", tidy, every=timedelta(hours=1)),
    Job("find-doubles", people_jobs.find_new_doubles, daily_at=time(3, 40)),
    Job("keep-privacy", people_jobs.keep_privacy, daily_at=time(3, 50)),
    Job("settle-merges", people_jobs.settle_merges, every=timedelta(hours=1)),
    Job("forget-old-access", forget_old_access, every=timedelta(hours=1)),
)

# Asked just before messages leave; answers are the reasons why some of them must not.
SEND_CHECKS = (journeys.checks_before_sending, campaign_sending.checks_before_sending)

# Addresses that a message may carry by the name of their placeholder; the own page stands in.
MESSAGE_LINKS: Mapping[str, LinkMaker] = {
    "own_link": own_page,
    "offer_link": lambda person_id, code: offer_address(person_id, code, by="system"),
    "freeze_link": lambda person_id, _code: freeze_address(person_id, by="system"),
    "survey_link": survey_address,
    "rsvp_link": rsvp_address,
}

# Who says on start pages what must not wait.
DAY_WATCHERS: tuple[day_alerts.Watcher, ...] = (watch_leads,)
# What people may be chosen by, in the order of the form.
TRAITS = (
    *person_traits.TRAITS,
    *about_traits.TRAITS,
    *deal_traits.TRAITS,
    *habit_traits.TRAITS,
    *JOURNEY_TRAITS,
    *loyalty_traits.TRAITS,
    *LEAD_TRAITS,
)

# What somebody opens about a person and others may later ask about: endpoint and what it shows.
LOOKS: Mapping[str, str] = {
    "card.show": "card",
    "people.documents": "documents",
    "people.document_file": "documents",
    "people.privacy": "privacy",
    "medical.show": "medical",
    "medical.open_file": "medical",
    "people_api.get_member": "program",
    "people_api.get_document": "documents",
    "waivers_api.list_certificates": "medical",
    "waivers_api.get_file": "medical",
    "leads.show": "lead",
    "tickets.show": "ticket",
    "trainer.client": "training",
    "training.member": "training",
}
# Whose such a page is, where its address names something else than the person.
SHOWN_PEOPLE: Mapping[str, WhoseThing] = {
    "leads.show": person_of_lead,
    "tickets.show": person_of_ticket,
}

# Invariants by id; each returns the offending rows as sentences.
INVARIANTS: Mapping[str, Callable[[], list[str]]] = {
    **membership_checks.CHECKS,
    **gate_checks.CHECKS,
    **bar_checks.CHECKS,
    "I7": core_checks.audit_chain_holds,
    "I11": message_checks.said_once_with_consent,
    "I12": message_checks.none_after_a_no,
    "I13": core_checks.store_is_sound,
    "I14": account_checks.unaudited_rights,
    "I-events": places_taken_add_up,
    "I-points": broken_points,
    "I-referrals": broken_referrals,
}

# Numbers that /metrics shows beside those of the core.
FIGURES: tuple[Figure, ...] = figures.FIGURES


def task_capacity(club_id: int) -> tuple[int, int]:
    """Return how many calls and talks one worker of the club does on a day."""
    load = journeys.current_settings(club_id).capacity
    return load.calls, load.talks


def install(app: Flask) -> None:
    """Give the lower floors what they must not import: the actor loader, send checks, rights."""
    app.extensions["club_rights"] = RIGHTS
    app.extensions["club_default_roles"] = DEFAULT_ROLES
    app.extensions["club_jobs"] = JOBS
    app.extensions["club_gate_strictness"] = (gate_api.strictness, gate_api.set_strictness)
    app.extensions["club_table_kinds"] = {
        kind.name: kind for kind in (contract_table(), package_table(), visit_table(), lead_table())
    }
    app.extensions["club_merge_stops"] = (contract_stops, referral_stops)
    app.extensions["club_erase_stops"] = (erase_stops,)
    app.extensions["club_idle_people"] = quiet_people
    app.extensions["club_print_pdf"] = print_pdf
    app.extensions["club_approvals"] = {**granted.APPROVALS, **bar_granted.APPROVALS}
    app.extensions["club_post_paper"] = letters.post_paper
    app.extensions["club_paper_state"] = letters.state_of_paper
    app.extensions["club_bookings_between"] = bookings_between
    app.extensions["club_send_checks"] = SEND_CHECKS
    app.extensions["club_message_links"] = MESSAGE_LINKS
    app.extensions["club_settings_places"] = SETTINGS
    app.extensions["club_trainer_work"] = trainer_work
    app.extensions["club_task_capacity"] = task_capacity
    app.extensions["club_member_year"] = own_year.member_year
    app.extensions["club_holder_of_card"] = gate_api.holder_of_card
    app.extensions["club_entry_code"] = own_year.entry_code
    app.extensions["club_scan_of"] = own_year.scan_of
    app.extensions["club_traits"] = TRAITS
    app.extensions["club_own_traits"] = about_traits.own_traits
    app.extensions["club_contact_pace"] = contact_pace
    app.extensions["club_programme_control"] = programme_control
    app.extensions["club_till_points"] = PointDoor(till_points.purse, till_points.pay)
    app.extensions["club_own_places"] = (own_place,)
    app.extensions["club_own_outlook"] = own_outlook
    app.extensions["club_visits_on"] = own_year.visits_on
    day_alerts.install(app, DAY_WATCHERS)
    watch_looks(app, LOOKS, SHOWN_PEOPLE)
    actors.install(app)
