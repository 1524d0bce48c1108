"""People to call: contacts in groups, and for which objects each is responsible in what role."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from dcim.record.base import Record, choice_field
from dcim.record.tree import TreeRecord, once_per_parent
from dcim.vocabulary.choices_places import ContactPriority


class ContactGroup(TreeRecord):
    """Contacts that belong together: a vendor's people, an office's."""

    name = models.CharField(_("name"), max_length=100)
    slug = models.SlugField(_("slug"), max_length=100)

    class Meta:
        verbose_name = _("contact group")
        verbose_name_plural = _("contact groups")
        ordering = ("name",)
        constraints = once_per_parent("contact_group")


class ContactRole(Record):
    """What a contact is called for: operation, security, contracts."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    slug = models.SlugField(_("slug"), max_length=100, unique=True)

    class Meta:
        verbose_name = _("contact role")
        verbose_name_plural = _("contact roles")
        ordering = ("name",)


class Contact(Record):
    """A person or a desk that can be called."""

    groups = models.ManyToManyField(
        ContactGroup, verbose_name=_("groups"), blank=True, related_name="contacts"
    )
    name = models.CharField(_("name"), max_length=100)
    title = models.CharField(_("title"), max_length=100, blank=True)
    phone = models.CharField(_("phone"), max_length=50, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    link = models.URLField(_("link"), blank=True)

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        ordering = ("name", "id")


class ContactAssignment(Record):
    """A contact's responsibility for one object of any kind.

    The object is named by type and id, which no key of the database holds: `dcim.actions` sees that
    it is there when the assignment is written, and takes the assignment along when it goes.
    """

    object_type = models.CharField(
        _("object type"), max_length=100, help_text=_("For example dcim.site.")
    )
    object_id = models.PositiveBigIntegerField(_("object id"))
    contact = models.ForeignKey(
        Contact, verbose_name=_("contact"), on_delete=models.PROTECT, related_name="assignments"
    )
    role = models.ForeignKey(
        ContactRole,
        verbose_name=_("role"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="assignments",
    )
    priority = choice_field(_("priority"), ContactPriority)

    class Meta:
        verbose_name = _("contact assignment")
        verbose_name_plural = _("contact assignments")
        ordering = ("contact", "role", "id")
        indexes = (models.Index(fields=("object_type", "object_id"), name="contact_of_object"),)
        constraints = (
            models.UniqueConstraint(
                fields=("object_type", "object_id", "contact", "role"), name="contact_once_per_role"
            ),
            models.UniqueConstraint(
                fields=("object_type", "object_id", "contact"),
                condition=models.Q(role__isnull=True),
                name="contact_once_without_role",
                violation_error_message=_("The contact is assigned to the object already."),
            ),
        )

    def __str__(self) -> str:
        """The contact and what it is responsible for."""
        return f"{self.contact}: {self.object_type} {self.object_id}"
