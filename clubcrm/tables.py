"""Every table of the product, imported so that the metadata is whole."""

import access_control.models
import bar_inventory.catalogue.models
import bar_inventory.purchasing.models
import bar_inventory.sales.models
import bar_inventory.stock.models
import clubcrm.accounts.export_tables
import clubcrm.accounts.models
import clubcrm.campaigns.campaign_tables
import clubcrm.campaigns.holiday_tables
import clubcrm.campaigns.models
import clubcrm.core.audit
import clubcrm.core.clubs
import clubcrm.core.events
import clubcrm.core.idempotency
import clubcrm.core.jobs
import clubcrm.core.leases
import clubcrm.core.states
import clubcrm.journeys.models
import clubcrm.journeys.risk_tables
import clubcrm.leads.door.models
import clubcrm.leads.models
import clubcrm.leads.quotes.models
import clubcrm.leads.target_tables
import clubcrm.loyalty.discount_tables
import clubcrm.loyalty.models
import clubcrm.messaging.letter_tables
import clubcrm.messaging.models
import clubcrm.messaging.tracking
import clubcrm.people.about_tables
import clubcrm.people.address_tables
import clubcrm.people.key_tables
import clubcrm.people.merge_tables
import clubcrm.people.models
import clubcrm.people.paper_tables
import clubcrm.people.privacy_tables
import clubcrm.reports.built_models
import clubcrm.reports.effect_tables
import clubcrm.reports.models
import clubcrm.tasks.models
import clubcrm.tasks.plan_tables
import clubcrm.tickets.call_tables
import clubcrm.tickets.models
import memberships.approvals.models
import memberships.billing.buyer_tables
import memberships.billing.gateways.models
import memberships.billing.models
import memberships.blocks.models
import memberships.books.models
import memberships.contracts.deal_tables
import memberships.contracts.freeze_tables
import memberships.contracts.gift_tables
import memberships.contracts.handover_tables
import memberships.contracts.included_tables
import memberships.contracts.leaving_tables
import memberships.contracts.models
import memberships.contracts.reason_tables
import memberships.contracts.renewal_tables
import memberships.documents.models
import memberships.dunning.models
import memberships.fiscal.models
import memberships.packages.models
import memberships.pay.models
import memberships.portal.models
import memberships.printing.models
import memberships.promotions.models
import memberships.schedule.duty
import memberships.schedule.models
import memberships.schedule.unit_tables
import memberships.tills.models
import memberships.trainers.models
import memberships.waivers.models
from clubcrm.core.db import Model
from clubcrm.core.ledger import AppendOnly

__all__ = ["METADATA", "append_only_tables"]

METADATA = Model.metadata

_MODULES = (
    access_control.models,
    bar_inventory.catalogue.models,
    bar_inventory.purchasing.models,
    bar_inventory.sales.models,
    bar_inventory.stock.models,
    clubcrm.accounts.export_tables,
    clubcrm.accounts.models,
    clubcrm.campaigns.campaign_tables,
    clubcrm.campaigns.holiday_tables,
    clubcrm.campaigns.models,
    clubcrm.core.audit,
    clubcrm.core.clubs,
    clubcrm.core.events,
    clubcrm.core.idempotency,
    clubcrm.core.jobs,
    clubcrm.core.leases,
    clubcrm.core.states,
    clubcrm.journeys.models,
    clubcrm.journeys.risk_tables,
    clubcrm.leads.door.models,
    clubcrm.leads.models,
    clubcrm.leads.quotes.models,
    clubcrm.leads.target_tables,
    clubcrm.loyalty.discount_tables,
    clubcrm.loyalty.models,
    clubcrm.messaging.letter_tables,
    clubcrm.messaging.models,
    clubcrm.messaging.tracking,
    clubcrm.people.models,
    clubcrm.reports.built_models,
    clubcrm.people.address_tables,
    clubcrm.people.key_tables,
    clubcrm.people.merge_tables,
    clubcrm.people.paper_tables,
    clubcrm.people.privacy_tables,
    clubcrm.reports.models,
    clubcrm.reports.effect_tables,
    clubcrm.tasks.models,
    clubcrm.tickets.call_tables,
    clubcrm.tickets.models,
    clubcrm.tasks.plan_tables,
    memberships.approvals.models,
    memberships.billing.buyer_tables,
    memberships.billing.gateways.models,
    memberships.billing.models,
    memberships.blocks.models,
    memberships.contracts.freeze_tables,
    memberships.contracts.gift_tables,
    memberships.contracts.handover_tables,
    memberships.contracts.included_tables,
    memberships.contracts.leaving_tables,
    memberships.contracts.reason_tables,
    memberships.books.models,
    memberships.contracts.renewal_tables,
    memberships.contracts.models,
    memberships.documents.models,
    memberships.dunning.models,
    memberships.fiscal.models,
    memberships.packages.models,
    memberships.pay.models,
    memberships.promotions.models,
    memberships.schedule.duty,
    memberships.portal.models,
    memberships.printing.models,
    memberships.trainers.models,
    memberships.waivers.models,
    memberships.schedule.models,
    memberships.schedule.unit_tables,
    memberships.tills.models,
)


def append_only_tables() -> list[str]:
    """Return the names of all ledgers, in alphabetical order."""
    return sorted(
        str(mapper.local_table.name)  # type: ignore[attr-defined]
        for mapper in Model.registry.mappers
        if issubclass(mapper.class_, AppendOnly)
    )
