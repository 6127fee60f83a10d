"""Settings of levels and ranks by conditions (rule 2.9)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Self

from pydantic import model_validator

from rebate.contracts.problems import Problem, one_of
from rebate.contracts.scalars import Amount, Flag, Id, PositiveCount, PositiveDays
from rebate.contracts.settings.fields import REQUIRED, setting
from rebate.contracts.validation import Strict, error_at

_CONDITIONS = ("spent", "orders", "referred", "team_spent")


class LevelConditions(Strict):
    """What must hold, all of it, of a member to reach a step."""

    spent: Amount | None = setting(
        "Spent",
        "消费金额",
        "2.9",
        example=100000,
        note="Of the member's own completed orders, after refunds, in minor units.",
    )
    orders: PositiveCount | None = setting(
        "Orders", "订单数", "2.9", example=3, note="Completed and not given back in full."
    )
    referred: PositiveCount | None = setting(
        "Referred who bought",
        "直推购买人数",
        "2.9",
        example=10,
        note="Members whom the member referred and of whom an order was completed.",
    )
    team_spent: Amount | None = setting(
        "Spent by the team",
        "团队消费金额",
        "2.9",
        example=1000000,
        note="By all below the member, down to `referral.max_depth`.",
    )
    days: PositiveDays | None = setting(
        "In the last days", "统计天数", "2.9", example=90, note="Of 24 hours each. Absent: ever."
    )

    @model_validator(mode="after")
    def _check(self) -> Self:
        if all(getattr(self, name) is None for name in _CONDITIONS):
            raise error_at("", f"must have at least one of {one_of(_CONDITIONS)}")
        return self


class MemberLevel(LevelConditions):
    """A member level that is reached by conditions."""

    level: Id = setting("Level", "会员等级", "2.9", example="gold", default=REQUIRED)


class TeamRank(LevelConditions):
    """A team rank that is reached by conditions."""

    rank: Id = setting("Rank", "团队等级", "2.9", example="captain", default=REQUIRED)


class LevelSettings(Strict):
    """Levels and ranks that members reach by what they and their teams do."""

    members: tuple[MemberLevel, ...] = setting(
        "Member levels",
        "会员等级升级条件",
        "2.9",
        example=[{"level": "gold", "spent": 100000, "days": 90}],
        default=(),
        note="From the lowest to the highest. Members rise when an order completes; the level "
        "counts for the next order.",
    )
    ranks: tuple[TeamRank, ...] = setting(
        "Team ranks",
        "团队等级升级条件",
        "2.9",
        example=[{"rank": "captain", "referred": 10}],
        default=(),
        note="From the lowest to the highest. What a team does counts from when this is set.",
    )
    fall: Flag = setting(
        "Fall",
        "允许降级",
        "2.9",
        example=True,
        default=False,
        note="At the turn of a month: to the highest step whose conditions hold.",
    )


def level_problems(levels: LevelSettings) -> Iterator[Problem]:
    """Yield steps that stand twice."""
    yield from _twice("levels.members", "level", levels.members)
    yield from _twice("levels.ranks", "rank", levels.ranks)


def _twice(
    path: str, field: str, steps: Sequence[MemberLevel] | Sequence[TeamRank]
) -> Iterator[Problem]:
    seen: Mapping[str, int] = {}
    for number, step in enumerate(steps):
        name = getattr(step, field)
        if name in seen:
            yield Problem(f"{path}[{number}].{field}", f"stands twice: at {seen[name]} before")
        seen = {name: number, **seen}
