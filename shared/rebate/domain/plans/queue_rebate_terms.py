"""The base plan's terms: its switches and the scopes of its settings (Rules 1.4 and 1.5)."""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from rebate.domain.clearings import Clearing
from rebate.domain.ledger import Pocket
from rebate.domain.money import Amount, Bps
from rebate.domain.names import ProductId, StoreId
from rebate.domain.orders import Order, OrderLine
from rebate.domain.plan import Leftover, Moment
from rebate.domain.plans.plan_type import Display
from rebate.domain.records import dataclass, field
from rebate.domain.scopes import Scope, Scopes

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


@dataclass(frozen=True, slots=True)
class Branch:
    """What a store, or its cash desk, sets for itself and its products (Rules 1.5.1, 1.5.2).

    `random_return` is (cash, points) places of a group; None: the plan's, False: off.
    """

    scope: Scope
    products: Mapping[ProductId, Scope] = field(default_factory=dict)
    random_return: tuple[int, int] | bool | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """The plan's switches (Rule 1.4) and the scopes that its settings make (Rule 1.5).

    `products` are those of the mall. `random_return` is (cash, points) places of a group.
    `new_products`: whether a product of ours takes part from when it is saved first (Rule 1.4 (2)).
    """

    zone: ZoneInfo
    plan: Scope = PLAN
    new_products: bool = True
    products: Mapping[ProductId, Scope] = field(default_factory=dict)
    stores: Mapping[StoreId, Branch] = field(default_factory=dict)
    desks: Mapping[StoreId, Branch] = field(default_factory=dict)
    settle_on: Moment = Moment.PAID
    completed_first: bool = False
    self_funding: bool = False
    surplus: Leftover = Leftover.RETAIN
    paused: bool = False
    mall_per_product: bool = False
    stores_shared: bool = False
    cashiers_shared: bool = False
    deducted_only_contribute: bool = False
    exchange_bps: tuple[tuple[Pocket, Bps], ...] = ()
    hold_days: int = 0
    prize_max: Amount | None = None
    random_return: tuple[int, int] | None = None
    clearing: Clearing | None = None
    display: Display = field(default_factory=Display)

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
