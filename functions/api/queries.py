"""What requests say in their queries, as it was sent."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, TypeVar, cast, overload
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

from aws_lambda_powertools.event_handler.api_gateway import ApiGatewayResolver, Response

from functions.api.current import parameter
from functions.api.errors import InvalidRequest
from rebate.contracts.identifiers import BadIdentifier, identifier
from rebate.contracts.moments import moment_of_text
from rebate.contracts.notice_texts import LOCALES, Locale
from rebate.contracts.problems import Problem, nearest, one_of, shown
from rebate.contracts.routes import route_of
from rebate.contracts.routes.route import PAGE_CHARS_MAX, TYPED_CHARS_MAX, Kind, QueryParameter
from rebate.domain.names import QueueId
from rebate.domain.times import Instant

Id = TypeVar("Id", bound=str)

DIGITS_MAX = 18
"""Digits of a whole number in a query."""


def insist_known_parameters(
    app: ApiGatewayResolver, next_middleware: Callable[[ApiGatewayResolver], Response[Any]]
) -> Response[Any]:
    """Let a request through whose query has the parameters that its route knows, each once."""
    request = app.current_event
    route = route_of(request.http_method, request.path)
    known = () if route is None else route.query
    problems = list(_unfit(request.raw_event.get("rawQueryString", ""), known))
    if problems:
        raise InvalidRequest(problems)
    return next_middleware(app)


def _unfit(query: str, known: Sequence[QueryParameter]) -> Iterator[Problem]:
    kinds = {each.name: each.kind for each in known}
    for name, values in parse_qs(query, keep_blank_values=True).items():
        if name not in kinds:
            yield Problem(name, "is no parameter of this", nearest(name, kinds))
        elif len(values) > 1:
            yield Problem(name, "must stand in the query once")
        elif values == [""] and kinds[name] is not Kind.TEXT:
            yield Problem(name, "must not be empty; leave it out instead")
        elif kinds[name] is Kind.TEXT and len(values[0]) > TYPED_CHARS_MAX:
            yield Problem(name, f"must have at most {TYPED_CHARS_MAX} characters")


def choice_of(event: Mapping[str, Any], name: str, choices: Sequence[str]) -> str:
    """Return a query parameter that is one of `choices`, by default the first.

    Raises:
        InvalidRequest: it is another.
    """
    said = parameter(event, name) or choices[0]
    if said not in choices:
        message = f"must be {one_of(choices)}, not {shown(said)}"
        raise InvalidRequest([Problem(name, message, nearest(said, choices))])
    return said


def choice_if_given(event: Mapping[str, Any], name: str, choices: Sequence[str]) -> str | None:
    """Return a query parameter that is one of `choices`, None where it is left out.

    Raises:
        InvalidRequest: it is another.
    """
    return None if parameter(event, name) is None else choice_of(event, name, choices)


def any_or(event: Mapping[str, Any], name: str, choices: Sequence[str]) -> str | None:
    """Return a query parameter that is one of `choices`; None: it is the first, which is all.

    Raises:
        InvalidRequest: it is another.
    """
    said = choice_of(event, name, choices)
    return None if said == choices[0] else said


def locale_of(event: Mapping[str, Any]) -> Locale:
    """Return the language that is asked for.

    Raises:
        InvalidRequest: it is none that there is.
    """
    return cast("Locale", choice_of(event, "locale", LOCALES))


def day_parameter(event: Mapping[str, Any], name: str, otherwise: date) -> date:
    """Return a query parameter that is a day.

    Raises:
        InvalidRequest: it is none.
    """
    said = parameter(event, name)
    if said is None:
        return otherwise
    try:
        return datetime.strptime(said, "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        message = f"must be a day such as 2026-03-01, not {shown(said)}"
        raise InvalidRequest([Problem(name, message)]) from None


def needed_parameter(event: Mapping[str, Any], name: str) -> str:
    """Return a query parameter.

    Raises:
        InvalidRequest: it is not there.
    """
    value = parameter(event, name)
    if value is None:
        raise InvalidRequest([Problem(name, "is required in the query")])
    return value


def needed_id(event: Mapping[str, Any], name: str, *, further_chars: int = 0) -> str:
    """Return a query parameter that is an id, of a queue or an entry with what stands beside it.

    Raises:
        InvalidRequest: it is not there, or no id: nothing that is stored can be called so.
    """
    return checked_id(name, needed_parameter(event, name), further_chars=further_chars)


def id_if_given(
    event: Mapping[str, Any], name: str, as_: Callable[[str], Id], *, further_chars: int = 0
) -> Id | None:
    """Return a query parameter that is an id, as the kind of id that it is; None: it is left out.

    Raises:
        InvalidRequest: it is no id.
    """
    value = parameter(event, name)
    return None if value is None else as_(checked_id(name, value, further_chars=further_chars))


def checked_id(name: str, value: str, *, further_chars: int = 0) -> str:
    """Return what stands in a path or a query under a name if it is an id.

    Raises:
        InvalidRequest: it is none.
    """
    try:
        return identifier(value, further_chars=further_chars)
    except BadIdentifier as bad:
        raise InvalidRequest([Problem(name, str(bad))]) from None


def page_parameter(event: Mapping[str, Any], name: str = "after") -> str | None:
    """Return where a page goes on, as the page before it said.

    Raises:
        InvalidRequest: no page can have said so.
    """
    value = parameter(event, name)
    if value is not None and not 0 < len(value.encode(errors="replace")) <= PAGE_CHARS_MAX:
        message = f"must be the `next` of a page, of at most {PAGE_CHARS_MAX} bytes"
        raise InvalidRequest([Problem(name, message)])
    return value


def queue_after(event: Mapping[str, Any]) -> QueueId | None:
    """Return behind which queue a page of queues goes on.

    Raises:
        InvalidRequest: no page can have said so.
    """
    after = page_parameter(event)
    return None if after is None else QueueId(after)


def whole_number(event: Mapping[str, Any], name: str, *, at_least: int = 0) -> str | None:
    """Return a query parameter that is a whole number in text.

    Raises:
        InvalidRequest: it is none, or out of range.
    """
    value = parameter(event, name)
    if value is None:
        return None
    digits = value.isascii() and value.isdigit() and len(value) <= DIGITS_MAX
    if not digits or int(value) < at_least:
        message = f"must be a whole number from {at_least} on, not {shown(value)}"
        raise InvalidRequest([Problem(name, message)])
    return value


def instant_parameter(
    event: Mapping[str, Any], name: str, zone: ZoneInfo, *, days: int
) -> Instant | None:
    """Return an instant, or of a day in the shop's timezone the beginning, `days` later.

    Raises:
        InvalidRequest: it is neither.
    """
    return instant_of_text(name, parameter(event, name), zone, days=days)


@overload
def instant_of_text(name: str, said: str, zone: ZoneInfo, *, days: int) -> Instant: ...


@overload
def instant_of_text(
    name: str, said: str | None, zone: ZoneInfo, *, days: int
) -> Instant | None: ...


def instant_of_text(name: str, said: str | None, zone: ZoneInfo, *, days: int) -> Instant | None:
    """Return what stands under a name as an instant, or of a day the beginning, `days` later.

    Raises:
        InvalidRequest: it is neither.
    """
    try:
        return None if said is None else moment_of_text(said, zone, days=days)
    except ValueError as neither:
        raise InvalidRequest([Problem(name, str(neither))]) from None
