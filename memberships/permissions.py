"""Names of the rights that memberships ask for."""

from typing import Final

SEE_CONTRACTS: Final = "contracts.see"
SIGN_CONTRACTS: Final = "contracts.sign"
FREEZE_CONTRACTS: Final = "contracts.freeze"
PLACE_BLOCKS: Final = "blocks.place"
SEE_PLANS: Final = "plans.see"
EDIT_PLANS: Final = "plans.edit"
