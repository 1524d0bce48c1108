"""Texts that other rooms and Django write, marked here so that our catalogue can say them better.

Django's Indonesian catalogue says of a value that is taken that it “tidak ada” (does not exist);
the room of the graph is pure and knows no gettext.
"""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_noop as _

OF_DJANGO: Final = (
    _("%(model_name)s with this %(field_labels)s already exists."),
    _("%(model_name)s with this %(field_label)s already exists."),
)
OF_THE_GRAPH: Final = (
    _("instances"),
    _("supplies"),
    _("sources"),
    _("uplinks"),
    _("hosts"),
    _("providers"),
)
