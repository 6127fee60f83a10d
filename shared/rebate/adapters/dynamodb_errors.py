"""What DynamoDB's errors mean: somebody else was first, it may pass, or it never will."""

import re

from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

from rebate.domain.errors import Conflict, Denied, Impossible, TooLarge, Unavailable

_CONTENDED = frozenset({"ConditionalCheckFailed", "TransactionConflict"})

_DENIED = frozenset({"AccessDeniedException", "UnrecognizedClientException"})
_TOO_LARGE = frozenset(
    {"ItemCollectionSizeLimitExceeded", "ItemCollectionSizeLimitExceededException"}
)
_NOT_VALID = frozenset(
    {
        "IdempotentParameterMismatchException",
        "SerializationException",
        "ValidationError",
        "ValidationException",
    }
)
"""Codes, of requests and of writes in a transaction, with which the same request fails for ever. A
table that is not found may be about to be restored, so that is none of them."""

_SIZE = re.compile(r"\bsize\b", re.IGNORECASE)
"""What a refusal says where something is too large: DynamoDB has no code of its own for that."""


def failure_of(error: BotoCoreError | ClientError) -> Conflict | Impossible | Unavailable:
    """Return what an error of DynamoDB, or on the way to it, means to who asked."""
    codes = _codes(error)
    if codes & _CONTENDED:
        return Conflict(f"transaction cancelled: {', '.join(sorted(codes))}")
    told = f"DynamoDB: {error}"
    if codes & _DENIED:
        return Denied(told)
    if codes & _TOO_LARGE or (codes & _NOT_VALID and _SIZE.search(_reasons(error))):
        return TooLarge(told)
    if codes & _NOT_VALID or isinstance(error, ParamValidationError):
        return Impossible(told)
    return Unavailable(told)


def _reasons(error: BotoCoreError | ClientError) -> str:
    """Return what a refused request, and the refused writes in it, say."""
    if not isinstance(error, ClientError):
        return ""
    reasons = error.response.get("CancellationReasons", ())
    return " ".join([str(error), *(str(reason.get("Message", "")) for reason in reasons)])


def _codes(error: BotoCoreError | ClientError) -> set[str]:
    """Return the codes of a refused request, and of the writes in it that were refused."""
    if not isinstance(error, ClientError):
        return set()
    reasons = error.response.get("CancellationReasons", ())
    return {error.response["Error"]["Code"], *(reason["Code"] for reason in reasons)} - {"None"}
