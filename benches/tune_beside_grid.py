#!/usr/bin/env python3
"""What `standpoint tune` takes, beside scikit-learn's grid over the same candidates; see README.md beside this.

    benches/tune_beside_grid.py CORPUS.jsonl --label topic [--time 6m] [--python PYTHON] [--log TRIALS]

Runs `standpoint tune`, whose log names every candidate that it tried, and adds up what a grid (each candidate on each of
five folds, features counted anew, as GridSearchCV does without a cache) would take with scikit-learn. Of every kind of
candidate (words, or words and characters; svm, nbsvm, lr, nb) one is measured, on one fold: features and classifier are
fitted on four fifths of the rows and predict the last fifth. Kinds that --skip names are not measured and count like the
same classifier on words alone, which is less than they take. Both sides are processor seconds, so that other work on the
machine matters little. With --log, the search is not run again, and --seconds says what it took.
"""
import argparse
import collections
import json
import pathlib
import resource
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDS = 5

PEER = r"""
import json, sys, time
import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import ComplementNB
from sklearn.pipeline import FeatureUnion
from sklearn.preprocessing import LabelBinarizer
from sklearn.svm import LinearSVC

path, text, label, where, plan = sys.argv[1:6]
plan = json.loads(plan)
rows = [json.loads(line) for line in open(path, encoding="utf-8")]
column, _, value = where.partition("=")
rows = [row for row in rows if not column or str(row[column]) == value]
np.random.RandomState(0).shuffle(rows)
cut = len(rows) * 4 // 5
texts, labels = [row[text] for row in rows], [row[label] for row in rows]
clock = time.process_time()
parts = [("words", TfidfVectorizer(ngram_range=tuple(plan["words"]), sublinear_tf=True, min_df=2))]
if plan["characters"]:
    characters = TfidfVectorizer(analyzer="char_wb", ngram_range=tuple(plan["characters"]), sublinear_tf=True, min_df=2)
    parts.append(("characters", characters))
features = FeatureUnion(parts)
train, test = features.fit_transform(texts[:cut]), features.transform(texts[cut:])


def nbsvm():
    # One linear SVM a label, on features times their log-count ratios.
    binary = LabelBinarizer().fit(labels[:cut])
    best = []
    for holds in binary.transform(labels[:cut]).T:
        yes, no = (np.asarray(train[holds == side].sum(axis=0)).ravel() + 1 for side in (1, 0))
        ratios = sparse.diags(np.log(yes / yes.sum()) - np.log(no / no.sum()))
        best.append(LinearSVC(C=plan["c"]).fit(train @ ratios, holds).decision_function(test @ ratios))
    return binary.classes_[np.argmax(best, axis=0)]


kinds = {
    "svm": lambda: LinearSVC(C=plan["c"]).fit(train, labels[:cut]).predict(test),
    "lr": lambda: LogisticRegression(C=plan["c"]).fit(train, labels[:cut]).predict(test),
    "nb": lambda: ComplementNB(alpha=plan["c"]).fit(train, labels[:cut]).predict(test),
    "nbsvm": nbsvm,
}
found = kinds[plan["kind"]]()
accuracy = float(np.mean([a == b for a, b in zip(found, labels[cut:])]))
print(json.dumps({"seconds": time.process_time() - clock, "accuracy": accuracy}))
"""


def kind(trial):
    """Which scikit-learn run stands for a candidate."""
    name, options = next(iter(trial["member"]["classifier"].items()))
    features, part = trial["features"], trial["member"]["part"]
    short = {"logistic": "lr", "multinomial_nb": "nb", "complement_nb": "nb", "nb_svm": "nbsvm"}.get(name, name)
    characters = features["char_ngrams"] if part != "words" else None
    return short, bool(characters)


def tune(options, model):
    command = ["target/release/standpoint", "tune", options.corpus, "--text", options.text, "--label", options.label]
    command += ["--where", options.where] if options.where else []
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([*command, "--time-limit", options.time, "-o", model], cwd=ROOT, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, f"{model}.trials.jsonl"


def peer(options, key):
    name, characters = key
    plan = {"kind": name, "c": 0.1 if name == "nb" else 1.0, "words": [1, 2], "characters": [3, 5] if characters else None}
    command = [options.python, "-c", PEER, options.corpus, options.text, options.label, options.where, json.dumps(plan)]
    found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    assert found["accuracy"] > 0.5, f"{key} learnt nothing: {found}"
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=lambda path: str(pathlib.Path(path).resolve()))
    parser.add_argument("--text", default="text")
    parser.add_argument("--label", default="topic")
    parser.add_argument("--where", default="")
    parser.add_argument("--time", default="6m")
    parser.add_argument("--python", default="python3")
    parser.add_argument("--skip", default="lr+characters", help="kinds that are not measured, such as lr+characters")
    parser.add_argument("--log", help="the log of a search that was run before")
    parser.add_argument("--seconds", type=float, help="the processor seconds that it took")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if options.log:
            ours, log = options.seconds, options.log
        else:
            ours, log = tune(options, str(pathlib.Path(folder) / "model"))
        trials = [json.loads(line) for line in open(log, encoding="utf-8")][1:]
    trials = [trial for trial in trials if "stack" not in trial["member"]["classifier"]]
    tried = {json.dumps([trial["features"], trial["member"]]): kind(trial) for trial in trials}
    counts = collections.Counter(tried.values())
    measured = {}
    for key in sorted(counts):
        if key[0] + "+characters" * key[1] not in options.skip.split(","):
            measured[key] = peer(options, key)
            print(json.dumps({"kind": key, "candidates": counts[key], "scikit_learn": measured[key]}), flush=True)
    seconds = {key: measured.get(key, measured.get((key[0], False)))["seconds"] for key in counts}
    grid = sum(FOLDS * counts[key] * seconds[key] for key in counts)
    report = {"candidates": len(tried), "trials": len(trials), "tune_cpu": ours, "grid_cpu": grid}
    print(json.dumps(report | {"ratio": grid / ours if ours else None}))


if __name__ == "__main__":
    main()
