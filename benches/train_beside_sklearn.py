#!/usr/bin/env python3
"""Trains the same model with standpoint and with scikit-learn, in turn; see README.md beside this."""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

PEER = r"""
import json, sys
import joblib
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC
rows = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
model = make_pipeline(TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2), LinearSVC())
model.fit([row["text"] for row in rows], [row[sys.argv[3]] for row in rows])
joblib.dump(model, sys.argv[2])
"""

PEER_ACCURACY = r"""
import json, sys
import joblib
rows = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
model = joblib.load(sys.argv[2])
found = model.predict([row["text"] for row in rows])
print(sum(f == row[sys.argv[3]] for f, row in zip(found, rows)) / len(rows))
"""


def run(command):
    """Wall seconds, CPU seconds and peak memory in MB of a whole process."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"failed: {command}")
    return time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("train")
    parser.add_argument("test")
    parser.add_argument("--label", default="topic")
    parser.add_argument("--runs", type=int, default=5)
    root = pathlib.Path(__file__).resolve().parent.parent
    parser.add_argument("--standpoint", default=str(root / "target/release/standpoint"))
    a = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        ours, theirs = f"{folder}/m.standpoint", f"{folder}/m.joblib"
        train = [a.standpoint, "train", a.train, "--preset", "fast", "--label", a.label, "-o", ours, "--force"]
        peer = [sys.executable, "-c", PEER, a.train, theirs, a.label]
        figures = {"standpoint": [], "scikit-learn": []}
        for _ in range(a.runs):
            figures["standpoint"].append(run(train))
            figures["scikit-learn"].append(run(peer))
        evaluated = subprocess.run([a.standpoint, "eval", "-m", ours, a.test, "--json"], capture_output=True, check=True)
        accuracy = {"standpoint": list(json.loads(evaluated.stdout)["heads"].values())[0]["accuracy"]}
        checked = subprocess.run([sys.executable, "-c", PEER_ACCURACY, a.test, theirs, a.label], capture_output=True, check=True)
        accuracy["scikit-learn"] = float(checked.stdout)
    print("| | wall, median | CPU | peak memory | test accuracy |\n|---|---|---|---|---|")
    for name, runs in figures.items():
        wall, cpu, peak = [statistics.median(column) for column in zip(*runs)]
        print(f"| {name} | {wall:.2f} s | {cpu:.2f} s | {peak:.0f} MB | {accuracy[name]:.4f} |")
    ratios = [p[0] / o[0] for o, p in zip(figures["standpoint"], figures["scikit-learn"])]
    print(f"| ratio of wall times, pair by pair | {statistics.median(ratios):.1f} ({min(ratios):.1f} to {max(ratios):.1f}) "
          f"| | | |")


if __name__ == "__main__":
    main()
