"""Settings of the sixth plan."""

from collections.abc import Iterator

from rebate.contracts.events_in import Channel
from rebate.contracts.figures import ever_paid, percent
from rebate.contracts.problems import Problem
from rebate.contracts.scalars import WHOLE_BPS, Bps, Flag
from rebate.contracts.settings.fields import setting
from rebate.contracts.settings.model import Settings
from rebate.contracts.settings.plans.plan_settings import (
    WHEN_ON,
    Cost,
    PlanSettings,
    required,
)
from rebate.contracts.validation import Strict
from rebate.domain.money import ZERO_BPS
from tests.third_order.plan import EVERY, PLAN, Terms


class ThirdOrder(Strict):
    """Every third order pays the first in line."""

    enabled: Flag = setting("On", "开启", "test", example=True, default=True)
    contribution_bps: Bps | None = setting("Gives", "提取比例", "test", example=2000, note=WHEN_ON)
    shows_waiting: Flag = setting("Waiting", "显示待奖励", "test", example=True, default=True)


def problems(plan: ThirdOrder, _settings: Settings) -> Iterator[Problem]:
    yield from required(plan, "third_order", "contribution_bps")


def costs(plan: ThirdOrder, _channel: Channel, _margin_bps: Bps) -> Iterator[Cost]:
    yield "third_order.contribution_bps", plan.contribution_bps or ZERO_BPS


def terms(plan: ThirdOrder, _settings: Settings) -> Terms:
    return Terms(plan.contribution_bps or ZERO_BPS, plan.shows_waiting)


def words(plan: ThirdOrder, _currency: str) -> Iterator[str]:
    gives = plan.contribution_bps or ZERO_BPS
    yield f"{percent(Bps(gives))} of {EVERY} orders at a time goes to the first in line."
    yield from ever_paid(Bps(gives), WHOLE_BPS, "")


SETTINGS = PlanSettings(
    plan=PLAN,
    model=ThirdOrder,
    title="Every third order",
    title_zh="三单返",
    rule="test",
    example={"contribution_bps": 2000},
    refused={"enabled": True},
    problems=problems,
    costs=costs,
    terms=terms,
    words=words,
)
