"""What arrives from outside: orders, their completions and refunds, and the catalogue.

Rule 0.11 in its simplest form: everything is settled when it becomes known, in order of arrival;
what came before its order was paid is kept, and then applied by instant, ties as they came.
"""

from datetime import datetime

from . import (
    alliance,
    entries,
    given,
    order_queue,
    prices,
    queue_rebate,
    red_packet,
    referral,
    union,
)
from .arithmetic import proportionally_left
from .clock import instant, period
from .world import Refused, World

PLANS = (queue_rebate, order_queue, alliance, red_packet, union, referral)


def order_paid(world: World, detail: dict) -> None:
    content = canonical(detail)
    known = world.orders.get(content["order_id"])
    if known is not None:
        if known["content"] != content:
            raise Refused("conflicting_event")
        return
    world.settling = content["paid_at"]
    order = new_order(world, content)
    world.orders[order["id"]] = order
    world.member(order["member"])
    given.price(world, order)
    for plan in PLANS:
        plan.on_paid(world, order)
    apply_early(world, order)


def canonical(detail: dict) -> dict:
    """The event with its defaults filled in and unknown fields left out."""
    own_supply = "self" if detail["channel"] == "mall" else "store"
    lines = [
        {
            "line_id": line["line_id"],
            "product_id": line.get("product_id"),
            "supply": line.get("supply") or own_supply,
            "quantity": line.get("quantity", 1),
            "paid": line["paid"],
            "deducted": line.get("deducted", 0),
            "profit": line.get("profit"),
        }
        for line in detail["lines"]
    ]
    return {
        "order_id": detail["order_id"],
        "member": detail["member"],
        "channel": detail["channel"],
        "store_id": detail.get("store_id"),
        "paid_at": instant(detail["paid_at"]),
        "lines": lines,
    }


def new_order(world: World, content: dict) -> dict:
    """Rules 1.3.1 and 2.6.2: the level as told, else as last saved; the referrer of this moment."""
    buyer = content["member"] or {"id": None}
    known = world.member(buyer["id"])
    lines = [
        {
            "id": line["line_id"],
            "product": line["product_id"],
            "supply": line["supply"],
            "paid": line["paid"],
            "originally_paid": line["paid"],
            "deducted": line["deducted"],
            "profit": line["profit"],
        }
        for line in content["lines"]
    ]
    return {
        "id": content["order_id"],
        "root": content["order_id"],
        "repurchase": False,
        "content": content,
        "member": buyer["id"],
        "level": buyer.get("level", known["level"]),
        "referrer": known["referrer"],
        "channel": content["channel"],
        "store": content["store_id"],
        "paid_at": content["paid_at"],
        "completed_at": None,
        "lines": lines,
    }


def apply_early(world: World, order: dict) -> None:
    """What was kept for this order; a kept refund that exceeds what was paid is dropped."""
    kept = world.early.pop(order["id"], [])
    for event in sorted(kept, key=lambda event: event["at"]):
        if event["kind"] == "completed":
            apply_completion(world, order, event["at"])
        else:
            try:
                apply_refund(world, order, event)
            except Refused:
                del world.refunds[order["id"], event["refund_id"]]


def order_completed(world: World, detail: dict) -> None:
    order_id, completed_at = detail["order_id"], instant(detail["completed_at"])
    order = world.orders.get(order_id)
    known = world.completions.get(order_id)
    if order is not None and order["repurchase"]:
        known = order["completed_at"]
    if known is not None:
        if known != completed_at:
            raise Refused("conflicting_event")
        return
    world.completions[order_id] = completed_at
    if order is None:
        keep(world, order_id, {"kind": "completed", "at": completed_at})
    else:
        apply_completion(world, order, completed_at)


def apply_completion(world: World, order: dict, completed_at: datetime) -> None:
    order["completed_at"] = completed_at
    world.settling = max(completed_at, order["paid_at"])
    for plan in PLANS:
        plan.on_completed(world, order)
    entries.release(world)


def order_refunded(world: World, detail: dict) -> None:
    order_id, refund_id = detail["order_id"], detail["refund_id"]
    refunded_at = instant(detail["refunded_at"])
    lines = detail.get("lines")
    amount = detail.get("amount")
    if lines is not None:
        lines = given_back(lines)
    content = {"at": refunded_at, "lines": lines, "amount": amount}
    known = world.refunds.get((order_id, refund_id))
    if known is not None:
        if known != content:
            raise Refused("conflicting_event")
        return
    order = world.orders.get(order_id)
    if order is None:
        keep(world, order_id, {"kind": "refunded", **content, "refund_id": refund_id})
    else:
        apply_refund(world, order, content)
    world.refunds[order_id, refund_id] = content


def given_back(lines: list[dict]) -> list[dict]:
    """Rule 1.6.6: lines of 0 are passed over, a line that is named twice is added up."""
    sums: dict[str, int] = {}
    for line in lines:
        sums[line["line_id"]] = sums.get(line["line_id"], 0) + line["amount"]
    return [{"line_id": name, "amount": amount} for name, amount in sums.items() if amount]


def apply_refund(world: World, order: dict, refund: dict) -> None:
    """Rules 1.6.5 and 1.6.6: never more than was paid, or nothing of it happens."""
    left = what_is_left(order, refund)
    world.settling = max(refund["at"], order["paid_at"])
    before = order_queue.order_paid(order)
    for line in order["lines"]:
        line["paid"] = left[line["id"]]
    lost = given.reprice(order)
    for plan in (queue_rebate, order_queue, alliance, red_packet, union):
        plan.on_refunded(world, order, lost)
    referral.on_refunded(world, order, before - order_queue.order_paid(order))
    pause_where_too_much_is_borne(world)


def what_is_left(order: dict, refund: dict) -> dict[str, int]:
    left = {line["id"]: line["paid"] for line in order["lines"]}
    if refund["lines"] is None:
        total = sum(left.values())
        if refund["amount"] > total:
            raise Refused("refund_exceeds_paid")
        return dict(
            zip(left, proportionally_left(list(left.values()), refund["amount"]), strict=True)
        )
    for refunded in refund["lines"]:
        if refunded["line_id"] not in left:
            raise Refused("refund_exceeds_paid")
        left[refunded["line_id"]] -= refunded["amount"]
    if min(left.values()) < 0:
        raise Refused("refund_exceeds_paid")
    return left


def pause_where_too_much_is_borne(world: World) -> None:
    """Rule 1.6.5.2: the refund that passes the most of a day is carried out, then all pauses."""
    most = world.plan("guards").get("borne_per_day")
    today = period(world.settling, world.timezone, "day")
    if most is not None and world.borne_on.get(today, 0) > most:
        world.settings["queue_rebate"]["paused"] = True


def keep(world: World, order_id: str, event: dict) -> None:
    world.early.setdefault(order_id, []).append(event)


def member_saved(world: World, detail: dict) -> None:
    """What is absent stays; another referrer than the bound one is refused, with all the rest."""
    member = world.member(detail["member_id"])
    referrer = detail.get("referrer_id")
    if referrer is not None and member["referrer"] not in (None, referrer):
        raise Refused("referrer_bound")
    for name in ("level", "rank"):
        if name in detail:
            member[name] = detail[name]
    bind(world, detail["member_id"], referrer)


def bind(world: World, member_id: str, referrer: str | None) -> None:
    """Rule 2.5: once, not to oneself and not in a loop."""
    member = world.member(member_id)
    if referrer is None or member["referrer"] is not None:
        return
    world.member(referrer)
    above: str | None = referrer
    while above is not None:
        if above == member_id:
            return
        above = world.member(above)["referrer"]
    member["referrer"] = referrer


def product_saved(world: World, detail: dict) -> None:
    """Rule 1.4 (2): whether a new product takes part is decided when it is first saved."""
    known = world.products.get(detail["product_id"])
    if known is None:
        supply = detail.get("supply") or "self"
        takes_part = supply == "store" or (
            supply != "aggregated" and world.plan(prices.PLAN).get("new_products", True)
        )
        known = {"takes_part": takes_part, "on_sale": True, "margin_bps": None}
    changed = {name: detail[name] for name in ("on_sale", "margin_bps") if name in detail}
    world.products[detail["product_id"]] = {**known, **changed}


def store_saved(world: World, detail: dict) -> None:
    """Who brought a store in is bound once, as any referral."""
    known = world.stores.get(detail["store_id"], {"referrer": None, "concession_bps": None})
    referrer = detail.get("referrer_id")
    if referrer is not None and known["referrer"] not in (None, referrer):
        raise Refused("referrer_bound")
    world.stores[detail["store_id"]] = {
        "referrer": known["referrer"] or referrer,
        "concession_bps": detail.get("concession_bps", known["concession_bps"]),
    }


HANDLERS = {
    "OrderPaid": order_paid,
    "OrderCompleted": order_completed,
    "OrderRefunded": order_refunded,
    "MemberSaved": member_saved,
    "ProductSaved": product_saved,
    "StoreSaved": store_saved,
}
