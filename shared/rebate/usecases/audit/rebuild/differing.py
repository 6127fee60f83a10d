"""Where two rows differ, told field by field."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from rebate.domain.records import fields_of, is_record
from rebate.usecases.audit.finding import AuditDifference

TOLD_MAX = 5
"""Fields of a row that are told."""


def differing(
    path: str, found: object, expected: object, besides: Collection[str] = ()
) -> Iterator[AuditDifference]:
    """Yield the first fields in which a row is not as it should be, `besides` left out."""
    for told, (name, one, other) in enumerate(_differing("", found, expected, besides)):
        if told == TOLD_MAX:
            return
        yield AuditDifference(f"{path}{name}", f"is {one}, should be {other}")


def _differing(
    path: str, found: object, expected: object, besides: Collection[str] = ()
) -> Iterator[tuple[str, object, object]]:
    if found == expected:
        return
    if is_record(type(found)) and type(found) is type(expected):
        others = dict(fields_of(expected))
        for name, one in fields_of(found):
            if name not in besides:
                yield from _differing(f"{path}.{name}", one, others[name])
    elif isinstance(found, Mapping) and isinstance(expected, Mapping):
        for key in sorted({*found, *expected}):
            yield from _differing(f"{path}.{key}", found.get(key), expected.get(key))
    elif _are_lists(found, expected):
        assert isinstance(found, Sequence), "lists are sequences"
        assert isinstance(expected, Sequence), "lists are sequences"
        names = getattr(found, "_fields", range(len(found)))
        for at, one, other in zip(names, found, expected, strict=True):
            yield from _differing(f"{path}.{at}", one, other)
    else:
        yield path, found, expected


def _are_lists(found: object, expected: object) -> bool:
    """Tell whether both are lists of the same length, so that one can say where they differ."""
    both = isinstance(found, tuple) and isinstance(expected, tuple)
    return both and len(found) == len(expected)  # type: ignore[arg-type]
