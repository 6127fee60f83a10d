"""What is saved of members, products and stores: each field in order of time (contracts, 1)."""

from collections.abc import Mapping
from typing import Any

from rebate.domain.errors import Code
from rebate.domain.times import Instant
from rebate.simulation.known import KnownMember, KnownProduct, KnownStore
from rebate.simulation.world import World

_SOLD_BY_US = frozenset({"self", "supplier"})


def save_member(world: World, detail: Mapping[str, Any], at: Instant) -> Code | None:
    """Keep what is said of a member; of another referrer's, nothing (Rules 2.5 and 2.5.1)."""
    member = world.member(detail["member_id"])
    if _is_another(member.referrer, detail):
        return Code.REFERRER_BOUND
    _keep(member, detail, at, ("level", "rank"))
    bind(world, detail["member_id"], detail.get("referrer_id"))
    return None


def _is_another(bound: str | None, detail: Mapping[str, Any]) -> bool:
    """Tell whether somebody who was bound is said to be referred by somebody else."""
    return bound is not None and detail.get("referrer_id") not in (None, bound)


def bind(world: World, name: str, referrer: str | None) -> None:
    """Bind a referrer once, neither to oneself nor in a loop."""
    member = world.member(name)
    if referrer is None or member.referrer is not None:
        return
    above: str | None = referrer
    while above is not None:
        if above == name:
            return
        known = world.members.get(above)
        above = known.referrer if known else None
    member.referrer = referrer


def save_product(world: World, detail: Mapping[str, Any], at: Instant) -> Code | None:
    """Keep what is said of a product; whether it takes part is decided at first (1.4 (2))."""
    name = detail["product_id"]
    product = world.products.get(name)
    if product is None:
        supply = detail.get("supply") or "self"
        takes_part = supply == "store"
        if supply in _SOLD_BY_US:
            takes_part = bool(world.rules.base.get("new_products", True))
        takes_part = detail.get("takes_part", takes_part)
        product = world.products[name] = KnownProduct(takes_part)
    was_on_sale = product.on_sale
    _keep(product, detail, at, ("on_sale", "margin_bps"))
    product.on_sale = product.on_sale is not False
    if product.on_sale != was_on_sale:
        product.changed_at = at
    return None


def save_store(world: World, detail: Mapping[str, Any], at: Instant) -> Code | None:
    """Keep what is said of a store; who brought it in is bound once (Rule 2.7).

    What was negotiated for them no event says, only what is known of stores already (Rule 2.7.1).
    """
    store = world.stores.setdefault(detail["store_id"], KnownStore())
    if _is_another(store.referrer, detail):
        return Code.REFERRER_BOUND
    _keep(store, detail, at, ("concession_bps", "merchant_bps"))
    if store.referrer is None:
        store.referrer = detail.get("referrer_id")
    return None


def _keep(
    row: KnownMember | KnownProduct | KnownStore,
    detail: Mapping[str, Any],
    at: Instant,
    names: tuple[str, ...],
) -> None:
    """Set the fields that are named, unless something later was said of them."""
    for name in names:
        if name in detail and at >= row.saved.get(name, at):
            setattr(row, name, detail[name])
            row.saved[name] = at
