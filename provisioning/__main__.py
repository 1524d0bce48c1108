"""`python -m provisioning`: previews and runs from a plan document, without Django."""

from __future__ import annotations

import sys

from provisioning.engine.console import main

if __name__ == "__main__":
    sys.exit(main())
