"""What every page's frame needs: the menu and what was searched for."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from dcim.web.frame.navigation import navigation


def frame(request: HttpRequest) -> dict[str, Any]:
    """Menu and search text; nothing to choose from before signing in."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"navigation": ()}
    return {
        "signed_in": True,
        "navigation": navigation(request.path, user),
        "searched": request.GET.get("q", ""),
    }
