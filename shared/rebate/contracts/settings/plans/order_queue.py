"""Settings of the order queue (订单排队): rule 4."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from rebate.contracts.events_in import Channel
from rebate.contracts.figures import percent
from rebate.contracts.problems import Problem
from rebate.contracts.scalars import WHOLE_BPS, Bps, Days, Flag, PositiveCount
from rebate.contracts.settings.fields import setting
from rebate.contracts.settings.model import Settings
from rebate.contracts.settings.plans.plan_settings import (
    WHEN_ON,
    Cost,
    Moment,
    PlanSettings,
    after_days,
    required,
    waits_for_nothing,
)
from rebate.contracts.validation import Strict
from rebate.domain.money import ZERO_BPS
from rebate.domain.plan import Moment as Due
from rebate.domain.plans.order_queue import PLAN, OrderQueueTerms

REWARDS_MAX = 1_000
"""Rewards until an entry is out at most: each is kept with it, by itself where they differ."""


class OrderQueue(Strict):
    """Order queue (订单排队): one line, N rewards, then out (rule 4)."""

    enabled: Flag = setting("On", "开启", "4", example=True, default=True)
    settle_on: Moment = setting("Settle on", "结算时间", "4.1", example="paid", default="paid")
    reward_bps: Bps | None = setting("Reward", "奖励比例", "4.1", example=3000, note=WHEN_ON)
    rewards_to_exit: Annotated[PositiveCount, Field(le=REWARDS_MAX)] = setting(
        "Rewards until out", "出局次数", "4.3", example=5, default=5
    )
    referrer_first: Flag = setting(
        "Referrer first", "推荐关系优先", "4.2", example=True, default=True
    )
    repurchase: Flag = setting("Forced repurchase", "强制复投", "4.4", example=True, default=True)
    settle_after_days: Days = after_days(example=0)


def _problems(plan: OrderQueue, _settings: Settings) -> Iterator[Problem]:
    """Rule 4.6: a chain of repurchases must end.

    Each repurchase gives one reward and each exit has used up `rewards_to_exit` of them, so with
    two or more the chain runs out of rewards. With one it ends because each repurchase costs its
    member more than it gives the next, which takes a reward below 100 %.
    """
    yield from required(plan, "order_queue", "reward_bps")
    yield from waits_for_nothing(plan, "order_queue", "settle_on")
    endless = plan.rewards_to_exit == 1 and (plan.reward_bps or ZERO_BPS) >= WHOLE_BPS
    if plan.enabled and plan.repurchase and endless:
        yield Problem(
            "order_queue.rewards_to_exit",
            "must be at least 2 where reward_bps is 10000 or more, "
            "or a chain of repurchases might not end",
        )


def _costs(plan: OrderQueue, _channel: Channel, _margin_bps: Bps) -> Iterator[Cost]:
    yield "order_queue.reward_bps", plan.reward_bps or ZERO_BPS


def _terms(plan: OrderQueue, settings: Settings) -> OrderQueueTerms:
    return OrderQueueTerms(
        reward_bps=plan.reward_bps or ZERO_BPS,
        settle_on=Due(plan.settle_on),
        rewards_to_exit=plan.rewards_to_exit,
        referrer_first=plan.referrer_first,
        repurchase=plan.repurchase and PLAN.name in settings.plans_on(),
        settle_after_days=plan.settle_after_days,
    )


def _words(plan: OrderQueue, _currency: str) -> Iterator[str]:
    reward, rewards = plan.reward_bps or ZERO_BPS, plan.rewards_to_exit
    yield f"When an order is {plan.settle_on}, {percent(reward)} of it goes to one waiting entry."
    if plan.referrer_first:
        yield "The oldest waiting entry of the buyer's referrer comes first, then the head."
    yield (
        f"An entry leaves after {rewards} rewards, so each entry that leaves needs {rewards} later "
        f"orders: of a number of orders at most one in {rewards} can ever leave."
    )
    if plan.repurchase:
        yield (
            "On leaving, the amount of the member's order is taken from the member's cash for a "
            "forced repurchase, if the cash covers it."
        )


SETTINGS = PlanSettings(
    plan=PLAN,
    model=OrderQueue,
    title="Order queue",
    title_zh="订单排队",
    rule="4",
    example={"reward_bps": 3000},
    refused={"rewards_to_exit": 1, "reward_bps": 10000},
    problems=_problems,
    costs=_costs,
    terms=_terms,
    words=_words,
)
