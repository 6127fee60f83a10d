"""What requests say in their bodies."""

import json
from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from functions.api.errors import InvalidRequest, NotJson
from functions.api.signatures import raw_body
from rebate.contracts.problems import Problem, shown
from rebate.contracts.validation import problems_of

Body = TypeVar("Body", bound=BaseModel)


def body_of(event: Mapping[str, Any], model: type[Body]) -> Body:
    """Return the body of a request.

    Raises:
        NotJson: it is not JSON.
        InvalidRequest: it is not what this route takes; the problems name the fields.
    """
    try:
        document = json.loads(raw_body(event))
    except (ValueError, RecursionError) as error:
        raise NotJson(f"the body is not JSON: {error}") from None
    if not isinstance(document, Mapping):
        raise InvalidRequest([Problem("", f"must be an object, not {shown(document)}")])
    try:
        return model.model_validate(document)
    except ValidationError as error:
        raise InvalidRequest(problems_of(error, model)) from None
