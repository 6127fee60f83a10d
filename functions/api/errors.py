"""From errors to answers: the one place that knows both (`rebate.contracts.api`)."""

from collections.abc import Iterable, Mapping
from typing import Any

from aws_lambda_powertools.event_handler.api_gateway import ApiGatewayResolver, Response

from functions.api.access import Forbidden, Unauthenticated
from functions.api.current import current_event, parameter
from rebate.adapters.telemetry import record_mismatch, record_stuck
from rebate.contracts.api import ProblemShown, RefusalShown, as_json
from rebate.contracts.error_words import WORDS
from rebate.contracts.notice_texts import LOCALES, Locale
from rebate.contracts.phrases import problem_said, said
from rebate.contracts.problems import Invalid, Problem
from rebate.contracts.signatures import BadSignature
from rebate.domain.errors import (
    Conflict,
    Denied,
    Impossible,
    Mismatch,
    NotYet,
    Rejected,
    TooLarge,
    Unavailable,
)
from rebate.domain.exports import ExportFormat


class NotJson(Exception):
    """A body that cannot be read at all."""


class InvalidRequest(Invalid):
    """A request that can be read and says something impossible."""

    code = "invalid_request"


NEXT_HEADER = "X-Rebate-Next"
"""Where a CSV says what a JSON answer calls `next`."""

_PLAIN: Mapping[type[Exception], str] = {
    NotJson: "invalid_json",
    Unauthenticated: "unauthenticated",
    BadSignature: "bad_signature",
    Forbidden: "forbidden",
    Conflict: "conflict",
    NotYet: "not_yet",
}


def install(resolver: ApiGatewayResolver) -> None:
    """Let the resolver answer errors; any other is a bug, and the platform answers 500."""
    resolver.not_found(lambda _: refusal(404, "not_found", "there is nothing here"))
    resolver.exception_handler(list(_PLAIN))(_plain)
    resolver.exception_handler(Rejected)(_rejected)
    resolver.exception_handler(Invalid)(_invalid)
    resolver.exception_handler(Unavailable)(_unavailable)
    resolver.exception_handler(Impossible)(_impossible)


def refusal(
    status: int,
    code: str,
    message: str,
    problems: Iterable[Problem] = (),
    headers: dict[str, str | list[str]] | None = None,
) -> Response[str]:
    """Return an answer in the form that all refusals have, in the caller's language."""
    locale = locale_wanted(current_event())
    told = [problem_said(problem, locale) for problem in problems]
    shown = tuple(ProblemShown(each.path, each.message, each.nearest) for each in told)
    text = str(Invalid(told)) if told else said(message, locale)
    return answer(status, RefusalShown(code, text, shown), headers)


def locale_wanted(event: Mapping[str, Any]) -> Locale:
    """Return the language of whoever asks: the query's `locale`, else what their program prefers.

    Where neither says one that there is, it is English, as in logs.
    """
    asked = parameter(event, "locale")
    said = next((each for each in LOCALES if each == asked), None)
    headers = event.get("headers") or {}
    languages = headers.get("accept-language", "").lower()
    return said or ("zh-CN" if languages.startswith("zh") else "en")


def answer(
    status: int, body: object, headers: dict[str, str | list[str]] | None = None
) -> Response[str]:
    """Return an answer with a body from `rebate.contracts`."""
    return Response(status, "application/json", as_json(body), headers)


def csv_answer(text: str, name: str, next_: str | None = None) -> Response[str]:
    """Return an answer that is a file; `next_` is where the next page of it begins."""
    headers: dict[str, str | list[str]] = {
        "Content-Disposition": f'attachment; filename="{name}.csv"'
    }
    if next_ is not None:
        headers[NEXT_HEADER] = next_
    return Response(200, ExportFormat.CSV.media_type, text, headers)


def _plain(error: Exception) -> Response[str]:
    code = _PLAIN[type(error)]
    return refusal(WORDS[code].status, code, str(error))


def _rejected(error: Rejected) -> Response[str]:
    if isinstance(error, Mismatch):
        record_mismatch(error)
    problems = error.__cause__.problems if isinstance(error.__cause__, Invalid) else ()
    return refusal(WORDS[error.code].status, error.code, str(error), problems)


def _invalid(error: Invalid) -> Response[str]:
    return refusal(422, error.code, str(error), error.problems)


def _unavailable(error: Unavailable) -> Response[str]:
    return refusal(503, "unavailable", str(error), headers={"Retry-After": "1"})


_IMPOSSIBLE = "this cannot be stored or read as it is; asking again will not help"
_WHY_IMPOSSIBLE = {
    TooLarge: "this is too large to be stored; asking again will not help",
    Denied: "the service lacks a right that this needs; an operator has to mend that",
}


def _impossible(error: Impossible) -> Response[str]:
    record_stuck("a request", error)
    return refusal(500, "impossible", _WHY_IMPOSSIBLE.get(type(error), _IMPOSSIBLE))
