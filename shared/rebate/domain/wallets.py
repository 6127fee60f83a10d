"""What a member has (Rule 3)."""

from typing import Annotated

from rebate.domain.ledger import BalanceType
from rebate.domain.money import NOTHING, Amount
from rebate.domain.names import MemberId
from rebate.domain.records import dataclass, field
from rebate.domain.wire import stored_as, wire


@stored_as("wallet")
@dataclass(frozen=True, slots=True)
class Wallet:
    """Balances by pocket, each the sum of its journal postings; `version` counts changes."""

    member: Annotated[MemberId, wire("member")]
    version: Annotated[int, wire("version", absent=0)] = 0
    balances: Annotated[dict[BalanceType, Amount], wire("balances", absent={})] = field(
        default_factory=dict
    )

    def has(self, pocket: BalanceType) -> Amount:
        """Return the balance of a pocket, 0 where it was never used."""
        return self.balances.get(pocket, NOTHING)
