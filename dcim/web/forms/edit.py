"""Create, edit and delete one object: forms in, actions out, refusals beside their fields."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.models import Model
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from dcim.actions import record
from dcim.actions.changes import Actor, State, state_of
from dcim.actions.rights import visible
from dcim.record.log.changes import ObjectChange
from dcim.vocabulary.errors import InUse, InvalidInput, LumbungError, Refused, Stale
from dcim.web.forms.dependants import dependants_of
from dcim.web.forms.records import RecordForm, form_of
from dcim.web.frame.access import Crumb, ResourcePage, parameter
from dcim.web.values import formats
from dcim.web.values.addresses import list_of, page_of
from dcim.web.values.differences import Difference, changed_since


class WritingPage(ResourcePage):
    """What the pages that write have in common."""

    deed = "change"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Let no one in who may not do the deed."""
        if request.user.is_authenticated:
            self.require(self.deed, self.resource.model)
        return super().dispatch(request, *args, **kwargs)

    def object(self) -> Model:
        """The object of the address."""
        rows = visible(self.resource.model._default_manager.all(), self.user, self.deed)
        found = rows.filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404(_("There is no such %(kind)s.") % {"kind": self.singular})
        return found

    def done(self, text: str, url: str) -> HttpResponseRedirect:
        """Say what was done, on the page that follows."""
        messages.success(self.request, text)
        return HttpResponseRedirect(url)

    def tell_more(self, obj: Model) -> None:
        """Say what else is to be known of an object that has just been written; nothing, mostly."""


class CreatePage(WritingPage):
    """A form for a new object; the address's parameters fill it in."""

    template_name = "forms/form.html"
    deed = "add"
    form_base: type[RecordForm] = RecordForm

    def seen_model(self) -> None:
        """Nothing is shown that is there already."""

    def form_class(self) -> type[RecordForm]:
        """The form, derived from the resource."""
        return form_of(self.resource.model, self.form_base)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The empty form."""
        return self._answer(self._form(initial=self._initial()))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Create the object, or show what is wrong with it."""
        form = self._form(data=request.POST)
        if form.is_valid() and (made := self._write(form)) is not None:
            answer = self._done(form, made)
            self.tell_more(made)
            return answer
        return self._answer(form)

    def _form(self, **options: Any) -> RecordForm:
        return self.form_class()(**options).withhold(self.user)

    def create(self, form: RecordForm) -> Model:
        """The new object."""
        by = self.actor(form.cleaned_data["changelog_message"])
        return record.create(self.resource.model, form.values(), by=by)

    def _write(self, form: RecordForm) -> Model | None:
        try:
            return self.create(form)
        except (InvalidInput, Refused) as err:
            show_errors(form, err)
            return None

    def _done(self, form: RecordForm, made: Model) -> HttpResponseBase:
        text = _("%(object)s has been created.") % {"object": formats.full_name(made)}
        again = "again" in self.request.POST or not self.may_view(type(made))
        after = ours(self.request, self.request.GET.get("next", "")) or page_of(made)
        return self.done(text, self.request.get_full_path() if again else after)

    def _initial(self) -> dict[str, str]:
        asked = self.request.GET.dict()
        known = self.form_class().base_fields
        return {
            name if name in known else name.removesuffix("_id"): value
            for name, value in asked.items()
            if value
        }

    def _answer(self, form: RecordForm) -> HttpResponse:
        title = _("Add %(kind)s") % {"kind": self.singular}
        back = ours(self.request, self.request.GET.get("next", "")) or list_of(self.resource)
        context = self.get_context_data(form=form, title=title, back_url=back)
        return self.render_to_response(context, status=422 if form.errors else 200)


class EditPage(WritingPage):
    """A form for an object that is there."""

    template_name = "forms/form.html"
    form_base: type[RecordForm] = RecordForm
    theirs: Sequence[Difference] = ()  # what others changed since the form was opened

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form with the object's values, and a note of the newest change they include."""
        obj = self.object()
        return self._answer(obj, self._form(obj, initial={"seen_change": newest_change(self, obj)}))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Change the object, or show what is wrong."""
        obj = self.object()
        form = self._form(obj, data=request.POST)
        if form.is_valid() and self._is_current(obj, form) and self._write(obj, form):
            text = _("%(object)s has been changed.") % {"object": formats.full_name(obj)}
            answer = self.done(text, self._next(obj))
            self.tell_more(obj)
            return answer
        return self._answer(self.object(), form)

    def _form(self, obj: Model, **options: Any) -> RecordForm:
        made = form_of(self.resource.model, self.form_base)(instance=obj, **options)
        return made.withhold(self.user)

    def _is_current(self, obj: Model, form: RecordForm) -> bool:
        """Refuse to overwrite what someone else changed since the form was opened."""
        if newest_change(self, obj) <= (form.cleaned_data["seen_change"] or 0):
            return True
        self._show_changes(obj, form)
        return False

    def _show_changes(self, obj: Model, form: RecordForm) -> None:
        """Show what others changed since; sent once more, the form writes over it."""
        newest, seen = newest_change(self, obj), form.cleaned_data["seen_change"] or 0
        self.theirs = changed_since(self.resource.kind, obj, seen, mine_in(form))
        form.add_error(
            None,
            _(
                "Someone changed the object after you opened this form. Look at what changed, "
                "then save again to write your values over theirs."
            ),
        )
        form.data = form.data.copy()  # type: ignore[attr-defined]  # a QueryDict, whose values are lists
        form.data["seen_change"] = str(newest)  # type: ignore[index]  # as above

    def _write(self, obj: Model, form: RecordForm) -> bool:
        by = self.actor(form.cleaned_data["changelog_message"])
        seen = getattr(obj, "last_updated", None)
        try:
            self.change(obj, form, by, seen)
        except Stale:
            self._show_changes(obj, form)
            return False
        except (InvalidInput, Refused) as err:
            show_errors(form, err)
            return False
        return True

    def change(self, obj: Model, form: RecordForm, by: Actor, seen: datetime | None) -> None:
        """Write what the form says, unless the object was changed after it was `seen`."""
        record.update(obj, form.values(), by=by, unchanged_since=seen)

    def _next(self, obj: Model) -> str:
        asked = self.request.POST.get("next", "") or self.request.GET.get("next", "")
        return ours(self.request, asked) or page_of(obj)

    def _answer(self, obj: Model, form: RecordForm) -> HttpResponse:
        title = _("Edit %(object)s") % {"object": formats.full_name(obj)}
        context = self.get_context_data(
            form=form, title=title, back_url=self._next(obj), object=obj, theirs=self.theirs
        )
        return self.render_to_response(context, status=422 if form.errors else 200)

    def crumbs(self) -> list[Crumb]:
        """The object comes before its form."""
        obj = self.object()
        return [*super().crumbs(), Crumb(formats.full_name(obj), page_of(obj))]


class DeletePage(WritingPage):
    """Asks before an object goes: names its parts that go with it, and what keeps it from going."""

    template_name = "forms/delete.html"
    deed = "delete"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The object and its dependants."""
        obj = self.object()
        title = _("Delete %(object)s") % {"object": formats.full_name(obj)}
        return super().get_context_data(
            object=obj,
            title=title,
            dependants=dependants_of(obj),
            back_url=self._asked() or page_of(obj),
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Delete the object, or name what rests on it."""
        obj = self.object()
        name = formats.full_name(obj)
        try:
            record.delete(obj, by=self.actor(parameter(request.POST, "changelog_message")))
        except InUse:
            return self.render_to_response(self.get_context_data(), status=409)
        text = _("%(object)s has been deleted.") % {"object": name}
        return self.done(text, self._asked() or list_of(self.resource))

    def _asked(self) -> str:
        """The page of ours that asked for the deed, "" where none did."""
        return ours(self.request, self.request.GET.get("next", ""))

    def crumbs(self) -> list[Crumb]:
        """The object comes before its end."""
        obj = self.object()
        return [*super().crumbs(), Crumb(formats.full_name(obj), page_of(obj))]


def ours(request: HttpRequest, address: str) -> str:
    """An address that was asked for, where it is one of these pages; else ""."""
    is_ours = url_has_allowed_host_and_scheme(address, allowed_hosts={request.get_host()})
    return address if address and is_ours else ""


def mine_in(form: RecordForm) -> State:
    """What the form would write, as the change log keeps it."""
    fields = {one.name for one in form.instance._meta.many_to_many}
    many = {
        name: [one.pk for one in value]
        for name, value in form.cleaned_data.items()
        if name in fields
    }
    state = state_of(form.instance, many)
    return {name: state[name] for name in form.fields if name in state}


def newest_change(page: ResourcePage, obj: Model) -> int:
    """The id of the newest change of `obj`, 0 when it was never changed."""
    entries = ObjectChange.objects.filter(
        changed_object_type=page.resource.kind, changed_object_id=obj.pk
    )
    return entries.order_by("-id").values_list("id", flat=True).first() or 0


def show_errors(form: BaseForm, err: LumbungError) -> None:
    """Put what an action refused beside the fields it means; the rest above the form."""
    if isinstance(err, InvalidInput):
        reasons = err.errors
    else:
        reasons = {err.field: [f"{_(err.reason)} {_(err.hint) if err.hint else ''}".strip()]}
    for name, texts in reasons.items():
        for text in texts:
            form.add_error(name if name in form.fields else None, text)
