"""One's own account: signing in, the password, and the tokens of one's programs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dcim.actions.accounts.callers import address_of
from dcim.actions.accounts.sign_in import sign_in
from dcim.actions.accounts.users import issue_token, revoke_token, set_password
from dcim.catalog import BY_MODEL
from dcim.record.people.account import METHODS, ApiToken, User
from dcim.vocabulary.errors import InvalidInput, LumbungError, NotPermitted
from dcim.web.forms.edit import show_errors
from dcim.web.frame.access import Page

MOST_DAYS: Final = 3_650


class SignInForm(AuthenticationForm):
    """Name and password, with the lock-out after failures."""

    def clean(self) -> dict[str, Any]:
        """The user, or why nobody is signed in."""
        name, password = (self.cleaned_data.get(one) for one in ("username", "password"))
        if name and password:
            address = address_of(self.request.META) if self.request is not None else ""
            try:
                self.user_cache = sign_in(name, password, address=address, request=self.request)
            except NotPermitted as err:
                raise ValidationError(f"{err.reason} {err.hint}") from err
        return self.cleaned_data


class SignInPage(LoginView):
    """The way in; where to go then is only ever a page of ours."""

    template_name = "people/sign_in.html"
    authentication_form = SignInForm


class PasswordForm(forms.Form):
    """The password one has, and the one to have."""

    old_password = forms.CharField(
        label=gettext_lazy("Present password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new_password = forms.CharField(
        label=gettext_lazy("New password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=gettext_lazy("New password again"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        """The new password is the same twice."""
        given = super().clean() or {}
        if given.get("new_password") != given.get("again"):
            self.add_error("again", _("It is not the same as the new password."))
        return given


class PasswordPage(Page):
    """Change one's own password; it takes the present one, counted as at signing in."""

    template_name = "forms/form.html"
    title = gettext_lazy("Change the password")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The empty form."""
        return self._answer(PasswordForm())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The new password; other sessions of the user end, this one goes on."""
        form = PasswordForm(request.POST)
        if not (form.is_valid() and self._change(form)):
            return self._answer(form)
        messages.success(request, _("The password has been changed."))
        return HttpResponseRedirect(reverse("home"))

    def _change(self, form: PasswordForm) -> bool:
        given, name = form.cleaned_data, self.user.username
        try:
            sign_in(name, given["old_password"], address=address_of(self.request.META))
            user = set_password(self.user, given["new_password"], by=self.actor())
        except InvalidInput as err:
            form.add_error("new_password", err.errors.get("password", [err.reason]))
            return False
        except NotPermitted as err:
            form.add_error("old_password", f"{err.reason} {err.hint}")
            return False
        update_session_auth_hash(self.request, user)
        return True

    def _answer(self, form: PasswordForm) -> HttpResponse:
        context = self.get_context_data(form=form, back_url=reverse("home"), object=self.user)
        return self.render_to_response(context, status=422 if form.errors else 200)


class TokenForm(forms.Form):
    """How far a new token is to reach."""

    description = forms.CharField(
        label=gettext_lazy("What it is for"), max_length=200, required=False
    )
    write_enabled = forms.BooleanField(label=gettext_lazy("May write"), required=False)
    days = forms.IntegerField(
        label=gettext_lazy("Valid for days"),
        min_value=1,
        max_value=MOST_DAYS,
        required=False,
        initial=365,
        help_text=gettext_lazy("Empty: without end."),
    )
    allowed_ips = forms.CharField(
        label=gettext_lazy("Only from networks"),
        required=False,
        help_text=gettext_lazy("For example 10.0.0.0/8; several with spaces. Empty: anywhere."),
    )
    allowed_paths = forms.CharField(
        label=gettext_lazy("Only below addresses"),
        required=False,
        help_text=gettext_lazy("For example /api/plugins/planner/plans/. Empty: all."),
    )
    allowed_methods = forms.MultipleChoiceField(
        label=gettext_lazy("Only by methods"),
        choices=[(one, one) for one in METHODS],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def values(self) -> dict[str, Any]:
        """The limits as the record holds them."""
        given = self.cleaned_data
        days = given["days"]
        return {
            "description": given["description"],
            "write_enabled": given["write_enabled"],
            "expires": timezone.now() + timedelta(days=days) if days else None,
            "allowed_ips": given["allowed_ips"].split(),
            "allowed_paths": given["allowed_paths"].split(),
            "allowed_methods": given["allowed_methods"],
        }


class OwnTokensPage(Page):
    """The tokens of one's own programs; the text of a new one is shown once, on this page only."""

    template_name = "people/own_tokens.html"
    title = gettext_lazy("My API tokens")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The tokens, and the form of another."""
        return self._answer(TokenForm())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """A new token, and its text."""
        form = TokenForm(request.POST)
        if form.is_valid():
            try:
                _token, text = issue_token(self.user, form.values(), by=self.actor())
            except LumbungError as err:
                show_errors(form, err)
            else:
                return self._answer(TokenForm(), text=text)
        return self._answer(form)

    def _answer(self, form: TokenForm, text: str = "") -> HttpResponse:
        tokens = ApiToken.objects.filter(user=self.user)
        context = self.get_context_data(form=form, tokens=tokens, made=text)
        answer = self.render_to_response(context, status=422 if form.errors else 200)
        answer.headers["Cache-Control"] = "no-store"
        return answer


class RevokeTokenView(Page):
    """Close a token: one's own, or anyone's for those who administer them."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The token opens nothing from now on."""
        token = self.seen(ApiToken.objects.filter(pk=self.kwargs["pk"])).first()
        if token is None:
            raise Http404(_("There is no such %(kind)s.") % {"kind": _("API token")})
        revoke_token(token.key, by=self.actor())
        messages.success(request, _("%(token)s is revoked.") % {"token": token})
        return HttpResponseRedirect(reverse("own_tokens"))


class SetPasswordPage(Page):
    """Give a user a new password; for those who administer users."""

    template_name = "forms/form.html"
    title = gettext_lazy("Set a password")

    class Form(forms.Form):
        """The password to have."""

        password = forms.CharField(
            label=gettext_lazy("New password"),
            strip=False,
            widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        )

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The empty form."""
        return self._answer(self._user(), self.Form())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The new password; sessions of the user end."""
        user, form = self._user(), self.Form(request.POST)
        if form.is_valid():
            try:
                set_password(user, form.cleaned_data["password"], by=self.actor())
            except InvalidInput as err:
                form.add_error("password", err.errors.get("password", [err.reason]))
            else:
                messages.success(request, _("The password has been changed."))
                return HttpResponseRedirect(self._address(user))
        return self._answer(user, form)

    def _user(self) -> User:
        self.require("change", User)
        found = User.objects.filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404(_("There is no such %(kind)s.") % {"kind": _("user")})
        return found

    def _address(self, user: User) -> str:
        return reverse(f"{BY_MODEL[User].kind}_detail", args=[user.pk])

    def _answer(self, user: User, form: forms.Form) -> HttpResponse:
        title = _("Set a password for %(user)s") % {"user": user}
        context = self.get_context_data(
            form=form, title=title, back_url=self._address(user), object=user
        )
        return self.render_to_response(context, status=422 if form.errors else 200)
