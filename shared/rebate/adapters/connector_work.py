"""Orders of connected shops of which something is to be told or fetched: an SQS queue."""

import json
from functools import cached_property
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from rebate.adapters.aws import client
from rebate.domain.errors import Unavailable


class ConnectorWork:
    """Implements `rebate.usecases.connections.connect_shop.Work`."""

    def __init__(self, url: str | None, region: str) -> None:
        """Send to the queue at `url`; None: there is none, and no shop can be heard."""
        self._url = url
        self._region = region

    def add(self, connector: str, order: str) -> None:
        """Remember an order.

        Raises:
            Unavailable: the queue did not take it.
        """
        if self._url is None:
            raise Unavailable("no queue for connectors is configured")
        body = json.dumps({"connector": connector, "order": order}, ensure_ascii=False)
        try:
            self._client.send_message(QueueUrl=self._url, MessageBody=body)
        except (BotoCoreError, ClientError) as error:
            raise Unavailable(f"SQS: {error}") from error

    @cached_property
    def _client(self) -> Any:  # noqa: ANN401 - see `client`
        return client("sqs", self._region)
