"""The page of a grant: what draws on it, and the forms that renew it or give it back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from dcim.actions.requests.drafting import draft_renewal
from dcim.actions.requests.giving_back import Loss, loss_of, return_allocation
from dcim.record.people.organisation import Tenant
from dcim.record.planner.allocations import Allocation
from dcim.record.planner.requests import AllocationRequest
from dcim.vocabulary.choices import AllocationStatus
from dcim.vocabulary.errors import InvalidInput, NotPermitted, Refused
from dcim.web.frame.access import may
from dcim.web.objects.details import DetailPage
from dcim.web.planner.requests.forms import RenewForm, ReturnForm
from dcim.web.values.addresses import page_of


class GrantPage(DetailPage):
    """A grant, what would be lost with it, and the way to keep it or give it back."""

    template_name = "planner/grant.html"
    refused: ReturnForm | RenewForm | None = None

    def more(self, obj: Allocation) -> dict[str, Any]:
        """Who is hit, told to who may give it back; and the forms."""
        is_active = obj.status == AllocationStatus.ACTIVE
        may_return = is_active and may(self.user, "change", Allocation, obj)
        loss = loss_of(obj) if may_return else Loss()
        may_renew = is_active and may(self.user, "add", AllocationRequest)
        return {
            "loss": loss,
            "return_form": self._return_form(loss) if may_return else None,
            "renew_form": self._renew_form() if may_renew else None,
        }

    def _return_form(self, loss: Loss) -> ReturnForm:
        if isinstance(self.refused, ReturnForm):
            return self.refused
        return ReturnForm(word=loss.confirm, prefix="return")

    def _renew_form(self, data: Any = None) -> RenewForm:
        if data is None and isinstance(self.refused, RenewForm):
            return self.refused
        own = {"tenant": self.user.tenant_id}
        tenants = self.seen(Tenant.objects.all())
        return RenewForm(tenants, data, prefix="renew", initial=own)


class ReturnGrantPage(GrantPage):
    """Gives a grant back; what is refused stands beside its field."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Give it back, and show it."""
        grant: Any = self.object()
        self.require("change", Allocation)
        form = ReturnForm(request.POST, word=loss_of(grant).confirm, prefix="return")
        status = 422
        if form.is_valid():
            try:
                return_allocation(grant, form.given(), by=self.actor())
            except NotPermitted:
                raise
            except (InvalidInput, Refused) as err:
                form.refuse(err)
                status = 409 if isinstance(err, Refused) else 422
            else:
                messages.success(request, _("The grant has been given back."))
                return HttpResponseRedirect(page_of(grant))
        self.refused = form
        return self.render_to_response(self.get_context_data(), status=status)


class RenewGrantPage(GrantPage):
    """Drafts the request for a grant to go on, and shows the draft."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Draft it."""
        grant: Any = self.object()
        self.require("add", AllocationRequest)
        form = self._renew_form(request.POST)
        if form.is_valid():
            asked = form.cleaned_data
            made = draft_renewal(
                grant, tenant=asked["tenant"], valid_until=asked["valid_until"], by=self.actor()
            )
            return HttpResponseRedirect(page_of(made))
        self.refused = form
        return self.render_to_response(self.get_context_data(), status=422)
