"""One page of rows of one table, and what is made of its columns.

Values are made column by column: a field of the wire form has a `Reader`, which says what stored
columns it rests on and turns a page into one value per row. In between, the objects that the page
refers to are fetched, each table once.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from django.db.models import Model, QuerySet

from api.reading.briefs import Briefs
from api.reading.counting import Counts
from api.reading.fetching import Source

Column = Sequence[Any]
Finish = Callable[[], Column]


class Reader(Protocol):
    """How the values of one field are made for all rows of a page."""

    @property
    def columns(self) -> Sequence[Source]:
        """What of the page's own table the values rest on."""

    @property
    def shows(self) -> Sequence[type[Model]]:
        """The models whose briefs it shows."""

    def read(self, page: Page) -> Finish:
        """Ask `page.references` for what is referred to; what is given back makes the values."""


class References(Briefs):
    """What an answer shows of other objects: asked for first, given once all of it is loaded.

    Attributes:
        counts: How many there are of them.
    """

    counts: Counts

    def want(self, model: type[Model], keys: Iterable[int | None]) -> Callable[[Any], Any]:
        """Ask for objects; what is given back tells the brief of a key once `load` has run."""
        raise NotImplementedError

    def want_named(self, model: type[Model], keys: Iterable[int | None]) -> Mapping[int, Model]:
        """Ask for objects that can tell their names once `load` has run."""
        raise NotImplementedError

    def keep_named(self, model: type[Model], objects: Mapping[int, Model]) -> None:
        """Keep objects that can tell their names."""
        raise NotImplementedError

    def load(self) -> None:
        """Fetch all that is asked for, and what it refers to."""
        raise NotImplementedError


class Page:
    """The columns of some rows of one table.

    Attributes:
        keys: The rows' ids.
        references: What the answer shows of other objects.
    """

    def __init__(
        self, sources: Sequence[Source], rows: Sequence[Any], references: References
    ) -> None:
        columns = list(zip(*rows, strict=True)) or [()] * len(sources)
        self._columns = dict(zip(sources, columns, strict=True))
        self.keys: Sequence[int] = self._columns["id"]
        self.references = references
        self._found: dict[Hashable, Any] = {}

    def once(self, name: Hashable, find: Callable[[], Any]) -> Any:
        """What `find` finds for the page, kept for the other readers that ask for it."""
        if name not in self._found:
            self._found[name] = find()
        return self._found[name]

    def column(self, source: Source) -> Column:
        """The values of one of the columns that the page's readers rest on."""
        return self._columns[source]


class Layout:
    """The fields of a wire form and how each is read.

    Attributes:
        columns: What all of them rest on, the id first.
    """

    def __init__(self, model: type[Model], readers: Mapping[str, Reader]) -> None:
        self.model = model
        self.readers = readers
        stated = [source for reader in readers.values() for source in reader.columns]
        self.columns: tuple[Source, ...] = tuple(dict.fromkeys(["id", *stated]))

    def rows(self, queryset: QuerySet[Any]) -> QuerySet[Any, tuple[Any, ...]]:
        """What of `queryset` the fields rest on, as plain tuples from one table."""
        return queryset.values_list(*self.columns)

    def start(self, rows: Sequence[Any], references: References) -> Callable[[], Iterator[Any]]:
        """Ask for what `rows` refer to; what is given back makes the wire forms of the rows."""
        page = Page(self.columns, rows, references)
        finishers = [reader.read(page) for reader in self.readers.values()]
        names = tuple(self.readers)

        def finish() -> Iterator[dict[str, Any]]:
            columns = [one() for one in finishers]
            values = zip(*columns, strict=True) if columns else ((),) * len(rows)
            return (dict(zip(names, row)) for row in values)  # noqa: B905 - `names` fit, it is hot

        return finish

    def make(self, rows: Sequence[Any], references: References) -> list[dict[str, Any]]:
        """The wire forms of `rows`."""
        finish = self.start(rows, references)
        references.load()
        return list(finish())
