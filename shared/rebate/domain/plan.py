"""A plan, as the engine sees it: five questions answered by values.

1. contribution: a line's ratio, divided over the plan's `parts`, each due at some moment;
2. order of service and 3. sharing: the `rule` of each part;
4. exit: an entitlement reached, or `rewards_to_exit`;
5. after: `repurchase` for what leaves, `leftover` for what finds nobody.

What a plan gives to whom is priced when an order is accepted (`rebate.domain.plans`); what
stands here rules how that is settled, by the settings in force when it is.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import TypeAlias
from zoneinfo import ZoneInfo

from rebate.domain.allocation import AllocationRule
from rebate.domain.caps import DailyCap
from rebate.domain.ledger import BalanceType
from rebate.domain.money import Amount, Bps
from rebate.domain.names import ProductId, QueueId, StoreId
from rebate.domain.records import dataclass
from rebate.domain.wire import stored_as


@stored_as("moment")
class Moment(StrEnum):
    """When an order contributes, or joins (Rules 1.4 (5), 5.2, 6.2, 7.1)."""

    PAID = "paid"
    COMPLETED = "completed"


@stored_as("leftover")
class Leftover(StrEnum):
    """Where what finds no payable entry goes (Rule 0.8)."""

    RETAIN = "retain"
    CARRY = "carry"


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a contribution: by which rule it is allocated, when, and where the rest goes.

    `draws_pool`: what stands in the pool is distributed with it. `for_line`: it is for the entries
    that wait, now or later, so it counts in forecasts. `for_buyer`: it is the buyer's own, who
    gives it back where the order is refunded (Rule 1.6.5.1).
    """

    rule: AllocationRule
    due: Moment = Moment.PAID
    leftover: Leftover = Leftover.RETAIN
    draws_pool: bool = True
    for_line: bool = True
    for_buyer: bool = False


Home: TypeAlias = Callable[[QueueId, StoreId | None, ProductId | None], QueueId]
"""Where what a queue took in of a store and a product belongs by the settings in force."""


def _here(queue: QueueId, _store: StoreId | None, _product: ProductId | None) -> QueueId:
    return queue


@dataclass(frozen=True, slots=True)
class Plan:
    """The choices by which the engine settles a queue.

    `hold_days`: rebates are pending until so many days after the order that earned them was
    completed (Rule 1.2.8); `collected`: until the member collects them (Rule 6.2). `prize_max` is
    the highest entitlement that a draw may give. `decimals` are those of the currency, by which
    money is exchanged (Rule 0.9.1). `repurchase_bps` is what a forced repurchase gives (None: what
    the order gave that is bought again). What is borne is counted by days of the shop's `zone`.
    `home` says in which queue a line settles that joined another (Rule 1.4.1).
    """

    parts: tuple[Part, ...]
    joins: Moment = Moment.PAID
    completed_first: bool = False
    self_funding: bool = False
    paused: bool = False
    rewards_to_exit: int | None = None
    repurchase: bool = False
    exchange_bps: tuple[tuple[BalanceType, Bps], ...] = ()
    hold_days: int = 0
    prize_max: Amount | None = None
    daily_cap: DailyCap | None = None
    decimals: int = 2
    collected: bool = False
    repurchase_bps: Bps | None = None
    zone: ZoneInfo | None = None
    home: Home = _here

    def exchange_ratio(self, into: BalanceType) -> Bps | None:
        """Return the ratio of exchanges into a pocket, or None if there are none."""
        return dict(self.exchange_bps).get(into)
