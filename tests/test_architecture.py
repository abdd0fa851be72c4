"""Who may import whom, and what stays light."""

from __future__ import annotations

import ast
import configparser
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "surrogate"
FILES = sorted(PACKAGE.rglob("*.py"))

#: Which parts of the package each part may import; a part is a module or a folder.
VALUES = {
    "agreement", "anchor_model", "answers", "blanks", "canonical", "class_tree_model", "clauses", "concept",
    "determination", "documents", "errors", "estimate", "features", "fired_rules", "format_names", "interactions", "linear_model",
    "literals", "locate", "masks", "multinomial_model", "neighborhood", "outcome", "placing", "precedents", "reference",
    "rewriting", "rows", "rule_list_model", "rule_set_model", "seeding", "shapley_model", "shares", "single_thread",
    "small_files", "stopping", "table", "transcript", "tree_model", "unit_effects", "units", "votes",
}  # fmt: skip
STEPS = {"perturb", "query", "weigh", "describe", "fit"}
EVIDENCE = {"corpus_explanation", "corpus_shown", "evidence", "explanation", "findings"}
ASSEMBLY = {
    "adaptive", "appraisal", "assembly", "beside", "case", "cli", "coarse_to_fine", "comparing", "confirm",
    "confirmation", "corpus", "embeddings", "exporting", "kernel_width", "ledger", "local", "local_pipeline", "long_text",
    "model_selection", "noise", "plan", "provenance", "reasons", "rebuilding", "recipe_classes", "recipes",
    "refinement", "refits", "repeats", "replaying", "report", "rerunning", "rounds", "second", "second_samplers",
    "settling", "signing", "transcribing", "verifying",
}  # fmt: skip
EDGES = {"blackbox", "baselines"}
HEAVY = {
    "icu4py",
    "torch",
    "transformers",
    "lime",
    "shap",
    "httpx2",
    "tokenizers",
    "safetensors",
    "matplotlib",
    "pyarrow",
    "skops",
}


def part(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path, *, top_level_only: bool = False) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes = tree.body if top_level_only else list(ast.walk(tree))
    names: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


def used_parts(path: Path) -> set[str]:
    return {name.split(".")[1] for name in imports(path) if name.startswith("surrogate.")} - {part(path)}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_one_way(path: Path) -> None:
    own, used = part(path), used_parts(path)
    if own in VALUES:
        assert used <= VALUES
    elif own in STEPS:
        assert used <= VALUES | {"estimator", "store"}
    elif own in EVIDENCE:
        # An Explanation writes and shows itself through the report.
        assert used <= VALUES | EVIDENCE | ({"report"} if own.endswith("explanation") else set())
    elif own == "baselines":
        assert used <= VALUES | {"evidence", "query"}
    elif own == "blackbox":
        assert used <= {"answers", "blanks", "canonical", "errors", "locate", "rewriting"}
    elif own == "report":
        # A report lists its own files in its manifest.
        assert used <= VALUES | EVIDENCE | {"signing"}


def test_every_part_has_its_place() -> None:
    known = VALUES | STEPS | EVIDENCE | ASSEMBLY | EDGES | {"estimator", "store", "__init__", "__main__"}
    assert {part(path) for path in FILES} <= known


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_heavy_packages_are_imported_when_used(path: Path) -> None:
    assert not {name.split(".")[0] for name in imports(path, top_level_only=True)} & HEAVY


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_only_edges_know_the_model_libraries(path: Path) -> None:
    known = {name.split(".")[0] for name in imports(path)} & (HEAVY - {"icu4py", "matplotlib", "pyarrow"})
    assert part(path) in EDGES or not known


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_assert_no_print_no_unpickling_in_library_code(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Assert)]
    called = {getattr(node.func, "id", "") for node in ast.walk(tree) if isinstance(node, ast.Call)}
    assert not called & {"print", "eval", "exec"}
    assert not imports(path) & {"pickle", "dill", "cloudpickle"}


def run(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT).stdout


def test_importing_the_package_is_light() -> None:
    loaded = set(run("import sys, surrogate; print(*sys.modules)").split())
    assert not loaded & (HEAVY | {"sklearn", "numpy", "scipy"})


def test_help_is_light() -> None:
    code = "import sys; from surrogate.cli import main; main(['--help']); print(*sys.modules)"
    assert not set(run(code).split()) & (HEAVY | {"sklearn", "scipy"})


def test_setup_cfg_lists_every_package_and_data_folders_hold_data_only() -> None:
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    listed = set(config["options"]["packages"].split())
    found = {".".join(path.parent.relative_to(ROOT).parts) for path in FILES}
    assert listed == found | {"surrogate.models", "surrogate.pipelines"}
    for folder in ("models", "pipelines"):
        assert not list((ROOT / folder).rglob("*.py"))


def test_public_names_load() -> None:
    import surrogate

    for name in surrogate.__all__:
        assert getattr(surrogate, name) is not None
    with pytest.raises(AttributeError):
        surrogate.nothing  # noqa: B018
