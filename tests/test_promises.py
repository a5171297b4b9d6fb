"""The promises of growth: a dialect, a rule, a reporter ... is one new file and its test."""

from __future__ import annotations

import json

import pytest

from tests.copies import PackageCopy


@pytest.fixture
def copy(tmp_path_factory: pytest.TempPathFactory) -> PackageCopy:
    return PackageCopy(tmp_path_factory.mktemp("copy"))


def test_the_copy_is_what_runs(copy: PackageCopy) -> None:
    where = copy.run_python("import deconvcli; print(deconvcli.__file__)")
    assert where.strip() == str(copy.package / "__init__.py")


def test_a_dialect_in_the_copy_is_found(copy: PackageCopy) -> None:
    copy.add_variant(
        "frameworks/dialects/torch.py",
        "frameworks/dialects/newframework.py",
        {'name = "torch"': 'name = "newframework"'},
    )
    assert "newframework" in copy.run("dialects").stdout


class TestOperation:
    """A kind of layer, with the calls that people paste, is one file."""

    @pytest.fixture(scope="class")
    @classmethod
    def copy(cls, tmp_path_factory: pytest.TempPathFactory) -> PackageCopy:
        copied = PackageCopy(tmp_path_factory.mktemp("operation"))
        copied.add_variant(
            "networks/operations/max_pool.py",
            "networks/operations/median_pool.py",
            {"max_pool": "median_pool", "maxpool": "medianpool", "MaxPool": "MedianPool"},
        )
        return copied

    def test_a_config_has_it_under_its_name_and_as_a_pasted_call(self, copy: PackageCopy) -> None:
        config = copy.write(
            "net.yaml",
            "networks:\n  net:\n    input: {channels: 3, size: 16x16}\n    layers:\n"
            "      - {op: median_pool, kernel: 2}\n"
            "      - nn.MedianPool2d(2, stride=2)\n"
            "      - layers.MedianPooling2D(pool_size=2)\n",
        )
        done = copy.run("check", str(config), "--table", "--format", "json")
        [file] = json.loads(done.stdout)["files"]
        layers = file["networks"]["net"]
        assert [row["operation"] for row in layers] == ["median_pool"] * 3
        assert [row["shape"] for row in layers] == [
            "[3, 8, 8]",
            "[3, 4, 4]",
            "[3, 2, 2]",
        ]

    def test_mistakes_are_found_and_the_name_is_suggested(self, copy: PackageCopy) -> None:
        config = copy.write(
            "wrong.yaml",
            "networks:\n  net:\n    input: {channels: 3, size: 16x16}\n    layers:\n"
            "      - {op: median_pol, kernel: 2}\n"
            "      - nn.MedianPol2d(2)\n"
            "      - {op: median_pool, kernl: 2}\n",
        )
        found = copy.run("check", str(config), code=1).stdout
        assert "did you mean 'median_pool'?" in found
        assert "did you mean 'MedianPool2d'?" in found
        assert "did you mean 'kernel'?" in found

    def test_the_schema_and_the_sizes_have_it(self, copy: PackageCopy) -> None:
        assert '"median_pool"' in copy.run("schema").stdout
        config = copy.write(
            "sizes.yaml",
            "networks: {net: {input: {channels: 3, size: 15}, layers: [nn.MedianPool1d(2)]}}\n",
        )
        assert "n = 2m, n >= 2" in copy.run("sizes", str(config)).stdout
