"""Delete objects with their parts; every row that goes or changes along has its entry."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, TypeVar, cast

from django.db.models import (
    Field,
    ForeignKey,
    Model,
    ProtectedError,
    RestrictedError,
    prefetch_related_objects,
)
from django.db.models.deletion import Collector
from django.utils import timezone
from django.utils.translation import gettext

from dcim.actions.changes import Actor, Change, State, log_changes
from dcim.actions.refusals import writing
from dcim.actions.rights import keep_within, may
from dcim.actions.rules.attachments import attached_to
from dcim.actions.writes.contexts import end_unlimited
from dcim.actions.writes.custom_fields import let_go
from dcim.actions.writes.followers import follow
from dcim.actions.writes.holds import hold_before_deletion, hold_first
from dcim.actions.writes.values import check_unchanged, dates_of, known, states_of
from dcim.catalog import BY_MODEL, UNLOGGED, kind_of
from dcim.record.equipment.cables import Cable, CableTermination
from dcim.record.equipment.component_templates import PortTemplateMapping
from dcim.record.equipment.devices import Device
from dcim.record.equipment.ports import PortMapping
from dcim.vocabulary.errors import InUse

ModelT = TypeVar("ModelT", bound=Model)
NAMED_DEPENDANTS: Final = 5
# Fields that are unset along with a reference to what is deleted.
ALONG: Final[Mapping[tuple[type[Model], str], tuple[str, ...]]] = {
    (Device, "virtual_chassis"): ("vc_position", "vc_priority"),
}
# A device's units follow from where it stands, so they are not logged by themselves.
LOGGED: Final = frozenset(BY_MODEL) - UNLOGGED | {
    CableTermination,
    PortMapping,
    PortTemplateMapping,
}


def delete(obj: Model, *, by: Actor, unchanged_since: datetime | None = None) -> None:
    """Remove `obj` and its own parts (a device's interfaces and the cables in them).

    Each has an entry in the log, and so has every object that loses a reference or a mark by it.

    Args:
        obj: The object, however old its values are.
        by: Who deletes it.
        unchanged_since: The object's `last_updated` as the writer saw it; None: whatever it is.

    Raises:
        UnknownThing: the object is gone.
        Stale: the object was changed since then.
        InUse: something else rests on it; the dependants are named.
    """
    with writing():
        if unchanged_since is not None:
            hold_first(type(obj), [obj.pk])
            rows = type(obj)._default_manager.select_for_update(of=("self",))
            check_unchanged(known(rows.filter(pk=obj.pk).first(), obj), unchanged_since)
        delete_many(type(obj), [obj], by=by)


def delete_many(
    model: type[ModelT], objects: Sequence[ModelT], *, by: Actor, messages: Sequence[str] = ()
) -> None:
    """Remove the `objects` of `model` with their parts, all or none; see `delete`.

    What rests only on others of the set goes along with it. `messages` are as for `create_many`.
    """
    with writing():
        hold_first(model, [obj.pk for obj in objects])
        rows = model._default_manager.select_for_update(of=("self",)).order_by("pk")
        stored = {one.pk: one for one in rows.filter(pk__in={obj.pk for obj in objects})}
        chosen = [known(stored.get(obj.pk), obj) for obj in objects]
        keep_within(model, chosen, "delete", user=by.limited_to)
        hold_before_deletion(model, chosen)
        collector = _collect(chosen, by)
        if _hold_bereft(collector):
            # What was given another reference before it was held keeps that.
            collector = _collect(chosen, by)
        said = {obj.pk: why for obj, why in zip(objects, messages, strict=False)}
        changes = list(_gone(collector, {model: said}))
        changes += _bereft(collector, {(type(one.obj), one.pk) for one in changes})
        collector.delete()
        changes = list(end_unlimited(changes))
        changes += let_go(changes)
        _date(changes)
        log_changes(changes, by=by)
        follow(changes, by=by)


def _gone(collector: Collector, said: Mapping[type[Model], Mapping[int, str]]) -> Iterator[Change]:
    """The end of each collected object, with what is said of it."""
    by_model: dict[type[Model], dict[int, Model]] = defaultdict(dict)
    for one in _collected(collector):
        if type(one) in LOGGED:
            by_model[type(one)][one.pk] = one
    for model, gone in by_model.items():
        objects = list(gone.values())
        prefetch_related_objects(objects, *_named_by(model))
        for obj, state in zip(objects, states_of(model, objects), strict=True):
            message = said.get(model, {}).get(obj.pk, "")
            yield Change(obj, obj.pk, state, None, str(obj), message)


def _named_by(model: type[Model]) -> list[str]:
    """What an object's name may be made of, so that naming many asks no more than naming one."""
    return [
        one.name
        for one in model._meta.concrete_fields
        if isinstance(one, ForeignKey) and not one.null
    ]


def _collect(objects: Sequence[Model], by: Actor) -> Collector:
    """All that goes with `objects`: what Django cascades to, cut cables, what is attached."""
    collector = Collector(using="default", origin=objects[0])
    try:
        collector.collect(objects)
    except ProtectedError as err:
        raise _in_use(objects, err.protected_objects, by) from err
    except RestrictedError as err:
        raise _in_use(objects, err.restricted_objects, by) from err
    ends = [one for one in _collected(collector) if isinstance(one, CableTermination)]
    collector.collect(Cable.objects.filter(terminations__in=ends).distinct())
    for attached in attached_to(list(_collected(collector))):
        collector.collect(attached)
    _null_along(collector)
    return collector


def _null_along(collector: Collector) -> None:
    """Unset what means nothing any more once a reference is gone."""
    for (field, _value), batches in list(collector.field_updates.items()):
        for name in ALONG.get((field.model, field.name), ()):
            for batch in batches:
                # As a list: a query by the reference finds nothing once that is unset.
                one: Any = field.model._meta.get_field(name)
                collector.add_field_update(one, None, list(cast("Iterable[Model]", batch)))


def _collected(collector: Collector) -> Iterator[Model]:
    for instances in collector.data.values():
        yield from instances
    for queryset in collector.fast_deletes:
        yield from queryset


def _losses(collector: Collector) -> dict[type[Model], dict[int, dict[str, set[int]]]]:
    """By model and id, the fields that lose a reference (an empty set), or these of their links."""
    losses: dict[type[Model], dict[int, dict[str, set[int]]]] = defaultdict(
        lambda: defaultdict(lambda: defaultdict(set))
    )
    for field, obj in _nulled(collector):
        losses[type(obj)][obj.pk][field.name] = set()
    for model, name, pk, other in _unlinked(collector):
        losses[model][pk][name].add(other)
    return losses


def _hold_bereft(collector: Collector) -> bool:
    """Lock the rows of all that lose something; whether there are any.

    Notes: what goes is locked already, so that nothing new comes to refer to it.
    """
    losses = _losses(collector)
    for model in sorted(losses, key=kind_of):
        rows = model._default_manager.select_for_update(of=("self",), no_key=True)
        list(rows.filter(pk__in=losses[model]).order_by("pk").values_list("pk"))
    return bool(losses)


def _bereft(collector: Collector, going: Collection[tuple[type[Model], int]]) -> Iterator[Change]:
    """Changes of objects that stay, but lose a reference or links to what goes."""
    for model, lost in _losses(collector).items():
        stay = [pk for pk in lost if (model, pk) not in going]
        objects = list(model._default_manager.filter(pk__in=stay).order_by("pk"))
        for obj, before in zip(objects, states_of(model, objects), strict=True):
            yield Change(obj, obj.pk, before, _without(before, lost[obj.pk]), str(obj))


def _date(changes: Iterable[Change]) -> None:
    """Let what stays and loses something be newer than its readers have seen it."""
    stay: dict[type[Model], set[int]] = defaultdict(set)
    for one in changes:
        if one.after is not None:
            stay[type(one.obj)].add(one.pk)
    now = timezone.now()
    for model, keys in stay.items():
        if dated := dates_of(model):
            model._default_manager.filter(pk__in=keys).update(**dict.fromkeys(dated, now))


def _nulled(collector: Collector) -> Iterator[tuple[Field[Any, Any], Model]]:
    for (field, _value), batches in collector.field_updates.items():
        if field.model in LOGGED:
            for batch in batches:
                yield from ((field, obj) for obj in cast("Iterable[Model]", batch))


def _unlinked(collector: Collector) -> Iterator[tuple[type[Model], str, int, int]]:
    """Owner's model, many-to-many field, owner and other side of each link that goes."""
    fields = {
        getattr(model, field.name).through: (model, field)
        for model in LOGGED
        for field in model._meta.many_to_many
    }
    for link in _collected(collector):
        if type(link) in fields:
            model, field = fields[type(link)]
            owner = getattr(link, f"{field.m2m_field_name()}_id")
            yield model, field.name, owner, getattr(link, f"{field.m2m_reverse_field_name()}_id")


def _without(before: State, lost: Mapping[str, set[int]]) -> State:
    return {
        **before,
        **{
            name: [one for one in before[name] if one not in others] if others else None
            for name, others in lost.items()
        },
    }


def _in_use(objects: Sequence[Model], dependants: Collection[Model], by: Actor) -> InUse:
    """Names a few only, of those that the writer may see: names and rights may take queries."""
    first = sorted(dependants, key=lambda one: (one._meta.label, one.pk))[:NAMED_DEPENDANTS]
    seen = [one for one in first if by.user is None or may(by.user, "view", type(one), one)]
    named = ", ".join(sorted(map(str, seen)))
    more = ", …" if named and len(dependants) > len(seen) else "" if named else "…"
    return InUse(
        gettext("Unable to delete object. %(count)s dependent objects were found: %(named)s")
        % {"count": len(dependants), "named": f"{named}{more}"},
        hint=gettext("Move or delete them before %(object)s.") % {"object": objects[0]},
    )
