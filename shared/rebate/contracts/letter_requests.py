"""What operators ask of what was set aside."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from rebate.contracts.scalars import NOT_EMPTY, Id
from rebate.contracts.validation import Strict, error_at

LETTERS_MAX = 100
"""Letters that one request may name."""

BODY_CHARS_MAX = 250_000


class ReplayLetters(Strict):
    """Send letters to where they came from; `body`, mended, stands for that of the only one."""

    id: Id
    letters: Annotated[
        tuple[Annotated[str, Field(strict=True, min_length=1, max_length=300)], ...],
        NOT_EMPTY,
        Field(max_length=LETTERS_MAX),
    ]
    body: Annotated[str, Field(strict=True, min_length=2, max_length=BODY_CHARS_MAX)] | None = None

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.body is not None and len(self.letters) != 1:
            raise error_at("body", "goes only with one letter")
        return self
