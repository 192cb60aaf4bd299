"""The recipe for R in docs/r.md, where R and reticulate are there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parents[1]
BLOCK = re.compile(r"^```r\n(.*?)^```\n(?:\n```text\n(.*?)^```\n)?", re.MULTILINE | re.DOTALL)
PACKAGES = ("reticulate", "jsonlite")


def has_r() -> bool:
    if shutil.which("Rscript") is None:
        return False
    loaded = " && ".join(f"requireNamespace('{name}', quietly = TRUE)" for name in PACKAGES)
    asked = subprocess.run(["Rscript", "-e", f"quit(status = !({loaded}))"], capture_output=True)
    return asked.returncode == 0


def test_the_recipe_prints_what_it_shows(tmp_path: Path) -> None:
    roots = [root for root in (HERE, HERE.parent) if (root / "docs" / "r.md").exists()]
    if not roots:
        pytest.skip("the documents of the clone are not there")
    if not has_r():
        pytest.skip(f"there is no R with {' and '.join(PACKAGES)}")
    blocks = BLOCK.findall((roots[0] / "docs" / "r.md").read_text())
    assert len(blocks) == 3
    os.symlink(roots[0] / "datasets", tmp_path / "datasets")
    (tmp_path / "recipe.R").write_text("".join(code for code, _ in blocks))
    setting = {"STANDPOINT_PYTHON": sys.executable, "LC_ALL": "C.UTF-8"}
    ran = subprocess.run(
        ["Rscript", "recipe.R"],
        cwd=tmp_path,
        env=os.environ | setting,
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.startswith(blocks[0][1])
    assert (tmp_path / "news.model").stat().st_size > 10_000
