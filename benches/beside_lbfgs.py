#!/usr/bin/env python3
"""Softmax regression by standpoint and by scikit-learn's L-BFGS on the same matrix, each in a process of its own.

    venv/bin/python benches/beside_lbfgs.py train.tsv

`train.tsv` holds `label TAB text` lines. Only the solving is timed, reading is not; the peak is that of the
whole process, with the matrix. The objective is ½‖W‖² + C Σ loss, and the last column is the
share by which it lies above the lower of the two.
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

from beside_peers import built

PEER = r"""
import json, resource, sys, time
import numpy as np
from sklearn.datasets import load_svmlight_file
from sklearn.linear_model import LogisticRegression
x, y = load_svmlight_file(sys.argv[1])
c, tol = float(sys.argv[2]), float(sys.argv[3])
start, cpu = time.perf_counter(), time.process_time()
model = LogisticRegression(C=c, tol=tol, max_iter=10000).fit(x, y)
found = {"seconds": time.perf_counter() - start, "cpu_seconds": time.process_time() - cpu}
found["peak_MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
z = model.decision_function(x)
z -= z.max(axis=1, keepdims=True)
loss = np.log(np.exp(z).sum(axis=1)) - z[np.arange(len(y)), y.astype(int)]
found["objective"] = 0.5 * float((model.coef_ ** 2).sum()) + c * float(loss.sum())
found["iterations"] = int(model.n_iter_[0])
print(json.dumps(found))
"""


def matrix(source, target):
    from sklearn.datasets import dump_svmlight_file
    from sklearn.feature_extraction.text import TfidfVectorizer
    pairs = [line.rstrip("\n").split("\t", 1) for line in open(source, encoding="utf-8")]
    names = {name: number for number, name in enumerate(sorted({label for label, _ in pairs}))}
    x = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2).fit_transform(text for _, text in pairs)
    dump_svmlight_file(x, [names[label] for label, _ in pairs], str(target), zero_based=False)


def run(command):
    return json.loads(subprocess.run([str(part) for part in command], capture_output=True, check=True).stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("train", type=pathlib.Path)
    parser.add_argument("--measure", help="the bench `measure` [default: built by cargo]")
    parser.add_argument("--costs", default="1,10")
    parser.add_argument("--tol", default="1e-4", help="scikit-learn's; its default is 1e-4")
    parser.add_argument("--runs", type=int, default=3)
    a = parser.parse_args()
    a.measure = a.measure or built()
    with tempfile.TemporaryDirectory() as folder:
        path = a.train
        if path.suffix != ".svm":
            path = pathlib.Path(folder) / "matrix.svm"
            matrix(a.train, path)
        print("| C | | wall | CPU | peak memory | objective | above the lower |\n|---|---|---|---|---|---|---|")
        for c in a.costs.split(","):
            ours, theirs = [], []
            for _ in range(a.runs):
                ours.append(run([a.measure, "logistic", "-", 0, path, "--cost", c]))
                theirs.append(run([sys.executable, "-c", PEER, path, c, a.tol]))
            least = min(found["objective"] for found in ours + theirs)
            for name, runs in (("standpoint", ours), ("scikit-learn", theirs)):
                runs.sort(key=lambda found: found["seconds"])
                found = runs[len(runs) // 2]
                print(f"| {c} | {name} | {found['seconds']:.2f} s | {found['cpu_seconds']:.2f} s "
                      f"| {found['peak_MB']:.0f} MB | {found['objective']:.2f} | {found['objective'] / least - 1:.1e} |",
                      flush=True)


if __name__ == "__main__":
    main()
