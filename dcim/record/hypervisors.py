"""Addresses of hypervisors and clouds in columns: the vocabulary's rule, as a form says it."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from dcim.vocabulary.errors import InvalidInput
from dcim.vocabulary.hypervisors import check_hypervisor_uri


def valid_hypervisor_uri(uri: str) -> None:
    """Raises: ValidationError when the vocabulary's rule refuses `uri`."""
    try:
        check_hypervisor_uri(uri)
    except InvalidInput as err:
        raise ValidationError(f"{gettext(err.reason)} {gettext(err.hint)}") from err
