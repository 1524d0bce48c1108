"""Where tags may be put: a tag with kinds of objects is for these only."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from django.db.models import Model
from django.utils.translation import gettext as _

from dcim.catalog import BY_KIND, kind_of
from dcim.record.base import Record
from dcim.record.people.organisation import Tag
from dcim.vocabulary.errors import BadRows, InvalidInput, RowErrors

FIELD: Final = "tags"


def check_kinds(tags: Sequence[Tag]) -> None:
    """Tags name kinds of objects that there are and that have tags.

    Raises: InvalidInput.
    """
    for one in tags:
        kinds = one.object_types if isinstance(one.object_types, list) else [one.object_types]
        for kind in kinds:
            resource = BY_KIND.get(kind) if isinstance(kind, str) else None
            if resource is None or not issubclass(resource.model, Record):
                raise InvalidInput(
                    _("“%(kind)s” is no kind of object that has tags.") % {"kind": kind},
                    field="object_types",
                )


def check_tags(
    model: type[Model], many: Mapping[str, Sequence[Any]], had: Collection[int] = ()
) -> None:
    """Refuse tags that are new on an object of `model` and are for other kinds.

    Args:
        model: The object's model.
        many: What the object is to be linked to, by field.
        had: The keys of the tags that it has, which it may keep.

    Raises: InvalidInput, naming the tag and the kind.
    """
    if not issubclass(model, Record):
        return
    kind = kind_of(model)
    for tag in many.get(FIELD, ()):
        if tag.object_types and kind not in tag.object_types and tag.pk not in had:
            raise InvalidInput(
                _("The tag %(tag)s is not for %(kind)s.") % {"tag": tag, "kind": kind},
                field=FIELD,
                hint=_("Choose another tag."),
            )


def check_tags_of_rows(
    model: type[Model],
    manies: Sequence[Mapping[str, Sequence[Any]]],
    before: Sequence[tuple[int, Collection[int]]] = (),
) -> None:
    """As `check_tags`, of each row of a set; `before` are the rows' keys and tags.

    Raises: BadRows.
    """
    wrong: list[RowErrors] = []
    for at, many in enumerate(manies):
        pk, had = before[at] if before else (None, ())
        try:
            check_tags(model, many, had)
        except InvalidInput as err:
            wrong.append(RowErrors(at, err.errors, pk))
    if wrong:
        raise BadRows(wrong)
