"""Columns that say how many objects belong to each row; in a tree, those below it count too."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Count, Model, Q
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from dcim.catalog import BY_MODEL
from dcim.record.tree import Tree, TreeRecord
from dcim.web.lists.tables import PlainColumn, cell_of
from dcim.web.values import formats
from dcim.web.values.addresses import list_of
from dcim.web.values.formats import Shown
from dcim.web.values.rows import Seen


class CountColumn(PlainColumn):
    """How many of the objects at the ends of `paths` belong to a row and may be seen."""

    def __init__(self, model: type[Model], paths: str, seen: Seen) -> None:
        self.model, self.paths, self.seen = model, paths.split(), seen
        self.amounts: Mapping[int, int] = {}
        super().__init__(label_of(model, paths), is_amount=True)

    def prepare(self, records: Sequence[Model]) -> None:
        """Count for all rows of the page, with one query per path, and one for a tree."""
        rows: Any = self.model._default_manager.order_by()
        if not issubclass(self.model, TreeRecord):
            rows = rows.filter(pk__in=[one.pk for one in records])
        amounts: Counter[int] = Counter()
        for path in self.paths:
            counted = rows.annotate(number_of=self._count(path))
            amounts.update(dict(counted.values_list("pk", "number_of")))
        self.amounts = amounts
        if issubclass(self.model, TreeRecord):
            self.amounts = Tree.of(self.model).totals(amounts)

    def _count(self, path: str) -> Count:
        found = self.seen(target_of(self.model, path)._default_manager.all())
        is_limited = bool(found.query.where)
        limit = Q(**{f"{path}__in": found.order_by().values("pk")}) if is_limited else None
        return Count(path, distinct="__" in path, filter=limit)

    def cell(self, record: Model) -> SafeString:
        """The number, which leads to the objects where a list of them can be asked for."""
        amount = self.amounts.get(record.pk, 0)
        url = self._list_of(record) if amount else ""
        return cell_of(Shown(formats.number(amount), url=url), is_amount=True)

    def _list_of(self, record: Model) -> str:
        path = "__".join(self.paths)
        relation: Any = None if "__" in path else self.model._meta.get_field(path)
        target = BY_MODEL.get(target_of(self.model, self.paths[0]))
        if target is None or relation is None or not relation.one_to_many:
            return ""
        return f"{list_of(target)}?{urlencode({f'{relation.field.name}_id': record.pk})}"


def target_of(model: type[Model], paths: str) -> type[Model]:
    """The model at the end of a path of references, or of several that lead to the same."""
    found: Any = model
    for name in paths.split()[0].split("__"):
        found = found._meta.get_field(name).related_model
    return found  # type: ignore[no-any-return]  # the catalogue checks that it leads to one


def label_of(model: type[Model], paths: str) -> str:
    """What the counted objects are called."""
    return str(capfirst(target_of(model, paths)._meta.verbose_name_plural))
