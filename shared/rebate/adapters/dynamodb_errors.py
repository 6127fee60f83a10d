"""What DynamoDB's errors mean: somebody else was first, it may pass, or it never will."""

from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

from rebate.domain.errors import Conflict, Impossible, Unavailable

_CONTENDED = frozenset({"ConditionalCheckFailed", "TransactionConflict"})

_LASTING = frozenset(
    {
        "AccessDeniedException",
        "IdempotentParameterMismatchException",
        "ItemCollectionSizeLimitExceeded",
        "ItemCollectionSizeLimitExceededException",
        "SerializationException",
        "UnrecognizedClientException",
        "ValidationError",
        "ValidationException",
    }
)
"""Codes, of requests and of writes in a transaction, with which the same request fails for ever. A
table that is not found may be about to be restored, so that is none of them."""


def failure_of(error: BotoCoreError | ClientError) -> Conflict | Impossible | Unavailable:
    """Return what an error of DynamoDB, or on the way to it, means to who asked."""
    codes = _codes(error)
    if codes & _CONTENDED:
        return Conflict(f"transaction cancelled: {', '.join(sorted(codes))}")
    told = f"DynamoDB: {error}"
    if codes & _LASTING or isinstance(error, ParamValidationError):
        return Impossible(told)
    return Unavailable(told)


def _codes(error: BotoCoreError | ClientError) -> set[str]:
    """Return the codes of a refused request, and of the writes in it that were refused."""
    if not isinstance(error, ClientError):
        return set()
    reasons = error.response.get("CancellationReasons", ())
    return {error.response["Error"]["Code"], *(reason["Code"] for reason in reasons)} - {"None"}
