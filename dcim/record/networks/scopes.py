"""Where a network or cluster belongs: a region, a group of sites, a site, a room, or nowhere.

Of the references of an object's scope one at most is set; `Resource.one_of` lets them travel as
`scope_type`, `scope_id` and `scope`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, TypeVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

ModelT = TypeVar("ModelT", bound=models.Model)
PLACES: Final = ("region", "site_group", "site", "location")


def scope_to(
    model: type[ModelT], label: StrOrPromise, related_name: str
) -> models.ForeignKey[ModelT | None, ModelT | None]:
    """A column for one kind of scope; what is scoped keeps its scope from being deleted."""
    return models.ForeignKey(
        model,
        verbose_name=label,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name=related_name,
    )


def one_at_most(names: Sequence[str], constraint: str) -> models.CheckConstraint:
    """The constraint that of several references one at most is set."""
    condition = models.Q()
    for chosen in names:
        others = {f"{name}__isnull": True for name in names if name != chosen}
        condition |= models.Q(**others)
    return models.CheckConstraint(condition=condition, name=constraint)


def check_one_scope(obj: models.Model, names: Sequence[str] = PLACES) -> None:
    """Refuse an object that is scoped twice.

    Raises: ValidationError, naming the reference that is too many.
    """
    stated = [name for name in names if getattr(obj, f"{name}_id") is not None]
    if len(stated) > 1:
        reason = _("Choose one scope only.")
        raise ValidationError({stated[-1]: reason})
