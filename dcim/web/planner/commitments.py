"""The page of committed room, and the deed that ends it: the machine draws it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _

from dcim.actions.grants.commitments import draw
from dcim.actions.rights import visible
from dcim.record.networks.virtualization import VirtualMachine
from dcim.record.planner.commitments import Commitment
from dcim.vocabulary.errors import LumbungError
from dcim.web.frame.access import Page, may
from dcim.web.objects.details import DetailPage
from dcim.web.values.addresses import page_of


class CommitmentPage(DetailPage):
    """A commitment, whether it is late, and the button that lets its machine draw it."""

    template_name = "planner/commitment.html"

    def more(self, obj: Commitment) -> dict[str, Any]:
        """What may be done with it."""
        machine = obj.virtual_machine
        may_draw = (
            machine is not None
            and may(self.user, "delete", Commitment, obj)
            and may(self.user, "change", VirtualMachine, machine)
        )
        is_late = obj.wanted_until is not None and obj.wanted_until < timezone.localdate()
        return {"may_draw": may_draw, "is_late": is_late}


class DrawCommitmentView(Page):
    """Let the machine draw what is committed to it, and show the machine."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Draw; a refusal is shown on the commitment's page."""
        self.require("delete", Commitment)
        rows = Commitment.objects.filter(pk=self.kwargs["pk"])
        commitment = visible(rows, self.user, "delete").first()
        if commitment is None:
            raise Http404(_("There is no such %(kind)s.") % {"kind": _("commitment")})
        try:
            machine = draw(commitment, by=self.actor())
        except LumbungError as err:
            messages.error(request, str(err))
            return HttpResponseRedirect(page_of(commitment))
        messages.success(request, _("The machine draws the room that was committed to it."))
        return HttpResponseRedirect(page_of(machine))
