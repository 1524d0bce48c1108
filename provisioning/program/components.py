"""Components: one per app, and one for the networks that apps share."""

from __future__ import annotations

import pulumi


class App(pulumi.ComponentResource):
    """The machines of one app on one target; `machines` are their names."""

    machines: pulumi.Output[list[str]]

    def __init__(self, code: str, machines: list[str]) -> None:
        super().__init__("lumbung:index:App", code, {"machines": machines})
        self.register_outputs({"machines": machines})


class SharedNetworks(pulumi.ComponentResource):
    """The networks of one target."""

    names: pulumi.Output[list[str]]

    def __init__(self, target: str, names: list[str]) -> None:
        super().__init__("lumbung:index:SharedNetworks", target, {"names": names})
        self.register_outputs({"names": names})
