"""Replaying what was set aside: it goes the way that it came, once more.

It is sent first and noted then, so nothing is lost in between: what is carried out twice does no
harm. What fails again is set aside again, as a letter of its own.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from rebate.domain.errors import Code, Rejected
from rebate.domain.letters import DeadLetter, LetterState
from rebate.domain.records import dataclass, replace
from rebate.usecases.storage.ports import Clock, Put, Remove, Store
from rebate.usecases.storage.rows.key_of import key_of
from rebate.usecases.storage.rows.keys import Key

EVENT_FUNCTIONS: Mapping[str, str] = {
    "OrderPaid": "on_order_paid",
    "OrderCompleted": "on_order_completed",
    "OrderRefunded": "on_order_refunded",
    "MemberSaved": "on_catalog_saved",
    "ProductSaved": "on_catalog_saved",
    "StoreSaved": "on_catalog_saved",
    "StoreVisited": "on_catalog_saved",
    "StoreRated": "on_catalog_saved",
}
"""Which function gets an event, by its type."""

_TAKE: Mapping[str, tuple[set[str], ...]] = {
    "connect_orders": ({"connector", "order"}, {"connector", "detail"}),
    "deliver_webhooks": ({"endpoint", "id", "at"},),
}
"""Which messages other functions take from their queues, by their fields."""

REPLAYS_TO = (*dict.fromkeys(EVENT_FUNCTIONS.values()), *_TAKE)
"""The functions whose queues letters are replayed to."""


class ReplayQueues(Protocol):
    """The queues of functions."""

    def send(self, function: str, body: str) -> None:
        """Send a message to a function's queue; raises Unavailable."""


@dataclass(frozen=True, slots=True)
class ReplayedLetters:
    """How many letters were replayed, and the names of those that had been before."""

    replayed: int
    before: tuple[str, ...] = ()


def target_of(letter: DeadLetter) -> str | None:
    """Return the function to whose queue a letter is replayed.

    None: it is what the clock started or a stream brought, or a delivery that cannot be read, which
    docs/operations.md says what to do about.
    """
    document = _object(letter.body)
    kind = document.get("detail-type")
    if isinstance(kind, str) and kind in EVENT_FUNCTIONS:
        return EVENT_FUNCTIONS[kind]
    fields = _TAKE.get(letter.function, ())
    return letter.function if any(each <= document.keys() for each in fields) else None


def _object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def replay_letters(
    store: Store,
    clock: Clock,
    queues: ReplayQueues,
    names: Sequence[str],
    *,
    by: str,
    body: str | None = None,
) -> ReplayedLetters:
    """Send letters to where they came from; `body` stands for that of the only one.

    Raises:
        Rejected: `unknown_entry`: there is no such letter; `invalid_request`: one of them cannot be
            replayed. Nothing was sent.
        Unavailable: a queue or the store did not answer; the same request goes on.
    """
    found = list(_found(store, names, body))
    for letter, target in found:
        if letter.asked_at is None:
            queues.send(target, letter.body)
            asked = replace(letter, asked_by=by, asked_at=clock.now())
            store.commit([Remove(DeadLetter, key_of(letter)), Put(asked)])
    before = tuple(letter_name(each) for each, _ in found if each.asked_at is not None)
    return ReplayedLetters(len(found) - len(before), before)


def _found(
    store: Store, names: Sequence[str], body: str | None
) -> Iterator[tuple[DeadLetter, str]]:
    """Yield the letters of these names, and to whom each goes."""
    keys = {name: _keys(name) for name in names}
    rows = store.get_many(DeadLetter, [key for pair in keys.values() for key in pair])
    for name, pair in keys.items():
        letter = next((rows[key] for key in pair if key in rows), None)
        if letter is None:
            raise Rejected(Code.UNKNOWN_ENTRY, f"there is no letter {name}")
        if body is not None and letter.asked_at is None:
            letter = replace(letter, body=body)
        target = target_of(letter)
        if target is None:
            message = f"letter {name} cannot be replayed: it is no event, and no message of a queue"
            raise Rejected(Code.INVALID_REQUEST, message)
        yield letter, target


def letter_name(letter: DeadLetter) -> str:
    """Return by which name a letter is asked for: where it stands among the others."""
    return key_of(letter).sort.replace("#", "-", 1)


def letter_sort(name: str) -> str:
    """Return where the letter of a name stands."""
    return name.replace("-", "#", 1)


def _keys(name: str) -> tuple[Key, Key]:
    """Return where a letter stands that is open, and where one that was replayed."""
    return Key(LetterState.OPEN, letter_sort(name)), Key(LetterState.REPLAYED, letter_sort(name))
