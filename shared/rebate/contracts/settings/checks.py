"""What the fields of the settings must be together, each being right by itself.

A check yields one problem for each thing that is wrong, with its whole path.
"""

from collections.abc import Iterator

from rebate.contracts.problems import NEEDS_ACKNOWLEDGEMENT, Problem, join_paths
from rebate.contracts.scalars import WHOLE_BPS
from rebate.contracts.settings.model import Settings
from rebate.contracts.settings.other_plans import Alliance, OrderQueue, RedPacket, Union
from rebate.contracts.settings.queue_rebate_checks import queue_rebate_problems
from rebate.contracts.settings.referral import FREE_DEPTH, Referral
from rebate.contracts.settings.senders import sender_problems

DEPTH_RISK = "referral.max_depth"
MARGIN_RISK = "margin"
RISKS = {DEPTH_RISK: (DEPTH_RISK, "max_depth", "referral_depth"), MARGIN_RISK: (MARGIN_RISK,)}
"""By risk, the names by which `guards.acknowledged` accepts it (rules 2.5, 8.4)."""


def settings_problems(settings: Settings) -> Iterator[Problem]:
    """Yield all that is wrong with settings whose fields are right one by one."""
    if settings.queue_rebate is not None:
        yield from queue_rebate_problems(settings.queue_rebate, "queue_rebate")
    if settings.order_queue is not None:
        yield from _order_queue_problems(settings.order_queue)
    if settings.alliance is not None:
        yield from _alliance_problems(settings.alliance)
    if settings.red_packet is not None:
        yield from _red_packet_problems(settings.red_packet)
    if settings.union is not None:
        yield from _required(settings.union, "union", "profit_share_bps", "quota_bps")
    if settings.referral is not None:
        yield from _referral_problems(settings.referral)
    yield from sender_problems(settings.senders)
    yield from _depth_problems(settings)


def _required(
    plan: OrderQueue | Alliance | RedPacket | Union, path: str, *names: str
) -> Iterator[Problem]:
    for name in names:
        if plan.enabled and getattr(plan, name) in (None, ()):
            yield Problem(join_paths(path, name), "is required in a plan that is on")


def _order_queue_problems(plan: OrderQueue) -> Iterator[Problem]:
    """Rule 4.6: a chain of repurchases must end.

    Each repurchase gives one reward and each exit has used up `rewards_to_exit` of them, so with
    two or more the chain runs out of rewards. With one it ends because each repurchase costs its
    member more than it gives the next, which takes a reward below 100 %.
    """
    yield from _required(plan, "order_queue", "reward_bps")
    endless = plan.rewards_to_exit == 1 and (plan.reward_bps or 0) >= WHOLE_BPS
    if plan.enabled and plan.repurchase and endless:
        yield Problem(
            "order_queue.rewards_to_exit",
            "must be at least 2 where reward_bps is 10000 or more, "
            "or a chain of repurchases might not end",
        )


def _alliance_problems(plan: Alliance) -> Iterator[Problem]:
    yield from _required(plan, "alliance", "dividend_bps", "heads_bps")
    if sum(plan.heads_bps) > WHOLE_BPS:
        total = sum(plan.heads_bps)
        yield Problem("alliance.heads_bps", f"must sum to at most 10000, not {total}")
    if plan.max_paid is not None and plan.max_paid < plan.min_paid:
        yield Problem("alliance.max_paid", f"must be at least min_paid, {plan.min_paid}")
    for name in ("channels", "products"):
        if getattr(plan, name) == ():
            yield Problem(f"alliance.{name}", "must name one at least, or be left out for all")


def _red_packet_problems(plan: RedPacket) -> Iterator[Problem]:
    yield from _required(plan, "red_packet", "stores", "shares_bps", "entitlement_bps")
    if plan.shares_bps is not None and sum(plan.shares_bps.in_order) != WHOLE_BPS:
        total = sum(plan.shares_bps.in_order)
        yield Problem("red_packet.shares_bps", f"must sum to 10000, not {total}")


def _referral_problems(plan: Referral) -> Iterator[Problem]:
    seen: set[str] = set()
    for number, rank in enumerate(plan.ranks):
        if rank.rank in seen:
            yield Problem(f"referral.ranks[{number}].rank", "stands in the list twice")
        seen.add(rank.rank)
    if plan.dividend is not None and plan.dividend.split == "equal" and plan.dividend.weights:
        yield Problem("referral.dividend.weights", 'goes only with "split": "weight"')


def acknowledged(settings: Settings, risk: str) -> bool:
    """Tell whether the operator accepts the risk."""
    return any(name in settings.guards.acknowledged for name in RISKS[risk])


def _depth_problems(settings: Settings) -> Iterator[Problem]:
    """Rule 2.5: more than two referral levels are refused unless acknowledged."""
    plan = settings.referral
    if plan is None or not plan.enabled or plan.max_depth <= FREE_DEPTH:
        return
    if not acknowledged(settings, DEPTH_RISK):
        yield Problem(
            "referral.max_depth",
            f"pays on {plan.max_depth} levels; paying on three or more is treated as pyramid "
            f'selling in China, so guards.acknowledged must hold "{DEPTH_RISK}"',
            code=NEEDS_ACKNOWLEDGEMENT,
        )
