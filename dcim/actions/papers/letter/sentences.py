"""The sentences of a request letter, by the kind of what is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from dcim.vocabulary.choices_requests import RequestKind

PERPRES: Final = (
    "Peraturan Presiden Nomor 95 Tahun 2018 tentang Sistem Pemerintahan Berbasis Elektronik"
)
CLOSING: Final = (
    "Demikian permohonan ini kami sampaikan. Atas perhatian dan kerja sama Bapak/Ibu, kami"
    " mengucapkan terima kasih."
)


@dataclass(frozen=True, slots=True)
class Sentences:
    """What a letter of one kind says.

    Attributes:
        subject: After “Hal”, where the request has no words of its own.
        opening: Its first sentence; `%(government)s`, `%(provider)s` and `%(grant)s` are filled in.
        asked: The heading of the column of sums.
        period: With the days in it, `%(days)s`.
        annex: What the annex per machine holds; its heading in capitals.
        details: The sentence that leads to that annex.
    """

    subject: str
    opening: str
    asked: str = "Kebutuhan"
    period: str = "Kapasitas tersebut kami perlukan %(days)s."
    annex: str = "Daftar Kebutuhan per Mesin Virtual"
    details: str = "Rincian kebutuhan per mesin virtual tercantum dalam lampiran surat ini."


OF_A_GRANT: Final = "Daftar Mesin Virtual pada Alokasi"
DRAWN_ON: Final = "Mesin virtual yang memakai alokasi tersebut tercantum dalam lampiran surat ini."
NOT_DRAWN_ON: Final = (
    "Pada saat surat ini dibuat, tidak ada mesin virtual yang memakai alokasi tersebut."
)
OF_KIND: Final[Mapping[str, Sentences]] = {
    RequestKind.NEW: Sentences(
        "Permohonan Kapasitas Pusat Data",
        "Dalam rangka penyelenggaraan Sistem Pemerintahan Berbasis Elektronik (SPBE) di lingkungan"
        " %(government)s, dengan hormat kami mengajukan permohonan kapasitas komputasi pada"
        " %(provider)s dengan rincian sebagai berikut.",
    ),
    RequestKind.CHANGE: Sentences(
        "Permohonan Perubahan Spesifikasi",
        "Sehubungan dengan perkembangan kebutuhan layanan SPBE di lingkungan %(government)s,"
        " dengan hormat kami mengajukan perubahan spesifikasi atas alokasi %(grant)s pada"
        " %(provider)s dengan rincian sebagai berikut.",
        asked="Menjadi",
        period="Perubahan tersebut kami perlukan %(days)s.",
    ),
    RequestKind.RENEWAL: Sentences(
        "Permohonan Perpanjangan Layanan",
        "Mengingat layanan SPBE di lingkungan %(government)s masih memerlukan kapasitas yang telah"
        " diberikan, dengan hormat kami mengajukan perpanjangan alokasi %(grant)s pada"
        " %(provider)s dengan rincian sebagai berikut.",
        asked="Diperpanjang",
        period="Perpanjangan tersebut kami mohonkan %(days)s.",
    ),
    RequestKind.BACKUP: Sentences(
        "Permohonan Layanan Pencadangan",
        "Dalam rangka menjaga keberlangsungan layanan SPBE dan ketersediaan data di lingkungan"
        " %(government)s, dengan hormat kami mengajukan permohonan layanan pencadangan (backup)"
        " pada %(provider)s dengan rincian sebagai berikut.",
        period="Layanan tersebut kami perlukan %(days)s.",
    ),
    RequestKind.COLOCATION: Sentences(
        "Permohonan Layanan Kolokasi",
        "Dalam rangka penempatan perangkat pendukung SPBE milik %(government)s, dengan hormat kami"
        " mengajukan permohonan layanan kolokasi pada %(provider)s dengan rincian sebagai berikut.",
        period="Layanan tersebut kami perlukan %(days)s.",
    ),
    RequestKind.TERMINATION: Sentences(
        "Permohonan Penghentian Layanan",
        "Sehubungan dengan tidak diperlukannya lagi kapasitas yang telah diberikan, dengan hormat"
        " %(government)s mengajukan penghentian layanan dan pengembalian alokasi %(grant)s pada"
        " %(provider)s dengan rincian sebagai berikut.",
        asked="Dikembalikan",
        period="Penghentian tersebut kami mohonkan %(days)s.",
        annex="Daftar Kapasitas yang Dikembalikan",
        details="Rincian kapasitas yang dikembalikan tercantum dalam lampiran surat ini.",
    ),
}
