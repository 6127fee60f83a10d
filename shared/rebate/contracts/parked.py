"""Parked commands as operators see them: what cannot be carried out, why, and what became of it."""

from typing import Literal

from rebate.domain.records import dataclass

State = Literal["parked", "released", "dropped"]


@dataclass(frozen=True, slots=True)
class ParkedShown:
    """A command of a queue that could not be carried out, and waits for an operator's decision.

    `order` and `member` are null where it concerns the whole queue. `at` is when it was parked,
    `caused_at` when what it is about happened. `behind`: it did not fail itself, but an earlier one
    of its order did. `by` and `why` say who decided on it.
    """

    id: str
    state: State
    queue: str
    command: str
    order: str | None
    member: str | None
    reason: str
    at: str
    caused_at: str
    behind: bool
    by: str | None = None
    why: str | None = None
    decided_at: str | None = None


@dataclass(frozen=True, slots=True)
class ParkedList:
    """A page of parked commands; `next` is where the following page begins, null at the end."""

    parked: tuple[ParkedShown, ...]
    next: str | None
