"""Rule 3: what members, shops and operators ask of wallets, by plain dicts."""

from datetime import datetime, timedelta
from typing import Any

from .clock import instant, period
from .world import Refused, World

SPENDABLE = ("points", "love", "voucher")


def amount_of(step: dict, name: str = "amount", default: Any = None) -> int:
    """An amount above zero without a fraction."""
    amount = step.get(name, default)
    if amount != int(amount) or amount <= 0:
        raise Refused("invalid_request")
    return int(amount)


def known(world: World, *members: str) -> None:
    if not set(members) <= world.members.keys():
        raise Refused("unknown_member")


def remembered(world: World, kind: str, caller: str, name: str | None, content: Any) -> bool:
    """Whether a request was granted before; with other content it is refused."""
    before = world.requests.get((kind, caller, name))
    if before is not None and before != content:
        raise Refused("conflicting_event")
    return before is not None


def keep(world: World, kind: str, caller: str, name: str | None, content: Any) -> None:
    if name is not None:
        world.requests[kind, caller, name] = content


def withdraw(world: World, step: dict) -> None:
    """The amount is held until it is decided."""
    member, amount = step["member"], amount_of(step)
    content = (amount, step.get("account"))
    name = step.get("id", f"unnamed {len(world.withdrawals)}")
    before = world.withdrawals.get((name, member))
    if before is not None:
        if before["content"] != content:
            raise Refused("conflicting_event")
        return
    settings = world.plan("wallet")
    today = period(world.now, world.timezone, "day")
    requests = [
        key for key, other in world.withdrawals.items() if (key[1], other["day"]) == (member, today)
    ]
    codes = []
    if world.balance(member, "cash") < amount:
        codes.append("insufficient_balance")
    if amount < settings.get("withdraw_min", 0):
        codes.append("below_minimum")
    if len(requests) >= settings.get("withdraw_per_day", len(requests) + 1):
        codes.append("over_limit")
    if codes:
        raise Refused(*codes)
    world.move(amount, ("wallet", member, "cash"), ("wallet", member, "held"))
    fee = amount * settings.get("withdraw_fee_bps", 0) // 10000
    request = {"content": content, "day": today, "fee": fee, "state": "asked", "by": set()}
    world.withdrawals[name, member] = {**request, "reference": None}


def decide(world: World, step: dict) -> None:
    """An operator's decision, or what the payout service tells."""
    keys = [key for key in world.withdrawals if key[0] == step["id"]]
    keys = [key for key in keys if step.get("member") in (None, key[1])]
    if not keys:
        raise Refused("unknown_entry")
    if len(keys) > 1:
        raise Refused("invalid_request")
    request, member = world.withdrawals[keys[0]], keys[0][1]
    if step.get("failed"):
        fail(world, request, member, step.get("paid"))
    elif "paid" in step:
        pay(request, step["paid"])
    else:
        judge(world, request, member, step)


def judge(world: World, request: dict, member: str, step: dict) -> None:
    wanted = ("approved", "paid", "failed") if step["approve"] else ("rejected",)
    if request["state"] in wanted:
        return
    if request["state"] != "asked":
        raise Refused("conflicting_event")
    amount, by = request["content"][0], step.get("by", "operator")
    held = ("wallet", member, "held")
    if not step["approve"]:
        request["state"] = "rejected"
        world.move(amount, held, ("wallet", member, "cash"))
        return
    if by in request["by"]:
        return
    if world.balance(member, "cash") < 0:
        raise Refused("insufficient_balance")
    request["by"].add(by)
    limit = world.plan("wallet").get("two_approvals_above")
    if limit is None or amount <= limit or len(request["by"]) == 2:
        request["state"] = "approved"
        world.move(amount, held, ("platform", "withdrawn"))


def pay(request: dict, reference: str) -> None:
    if request["state"] not in ("approved", "paid"):
        raise Refused("conflicting_event")
    if request["reference"] not in (None, reference):
        raise Refused("conflicting_event")
    request.update(state="paid", reference=reference)


def fail(world: World, request: dict, member: str, reference: str | None) -> None:
    if request["state"] in ("asked", "rejected"):
        raise Refused("conflicting_event")
    if None not in (request["reference"], reference) and request["reference"] != reference:
        raise Refused("conflicting_event")
    if request["state"] == "failed":
        return
    request.update(state="failed", reference=request["reference"] or reference)
    world.move(request["content"][0], ("platform", "withdrawn"), ("wallet", member, "cash"))


def fees(world: World) -> int:
    out = ("approved", "paid")
    return sum(each["fee"] for each in world.withdrawals.values() if each["state"] in out)


def transfer(world: World, step: dict) -> None:
    """Points and love value between members, as far as the settings let them."""
    giver, taker, asset, amount = step["from"], step["to"], step["asset"], amount_of(step)
    content = (taker, asset, amount)
    if remembered(world, "transfer", giver, step.get("id"), content):
        return
    if giver == taker:
        raise Refused("invalid_request")
    known(world, giver, taker)
    settings, today = world.plan("wallet"), period(world.now, world.timezone, "day")
    made = world.transfers.count((giver, today))
    codes = []
    if asset not in settings.get("transfer", []):
        codes.append("transfer_off")
    if world.balance(giver, asset) < amount:
        codes.append("insufficient_balance")
    if made >= settings.get("transfer_per_day", made + 1):
        codes.append("over_limit")
    if codes:
        raise Refused(*codes)
    keep(world, "transfer", giver, step.get("id"), content)
    world.transfers.append((giver, today))
    world.move(amount, ("wallet", giver, asset), ("wallet", taker, asset), asset)


def spend(world: World, step: dict) -> None:
    member, asset, amount = step["member"], step["asset"], amount_of(step)
    content = (member, asset, amount, step["order"])
    if remembered(world, "spend", "shop", step.get("id"), content):
        return
    known(world, member)
    if world.balance(member, asset) < amount:
        raise Refused("insufficient_balance")
    keep(world, "spend", "shop", step.get("id"), content)
    world.spent[step.get("id")] = {"member": member, "asset": asset, "left": amount}
    world.move(amount, ("wallet", member, asset), ("issued",), asset)


def give_back(world: World, step: dict) -> None:
    amount = amount_of(step)
    spent = world.spent.get(step["spend"])
    if spent is None:
        raise Refused("unknown_entry")
    content = (step["spend"], amount)
    if remembered(world, "give_back", "shop", step.get("id"), content):
        return
    if amount > spent["left"]:
        raise Refused("refund_exceeds_paid")
    keep(world, "give_back", "shop", step.get("id"), content)
    spent["left"] -= amount
    world.move(amount, ("issued",), ("wallet", spent["member"], spent["asset"]), spent["asset"])


def gift(world: World, step: dict) -> None:
    """On offer from now on; what was redeemed of it before stays counted."""
    ((asset, price),) = step["price"].items()
    before = world.gifts.get(step["id"], {"had": {}, "stock": None})
    stock = step.get("stock")
    if "stock_change" in step:
        stock = (before["stock"] or 0) + step["stock_change"]
        if stock < 0:
            raise Refused("out_of_stock")
    world.gifts[step["id"]] = {**step, "asset": asset, "price": price, "stock": stock} | {
        "had": before["had"]
    }


def redeem(world: World, step: dict) -> None:
    member, quantity = step["member"], amount_of(step, "quantity", 1)
    name = step.get("id", f"unnamed {len(world.redeemed)}")
    before = world.redeemed.get((name, member))
    if before is not None:
        if (before["gift"], before["quantity"]) != (step["gift"], quantity):
            raise Refused("conflicting_event")
        return
    known(world, member)
    wanted = world.gifts.get(step["gift"])
    if wanted is None:
        raise Refused("unknown_entry")
    had = wanted["had"].get(member, 0)
    price = wanted["price"] * quantity
    codes = []
    if not wanted.get("on", True) or not begins(wanted) <= world.now < ends(wanted):
        codes.append("gift_closed")
    if world.balance(member, wanted["asset"]) < price:
        codes.append("insufficient_balance")
    if wanted["stock"] is not None and wanted["stock"] < quantity:
        codes.append("out_of_stock")
    if wanted.get("limit") is not None and had + quantity > wanted["limit"]:
        codes.append("over_limit")
    if codes:
        raise Refused(*codes)
    if wanted["stock"] is not None:
        wanted["stock"] -= quantity
    wanted["had"][member] = had + quantity
    redeemed = {"gift": step["gift"], "quantity": quantity, "asset": wanted["asset"]}
    world.redeemed[name, member] = {**redeemed, "price": price, "state": "placed", "tracking": None}
    world.move(price, ("wallet", member, wanted["asset"]), ("issued",), wanted["asset"])


def begins(gift: dict) -> datetime:
    return instant(gift.get("from") or "1970-01-01T00:00:00Z")


def ends(gift: dict) -> datetime:
    return instant(gift.get("to") or "2999-01-01T00:00:00Z")


FOLLOWS = {"sent": ("placed",), "done": ("sent",), "cancelled": ("placed", "sent")}


def gift_state(world: World, step: dict) -> None:
    keys = [key for key in world.redeemed if key[0] == step["id"]]
    keys = [key for key in keys if step.get("member") in (None, key[1])]
    if not keys:
        raise Refused("unknown_entry")
    if len(keys) > 1:
        raise Refused("invalid_request")
    redeemed, member, tracking = world.redeemed[keys[0]], keys[0][1], step.get("tracking")
    if redeemed["state"] == step["state"] and tracking in (None, redeemed["tracking"]):
        return
    if redeemed["state"] not in FOLLOWS[step["state"]]:
        raise Refused("conflicting_event")
    redeemed.update(state=step["state"], tracking=tracking or redeemed["tracking"])
    if step["state"] == "cancelled":
        offered = world.gifts[redeemed["gift"]]
        offered["had"][member] -= redeemed["quantity"]
        if offered["stock"] is not None:
            offered["stock"] += redeemed["quantity"]
        account = ("wallet", member, redeemed["asset"])
        world.move(redeemed["price"], ("issued",), account, redeemed["asset"])


def adjust(world: World, step: dict) -> None:
    """Above the limit by two; what would leave too little is refused at once."""
    amount = amount_of({"amount": abs(step["amount"])}) * (1 if step["amount"] > 0 else -1)
    member, asset = step["member"], step["asset"]
    below = step.get("below_zero", False)
    name = step.get("id", f"unnamed {len(world.adjustments)}")
    content = (member, asset, amount, step.get("reason"), below)
    before = world.adjustments.get(name)
    if before is not None and before["content"] != content:
        raise Refused("conflicting_event")
    if before is None:
        known(world, member)
    wish = before or {"content": content, "by": set(), "state": "asked"}
    if not step.get("approve", True):
        if before is None:
            raise Refused("unknown_entry")
        if wish["state"] == "done":
            raise Refused("conflicting_event")
        wish["state"] = "rejected"
        return
    if wish["state"] == "rejected":
        raise Refused("conflicting_event")
    by = step.get("by", "operator")
    if wish["state"] == "done" or by in wish["by"]:
        return
    if amount < 0 and not below and world.balance(member, asset) < -amount:
        raise Refused("insufficient_balance")
    wish["by"].add(by)
    world.adjustments[name] = wish
    limit = world.plan("wallet").get("adjust_two_above")
    if limit is None or abs(amount) <= limit or len(wish["by"]) == 2:
        wish["state"] = "done"
        credit(world, member, asset, amount)


def credit(world: World, member: str, asset: str, amount: int) -> None:
    """By an adjustment: of money the platform's figure says so, of the rest nothing does."""
    other = ("platform", "adjusted") if asset == "cash" else ("issued",)
    account = ("wallet", member, asset)
    if amount > 0:
        world.move(amount, other, account, asset)
    else:
        world.move(-amount, account, other, asset)
    if asset == "love_frozen" and amount > 0:
        world.frozen.append({"member": member, "amount": amount, "at": world.now})


def thaw(world: World, step: dict) -> None:
    member, frozen = step["member"], world.balance(step["member"], "love_frozen")
    whole = step.get("amount") is None
    amount = frozen if whole else amount_of(step)
    content = (member, None if whole else amount)
    if remembered(world, "thaw", "operators", step.get("id"), content):
        return
    known(world, member)
    if frozen < max(1, amount):
        raise Refused("insufficient_balance")
    keep(world, "thaw", "operators", step.get("id"), content)
    loosen(world, member, amount)


def loosen(world: World, member: str, amount: int) -> None:
    world.move(amount, ("wallet", member, "love_frozen"), ("wallet", member, "love"), "love")


def thaw_due(world: World) -> None:
    """Rule 3.6: what is older than the set days; what was taken since was of the oldest."""
    days = world.plan("wallet").get("love_thaw_days")
    if days is None:
        return
    for lot in list(world.frozen):
        if lot["at"] + timedelta(days=days) <= world.now:
            world.frozen.remove(lot)
            member = lot["member"]
            rest = sum(each["amount"] for each in world.frozen if each["member"] == member)
            left = world.balance(member, "love_frozen") - rest
            loosen(world, member, max(0, min(lot["amount"], left)))
