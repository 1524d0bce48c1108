"""The letterhead of the sample's data centre: invented, so that letters are whole at once."""

from __future__ import annotations

from typing import Final

from dcim.actions import record
from dcim.actions.changes import Actor
from dcim.record.planner.letterheads import Letterhead

# Person, number and addresses are nobody's.
LETTERHEAD: Final = {
    "name": "Diskominfostaper (contoh)",
    "government": "Pemerintah Kabupaten Paser",
    "office": "Dinas Komunikasi, Informatika, Statistik dan Persandian",
    "address": "Jalan Contoh Nomor 1, Tana Paser 76211",
    "phone": "(0543) 555-0100",
    "email": "diskominfo@example.id",
    "website": "diskominfo.example.id",
    "place": "Tana Paser",
    "signatory_name": "H. Contoh Penanda Tangan, S.Kom., M.Si.",
    "signatory_position": "Kepala Dinas Komunikasi, Informatika, Statistik dan Persandian",
    "signatory_rank": "Pembina Utama Muda (IV/c)",
    "signatory_nip": "197001011995031001",
    "legal_basis": (
        "Peraturan Presiden Nomor 82 Tahun 2023 tentang Percepatan Transformasi Digital dan"
        " Keterpaduan Layanan Digital Nasional"
    ),
    "copies_to": ("Bupati Paser (sebagai laporan)\nSekretaris Daerah Kabupaten Paser\nArsip"),
}


def create_letterhead(*, by: Actor) -> Letterhead:
    """The head of the data centre's own papers, which every office's letters take too."""
    return record.create(Letterhead, LETTERHEAD, by=by)
