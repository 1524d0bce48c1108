"""What the engine said when it ended in an error, as one of our errors."""

from __future__ import annotations

import re
import signal
from typing import Final

from dcim.planning.document import Target
from dcim.planning.sentences import tell
from dcim.vocabulary.choices import _
from dcim.vocabulary.errors import LumbungError, Refused
from dcim.vocabulary.hypervisors import is_disposable
from provisioning.engine.events import Listener
from provisioning.engine.state.workspace import PASSPHRASE, passphrase_place
from provisioning.provider.serving import told_by_provider
from provisioning.provider.wire import name_of

_PROTECTED: Final = re.compile(r'resource "([^"]+)".*(?:is protected|marked for protection)')
_SIGNAL: Final = re.compile(r"^\s*code: -(\d+)$", re.MULTILINE)


class EngineFailed(LumbungError):
    """The Pulumi engine ended with an error; the reason is its own."""

    code = "engine.failed"


def failure(said: str, listener: Listener, target: Target) -> LumbungError:
    """What the engine `said` of `target`, in one line."""
    if "incorrect passphrase" in said:
        # Without its state, what a stack made on a real hypervisor would be made a second time.
        may_go = is_disposable(target.uri)
        return EngineFailed(
            tell(
                _("the passphrase of %(place)s does not open the stack."),
                place=passphrase_place(),
            ),
            field=PASSPHRASE,
            hint=_(
                "Put back the one that the stack was made with, or remove its state from"
                " LUMBUNG_DATA/pulumi."
            )
            if may_go
            else _("Put back the one that the stack was made with."),
        )
    if f"unable to read {PASSPHRASE}_FILE" in said:
        return EngineFailed(
            tell(
                _("the file %(path)s can't be read."),
                path=passphrase_place(),
            ),
            field=f"{PASSPHRASE}_FILE",
            hint=tell(
                _(
                    "Name the file that holds the passphrase of the stacks, or set"
                    " %(setting)s itself."
                ),
                setting=PASSPHRASE,
            ),
        )
    ended_by = _SIGNAL.search(said)
    if ended_by:
        return EngineFailed(
            tell(
                _("the engine was ended in its work by %(signal)s."),
                signal=signal.Signals(int(ended_by[1])).name,
            ),
            field="engine",
            hint=_("Run it again: what it had begun is settled then."),
        )
    reason = listener.error or _last_error(said)
    if found := _PROTECTED.search(reason):
        return Refused(
            tell(
                _(
                    "%(resource)s is protected: only a plan that reclaims it takes it away, and"
                    " nothing makes it anew."
                ),
                resource=name_of(found[1]),
            ),
            field="protect",
            hint=_(
                "See what it differs in on the hypervisor and put that right, or reclaim it by a"
                " plan."
            ),
        )
    if " has a problem: " in reason:  # the provider's check said no
        return Refused(tell(_("the provider says: %(words)s"), words=reason), field="plan")
    if not reason:
        return EngineFailed(_("the engine ended without a word."))
    if ours := told_by_provider(reason):
        return EngineFailed(ours)
    return EngineFailed(tell(_("the engine says: %(words)s"), words=reason))


def _last_error(said: str) -> str:
    lines = [line.strip().removeprefix("stderr:").strip() for line in said.splitlines()]
    errors = [line.removeprefix("error:").strip() for line in lines if line.startswith("error:")]
    return next((line for line in reversed(errors or lines) if line), "")
