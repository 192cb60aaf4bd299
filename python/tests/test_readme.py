"""The README and the notebook run from top to bottom, and print what they show."""

from __future__ import annotations

import contextlib
import io
import os
import re
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).resolve().parents[1]
BLOCK = re.compile(r"^```python\n(.*?)^```\n(?:\n```text\n(.*?)^```\n)?", re.MULTILINE | re.DOTALL)


def _datasets() -> Path:
    for folder in (HERE, HERE.parent):
        if (folder / "datasets" / "news.jsonl").exists():
            return folder
    pytest.skip("the data of the clone are not there")


@pytest.mark.filterwarnings("ignore::standpoint.StandpointWarning")
def test_the_readme_prints_what_it_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, has_spark: bool
) -> None:
    os.symlink(_datasets() / "datasets", tmp_path / "datasets")
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    blocks = BLOCK.findall((HERE / "README.md").read_text())
    assert len(blocks) >= 6
    for code, shown in blocks:
        if "pyspark" in code and not has_spark:
            continue
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(code, "README.md", "exec"), names)
        if shown:
            assert printed.getvalue() == shown


def test_the_notebook_runs_from_top_to_bottom(tmp_path: Path) -> None:
    nbformat = pytest.importorskip("nbformat")
    nbclient = pytest.importorskip("nbclient")
    notebook = nbformat.read(HERE / "notebooks" / "first_hour.ipynb", as_version=4)
    assert not any(cell.get("outputs") for cell in notebook.cells), "outputs are not kept"
    client = nbclient.NotebookClient(
        notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": tmp_path}}
    )
    client.execute()
    shown = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert any("text/html" in output.get("data", {}) for output in shown)
