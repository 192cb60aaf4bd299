#!/usr/bin/env python3
"""Writes the table of calibration in docs/evaluation.md.

    docs/calibration.py --data FOLDER [--program PATH]

Each corpus is trained without and with each method of calibration. Metrics of calibrated models are those of
`standpoint eval`. Those before calibration are computed here, from the decision values of `standpoint score`: the
sigmoid of each label's, or the softmax of an exclusive head's. The same computation is checked against `eval` on the
calibrated models. Python's standard library and zstd are all that is needed.
"""

import argparse
import json
import math
import pathlib
import subprocess
import sys
import tempfile

BINS = 15
FLAGS = ("2", "3", "4", "5", "6", "7", "8")
CRIME = ["--no-header", "--text", "1", "--labels", "crime=" + ",".join(FLAGS)]
# Name, train and test corpus with their options, more options of training, methods.
CASES = [
    ("insightCrime, SVM", ["insightCrime/train.tsv", *CRIME], ["insightCrime/dev.tsv", *CRIME], ["--classifier", "svm"],
     ["platt", "isotonic", "temperature"]),
    ("20 newsgroups, SVM", ["20news_bydate.jsonl.zst", "--label", "topic", "--where", "split=train"],
     ["20news_bydate.jsonl.zst", "--label", "topic", "--where", "split=test"], ["--classifier", "svm"], ["temperature", "platt"]),
    ("20 newsgroups, logistic regression", ["20news_bydate.jsonl.zst", "--label", "topic", "--where", "split=train"],
     ["20news_bydate.jsonl.zst", "--label", "topic", "--where", "split=test"], ["--classifier", "lr"], ["temperature"]),
]


def ran(*command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(command)}\nended with {done.returncode}: {done.stderr}")
    return done.stdout


def truth(path, where):
    """Returns the true labels of the test rows, one set a row."""
    if path.suffix == ".tsv":
        rows = [line.split("\t") for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]
        return [{flag for flag in FLAGS if row[int(flag) - 1].strip() == "1"} for row in rows]
    text = subprocess.run(["zstd", "-dc", path], capture_output=True, check=True).stdout.decode()
    rows = [json.loads(line) for line in text.split("\n") if line.strip()]
    name, value = where.split("=")
    return [{row["topic"]} for row in rows if row[name] == value]


def probabilities(scores, exclusive):
    """Returns the softmax of the decision values, or the sigmoid of each."""
    if not exclusive:
        return {label: 1 / (1 + math.exp(-value)) for label, value in scores.items()}
    greatest = max(scores.values())
    powers = {label: math.exp(value - greatest) for label, value in scores.items()}
    total = sum(powers.values())
    return {label: power / total for label, power in powers.items()}


def calibration_error(pairs):
    """Returns the expected calibration error of pairs of confidence and hit; bins hold their upper bound."""
    bins = [[0, 0.0, 0] for _ in range(BINS)]
    for confidence, hit in pairs:
        found = bins[max(math.ceil(confidence * BINS), 1) - 1]
        found[0], found[1], found[2] = found[0] + 1, found[1] + confidence, found[2] + hit
    return sum(abs(hits - confidence) for _, confidence, hits in bins) / len(pairs)


def metrics(rows, true, exclusive):
    """Returns log loss, Brier score and calibration error of rows of probabilities."""
    ln = lambda p: math.log(min(max(p, 2**-52), 1 - 2**-52))
    if exclusive:
        loss = [-ln(row[label]) for row, (label,) in zip(rows, true)]
        brier = [sum((p - (name in labels)) ** 2 for name, p in row.items()) for row, labels in zip(rows, true)]
        best = [max(row, key=row.get) for row in rows]
        error = calibration_error([(row[name], name in labels) for row, name, labels in zip(rows, best, true)])
        return [sum(loss) / len(rows), sum(brier) / len(rows), error]
    found = []
    for label in rows[0]:
        pairs = [(row[label], label in labels) for row, labels in zip(rows, true)]
        loss = sum(-ln(p if hit else 1 - p) for p, hit in pairs) / len(pairs)
        brier = sum((p - hit) ** 2 for p, hit in pairs) / len(pairs)
        found.append((loss, brier, calibration_error(pairs)))
    return [sum(column) / len(found) for column in zip(*found)]


def scored(options, model, test):
    # A row of the test corpus is scored with the columns of text that the model records.
    where = test[test.index("--where") :] if "--where" in test else []
    lines = ran(options.program, "score", "--model", model, test[0], "--json", *where).split("\n")
    heads = [next(iter(json.loads(line)["heads"].values())) for line in lines if line]
    return [head["scores"] for head in heads]


def case(options, folder, name, train, test, more, methods):
    """Prints one line for each method, and before them one of the decision values as they are."""
    train[0], test[0] = (str(options.data / corpus[0]) for corpus in (train, test))
    exclusive = "--label" in train
    true = truth(pathlib.Path(test[0]), test[-1])
    for method in ["none", *methods]:
        model = f"{folder}/{name}-{method}.model"
        ran(options.program, "train", *train, *more, "--calibrate", method, "-o", model)
        rows = scored(options, model, test)
        if method == "none":
            # The scores of a classifier whose link is a softmax are probabilities as they are.
            linked = abs(sum(rows[0].values()) - 1) < 1e-6
            rows = rows if linked else [probabilities(row, exclusive) for row in rows]
            figures = metrics(rows, true, exclusive)
        else:
            evaluated = json.loads(ran(options.program, "eval", "--model", model, *test, "--resamples", "0", "--json"))
            (head,) = evaluated["heads"].values()
            figures = [head["log_loss"], head["brier"], head["ece"]]
            apart = [abs(a - b) for a, b in zip(figures, metrics(rows, true, exclusive))]
            assert max(apart) < 1e-6, f"{name}, {method}: eval and this script differ by {apart}"
        first, second = (name, "before") if method == "none" else ("", method.replace("platt", "Platt"))
        print(f"| {first} | {second} | " + " | ".join(f"{figure:.3f}" for figure in figures) + " |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=pathlib.Path, required=True)
    parser.add_argument("--program", default="target/release/standpoint")
    options = parser.parse_args()
    print("| corpus, classifier | | log loss | Brier score | calibration error |\n|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for parts in CASES:
            case(options, folder, *parts)


if __name__ == "__main__":
    main()
