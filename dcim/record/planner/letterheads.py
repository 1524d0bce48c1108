"""Whose paper letters and reports are written on, and who signs them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from dcim.record.base import Record
from dcim.record.people.organisation import Tenant
from dcim.record.planner.requests import NIP


class Letterhead(Record):
    """The head of an office's letters, its signatory, and what its letters always say.

    One without a tenant heads the data centre's own papers; of several, the first by name. What is
    empty is left as a marked gap on paper.
    """

    name = models.CharField(_("name"), max_length=100, unique=True)
    tenant = models.ForeignKey(
        Tenant,
        verbose_name=_("tenant"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="letterheads",
        help_text=_("Whose letters it heads; empty: the data centre's own."),
    )
    government = models.CharField(
        _("government"),
        max_length=100,
        blank=True,
        help_text=_("For example Pemerintah Kabupaten Paser."),
    )
    office = models.CharField(_("office"), max_length=200, blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    phone = models.CharField(_("phone"), max_length=50, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    website = models.CharField(_("website"), max_length=100, blank=True)
    place = models.CharField(
        _("place"), max_length=100, blank=True, help_text=_("Where letters are signed.")
    )
    signatory_name = models.CharField(_("signatory"), max_length=100, blank=True)
    signatory_position = models.CharField(
        _("position of the signatory"),
        max_length=200,
        blank=True,
        help_text=_("For example Kepala Dinas."),
    )
    signatory_rank = models.CharField(
        _("rank of the signatory"),
        max_length=100,
        blank=True,
        help_text=_("For example Pembina Utama Muda (IV/c)."),
    )
    signatory_nip = models.CharField(
        _("NIP of the signatory"), max_length=18, blank=True, validators=[NIP]
    )
    legal_basis = models.TextField(
        _("further legal basis"),
        blank=True,
        help_text=_("One regulation per line, beside Perpres 95/2018."),
    )
    copies_to = models.TextField(_("copies to"), blank=True, help_text=_("One recipient per line."))

    class Meta:
        verbose_name = _("letterhead")
        verbose_name_plural = _("letterheads")
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(
                fields=("tenant",),
                name="letterhead_of_tenant",
                violation_error_message=_("The tenant has a letterhead already."),
            ),
        )
