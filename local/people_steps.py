"""The steps of a scenario that are about people (rule 2)."""

from collections.abc import Callable, Mapping
from typing import Any

from rebate.bootstrap import App
from rebate.contracts import scenario_steps as steps
from rebate.domain.names import MemberId
from rebate.usecases.people.bind_referrer import bind_referrer
from rebate.usecases.people.correct_binding import Correction, correct_binding


def _bind(app: App, name: str, wish: steps.Bind) -> None:
    member = MemberId(wish.member)
    referrer = None if wish.referrer is None else MemberId(wish.referrer)
    if wish.reason is not None:
        what = Correction(member, referrer, wish.reason)
        correct_binding(app.people, wish.id or name, what, by=wish.by)
    elif referrer is not None:
        bind_referrer(app.people, member, referrer)


PEOPLE_ACTIONS: Mapping[str, Callable[[App, str, Any], None]] = {"bind": _bind}
"""By the name of a step: what carries it out, with an id for where it names none."""
