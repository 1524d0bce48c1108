"""What tiers take, and the backup copies of them, each on the place where it lies."""

from __future__ import annotations

from dcim.graph.holdings import Copies, Demands, Holdings
from dcim.graph.load.lookups import first_known
from dcim.graph.load.naming import copies_named
from dcim.graph.load.reading import Reading
from dcim.vocabulary.things import ThingKind


def read_backups(reading: Reading) -> None:
    """Copies, each on its site and its provider; nothing needs one, so no app falls with it."""
    rows = reading.tables["copies"]
    tier = reading.of(ThingKind.WORKLOAD, rows["workload_id"])
    site = reading.of(ThingKind.SITE, rows["site_id"])
    provider = reading.of(ThingKind.PROVIDER, rows["provider_id"])
    own = reading.add(
        ThingKind.BACKUP,
        rows,
        lambda: copies_named(rows, reading.names(tier), reading.names(first_known(site, provider))),
        label="kind",
    )
    reading.wiring.need(own, site)
    reading.wiring.need(own, provider)
    copies = Copies(
        int(own[0]) if len(own) else 0,
        tier,
        site,
        provider,
        rows["frequency_hours"],
        rows["retention_days"],
        rows["size_gib"],
        rows.texts["kind"],
        rows.texts["last_success"],
        rows.texts["last_restore_test"],
    )
    reading.holdings = Holdings(_demands(reading), copies)


def _demands(reading: Reading) -> Demands:
    rows = reading.tables["tiers"]
    own = reading.of(ThingKind.WORKLOAD, rows["pk"])
    return Demands(
        int(own[0]) if len(own) else 0,
        rows["vcpu_hundredths"],
        rows["memory_mib"],
        rows["storage_gib"],
        rows["instances_wanted"],
        rows["instances_needed"],
        rows["shares"] == 1,
    )
