"""What the fields of the settings must be together, each being right by itself.

A check yields one problem for each thing that is wrong, with its whole path.
"""

from collections.abc import Iterator

from rebate.contracts.problems import Problem
from rebate.contracts.settings.levels import level_problems
from rebate.contracts.settings.model import Settings
from rebate.contracts.settings.plans import all_plan_settings
from rebate.contracts.settings.senders import sender_problems


def settings_problems(settings: Settings) -> Iterator[Problem]:
    """Yield all that is wrong with settings whose fields are right one by one."""
    for described in all_plan_settings():
        plan = described.of(settings)
        if plan is not None:
            yield from described.problems(plan, settings)
    yield from sender_problems(settings.senders)
    yield from level_problems(settings.levels)
