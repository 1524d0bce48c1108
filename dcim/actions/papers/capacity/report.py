"""The quarterly capacity report in words and tables, the same for PDF and XLSX."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from dcim.actions.papers.amounts import LABELS, cell, in_words, listed
from dcim.actions.papers.capacity.figures import Figures
from dcim.actions.papers.capacity.held import held_sections, named
from dcim.actions.papers.content import Cell, Column, Section, Table
from dcim.actions.papers.letterheads import Head, head_of
from dcim.actions.papers.words import day, number, period
from dcim.planning.capacity.ledger import LedgerLine, PoolLedger
from dcim.planning.capacity.n_plus_one import Survival
from dcim.vocabulary.amounts import Amounts
from dcim.vocabulary.things import Ref

TITLE: Final = "Laporan Kapasitas Pusat Data"
MOST_NAMES: Final = 5
LEDGER: Final = (
    Column("Kumpulan", 3.2, repeats=True),
    Column("Penyedia", 2.4, repeats=True),
    Column("Kelas", 2.8),
    Column("Total", 1.5, is_amount=True),
    Column("Cadangan", 1.7, is_amount=True),
    Column("Rasio", 1, is_amount=True),
    Column("Kapasitas", 1.6, is_amount=True),
    Column("Terpakai", 1.5, is_amount=True),
    Column("Dapat ditarik", 1.5, is_amount=True),
    Column("Rencana", 1.4, is_amount=True),
    Column("Sisa", 1.5, is_amount=True),
    Column("Terpakai %", 1.4, is_amount=True),
)
NOT_MEASURED: Final = frozenset({"Penyedia", "Total", "Cadangan", "Rasio"})
COMPARED: Final = (
    Column("Sisa triwulan lalu", 1.8, is_amount=True),
    Column("Perubahan", 1.8, is_amount=True),
)


@dataclass(frozen=True, slots=True)
class Report:
    """A report that can be printed: title, facts about it, sections, head and signature."""

    title: str
    subtitle: str
    facts: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    head: Head
    day: date


def capacity_report(figures: Figures) -> Report:
    """The report of the figures."""
    title = period(figures.quarter)
    running = not (figures.is_over or figures.is_final)
    return Report(
        title=TITLE,
        subtitle=f"{title}, sampai dengan tanggal {day(figures.day)}" if running else title,
        facts=tuple(_facts(figures)),
        sections=(*_sections(figures), _how_to_read(figures)),
        head=head_of(None),
        day=figures.made,
    )


def _facts(figures: Figures) -> Iterator[tuple[str, str]]:
    quarter = figures.quarter
    yield "Periode", f"{day(quarter.first)} s.d. {day(quarter.last)}"
    if figures.is_final:
        state = "akhir triwulan"
    elif figures.is_over:
        state = "hari terakhir triwulan ini yang diukur"
    else:
        state = "triwulan masih berjalan"
    yield "Keadaan per", f"{day(figures.day)} ({state})"
    source = f"catatan Lumbung, perubahan ke-{number(figures.serial)}"
    yield "Dasar data", "pengukuran harian buku kapasitas" if figures.is_over else source


def _sections(figures: Figures) -> Iterator[Section]:
    """All but the last; of a quarter that is over, only what was measured."""
    yield _summary(figures)
    yield _ledgers(figures)
    if figures.held is not None:
        yield from held_sections(figures.held)
    yield _exceptions(figures)
    if not figures.is_over:
        yield _actions(figures)
        yield _forecast(figures)


def _summary(figures: Figures) -> Section:
    return Section("Ringkasan", tuple(_summary_lines(figures)))


def _summary_lines(figures: Figures) -> Iterator[str]:
    pools = figures.roomy
    clusters = sum(one.pool.startswith("cluster:") for one in pools)
    yield (
        f"Laporan ini mencakup {number(len(pools))} kumpulan kapasitas: {number(clusters)} kluster"
        f" dan {number(len(pools) - clusters)} alokasi penyedia."
    )
    over = {pool.pool for pool, _line in figures.overcommitted}
    yield f"Kumpulan yang terpakai melebihi kapasitas: {_count(len(over))}."
    if figures.is_over:
        yield (
            "Pemegang kapasitas, ketahanan N+1, masa berlaku alokasi, dan prakiraan tidak"
            " disajikan: keadaannya pada tanggal tersebut tidak tersimpan."
        )
    else:
        yield from _of_today(figures)
    if figures.before is None:
        previous = figures.quarter.previous
        yield (
            f"Perbandingan dengan {period(previous)} tidak dapat disajikan: buku kapasitas per"
            f" {day(previous.last)} tidak tersimpan."
        )


def _of_today(figures: Figures) -> Iterator[str]:
    yield f"Kluster yang tidak bertahan bila host gagal (N+1): {_count(len(figures.breaking))}."
    yield f"Alokasi yang sudah atau akan berakhir dalam 90 hari: {_count(len(figures.ending))}."


def _count(count: int) -> str:
    return number(count) if count else "tidak ada"


def _ledgers(figures: Figures) -> Section:
    rows = tuple(_ledger_row(figures, pool, line) for pool, line in figures.lines)
    empty = [Ref.parse(one.pool).name for one in figures.ledgers if one not in figures.roomy]
    note = f"Tanpa kapasitas sendiri dan tidak terpakai: {', '.join(empty)}." if empty else ""
    lines = () if rows else ("Belum ada kumpulan kapasitas yang tercatat.",)
    return Section(
        "Kapasitas per kumpulan",
        (*lines, *filter(None, (note,))),
        _without_unknown(figures, Table("Kapasitas", _columns(figures), rows)) if rows else None,
    )


def _columns(figures: Figures) -> tuple[Column, ...]:
    return LEDGER if figures.before is None else (*LEDGER, *COMPARED)


def _without_unknown(figures: Figures, table: Table) -> Table:
    """Without the columns that are not known of a quarter that is over."""
    if not figures.is_over:
        return table
    kept = [place for place, one in enumerate(table.columns) if one.title not in NOT_MEASURED]
    columns = tuple(table.columns[place] for place in kept)
    return Table(table.name, columns, tuple(tuple(row[one] for one in kept) for row in table.rows))


def _ledger_row(figures: Figures, pool: PoolLedger, line: LedgerLine) -> tuple[Cell, ...]:
    inventory = line.inventory
    one = inventory.resource_class
    return (
        named(pool.pool),
        figures.names.get(pool.provider or "", pool.provider or ""),
        LABELS[one],
        cell(one, inventory.total),
        cell(one, inventory.reserved),
        inventory.allocation_ratio,
        cell(one, inventory.capacity),
        cell(one, line.used),
        cell(one, line.reclaimable),
        cell(one, line.planned),
        cell(one, line.free),
        round(100 * line.used / inventory.capacity, 1) if inventory.capacity else None,
        *_compared(figures, pool, line),
    )


def _compared(figures: Figures, pool: PoolLedger, line: LedgerLine) -> tuple[Cell, ...]:
    """What was free at the end of the quarter before, and the change since."""
    if figures.before is None:
        return ()
    one = line.inventory.resource_class
    before = figures.before.get((pool.pool, one))
    return (None, None) if before is None else (cell(one, before), cell(one, line.free - before))


def _exceptions(figures: Figures) -> Section:
    rows = tuple(_exception_rows(figures))
    columns = (Column("Hal", 2, repeats=True), Column("Objek", 3), Column("Uraian", 6))
    if not rows:
        return Section("Hal yang memerlukan perhatian", ("Tidak ada.",))
    return Section("Hal yang memerlukan perhatian", (), Table("Perhatian", columns, rows))


def _exception_rows(figures: Figures) -> Iterator[tuple[Cell, ...]]:
    for pool, line in figures.overcommitted:
        yield "Melebihi kapasitas", named(pool.pool), _against(line)
    for pool, line in figures.nearly_full:
        yield "Hampir penuh", named(pool.pool), _against(line)
    for cluster in figures.breaking:
        yield "N+1 tidak terpenuhi", named(cluster.cluster), _of_loss(cluster)
    for grant in figures.ending:
        ended = grant.until < figures.day
        yield (
            "Alokasi sudah berakhir" if ended else "Alokasi akan berakhir",
            grant.reference,
            f"berlaku sampai {day(grant.until)}; {in_words(grant.amounts)}",
        )


def _against(line: LedgerLine) -> str:
    one = line.inventory.resource_class
    taken = number(cell(one, line.used + line.planned))
    capacity = number(cell(one, line.inventory.capacity))
    return f"{LABELS[one]}: terpakai dan direncanakan {taken} dari kapasitas {capacity}"


def _of_loss(cluster: Survival) -> str:
    """The worst loss of a cluster: its hosts, and the first machines that it leaves no place."""
    worst = cluster.failed[0]
    hosts = listed(list(worst.hosts))
    names = [one.machine.name for one in worst.stuck]
    if not names:
        return f"tidak bertahan bila {hosts} gagal"
    told = ", ".join(names[:MOST_NAMES])
    more = f" dan {number(len(names) - MOST_NAMES)} lainnya" if len(names) > MOST_NAMES else ""
    return f"bila {hosts} gagal, tidak ada tempat bagi {told}{more}"


def _actions(figures: Figures) -> Section:
    found = tuple(_advised(figures))
    return Section("Tindakan yang disarankan", found or ("Tidak ada tindakan yang mendesak.",))


def _advised(figures: Figures) -> Iterator[str]:
    short = dict.fromkeys(pool for pool, _line in figures.overcommitted)
    for pool in short:
        lack = Amounts(*(max(0, -line.free) for line in pool.lines))
        yield f"Pindahkan beban dari {named(pool.pool)} atau tambah kapasitas {in_words(lack)}."
    for cluster in figures.breaking:
        yield (
            f"Kurangi beban {named(cluster.cluster)} atau tambah host, sampai"
            f" {number(cluster.failures)} host boleh gagal."
        )
    for grant in figures.ending:
        yield (
            f"Ajukan perpanjangan atau pengembalian alokasi {grant.reference} sebelum"
            f" {day(grant.until)}."
        )
    for pool in figures.roomy:
        if pool.reclaimable != Amounts():
            yield (
                f"Tarik kembali {in_words(pool.reclaimable)} di {named(pool.pool)}, yang tidak lagi"
                " melayani aplikasi aktif."
            )


def _forecast(figures: Figures) -> Section:
    columns = (Column("Kumpulan", 3, repeats=True), Column("Kelas", 2), Column("Penuh", 6))
    rows = tuple(
        (named(pool.pool), LABELS[one], told)
        for pool, line in figures.lines
        for one in (line.inventory.resource_class,)
        if (told := figures.forecasts.get((pool.pool, one)))
    )
    if not rows:
        return Section("Prakiraan", ("Belum ada yang dapat diprakirakan.",))
    return Section("Prakiraan", (), Table("Prakiraan", columns, rows))


def _how_to_read(_figures: Figures) -> Section:
    return Section(
        "Cara membaca",
        (
            "Kapasitas = (total − cadangan) × rasio alokasi. Cadangan kluster mencakup host"
            " terbesar yang boleh gagal. Sisa = kapasitas − terpakai − rencana; angka negatif"
            " berarti kapasitas terlampaui.",
            "Dapat ditarik adalah bagian terpakai yang hanya melayani aplikasi tidak aktif atau"
            " mesin yang sedang dihentikan. Mesin pada kluster sendiri yang juga memakai alokasi"
            " dihitung pada keduanya.",
        ),
    )
