"""Rule 3: withdrawals and transfers."""

from .clock import period
from .world import Refused, World


def withdraw(world: World, step: dict) -> None:
    """The amount is held until it is decided."""
    content = {"member": step["member"], "amount": step["amount"]}
    known = world.withdrawals.get(step["id"])
    if known is not None:
        if known["content"] != content:
            raise Refused("conflicting_event")
        return
    settings = world.plan("wallet")
    today = period(world.now, world.timezone, "day")
    requests = [
        other
        for other in world.withdrawals.values()
        if other["content"]["member"] == step["member"] and other["day"] == today
    ]
    codes = []
    if world.balance(step["member"], "cash") < step["amount"]:
        codes.append("insufficient_balance")
    if step["amount"] < settings.get("withdraw_min", 0):
        codes.append("below_minimum")
    if len(requests) >= settings.get("withdraw_per_day", len(requests) + 1):
        codes.append("over_limit")
    if codes:
        raise Refused(*codes)
    wallet = ("wallet", step["member"])
    world.move(step["amount"], (*wallet, "cash"), (*wallet, "held"))
    world.withdrawals[step["id"]] = {"content": content, "day": today, "approved": None}


def decide(world: World, step: dict) -> None:
    """Approved: the held amount, its fee included, leaves. Rejected: it is cash again."""
    request = world.withdrawals.get(step["id"])
    if request is None:
        raise Refused("unknown_entry")
    if request["approved"] is not None:
        if request["approved"] != step["approve"]:
            raise Refused("conflicting_event")
        return
    request["approved"] = step["approve"]
    wallet = ("wallet", request["content"]["member"])
    target = ("platform", "withdrawn") if step["approve"] else (*wallet, "cash")
    world.move(request["content"]["amount"], (*wallet, "held"), target)


def transfer(world: World, step: dict) -> None:
    """Points and love value between members, as far as the settings let them."""
    codes = []
    if step["asset"] not in world.plan("wallet").get("transfer", []):
        codes.append("transfer_off")
    if world.balance(step["from"], step["asset"]) < step["amount"]:
        codes.append("insufficient_balance")
    if codes:
        raise Refused(*codes)
    world.member(step["to"])
    source = ("wallet", step["from"], step["asset"])
    target = ("wallet", step["to"], step["asset"])
    world.move(step["amount"], source, target, step["asset"])
