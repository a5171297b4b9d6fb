"""The promises of growth: a dialect, a rule, a reporter ... is one new file and its test.

Each class adds one file to a copy of the package and runs the commands that must know of it.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.copies import PackageCopy

NETWORK = """\
dialect: newframework
networks:
  autoencoder:
    input: {channels: 3, size: 32x32}
    layers:
      - {name: down, op: conv, out_channels: 8, kernel: 3, stride: 2, padding: 1}
      - {name: pool, op: max_pool, kernel: 2, padding: 1, ceil_mode: true}
      - {name: up, op: conv_transpose, out_channels: 3, kernel: 4, stride: 2, padding: 1}
      - newframework.Transposed2d(3, 3, 4, stride=2, padding=1)
"""
LAYER = ("--in", "5x5", "-k", "3", "-s", "2", "-D", "newframework")


class TestDialect:
    """One file in frameworks/dialects."""

    @pytest.fixture(scope="class")
    @classmethod
    def copy(cls, tmp_path_factory: pytest.TempPathFactory) -> PackageCopy:
        copied = PackageCopy(tmp_path_factory.mktemp("copy"))
        copied.add_variant(
            "frameworks/dialects/torch/__init__.py",
            "frameworks/dialects/newframework.py",
            {
                'name = "torch"': 'name = "newframework"',
                'title = "PyTorch"': 'title = "New Framework"',
                "torch.nn.ConvTranspose{rank}d": "newframework.Transposed{rank}d",
            },
        )
        copied.write("net.yaml", NETWORK)
        return copied

    def test_the_copy_is_what_runs(self, copy: PackageCopy) -> None:
        where = copy.run_python("import deconvcli; print(deconvcli.__file__)")
        assert where.strip() == str(copy.package / "__init__.py")

    def test_shape(self, copy: PackageCopy) -> None:
        assert copy.run("shape", "-q", *LAYER).stdout == "11x11\n"
        line = {"dialect": "newframework", "input_shape": [1, 2, 5], "weight_shape": [2, 1, 3]}
        copy.write("lines.jsonl", json.dumps(line))
        assert '"output_shape": [1, 1, 7]' in copy.run("shape", "--jsonl", "lines.jsonl").stdout

    def test_a_pasted_call(self, copy: PackageCopy) -> None:
        call = "newframework.Transposed2d(8, 4, 3, stride=2)"
        found = json.loads(copy.run("shape", "--in", "5x5", call, "--format", "json").stdout)
        assert (found["dialect"], found["output"]) == ("newframework", [11, 11])

    def test_every_dialect(self, copy: PackageCopy) -> None:
        found = copy.run("shape", "--in", "5x5", "-k", "3", "-D", "all", "--format", "json")
        rows = {row["dialect"]: row for row in json.loads(found.stdout)["dialects"]}
        assert rows["newframework"]["output"] == [7, 7]

    def test_explain(self, copy: PackageCopy) -> None:
        compared = copy.run("explain", *LAYER, "--compare", "newframework,torch").stdout
        assert "newframework: kernel_size=3, stride=2" in compared

    def test_draw(self, copy: PackageCopy) -> None:
        copy.run("draw", *LAYER, "-o", "page.html")
        page = (copy.work / "page.html").read_text(encoding="utf-8")
        assert '"newframework": "New Framework"' in page
        assert '"dialect": "newframework"' in page

    def test_a_network(self, copy: PackageCopy) -> None:
        done = copy.run("check", "net.yaml", "--table", "--format", "json")
        [file] = json.loads(done.stdout)["files"]
        rows = file["networks"]["autoencoder"]
        assert [row["shape"] for row in rows] == [
            "[8, 16, 16]",
            "[8, 9, 9]",
            "[3, 18, 18]",
            "[3, 36, 36]",
        ]
        assert "every n" in copy.run("sizes", "net.yaml").stdout

    def test_the_schema(self, copy: PackageCopy) -> None:
        assert '"newframework"' in copy.run("schema").stdout

    def test_the_list_of_dialects(self, copy: PackageCopy) -> None:
        assert "\nnewframework " in copy.run("dialects").stdout
        page = copy.run("dialects", "newframework").stdout
        assert "newframework: New Framework" in page
        assert "\nnewframework.Transposed2d(64, 32, 4, stride=2, padding=1)\n" in page

    def test_completions(self, copy: PackageCopy) -> None:
        copy.run_python(
            "from deconvcli.cli.completions.__main__ import command\n"
            "command(['.'], standalone_mode=False)"
        )
        for script in ("deconv.bash", "_deconv", "deconv.fish"):
            assert "newframework" in (copy.work / script).read_text(encoding="utf-8")

    def test_verify_says_that_it_has_no_driver(self, copy: PackageCopy) -> None:
        refused = copy.run("verify", "-D", "newframework", code=2).stderr
        assert "newframework" in refused


class TestBorrowedCalls:
    """The calls of a framework without a dialect are one file."""

    def test_they_are_read_and_suggested(self, tmp_path: Path) -> None:
        copied = PackageCopy(tmp_path)
        copied.add_variant(
            "frameworks/pasted/borrowed/chainer.py",
            "frameworks/pasted/borrowed/newchain.py",
            {
                '"Chainer"': '"New Chain"',
                "chainer.links.Deconvolution": "newchain.Unfold",
                '"L.Deconvolution': '"nc.Unfold',
            },
        )
        out = copied.run("shape", "--in", "5x5", "nc.Unfold2D(8, 4, 4, 2, pad=1)").stdout
        assert "output  10x10\n" in out
        assert "the pasted call is New Chain's; PyTorch has the same layer" in out
        err = copied.run("shape", "--in", "5x5", "nc.Unfold2D(8, 4, 4, padd=1)", code=2).stderr
        assert "Unfold2D of New Chain has no parameter 'padd'" in err


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


GAPS = """\
networks:
  net:
    input: {channels: 3, size: 8x8}
    layers:
      - {op: conv_transpose, out_channels: 3, kernel: 1, stride: 2, name: up}
"""


@pytest.fixture(scope="module")
def with_rule(tmp_path_factory: pytest.TempPathFactory) -> PackageCopy:
    copied = PackageCopy(tmp_path_factory.mktemp("rule"))
    copied.add_variant(
        "checks/rules/gaps.py", "checks/rules/more_gaps.py", {'"DCV202"': '"DCV299"'}
    )
    copied.write("a.yaml", GAPS)
    return copied


class TestRule:
    """A copy of a rule under another name and code."""

    def test_its_page_is_shown(self, with_rule: PackageCopy) -> None:
        assert "DCV299  warning   more-gaps" in with_rule.run("rule").stdout
        page = with_rule.run("rule", "more-gaps").stdout
        assert page.startswith("DCV299 more-gaps (warning)\n")
        assert page == with_rule.run("rule", "DCV299").stdout

    def test_its_findings_are_reported(self, with_rule: PackageCopy) -> None:
        out = with_rule.run("check", "a.yaml").stdout
        assert "a.yaml:5:9: warning[DCV202]: up: kernel 1" in out
        assert "a.yaml:5:9: warning[DCV299]: up: kernel 1" in out

    def test_settings_know_its_code(self, with_rule: PackageCopy) -> None:
        with_rule.write("ci.toml", "select = ['DCV299']\nseverity = {DCV299 = 'error'}\n")
        out = with_rule.run("check", "a.yaml", "--config", "ci.toml", code=1).stdout
        assert "error[DCV299]" in out
        assert "DCV202" not in out

    def test_sarif_lists_it(self, with_rule: PackageCopy) -> None:
        [run] = json.loads(with_rule.run("check", "a.yaml", "--format", "sarif").stdout)["runs"]
        rules = run["tool"]["driver"]["rules"]
        assert {"id": "DCV299", "name": "MoreGaps"}.items() <= rules[-1].items()
        found = [result for result in run["results"] if result["ruleId"] == "DCV299"]
        assert [rules[result["ruleIndex"]]["id"] for result in found] == ["DCV299"]

    def test_shells_complete_its_code(self, with_rule: PackageCopy) -> None:
        scripts = completions_of(with_rule)
        assert all("DCV299" in script and "more-gaps" in script for script in scripts)

    def test_a_second_rule_with_its_code_is_an_error(
        self, tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        copied = PackageCopy(tmp_path_factory.mktemp("twice"))
        copied.add_variant("checks/rules/gaps.py", "checks/rules/more_gaps.py")
        copied.write("a.yaml", GAPS)
        err = copied.run("check", "a.yaml", code=3).stderr
        assert "the rules gaps and more_gaps both have the code DCV202" in err


@pytest.fixture(scope="module")
def with_reporter(tmp_path_factory: pytest.TempPathFactory) -> PackageCopy:
    copied = PackageCopy(tmp_path_factory.mktemp("reporter"))
    copied.add_variant(
        "checks/reporters/markdown.py",
        "checks/reporters/wiki.py",
        {'("where", "severity", "code", "finding")': '("place", "severity", "code", "finding")'},
    )
    copied.write("a.yaml", GAPS)
    return copied


class TestReporter:
    """A copy of a reporter under another name."""

    def test_the_format_can_be_chosen(self, with_reporter: PackageCopy) -> None:
        assert "wiki" in with_reporter.run("check", "--help").stdout
        out = with_reporter.run("check", "a.yaml", "--format", "wiki").stdout
        assert out.startswith("| place | severity | code | finding |\n")

    def test_other_commands_do_not_have_it(self, with_reporter: PackageCopy) -> None:
        assert "wiki" not in with_reporter.run("rule", "--help").stdout

    def test_shells_complete_the_format(self, with_reporter: PackageCopy) -> None:
        assert all("wiki" in script for script in completions_of(with_reporter))


@pytest.fixture(scope="module")
def with_command(tmp_path_factory: pytest.TempPathFactory) -> PackageCopy:
    copied = PackageCopy(tmp_path_factory.mktemp("command"))
    copied.add_variant(
        "cli/commands/shape.py",
        "cli/commands/outline.py",
        {
            "Print the output size of a layer, as any framework computes it.": "Outline it.",
            "Help section: One layer, 1": "Help section: A network, 3",
            '"--macs"': '"--macs",\n        "--costs"',
        },
    )
    return copied


class TestCommand:
    """A copy of a command under another name, in another section, with one more option."""

    def test_help_lists_it_where_its_file_says(self, with_command: PackageCopy) -> None:
        out = with_command.run("--help").stdout
        network = out.partition("\nA network:\n")[2].partition("\n\n")[0]
        names = [line.split()[0] for line in network.splitlines()]
        assert names == ["check", "sizes", "outline", "rule", "schema"]
        assert "  outline     Outline it.\n" in out

    def test_a_new_section_follows_the_others(
        self, tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        copied = PackageCopy(tmp_path_factory.mktemp("section"))
        copied.add_variant(
            "cli/commands/schema.py", "cli/commands/scheme.py", {"A network, 4": "Later, 1"}
        )
        copied.add("cli/commands/bare.py", '"""Say nothing."""\n')
        out = copied.run("--help").stdout
        sections = [line for line in out.splitlines() if line in ("Trust it:", "Later:", "Others:")]
        assert sections == ["Trust it:", "Later:", "Others:"]

    def test_it_runs_and_a_slip_suggests_it(self, with_command: PackageCopy) -> None:
        layer = ("--in", "5x5", "-k", "3", "-s", "2", "--padding", "same")
        assert with_command.run("outline", "-q", *layer).stdout == "10x10\n"
        assert "did you mean 'outline'?" in with_command.run("outlin", *layer, code=2).stderr
        err = with_command.run("outline", *layer, "--cost", code=2).stderr
        assert "did you mean --costs?" in err

    def test_shells_complete_it_and_its_options(self, with_command: PackageCopy) -> None:
        for script in completions_of(with_command):
            assert "outline" in script
            assert "costs" in script


def completions_of(copy: PackageCopy) -> list[str]:
    """Return the completion scripts that the copy writes."""
    folder = copy.work / "completions"
    folder.mkdir(exist_ok=True)
    write = "import runpy, sys; sys.argv[1:] = ['completions']"
    copy.run_python(f"{write}; runpy.run_module('deconvcli.cli.completions', run_name='__main__')")
    return [file.read_text(encoding="utf-8") for file in folder.iterdir()]
