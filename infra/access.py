"""Which function may do what to which table: no more than its code calls.

tests/infra/test_access.py derives the calls from the code and compares.
"""

from collections.abc import Iterator, Mapping

from constructs import Construct

from infra.tables import table_arn

_GET = "dynamodb:GetItem"
_GET_MANY = "dynamodb:BatchGetItem"
_QUERY = "dynamodb:Query"
_SCAN = "dynamodb:Scan"
_PUT = "dynamodb:PutItem"
_ADD = "dynamodb:UpdateItem"
_CHECK = "dynamodb:ConditionCheckItem"
_REMOVE = "dynamodb:DeleteItem"

ACCESS: Mapping[str, Mapping[str, tuple[str, ...]]] = {}
"""By function and table, `table/index` for an index."""


def resources_by_action(
    scope: Construct, function: str, prefix: str
) -> Iterator[tuple[list[str], list[str]]]:
    """Yield sets of actions and the ARNs of all tables on which a function may do just these."""
    grouped: dict[tuple[str, ...], list[str]] = {}
    for table, actions in sorted(ACCESS.get(function, {}).items()):
        grouped.setdefault(actions, []).append(_arn(scope, prefix, table))
    for actions, arns in sorted(grouped.items()):
        yield list(actions), arns


def _arn(scope: Construct, prefix: str, name: str) -> str:
    table, slash, index = name.partition("/")
    arn = table_arn(scope, f"{prefix}{table}")
    return f"{arn}/index/{index}" if slash else arn
