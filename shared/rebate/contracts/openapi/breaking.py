"""What a change of the API breaks for those who use what was published.

    python -m rebate.contracts.openapi.breaking OLD NEW     exit 1, with a line for each break

Whoever sends must still be understood: nothing more may be required of a request, nothing that was
allowed refused. Whoever reads must still find what was there, of the same type.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from rebate.domain.records import dataclass

_METHODS = ("get", "post", "put", "delete")
_LOWER = ("maxLength", "maximum", "maxItems")
_HIGHER = ("minLength", "minimum", "minItems")


@dataclass(frozen=True, slots=True)
class Side:
    """A document, and which parts of it are being compared already."""

    document: Mapping[str, Any]

    def resolve(self, part: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return what a part is, wherever it stands."""
        while "$ref" in part:
            found: Any = self.document
            for step in str(part["$ref"]).removeprefix("#/").split("/"):
                found = found[step]
            part = found
        return part


def breaks(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Return what `new` breaks of `old`, a line for each, with where it stands."""
    return sorted(_breaks(Side(old), Side(new)))


def _breaks(old: Side, new: Side) -> Iterator[str]:
    for path, operations in old.document["paths"].items():
        for method in _METHODS:
            if method not in operations:
                continue
            name = f"{method.upper()} {path}"
            now = new.document["paths"].get(path, {}).get(method)
            if now is None:
                yield f"{name}: is gone"
            else:
                yield from (
                    f"{name}: {each}" for each in _changed(old, new, operations[method], now)
                )


def _changed(
    old: Side, new: Side, before: Mapping[str, Any], now: Mapping[str, Any]
) -> Iterator[str]:
    ways, ways_now = before["security"], now["security"]
    still = ways == ways_now or (ways and all(way in ways_now for way in ways))
    if not still or before.get("x-role") != now.get("x-role"):
        yield "others may call it than before"
    yield from _parameters(old, new, before.get("parameters", []), now.get("parameters", []))
    compared = _Compared(old, new)
    body, body_now = before.get("requestBody"), now.get("requestBody")
    if body is None and body_now is not None:
        yield "a body is required"
    elif body is not None and body_now is not None:
        yield from compared.sent(_schema(body), _schema(body_now), "body")
    for status, answer in before["responses"].items():
        if status.startswith("2") and "$ref" not in answer:
            yield from _answers(compared, status, answer, now["responses"].get(status))


def _answers(
    compared: "_Compared", status: str, before: Mapping[str, Any], now: Mapping[str, Any] | None
) -> Iterator[str]:
    if now is None:
        yield f"answers {status} no more"
        return
    for kind, content in before.get("content", {}).items():
        given = now.get("content", {}).get(kind)
        if given is None:
            yield f"{status}: gives no {kind} any more"
        else:
            yield from compared.given(content["schema"], given["schema"], "answer")


def _parameters(
    old: Side, new: Side, before: list[Mapping[str, Any]], now: list[Mapping[str, Any]]
) -> Iterator[str]:
    names = {each["name"]: each for each in now}
    for each in before:
        name = each["name"]
        if name not in names:
            yield f"parameter {name} is gone"
        else:
            where = f"parameter {name}"
            yield from _Compared(old, new).sent(each["schema"], names[name]["schema"], where)
    known = {each["name"]: bool(each.get("required")) for each in before}
    for name, each in names.items():
        if each.get("required") and not known.get(name, False):
            yield f"parameter {name} is required"


def _schema(body: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = body["content"]["application/json"]["schema"]
    return found


class _Compared:
    """Compares schemas of two documents; each pair once, since some hold themselves."""

    def __init__(self, old: Side, new: Side) -> None:
        self._old, self._new = old, new
        self._seen: set[tuple[str, str, str]] = set()

    def sent(self, before: Mapping[str, Any], now: Mapping[str, Any], where: str) -> Iterator[str]:
        """Yield what of a request is not taken any more."""
        if not self._is_new(before, now, "sent"):
            return
        before, now = self._old.resolve(before), self._new.resolve(now)
        if not _types(before) <= _types(now):
            yield f"{where}: was {_named(before)}, is {_named(now)}"
        yield from _narrowed(before, now, where)
        for name in set(now.get("required", ())) - set(before.get("required", ())):
            yield f"{where}.{name} is required"
        yield from self._parts(before, now, where, self.sent)

    def given(self, before: Mapping[str, Any], now: Mapping[str, Any], where: str) -> Iterator[str]:
        """Yield what of an answer is not found any more."""
        if not self._is_new(before, now, "given"):
            return
        before, now = self._old.resolve(before), self._new.resolve(now)
        if not _types(now) <= _types(before):
            yield f"{where}: was {_named(before)}, is {_named(now)}"
        for name in set(before.get("required", ())) - set(now.get("required", ())):
            yield f"{where}.{name} may be missing"
        yield from self._parts(before, now, where, self.given)

    def _parts(
        self, before: Mapping[str, Any], now: Mapping[str, Any], where: str, compare: Any
    ) -> Iterator[str]:
        names = now.get("properties", {})
        for name, part in before.get("properties", {}).items():
            if name in names:
                yield from compare(part, names[name], f"{where}.{name}")
            else:
                yield f"{where}.{name} is gone"
        if "items" in before and "items" in now:
            yield from compare(before["items"], now["items"], f"{where}[]")
        if isinstance(before.get("additionalProperties"), Mapping) and isinstance(
            now.get("additionalProperties"), Mapping
        ):
            yield from compare(
                before["additionalProperties"], now["additionalProperties"], f"{where}.*"
            )
        yield from self._choices(before, now, where, compare)

    def _choices(
        self, before: Mapping[str, Any], now: Mapping[str, Any], where: str, compare: Any
    ) -> Iterator[str]:
        """Compare what is one of several: by what names it, else in their order."""
        for kind in ("anyOf", "oneOf"):
            some, others = before.get(kind, ()), now.get(kind, ())
            if len(some) > len(others):
                yield f"{where}: fewer kinds are possible"
            called = {name: each for each in others if (name := _constant_of(each))}
            for one, standing in zip(some, others, strict=False):
                name = _constant_of(one)
                other = called.get(name) if name else standing
                if other is None:
                    yield f"{where}: may not be {name} any more"
                else:
                    yield from compare(one, other, where)

    def _is_new(self, before: Mapping[str, Any], now: Mapping[str, Any], side: str) -> bool:
        if "$ref" not in before or "$ref" not in now:
            return True
        pair = (str(before["$ref"]), str(now["$ref"]), side)
        if pair in self._seen:
            return False
        self._seen.add(pair)
        return True


def _constant_of(choice: Mapping[str, Any]) -> str | None:
    """Return the constant field by which one of several kinds is told from the others."""
    fields = choice.get("properties", {}).values()
    return next((str(field["const"]) for field in fields if "const" in field), None)


def _types(schema: Mapping[str, Any]) -> frozenset[str]:
    """Return which JSON types a schema allows; an integer is a number too."""
    kinds = schema.get("type")
    if kinds is None:
        parts = [*schema.get("anyOf", ()), *schema.get("oneOf", ())]
        if not parts or any("$ref" in part or "type" not in part for part in parts):
            return frozenset({"any"})
        return frozenset().union(*map(_types, parts))
    found = {kinds} if isinstance(kinds, str) else {*kinds}
    return frozenset(found)


def _narrowed(before: Mapping[str, Any], now: Mapping[str, Any], where: str) -> Iterator[str]:
    gone = set(map(str, before.get("enum", ()))) - set(map(str, now.get("enum", ())))
    if gone and "enum" in now:
        yield f"{where}: may not be {', '.join(sorted(gone))} any more"
    if "enum" in now and "enum" not in before:
        yield f"{where}: must be one of a few now"
    for names, is_narrower in ((_LOWER, _is_less), (_HIGHER, _is_more)):
        for name in names:
            if name in now and is_narrower(now[name], before.get(name)):
                yield f"{where}: {name} is {now[name]}, was {before.get(name, 'none')}"
    if "pattern" in now and now["pattern"] != before.get("pattern"):
        yield f"{where}: has another pattern"


def _is_less(now: float, before: float | None) -> bool:
    return before is None or now < before


def _is_more(now: float, before: float | None) -> bool:
    return before is None or now > before


def _named(schema: Mapping[str, Any]) -> str:
    return " or ".join(sorted(_types(schema)))


def main(arguments: list[str]) -> int:
    """Compare two files; return the exit status."""
    old, new = (json.loads(Path(name).read_text("utf-8")) for name in arguments)
    found = breaks(old, new)
    sys.stderr.writelines(f"{line}\n" for line in found)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
