"""Users, groups, permissions and tokens; a token by password; who one is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.db.models import Model
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.fields.wire import Computed, Reference, Text, WireField, brief_ref, shaped
from api.http.auth import signed_in
from api.http.parsing import BodyParser
from api.reading.briefs import Briefs
from api.records import RecordSerializer, RecordViewSet
from dcim.actions import record
from dcim.actions.accounts.callers import address_of
from dcim.actions.accounts.sign_in import sign_in
from dcim.actions.accounts.users import create_user, issue_token, set_password
from dcim.actions.changes import Actor
from dcim.actions.refusals import of_row, writing
from dcim.record.json_columns import TEXTS
from dcim.record.people.account import (
    METHODS,
    TOKEN_PREFIX,
    ApiToken,
    Group,
    ObjectPermission,
    TokenVersion,
    User,
)

OF_TOKEN: Final = (
    "description",
    "expires",
    "enabled",
    "write_enabled",
    "allowed_ips",
    "allowed_paths",
    "allowed_methods",
)


def _permissions_of(model: type[Model]) -> Computed:
    """The permissions of users or groups as briefs; written at users/permissions."""
    through = getattr(ObjectPermission, "users" if model is User else "groups").through
    mine = "user_id" if model is User else "group_id"

    def make(keys: Sequence[int], briefs: Briefs) -> Mapping[int, list[Any]]:
        rows = list(
            through.objects.filter(**{f"{mine}__in": keys})
            .order_by("objectpermission_id")
            .values_list(mine, "objectpermission_id")
        )
        shown = briefs.by_id(ObjectPermission, {pk for _key, pk in rows})
        found: dict[int, list[Any]] = {}
        for key, pk in rows:
            if pk in shown:
                found.setdefault(key, []).append(shown[pk])
        return found

    shape = {"type": "array", "items": brief_ref(ObjectPermission)}
    return Computed(make, shape, shows=(ObjectPermission,), missing=[])


class LimitedTokensKeepOut(RecordViewSet):
    """What decides who may do what is not written by a token that is limited itself.

    Else it could make itself, or another, a wider one.
    """

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        writes = request.method not in {"GET", "HEAD", "OPTIONS"}
        if writes and isinstance(request.auth, ApiToken) and request.auth.is_limited:
            raise PermissionDenied("A token with limits writes no users, permissions or tokens.")


class GroupSerializer(RecordSerializer):
    """A group with its permissions and how many users are in it."""

    def derived_fields(self) -> dict[str, WireField]:
        return {**super().derived_fields(), "permissions": _permissions_of(Group)}


class UserSerializer(RecordSerializer):
    """A user; the password is only ever written."""

    password = serializers.CharField(write_only=True, required=False, trim_whitespace=False)

    def derived_fields(self) -> dict[str, WireField]:
        return {**super().derived_fields(), "permissions": _permissions_of(User)}


class UserViewSet(LimitedTokensKeepOut):
    """Users; without a password one signs in by tokens only."""

    def write_new(
        self, rows: Sequence[dict[str, Any]], messages: Sequence[str] = ()
    ) -> Sequence[Any]:
        with writing():
            made = list[User]()
            said = messages or [""] * len(rows)
            for at, (row, why) in enumerate(zip(rows, said, strict=True)):
                plain = {name: value for name, value in row.items() if name != "password"}
                with of_row(at):
                    by = self.actor.saying(why)
                    made.append(create_user(plain, password=row.get("password"), by=by))
            return made

    def write_changes(self, obj: Any, values: dict[str, Any]) -> Any:
        with writing():
            return self._changed(obj, values, self.actor)

    def write_set(
        self, changes: Sequence[tuple[Any, dict[str, Any]]], messages: Sequence[str]
    ) -> Sequence[Any]:
        with writing():
            written = list[User]()
            for at, ((obj, values), why) in enumerate(zip(changes, messages, strict=True)):
                with of_row(at, obj.pk):
                    written.append(self._changed(obj, values, self.actor.saying(why)))
            return written

    def _changed(self, obj: User, values: dict[str, Any], by: Actor) -> User:
        """The user with other values; a password never travels as a value of a column."""
        password = values.pop("password", None)
        written = record.update(obj, values, by=by)
        return written if password is None else set_password(written, password, by=by)


class TokenSerializer(RecordSerializer):
    """A token without its secret, which only the answer to its making holds."""

    def derived_fields(self) -> dict[str, WireField]:
        fields = super().derived_fields()
        fields |= {
            "user": Reference(User, required=False),
            "version": serializers.IntegerField(min_value=1, max_value=2, required=False),
            "key": Computed(_keys_of, {"type": "string", "nullable": True}),
            "description": Text(max_length=200, allow_blank=True, required=False),
            "expires": serializers.DateTimeField(required=False, allow_null=True),
            "enabled": serializers.BooleanField(required=False),
            "write_enabled": serializers.BooleanField(required=False),
            "allowed_ips": shaped(TEXTS, required=False),
            "allowed_paths": shaped(TEXTS, required=False),
            "allowed_methods": shaped(TEXTS, required=False),
        }
        return fields


def _keys_of(keys: Sequence[int], briefs: Briefs) -> dict[int, str]:
    """The public parts of tokens; of a v1 token nothing is kept that could be shown."""
    rows = ApiToken.objects.filter(pk__in=keys, version=TokenVersion.V2)
    return dict(rows.values_list("pk", "key"))


class TokenViewSet(LimitedTokensKeepOut):
    """One's own tokens, and everyone's for those who administer them."""

    def create(self, request: Request, **kwargs: Any) -> Response:
        """A new token; its text is in this answer and nowhere else."""
        (values,) = self._validated([None], [request.data], many=False)
        user, version = values.pop("user", None), values.pop("version", TokenVersion.V2)
        owner = user or signed_in(request)
        token, text = issue_token(owner, values, by=self.actor, version=version)
        body = self._shown_as_json([token])[0]
        return Response({**body, **_secret(token, text)}, status=status.HTTP_201_CREATED)

    def write_changes(self, obj: Any, values: dict[str, Any]) -> Any:
        return record.update(obj, limits_in(values), by=self.actor)

    def write_set(
        self, changes: Sequence[tuple[Any, dict[str, Any]]], messages: Sequence[str]
    ) -> Sequence[Any]:
        return super().write_set([(one, limits_in(values)) for one, values in changes], messages)


def limits_in(values: Mapping[str, Any]) -> dict[str, Any]:
    """What of a token can be changed: never whose it is, nor what opens."""
    return {name: value for name, value in values.items() if name in OF_TOKEN}


def _secret(token: ApiToken, text: str) -> dict[str, str]:
    """What a token is called by, and what opens: of v2 the part after the dot."""
    if token.version == TokenVersion.V1:
        return {"key": text, "token": text}
    return {"key": token.key, "token": text.removeprefix(f"{TOKEN_PREFIX}{token.key}.")}


class AskedToken(serializers.Serializer[Any]):
    """Name and password, and how far the token is to reach."""

    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=1000, trim_whitespace=False)
    version = serializers.ChoiceField(choices=TokenVersion.values, default=TokenVersion.V2.value)
    description = serializers.CharField(max_length=200, required=False, allow_blank=True)
    expires = serializers.DateTimeField(required=False, allow_null=True)
    write_enabled = serializers.BooleanField(required=False)
    allowed_ips = serializers.ListField(child=serializers.CharField(max_length=50), required=False)
    allowed_paths = serializers.ListField(
        child=serializers.CharField(max_length=200), required=False
    )
    allowed_methods = serializers.ListField(
        child=serializers.ChoiceField(choices=METHODS), required=False
    )


class ProvisionView(APIView):
    """A token for a name and password; too many failures lock the name for a while."""

    authentication_classes = ()
    permission_classes = ()
    parser_classes = [BodyParser]

    @extend_schema(
        operation_id="users_tokens_provision_create",
        request=AskedToken,
        responses={201: OpenApiResponse({"type": "object", "additionalProperties": {}})},
    )
    def post(self, request: Request) -> Response:
        """The token, whose text is in this answer and nowhere else."""
        asked = AskedToken(data=request.data)
        asked.is_valid(raise_exception=True)
        values = asked.validated_data
        name, password, version = (values.pop(one) for one in ("username", "password", "version"))
        user = sign_in(name, password, address=address_of(request.META))
        by = Actor.of(user, message="By password", source_address=address_of(request.META))
        token, text = issue_token(user, values, by=by, version=version)
        head = {
            "id": token.pk,
            "version": token.version,
            "user": Briefs(request).of(user),
            "created": token.created,
            **{one: getattr(token, one) for one in OF_TOKEN},
        }
        return Response({**head, **_secret(token, text)}, status=status.HTTP_201_CREATED)


class AuthenticationCheck(APIView):
    """Who the token or session belongs to; 403 where it opens nothing."""

    @extend_schema(
        operation_id="authentication_check",
        responses={200: {"type": "object", "additionalProperties": {}}},
    )
    def get(self, request: Request) -> Response:
        """The user's brief."""
        return Response(Briefs(request).of(signed_in(request)))
