"""What all tables have in common: keys, a version to write under, and the row as JSON."""

from typing import Any, ClassVar, Generic, Self, TypeVar

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition
from pynamodb.models import Model

from rebate.adapters.codec import decode, encode
from rebate.usecases.rows import key_of

Row = TypeVar("Row")


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
    body = UnicodeAttribute()

    @classmethod
    def of(cls, row: Row) -> Self:
        """Return the item of a row."""
        key = key_of(row)
        attributes: dict[str, Any] = {"partition": key.partition, "body": encode(row)}
        if cls.is_sorted():
            attributes["sort"] = key.sort
        version = getattr(row, "version", None)
        if version is not None:
            attributes["version"] = version
        return cls(**attributes, **cls.further(row))

    @classmethod
    def further(cls, row: Row) -> dict[str, Any]:  # noqa: ARG003 - for tables that have some
        """Return further attributes: what an index or an expiry needs."""
        return {}

    def row(self) -> Row:
        """Return the row of an item."""
        return decode(self.kind, self.body)

    @classmethod
    def is_sorted(cls) -> bool:
        """Tell whether a partition holds several rows."""
        return "sort" in cls.get_attributes()

    @classmethod
    def at_version(cls, expects: int) -> Condition:
        """Return the condition that the stored row has this version; 0: there is none."""
        if expects == 0:
            return cls.partition.does_not_exist()
        return cls.version == expects


class SortedTable(Table[Row]):
    """A table whose partitions hold several rows, in order of `sort`."""

    class Meta:
        """See `Table`."""

        abstract = True

    sort = UnicodeAttribute(range_key=True)
