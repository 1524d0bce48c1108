"""Papers as files: their names and media types."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

PDF: Final = "pdf"
DOCX: Final = "docx"
XLSX: Final = "xlsx"
OFFICE: Final = "application/vnd.openxmlformats-officedocument"
MEDIA_TYPES: Final = {
    PDF: "application/pdf",
    DOCX: f"{OFFICE}.wordprocessingml.document",
    XLSX: f"{OFFICE}.spreadsheetml.sheet",
}


@dataclass(frozen=True, slots=True)
class Paper:
    """A file to hand out."""

    name: str
    data: bytes

    @property
    def media_type(self) -> str:
        """What kind of file it is, by the end of its name."""
        return MEDIA_TYPES[self.name.rpartition(".")[2]]

    @property
    def headers(self) -> dict[str, str]:
        """What tells a browser to keep it."""
        return {"Content-Disposition": f'attachment; filename="{self.name}"'}
