"""What arrives from outside: orders, their completions and refunds, and the catalogue.

Rule 0.11 in its simplest form: everything is settled when it becomes known, in order of arrival;
what came before its order was paid is kept, and then applied by instant, ties as they came.
"""

from . import alliance, entries, order_queue, prices, queue_rebate, red_packet, referral, union
from .clock import instant
from .world import Refused, World


def order_paid(world: World, detail: dict) -> None:
    content = canonical(detail)
    known = world.orders.get(content["order_id"])
    if known is not None:
        if known["content"] != content:
            raise Refused("conflicting_event")
        return
    order = new_order(content)
    world.orders[order["id"]] = order
    member = world.member(order["member"])
    if not content["member"]["says_level"]:
        order["level"] = member["level"]
    for plan in (queue_rebate, order_queue, alliance, red_packet, union, referral):
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
        "member": buyer(detail["member"]),
        "channel": detail["channel"],
        "store_id": detail.get("store_id"),
        "paid_at": instant(detail["paid_at"]),
        "lines": lines,
    }


def buyer(member: dict | None) -> dict:
    """Who bought: a guest is nobody (rule 0.14); no level is not one that is left out."""
    if member is None:
        return {"id": None, "level": None, "says_level": True}
    return {"id": member["id"], "level": member.get("level"), "says_level": "level" in member}


def new_order(content: dict) -> dict:
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
        "member": content["member"]["id"],
        "level": content["member"]["level"],
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
                apply_refund(world, order, event["lines"])
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


def apply_completion(world: World, order: dict, completed_at: object) -> None:
    order["completed_at"] = completed_at
    for plan in (queue_rebate, order_queue, alliance, red_packet, union, referral):
        plan.on_completed(world, order)
    entries.release(world)


def order_refunded(world: World, detail: dict) -> None:
    order_id, refund_id = detail["order_id"], detail["refund_id"]
    refunded_at = instant(detail["refunded_at"])
    lines = given_back(detail["lines"])
    content = {"at": refunded_at, "lines": lines}
    known = world.refunds.get((order_id, refund_id))
    if known is not None:
        if known != content:
            raise Refused("conflicting_event")
        return
    order = world.orders.get(order_id)
    if order is None:
        kept = {"kind": "refunded", "at": refunded_at, "lines": lines, "refund_id": refund_id}
        keep(world, order_id, kept)
    else:
        apply_refund(world, order, lines)
    world.refunds[order_id, refund_id] = content


def given_back(lines: list[dict]) -> list[dict]:
    """Rule 1.6.6: lines of 0 are passed over, a line that is named twice is added up."""
    sums: dict[str, int] = {}
    for line in lines:
        sums[line["line_id"]] = sums.get(line["line_id"], 0) + line["amount"]
    return [{"line_id": name, "amount": amount} for name, amount in sums.items() if amount]


def apply_refund(world: World, order: dict, lines: list[dict]) -> None:
    """Rule 1.6.5: never more than was paid, or nothing of it happens."""
    left = {line["id"]: line["paid"] for line in order["lines"]}
    for refunded in lines:
        left[refunded["line_id"]] = left.get(refunded["line_id"], 0) - refunded["amount"]
        if left[refunded["line_id"]] < 0:
            raise Refused("refund_exceeds_paid")
    before = {"paid": order_queue.order_paid(order)}
    for line in order["lines"]:
        line_before = line["paid"]
        line["paid"] = left[line["id"]]
        if line["paid"] < line_before:
            queue_rebate.on_refunded(world, order, line, line_before)
    order_queue.on_refunded(world, order, before)
    alliance.on_refunded(world, order, before)
    red_packet.on_refunded(world, order, before)
    union.on_refunded(world, order)
    referral.on_refunded(world, order)


def keep(world: World, order_id: str, event: dict) -> None:
    world.early.setdefault(order_id, []).append(event)


def member_saved(world: World, detail: dict) -> None:
    """What is left out is unchanged; rule 2.5: a referrer is bound once, another is refused."""
    member = world.member(detail["member_id"])
    named = detail.get("referrer_id")
    if named is not None and member["referrer"] not in (None, named):
        raise Refused("referrer_bound")
    member.update({name: detail[name] for name in ("level", "rank") if name in detail})
    bind(world, detail["member_id"], named)


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
    supply = detail.get("supply") or "self"
    takes_part = True
    if known is not None:
        takes_part = known["takes_part"]
    elif supply in ("self", "supplier"):
        takes_part = world.plan(prices.PLAN).get("new_products", True)
    elif supply == "aggregated":
        takes_part = False
    before = known or {"on_sale": True, "margin_bps": None}
    on_sale = detail.get("on_sale", before["on_sale"])
    world.products[detail["product_id"]] = {
        "takes_part": takes_part,
        "on_sale": True if on_sale is None else on_sale,
        "margin_bps": detail.get("margin_bps", before["margin_bps"]),
    }


def store_saved(world: World, detail: dict) -> None:
    """Who brought a store in is bound once, as any referral."""
    known = world.stores.get(detail["store_id"], {"referrer": None, "concession_bps": None})
    named = detail.get("referrer_id")
    if named is not None and known["referrer"] not in (None, named):
        raise Refused("referrer_bound")
    world.stores[detail["store_id"]] = {
        "referrer": known["referrer"] or named,
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
