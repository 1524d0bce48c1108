"""The data folder and its secrets are their owner's, whoever starts first and how many at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dcim.vocabulary.data_folder import data_folder, generated_secret
from dcim.vocabulary.errors import InvalidInput


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "here" / "data"
    monkeypatch.setenv("LUMBUNG_DATA", str(folder))
    return folder


def test_the_folder_and_those_in_it_are_for_their_owner_only(data: Path) -> None:
    assert data_folder("pulumi", "locks") == data / "pulumi" / "locks"
    folders = (data, data / "pulumi", data / "pulumi" / "locks")
    assert {one.stat().st_mode & 0o777 for one in folders} == {0o700}


def test_a_secret_stays_and_is_for_its_owner_only(data: Path) -> None:
    path = data_folder() / "secret_key"
    secret = generated_secret(path)
    assert len(secret) >= 50
    assert generated_secret(path) == secret == path.read_text().strip()
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(data.iterdir()) == [path]


def test_all_who_start_at_once_get_the_same_secret(data: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        for number in range(20):
            paths = [data_folder() / f"secret-{number}"] * 8
            assert len(set(pool.map(generated_secret, paths)) - {""}) == 1


def test_a_folder_that_cannot_be_made_is_named_with_the_setting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("LUMBUNG_DATA", str(tmp_path / "file" / "data"))
    with pytest.raises(InvalidInput, match="can't be made") as refused:
        data_folder()
    assert refused.value.field == "LUMBUNG_DATA"
