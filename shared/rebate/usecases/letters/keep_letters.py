"""Keeping what was set aside: whoever finds it again keeps the same row."""

from collections.abc import Iterable

from rebate.domain.letters import DeadLetter
from rebate.usecases.storage.ports import Put, Store


def keep_letters(store: Store, letters: Iterable[DeadLetter]) -> int:
    """Keep letters; return how many that were.

    Raises:
        Unavailable: the store did not answer; those before it are kept.
    """
    kept = 0
    for letter in letters:
        store.commit([Put(letter)])
        kept += 1
    return kept
