"""Measures what the crossing between Python and the library costs.

    python python/benches/crossing.py train test [--measure PATH]

`train` and `test` are the prefixes of the files that `benches/corpus.py` writes, and `--measure`
is the bench `measure`, by default built by cargo, which does the same work on the same texts
without Python. Both are run in
turn, A B A B …, and the table has medians; the work is checked by numbers of values and labels.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import standpoint
from standpoint import TfidfVectorizer, train

ROOT = Path(__file__).resolve().parents[2]
#: Options that cut words as the bench does by default.
WORDS: dict[str, Any] = {
    "language": "en",
    "stem": False,
    "compounds": False,
    "hyphens": "both",
    "umlauts": "transcribe",
}
#: Sizes of the texts of which one goes through at a time, in bytes.
ARTICLES = range(2500, 3501)


def built() -> str:
    """Returns the bench `measure`, built."""
    words = ["cargo", "build", "--release", "--bench", "measure", "--message-format", "json"]
    said = subprocess.run(words, capture_output=True, text=True, check=True, cwd=ROOT).stdout
    made = [json.loads(line) for line in said.splitlines()]
    benches = [row for row in made if row.get("target", {}).get("name") == "measure"]
    return str(benches[-1]["executable"])


def texts_of(prefix: Path) -> list[str]:
    rows = prefix.with_name(prefix.name + ".jsonl").read_text().splitlines()
    return [json.loads(row)["text"] for row in rows]


class Crossing:
    def __init__(self, given: argparse.Namespace, folder: str) -> None:
        self.given = given
        self.train, self.test = texts_of(given.train), texts_of(given.test)
        self.file = str(Path(folder) / "news.model")
        rows = str(given.train.with_name(given.train.name + ".jsonl"))
        run = train(rows, label="label", preset="fast", **WORDS)
        run.model.save(self.file)
        self.model = run.model

    def native(self, step: str, prefix: Path, *more: str) -> dict[str, Any]:
        words = [self.given.measure, step, "w12", str(self.given.threads)]
        command = [*words, str(prefix.with_name(prefix.name + ".tsv")), *more]
        said = subprocess.run(command, capture_output=True, text=True, check=True)
        return dict(json.loads(said.stdout))

    def fit_transform(self) -> tuple[float, float]:
        found = self.native("fit_transform", self.given.train)
        vectorizer = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True, **WORDS)
        begun = time.perf_counter()
        rows = vectorizer.fit_transform(self.train)
        taken = time.perf_counter() - begun
        assert rows.nnz == found["stored"], (rows.nnz, found)
        return found["seconds"], taken

    def score(self) -> tuple[float, float]:
        found = self.native("score", self.given.test, self.file)
        begun = time.perf_counter()
        answers = self.model.predict(self.test)["label"]
        taken = time.perf_counter() - begun
        assert len(answers) == len(self.test)
        return found["seconds"], taken

    def article(self) -> tuple[float, float]:
        found = self.native("latency", self.given.test, self.file)
        articles = [text for text in self.test if len(text.encode()) in ARTICLES]
        times = []
        for text in articles:
            begun = time.perf_counter()
            self.model.decision_function([text])
            times.append(time.perf_counter() - begun)
        return found["p50_us"] / 1e6, float(np.median(times))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("train", type=Path)
    parser.add_argument("test", type=Path)
    parser.add_argument("--measure", default="")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    given = parser.parse_args()
    given.measure = given.measure or built()
    standpoint.set_threads(given.threads)
    print("| step | unit | library | from Python | ratio |")
    print("|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        crossing = Crossing(given, folder)
        steps: list[tuple[str, str, float, Callable[[], tuple[float, float]]]] = [
            ("`fit_transform`, words 1-2", "ms", 1e3, crossing.fit_transform),
            ("text to label", "ms", 1e3, crossing.score),
            ("one text of 3 kB, p50", "µs", 1e6, crossing.article),
        ]
        for name, unit, scale, step in steps:
            pairs = [step() for _ in range(given.runs)]
            ours, theirs = (statistics.median(column) * scale for column in zip(*pairs))
            ratio = statistics.median(b / a for a, b in pairs)
            print(f"| {name} | {unit} | {ours:.1f} | {theirs:.1f} | {ratio:.2f} |", flush=True)


if __name__ == "__main__":
    main()
