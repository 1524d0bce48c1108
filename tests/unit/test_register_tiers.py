"""How an app's size falls on its tiers: exactly, whatever the size."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dcim.actions.register.rows import AppRow, Hosting
from dcim.actions.register.tiers import shares, tiers_of
from dcim.vocabulary.amounts import Amounts
from dcim.vocabulary.choices import AppKind, AppStatus, SystemCategory

TIERS = st.sampled_from([("web", "app", "db"), ("web", "db"), ("web", "app"), ("db",), ("web",)])


def app_of(
    tiers: tuple[str, ...],
    size: Amounts,
    kind: AppKind = AppKind.WEB_APP,
    category: SystemCategory = SystemCategory.HIGH,
) -> AppRow:
    return AppRow(
        number=1,
        code="A",
        name="App",
        name_en="",
        owner="dinkes",
        service_group="",
        kind=kind,
        status=AppStatus.ACTIVE,
        category=category,
        tiers=tiers,
        depends_on=(),
        size=size,
        hosting=Hosting.LOCAL,
        blocker=None,
        users_per_month=0,
    )


def test_web_tiers_of_important_apps_run_twice_where_one_is_enough() -> None:
    web = tiers_of(app_of(("web", "app", "db"), Amounts(8, 16384, 200)))[0]
    assert (web.wanted, web.needed, web.anti_affinity) == (2, 1, True)
    assert (int(web.vcpus), web.memory_mib, web.storage_gib) == (1, 2048, 25)


def test_a_shared_database_is_a_cluster_of_three_of_which_two_are_needed() -> None:
    app = app_of(("db",), Amounts(24, 98304, 3000), AppKind.INTEGRATION, SystemCategory.STRATEGIC)
    (database,) = tiers_of(app)
    assert (database.wanted, database.needed, database.memory_mib) == (3, 2, 32768)


def test_an_odd_size_is_not_halved() -> None:
    assert tiers_of(app_of(("web", "app", "db"), Amounts(16, 65536, 2500)))[0].wanted == 1


def test_remainders_go_to_the_largest_and_between_equals_to_the_later_tier() -> None:
    assert shares(6, [1, 2, 1]) == [1, 3, 2]
    assert shares(4, [1, 2]) == [1, 3]


@given(
    TIERS,
    st.builds(Amounts, st.integers(1, 500), st.integers(1536, 10**6), st.integers(0, 10**5)),
    st.sampled_from(AppKind),
    st.sampled_from(SystemCategory),
)
def test_instances_times_size_is_the_size_of_the_app(
    tiers: tuple[str, ...], size: Amounts, kind: AppKind, category: SystemCategory
) -> None:
    found = tiers_of(app_of(tiers, size, kind, category))
    assert sum(one.vcpus * one.wanted for one in found) == size.vcpus
    assert sum(one.memory_mib * one.wanted for one in found) == size.memory_mib
    assert sum(one.storage_gib * one.wanted for one in found) == size.storage_gib
    assert all(one.vcpus > 0 and one.memory_mib > 0 for one in found)
