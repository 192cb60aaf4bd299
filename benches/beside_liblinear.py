#!/usr/bin/env python3
"""Standpoint's solvers beside LIBLINEAR, on the same matrix, each at its own default tolerance.

    benches/beside_liblinear.py TRAIN TEST [--solver svm,hinge,cs,lr] [-C 1,10] [--tolerance T] [--rounds 3] [--table NAME]

TRAIN and TEST: lines of `label TAB text`. `benches/libsvm.rs` turns them into TF-IDF features of words and pairs
of words, which both programs read. PROGRAM is LIBLINEAR's `train` (Debian: liblinear-train). Prints a line
of JSON for each solver and C, or with `--table` rows of a table that name the corpus so:

    seconds, cpu      of training alone, the least of all rounds; on one thread and on two
    liblinear_cpu     user seconds of its whole run less those of a run that stops after one pass a
                      label (-e 1e9), so that reading the file, but also that first pass, is left out
    above             by how much the primal objective is above LIBLINEAR's, as a share of it (negative: it
                      is below): of the label where it is worst and where it is best
    agreement         the share of TEST on which both say the same
    peak_MB           the most memory of the process, before training and in all

Programs take turns, so that a busy machine slows all alike.
"""
import argparse
import json
import pathlib
import resource
import subprocess
import tempfile

from beside_peers import built

# Its number of each solver, and its default tolerance.
THEIRS = {"svm": ("1", "0.1"), "hinge": ("3", "0.1"), "cs": ("4", "0.1"), "lr": ("0", "0.01")}


def user_seconds(command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before


def compare(ours, options, solver, c, folder):
    train, test, model = (str(folder / name) for name in ("train.svm", "test.svm", "model"))
    number, tolerance = THEIRS[solver]
    theirs = [options.train, "-s", number, "-c", c, "-B", "1", "-q"]
    runs = {1: [], 2: []}
    reading, whole = [], []
    for _ in range(options.rounds):
        reading.append(user_seconds([*theirs, "-e", "1e9", train, model]))
        whole.append(user_seconds([*theirs, "-e", tolerance, train, model]))
        for threads, found in runs.items():
            command = [ours, "train", solver, str(threads), c, options.tolerance, train, test, model]
            found.append(json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))
    least = lambda threads, name: round(min(run["resources"][name] for run in runs[threads]), 3)
    last = runs[1][-1]
    pairs = zip(last["standpoint"]["objectives"], last["liblinear"]["objectives"])
    above = [(a - b) / b for a, b in pairs]
    assert last["standpoint"] == runs[2][-1]["standpoint"], "the result depends on the threads"
    return {
        "solver": solver, "C": c, "tolerance": [options.tolerance, tolerance],
        "seconds": least(1, "seconds"), "cpu": least(1, "cpu_seconds"),
        "seconds_2_threads": least(2, "seconds"), "cpu_2_threads": least(2, "cpu_seconds"),
        "liblinear_cpu": round(min(whole) - min(reading), 3),
        "above": [float(f"{max(above):.2g}"), float(f"{min(above):.2g}")],
        "agreement": last["agreement"],
        "accuracy": last["standpoint"]["accuracy"], "liblinear_accuracy": last["liblinear"]["accuracy"],
        "peak_MB": [last["resources"]["before_MB"], last["resources"]["peak_MB"]],
    }


NAMES = {"svm": "SVM (`-s 1`)", "hinge": "SVM, hinge (`-s 3`)", "cs": "Crammer and Singer (`-s 4`)",
         "lr": "logistic, one-vs-rest (`-s 0`)"}
HEADER = """| corpus | solver | C | Standpoint | LIBLINEAR 2 | above, worst to best | agree |
|---|---|---|---|---|---|---|"""


def row(name, found):
    """Returns the row of the table for one solver and C."""
    worst, best = (f"{100 * share:+.2g} %" for share in found["above"])
    return (f"| {name} | {NAMES[found['solver']]} | {found['C']} | {found['cpu']:.1f} s | {found['liblinear_cpu']:.1f} s "
            f"| {worst} to {best} | {100 * found['agreement']:.2f} % |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", nargs=2, metavar="FILE", help="TRAIN and TEST")
    parser.add_argument("--solver", default="svm,hinge,cs,lr")
    parser.add_argument("-C", default="1", help="several between commas")
    parser.add_argument("--table", metavar="NAME", help="print rows of a table, with this name of the corpus")
    parser.add_argument("--tolerance", default="default", help="of Standpoint; LIBLINEAR keeps its default")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--train", default="liblinear-train")
    options = parser.parse_args()
    ours = built("libsvm")
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        outputs = [str(folder / name) for name in ("train.svm", "test.svm")]
        subprocess.run([ours, "write", *options.corpora, *outputs], check=True)
        if options.table:
            print(HEADER)
        for solver in options.solver.split(","):
            for c in options.C.split(","):
                found = compare(ours, options, solver, c, folder)
                print(row(options.table, found) if options.table else json.dumps(found), flush=True)


if __name__ == "__main__":
    main()
