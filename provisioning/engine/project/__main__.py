"""An ordinary Pulumi program: the target that the stack is called after, of the plan in a file.

The plan's path is the configuration `lumbung:plan`. It does what `python -m provisioning` does to
one target, but for what stands around it: no rehearsal of how things stand, no guard, no report.
"""

from __future__ import annotations

from pathlib import Path

import pulumi

from dcim.planning.document import parse
from dcim.vocabulary.errors import LumbungError
from provisioning.program.build import build


def main() -> None:
    """Registers the machines of the target.

    Raises: RunError with the sentence of ours, without a stack trace.
    """
    try:
        plan = Path(pulumi.Config("lumbung").require("plan"))
        build(parse(plan.read_bytes()), pulumi.get_stack())
    except LumbungError as err:
        raise pulumi.RunError(str(err)) from err
    except OSError as err:
        raise pulumi.RunError(f"lumbung:plan: {plan} can't be read: {err.strerror}.") from err


if __name__ == "__main__":
    main()
