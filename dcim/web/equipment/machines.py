"""Forms of machines: one that overfills its cluster is written, as reality is, and warned of."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Model
from django.utils.translation import gettext as _

from dcim.actions.capacity.pools import overcommitted
from dcim.record.networks.virtualization import Cluster
from dcim.web.forms.edit import CreatePage, EditPage, WritingPage
from dcim.web.values.amounts import LABELS, exact


class WarningOfOvercommitment(WritingPage):
    """Tells after the write what the machine's cluster lacks."""

    def tell_more(self, obj: Model) -> None:
        """Warn by cluster, class and how much; whoever may not see the cluster is not told."""
        seen = self.seen(Cluster.objects.filter(virtual_machines=obj.pk))
        for name in seen.values_list("name", flat=True):
            short = [
                f"{LABELS[kind]}: {exact(kind, -line.free)}"
                for line in overcommitted(name)
                for kind in (line.inventory.resource_class,)
            ]
            if short:
                told = {"cluster": name, "short": "; ".join(short)}
                text = _(
                    "Cluster %(cluster)s has promised more than it has, host failures to survive"
                    " included. Too much by: %(short)s."
                )
                messages.warning(self.request, text % told)


class MachineCreatePage(WarningOfOvercommitment, CreatePage):
    """A new machine."""


class MachineEditPage(WarningOfOvercommitment, EditPage):
    """A machine that is there."""
