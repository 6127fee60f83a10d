"""What was set aside, for operators: what it was, why, and whether it can be replayed."""

from rebate.contracts import letters as shown
from rebate.domain.letters import DeadLetter
from rebate.domain.times import datetime_of
from rebate.usecases.letters.replay_letters import letter_name, letter_sort, target_of
from rebate.usecases.storage.ports import Store

PAGE = 50
BODY_CHARS_MAX = 4_000
"""What a list shows of a letter."""


def show_letters(store: Store, state: str, after: str | None = None) -> shown.DeadLettersShown:
    """Return a page of the letters in a state, the newest first."""
    before = letter_sort(after) if after else None
    rows = store.query(DeadLetter, state, after=before, limit=PAGE, backwards=True)
    end = letter_name(rows[-1]) if len(rows) == PAGE else None
    return shown.DeadLettersShown(tuple(map(_shown, rows)), end)


def _shown(letter: DeadLetter) -> shown.DeadLetterShown:
    return shown.DeadLetterShown(
        letter=letter_name(letter),
        at=datetime_of(letter.at),
        function=letter.function,
        code=letter.code,
        reason=letter.reason,
        body=letter.body[:BODY_CHARS_MAX],
        cut=len(letter.body) > BODY_CHARS_MAX,
        replays_to=target_of(letter),
        replayed_at=None if letter.asked_at is None else datetime_of(letter.asked_at),
        replayed_by=letter.asked_by,
    )
