"""What people noted about an object: the panel on its page, and the form that adds a note."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from django import forms
from django.db.models import Model, QuerySet
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy

from dcim.catalog import BY_MODEL
from dcim.catalog.resource import Resource
from dcim.record.base import Record
from dcim.record.extras.journal import JournalEntry
from dcim.vocabulary.choices_extras import JournalKind
from dcim.web.forms.attached import ATTACHED
from dcim.web.forms.fields import translated_choices
from dcim.web.values.addresses import list_of, page_of

Seen = Callable[[QuerySet[Any]], QuerySet[Any]]
MOST_ENTRIES: Final = 5
JOURNAL: Final[Resource] = BY_MODEL[JournalEntry]


class NoteForm(forms.Form):
    """A new entry about the object whose page it is on."""

    comments = forms.CharField(
        label=gettext_lazy("New entry"), widget=forms.Textarea(attrs={"rows": 2})
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"), choices=translated_choices(JournalKind.pairs())
    )


@dataclass(frozen=True, slots=True)
class JournalPanel:
    """The newest entries about an object; the form for one more, None for who may not add any."""

    entries: list[JournalEntry]
    all_url: str
    form: NoteForm | None
    add_url: str
    about: dict[str, str]


def journal_of(obj: Model, seen: Seen, may_view: bool, may_add: bool) -> JournalPanel | None:
    """The panel of `obj`; None where there can be no entries, or none that the reader may see."""
    if not isinstance(obj, Record) or type(obj) in ATTACHED or not (may_view or may_add):
        return None
    about = {"object_type": BY_MODEL[type(obj)].kind, "object_id": str(obj.pk)}
    rows = seen(JournalEntry.objects.filter(**about)).select_related("created_by")
    entries = list(islice(rows[: MOST_ENTRIES + 1], MOST_ENTRIES + 1)) if may_view else []
    return JournalPanel(
        entries[:MOST_ENTRIES],
        f"{list_of(JOURNAL)}?{urlencode(about)}" if len(entries) > MOST_ENTRIES else "",
        NoteForm(auto_id="note_%s") if may_add else None,
        f"{reverse(f'{JOURNAL.kind}_add')}?{urlencode({'next': page_of(obj)})}",
        about | {"object_id": f"#{obj.pk}"},
    )
