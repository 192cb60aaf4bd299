"""The package and a program that uses it pass mypy in its strict mode."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import standpoint

PROGRAM = """
import standpoint
from standpoint import Corpus, Evaluation, Model, TextClassifier, TfidfVectorizer, TrainingRun

model: Model = Model.embedded()
rows: list[dict[str, object]] = model.score(["a text"], top=2)
labels: dict[str, list[str]] = model.labels
run: TrainingRun = standpoint.train([{"text": "a", "label": "b"}], label="label", C=1.0)
result: Evaluation = standpoint.evaluate(run.model, Corpus.from_lists(["a"], ["b"]))
html: str = result.html
threads: int = standpoint.threads()
vectorizer: TfidfVectorizer = TfidfVectorizer(ngram_range=(1, 2)).fit(["a"])
TextClassifier(preset="fast").fit(["a", "b"], ["x", "y"])
"""

WRONG = """
from standpoint import Model, TfidfVectorizer
Model.load(3)
Model.embedded().score(["a"], tops=3)
TfidfVectorizer(ngram_range="1-2")
"""


def _mypy(path: Path) -> subprocess.CompletedProcess[str]:
    pytest.importorskip("mypy")
    words = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", str(path)]
    return subprocess.run(words, capture_output=True, text=True, cwd=path.parent, timeout=300)


def test_a_program_passes_mypy(tmp_path: Path) -> None:
    path = tmp_path / "program.py"
    path.write_text(PROGRAM)
    ran = _mypy(path)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    path.write_text(WRONG)
    wrong = _mypy(path).stdout
    assert wrong.count("error:") == 3, wrong


def test_the_package_passes_mypy(tmp_path: Path) -> None:
    assert (Path(standpoint.__file__).parent / "py.typed").exists()
    words = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", "-p", "standpoint"]
    for missing in ("import-untyped", "import-not-found"):
        words += ["--disable-error-code", missing]
    ran = subprocess.run(words, capture_output=True, text=True, cwd=tmp_path, timeout=300)
    assert ran.returncode == 0, ran.stdout + ran.stderr
