"""What can go wrong, as one tree.

    RebateError
    ├── Rejected      a business "no" with a code of spec section 4; the caller's to mend (4xx)
    │   └── Mismatch  a known id with other content: refused and alarmed
    ├── Conflict      somebody else wrote first: read again, a bounded number of times
    ├── NotYet        what this needs is being written just now: let the platform retry
    ├── Unavailable   storage or network does not answer: let the platform retry
    └── Impossible    the store will never do this: no repetition mends it, so it is never retried
        ├── TooLarge      what is to be stored is more than the store takes
        ├── Denied        whoever asks has no right to
        └── Unreadable    what is stored is not what rows of its kind are

An exact duplicate is no error. `AssertionError` is a bug and is never caught.
"""

from enum import StrEnum


class Code(StrEnum):
    """Codes of refused steps; other programs depend on them (contracts, section 4)."""

    UNKNOWN_ENTRY = "unknown_entry"
    ENTRY_NOT_WAITING = "entry_not_waiting"
    ALREADY_PAID = "already_paid"
    ALREADY_DRAWN = "already_drawn"
    NO_LOTTERY = "no_lottery"
    EXCHANGE_OFF = "exchange_off"
    NOT_YOURS = "not_yours"
    INSUFFICIENT_BALANCE = "insufficient_balance"
    BELOW_MINIMUM = "below_minimum"
    OVER_LIMIT = "over_limit"
    TRANSFER_OFF = "transfer_off"
    REFUND_EXCEEDS_PAID = "refund_exceeds_paid"
    UNKNOWN_MEMBER = "unknown_member"
    OUT_OF_STOCK = "out_of_stock"
    GIFT_CLOSED = "gift_closed"
    INVALID_REQUEST = "invalid_request"
    CONFLICTING_EVENT = "conflicting_event"
    INVALID_SETTINGS = "invalid_settings"
    NEEDS_ACKNOWLEDGEMENT = "needs_acknowledgement"
    FORBIDDEN = "forbidden"
    REFERRER_BOUND = "referrer_bound"
    WRONG_CURRENCY = "wrong_currency"


class RebateError(Exception):
    """Base of everything this package raises on purpose."""


class Rejected(RebateError):
    """A business "no": `code` for programs, the message for people."""

    def __init__(self, code: Code, message: str) -> None:
        super().__init__(message)
        self.code = code


class Mismatch(Rejected):
    """A known id came again with other content (contracts, section 1)."""

    def __init__(self, message: str) -> None:
        super().__init__(Code.CONFLICTING_EVENT, message)


class Conflict(RebateError):
    """A condition of a write did not hold: somebody else wrote first."""


class NotYet(RebateError):
    """Something this depends on is not visible yet; trying again later will do."""


class Unavailable(RebateError):
    """The store did not answer, or asked to slow down."""


class Impossible(RebateError):
    """The store refuses this however often it is asked: it is not valid, too large, not allowed.

    What led to it stays as it is, is told by an alarm, and waits for somebody to mend the cause.
    """


class TooLarge(Impossible):
    """A row, a key, or all rows together are larger than the store takes."""


class Denied(Impossible):
    """The store does not know who asks, or does not allow it to them: rights have to be mended."""


class Unreadable(Impossible):
    """What is stored is not what rows of its kind are."""
