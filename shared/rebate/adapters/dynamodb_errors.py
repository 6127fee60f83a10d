"""What DynamoDB's errors mean: somebody else was first, it may pass, or it never will."""

from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError
from pynamodb.exceptions import PynamoDBException, TransactWriteError

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


def failure_of(
    error: PynamoDBException | BotoCoreError | ClientError,
) -> Conflict | Impossible | Unavailable:
    """Return what an error of DynamoDB, or on the way to it, means to who asked."""
    codes = _codes(error)
    told = f"DynamoDB: {getattr(error, 'msg', None) or error}"
    if codes & _CONTENDED:
        return Conflict(f"transaction cancelled: {', '.join(sorted(codes))}")
    cause = error.cause if isinstance(error, PynamoDBException) else error
    if codes & _LASTING or isinstance(cause, ParamValidationError):
        return Impossible(told)
    return Unavailable(told)


def _codes(error: Exception) -> set[str]:
    """Return the codes of a refused request, and of the writes in it that were refused."""
    if isinstance(error, TransactWriteError):
        reasons = {reason.code for reason in error.cancellation_reasons if reason}
        return {*reasons, error.cause_response_code or ""}
    if isinstance(error, PynamoDBException):
        return {error.cause_response_code or ""}
    return {error.response["Error"]["Code"]} if isinstance(error, ClientError) else set()
