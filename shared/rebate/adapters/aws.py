"""Clients of AWS services other than the store, made when first needed.

botocore alone is enough, and is loaded with the store anyway; boto3 would cost a cold start more.
It reads `AWS_ENDPOINT_URL_SQS`, `AWS_ENDPOINT_URL_EVENTBRIDGE` and the like by itself.
"""

from typing import Any, Literal, TypeAlias, get_args

from botocore.config import Config
from botocore.session import get_session

_PATIENCE = Config(connect_timeout=3, read_timeout=10, retries={"mode": "standard"})


Service: TypeAlias = Literal["events", "kms", "s3", "sqs", "ssm", "sts"]
SERVICES: tuple[Service, ...] = get_args(Service)
"""What functions are shipped with (`infra.packages`), beside the store: no other can be called."""


def client(service: Service, region: str, **options: Any) -> Any:  # noqa: ANN401
    """Return a client of `service`, by `options` of botocore; it retries what is worth it."""
    config = _PATIENCE.merge(Config(**options))
    return get_session().create_client(service, region_name=region, config=config)
