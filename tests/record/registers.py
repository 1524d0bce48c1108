"""Rows of a small register, as the import takes them."""

from __future__ import annotations

from dcim.actions.register.rows import APP_COLUMNS, Row

OFFICE: Row = {"slug": "dinkes", "name": "Dinas Kesehatan", "name_en": "Health", "kind": "dinas"}


def app_row(code: str, **cells: str) -> Row:
    """An active app of three tiers that runs locally; `cells` say what is different."""
    row = {
        **dict.fromkeys(APP_COLUMNS, ""),
        "code": code,
        "name": f"Aplikasi {code}",
        "owner": OFFICE["slug"],
        "kind": "web_app",
        "status": "active",
        "criticality": "low",
        "tiers": "web;app;db",
        "vcpu": "4",
        "memory_mib": "8192",
        "storage_gib": "150",
        "hosting": "local",
        "users_per_month": "10",
    }
    return {**row, **cells}
