"""What all tables have in common: keys, a version to write under, and the row as JSON.

Models say what tables look like. Rows become items without an instance of a model between them:
that would take longer than all else that is done to a row.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Generic, TypeAlias, TypeVar

from pynamodb.attributes import BinaryAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.models import Model

from rebate.adapters.bodies import body_of, text_of
from rebate.adapters.codec import decode, encode
from rebate.usecases.storage.rows.key_of import key_of

Row = TypeVar("Row")

Item: TypeAlias = Mapping[str, Mapping[str, Any]]
"""An item as DynamoDB takes and gives it: by attribute, its value by its type."""


class Table(Model, Generic[Row]):
    """A table of rows of one `kind`; subclasses say which, and bind it to a deployment.

    `name` is the table's name without the deployment's prefix.
    """

    class Meta:
        """Rows are written under conditions, never blindly updated."""

        abstract = True

    name: ClassVar[str]
    kind: ClassVar[type]
    stream: ClassVar[bool] = False
    expires: ClassVar[str | None] = None

    partition = UnicodeAttribute(hash_key=True)
    version = NumberAttribute(null=True)
    body = UnicodeAttribute(null=True)
    packed = BinaryAttribute(legacy_encoding=False, null=True)

    @classmethod
    def item(cls, row: Row) -> Item:
        """Return the item of a row."""
        key = key_of(row)
        contents: dict[str, Any] = {"partition": key.partition, **body_of(encode(row))}
        if cls.is_sorted():
            contents["sort"] = key.sort
        version = getattr(row, "version", None)
        if version is not None:
            contents["version"] = version
        contents |= cls.further(row)
        return {name: _value(content) for name, content in contents.items()}

    @classmethod
    def further(cls, row: Row) -> dict[str, Any]:  # noqa: ARG003 - for tables that have some
        """Return further attributes: what an index or an expiry needs."""
        return {}

    @classmethod
    def row(cls, item: Item) -> Row:
        """Return the row of an item."""
        return decode(cls.kind, text_of(item))

    @classmethod
    def is_sorted(cls) -> bool:
        """Tell whether a partition holds several rows."""
        return "sort" in cls.get_attributes()


def _value(content: str | bytes | int) -> Mapping[str, str | bytes]:
    """Return a value as DynamoDB takes it."""
    if isinstance(content, str):
        return {"S": content}
    return {"B": content} if isinstance(content, bytes) else {"N": str(content)}


class SortedTable(Table[Row]):
    """A table whose partitions hold several rows, in order of `sort`."""

    class Meta:
        """See `Table`."""

        abstract = True

    sort = UnicodeAttribute(range_key=True)
