"""How OpenAPI describes what can be restored, `dcim.graph.answers.restoring`."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from dcim.vocabulary.choices import CopyKind, Obstacle


def _reason() -> serializers.ChoiceField:
    return serializers.ChoiceField(choices=[one.value for one in Obstacle], allow_blank=True)


class AmountsShape(serializers.Serializer[Any]):
    """Amounts by resource class, in Placement's words."""

    VCPU = serializers.IntegerField()
    MEMORY_MIB = serializers.IntegerField()
    STORAGE_GIB = serializers.IntegerField()


class CopyShape(serializers.Serializer[Any]):
    """The copy that a tier is restored from; hours of work since it was made are lost."""

    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=CopyKind.pairs())
    site = serializers.CharField(allow_null=True)
    provider = serializers.CharField(allow_null=True)
    last_success = serializers.DateTimeField()
    age_hours = serializers.FloatField()
    frequency_hours = serializers.IntegerField(allow_null=True)
    is_overdue = serializers.BooleanField()
    last_restore_test = serializers.DateField(allow_null=True)
    size_gib = serializers.IntegerField(allow_null=True)


class LostTierShape(serializers.Serializer[Any]):
    """A tier that has to be restored, and what keeps it from that, if anything."""

    tier = serializers.CharField()
    copy = CopyShape(allow_null=True)
    reason = _reason()
    reason_text = serializers.CharField(allow_blank=True)


class RestorationShape(serializers.Serializer[Any]):
    """Whether and how an app comes back, and what that takes."""

    code = serializers.CharField()
    is_restorable = serializers.BooleanField()
    reason = _reason()
    reason_text = serializers.CharField(allow_blank=True)
    because = serializers.CharField(allow_null=True)
    age_hours = serializers.FloatField(allow_null=True)
    needed = AmountsShape()
    wanted = AmountsShape()
    tiers = LostTierShape(many=True)


class PoolShape(serializers.Serializer[Any]):
    """What a pool that still stands has free; negative where it is over-committed."""

    pool = serializers.CharField()
    free = AmountsShape()


class RestorableShape(serializers.Serializer[Any]):
    """Every running app that is down, and what restoring those that can be restored takes."""

    apps_restorable = serializers.IntegerField()
    apps_not_restorable = serializers.IntegerField()
    needed = AmountsShape()
    wanted = AmountsShape()
    apps = RestorationShape(many=True)
    pools = PoolShape(many=True, allow_null=True)
