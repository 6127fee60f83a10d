"""The base plan's terms: its switches and the scopes of its settings (Rules 1.4 and 1.5)."""

from collections.abc import Mapping
from typing import Annotated
from zoneinfo import ZoneInfo

from rebate.domain.clearings import Schedule
from rebate.domain.ledger import BalanceType
from rebate.domain.money import Amount, Bps
from rebate.domain.names import ProductId, StoreId
from rebate.domain.orders import Order, OrderLine
from rebate.domain.plan import Leftover, Moment
from rebate.domain.plans.plan_type import DisplayTerms
from rebate.domain.records import dataclass, field
from rebate.domain.scopes import Scope, Scopes
from rebate.domain.wire import money, stored_as, wire

PLAN = Scope("the plan", "plan")


def mall_product(product: ProductId) -> Scope:
    """Return the scope of a product of the mall, with nothing set."""
    return Scope(f"product {product}", f"product/{product}")


def store_scope(store: StoreId) -> Scope:
    """Return the scope of a store, with nothing set."""
    return Scope(f"store {store}", f"store/{store}")


def store_product(store: StoreId, product: ProductId) -> Scope:
    """Return the scope of a store's product, with nothing set."""
    return Scope(f"product {product} of store {store}", f"store/{store}/{product}")


def desk_scope(store: StoreId) -> Scope:
    """Return the scope of a store's cash desk, with nothing set."""
    return Scope(f"cashier {store}", f"cashier/{store}")


@stored_as("branch")
@dataclass(frozen=True, slots=True)
class Branch:
    """What a store, or its cash desk, sets for itself and its products (Rules 1.5.1, 1.5.2).

    `random_return` is (cash, points) places of a group; None: the plan's, False: off.
    """

    scope: Annotated[Scope, wire("scope")]
    products: Annotated[Mapping[ProductId, Scope], wire("products", absent={})] = field(
        default_factory=dict
    )
    random_return: Annotated[tuple[int, int] | bool | None, wire("random_return", absent=None)] = (
        None
    )


@stored_as("queue_rebate_terms", 3)
@dataclass(frozen=True, slots=True)
class QueueRebateTerms:
    """The plan's switches (Rule 1.4) and the scopes that its settings make (Rule 1.5).

    `products` are those of the mall. `random_return` is (cash, points) places of a group.
    `new_products`: whether a product of ours takes part from when it is saved first (Rule 1.4 (2)).
    """

    zone: Annotated[ZoneInfo, wire("zone")]
    plan: Annotated[Scope, wire("plan", absent={"name": "the plan", "counts": "plan"})] = PLAN
    new_products: Annotated[bool, wire("new_products", absent=True)] = True
    products: Annotated[Mapping[ProductId, Scope], wire("products", absent={})] = field(
        default_factory=dict
    )
    stores: Annotated[Mapping[StoreId, Branch], wire("stores", absent={})] = field(
        default_factory=dict
    )
    desks: Annotated[Mapping[StoreId, Branch], wire("desks", absent={})] = field(
        default_factory=dict
    )
    settle_on: Annotated[Moment, wire("settle_on", absent="paid")] = Moment.PAID
    completed_first: Annotated[bool, wire("completed_first", absent=False)] = False
    self_funding: Annotated[bool, wire("self_funding", absent=False)] = False
    surplus: Annotated[Leftover, wire("surplus", absent="retain")] = Leftover.RETAIN
    paused: Annotated[bool, wire("paused", absent=False)] = False
    mall_per_product: Annotated[bool, wire("mall_per_product", absent=False)] = False
    stores_shared: Annotated[bool, wire("stores_shared", absent=False)] = False
    cashiers_shared: Annotated[bool, wire("cashiers_shared", absent=False)] = False
    deducted_only_contribute: Annotated[bool, wire("deducted_only_contribute", absent=False)] = (
        False
    )
    exchange_bps: Annotated[
        tuple[tuple[BalanceType, Bps], ...], wire("exchange_bps", absent=[])
    ] = ()
    hold_days: Annotated[int, wire("hold_days", absent=0)] = 0
    prize_max: Annotated[Amount | None, money("prize_max", absent=None)] = None
    random_return: Annotated[tuple[int, int] | None, wire("random_return", absent=None)] = None
    clearing: Annotated[Schedule | None, wire("clearing", absent=None)] = None
    display: Annotated[DisplayTerms, wire("display", absent={})] = DisplayTerms()
    settle_after_days: Annotated[int, wire("settle_after_days", absent=0)] = 0

    def scopes_of(self, order: Order, line: OrderLine) -> Scopes:
        """Return a line's scopes, the most specific first (Rules 1.3, 1.5)."""
        product, store = line.product or ProductId(""), order.store or StoreId("")
        if order.channel == "mall":
            return [self.products.get(product) or mall_product(product), self.plan]
        if order.channel == "cashier":
            desk = self.desks.get(store)
            return [desk.scope if desk else desk_scope(store), self.plan]
        branch = self.stores.get(store) or Branch(store_scope(store))
        narrowest = branch.products.get(product) or store_product(store, product)
        return [narrowest, branch.scope, self.plan]

    def random_return_of(self, order: Order) -> tuple[int, int] | None:
        """Return (cash, points) places of a group of an order's entries (Rule 1.6.2)."""
        branches = {"store": self.stores, "cashier": self.desks}.get(order.channel or "", {})
        branch = branches.get(order.store or StoreId(""))
        if branch is None or branch.random_return is None:
            return self.random_return
        return branch.random_return if isinstance(branch.random_return, tuple) else None
