"""The client of DynamoDB: botocore's, but for how requests are worded and answers are read.

What the store sends is worded as DynamoDB takes it, so a request is JSON as it stands, and so is an
answer. botocore would walk through both by its description of the service, which took longer than
all else that a request takes. Endpoints, signing, retries, TLS and errors are botocore's.
"""

from base64 import b64encode
from collections.abc import Mapping
from functools import cache
from typing import Any

import orjson
from botocore.config import Config
from pynamodb.connection import Connection

_READ = ("BatchGetItem", "GetItem", "Query", "Scan")
_WRITTEN = ("BatchWriteItem", "TransactWriteItems")

OPERATIONS = frozenset({*_READ, *_WRITTEN})
"""What the store asks for; all else is worded and read as ever."""

_MANY_KEYS = ("BatchGetItem", *_WRITTEN)

_ROUTINE = Config(user_agent="rebate", account_id_endpoint_mode="disabled")
"""What botocore would otherwise find out anew for each request."""


@cache
def connection(region: str, endpoint: str | None) -> Connection:
    """Return the one client of this process for an engine: each costs a tenth of a second."""
    made = Connection(
        region=region,
        host=endpoint,
        connect_timeout_seconds=3,
        read_timeout_seconds=10,
        max_retry_attempts=3,
    )
    made.session.set_default_client_config(_ROUTINE)
    client: Any = made.client
    for operation in _MANY_KEYS:
        # Endpoints are not by account (`_ROUTINE`), so whose tables these are need not be looked up
        # in every item of every request.
        model = client.meta.service_model.operation_model(operation)
        model.operation_context_parameters = []
    if client.meta.service_model.resolved_protocol == "json":
        client._serializer = _Requests(client._serializer)  # noqa: SLF001 - see the module's text
        parsers = client._endpoint._response_parser_factory  # noqa: SLF001 - as above
        client._endpoint._response_parser_factory = _Answers(parsers)  # noqa: SLF001 - as above
    return made


class _Requests:
    """Words requests (botocore's `Serializer`)."""

    def __init__(self, others: Any) -> None:  # noqa: ANN401 - botocore's
        self._others = others

    def serialize_to_request(self, parameters: Mapping[str, Any], operation_model: Any) -> Any:  # noqa: ANN401 - botocore's
        if operation_model.name not in OPERATIONS:
            return self._others.serialize_to_request(parameters, operation_model)
        service = operation_model.metadata
        return {
            "url_path": "/",
            "query_string": "",
            "method": "POST",
            "headers": {
                "X-Amz-Target": f"{service['targetPrefix']}.{operation_model.name}",
                "Content-Type": f"application/x-amz-json-{service['jsonVersion']}",
            },
            "body": orjson.dumps(parameters, default=_base64),
        }


class _Answers:
    """Makes what reads answers (botocore's `ResponseParserFactory`)."""

    def __init__(self, others: Any) -> None:  # noqa: ANN401 - botocore's
        self._others = others

    def create_parser(self, protocol: str) -> "_Answer":
        return _Answer(self._others.create_parser(protocol))


class _Answer:
    """Reads answers (botocore's `ResponseParser`): errors, and what is no JSON, as ever.

    Bytes are left in Base64, as in events of streams.
    """

    _SHAPES = frozenset(f"{operation}Output" for operation in OPERATIONS)

    def __init__(self, others: Any) -> None:  # noqa: ANN401 - botocore's
        self._others = others

    def parse(self, response: Mapping[str, Any], shape: Any) -> Any:  # noqa: ANN401 - botocore's
        if response["status_code"] != 200 or shape.name not in self._SHAPES:  # noqa: PLR2004 - OK
            return self._others.parse(response, shape)
        try:
            answer = orjson.loads(response["body"])
        except orjson.JSONDecodeError:
            return self._others.parse(response, shape)
        headers = response["headers"]
        answer["ResponseMetadata"] = {
            "RequestId": headers.get("x-amzn-requestid"),
            "HTTPStatusCode": response["status_code"],
            "HTTPHeaders": {name.lower(): value for name, value in headers.items()},
        }
        return answer


def _base64(value: object) -> str:
    """Return bytes as DynamoDB takes them."""
    if not isinstance(value, bytes):
        raise TypeError(f"no request holds {type(value).__name__}")
    return b64encode(value).decode()
