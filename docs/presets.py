#!/usr/bin/env python3
"""Writes the table of presets in docs/accuracy.md.

    docs/presets.py --data FOLDER [--program PATH] [--only TEXT] [--results FILE] [--time-limit 90s]

Prepares the corpora of docs/nbsvm.py, at most 4,000 rows and three million letters each for training and test: the test
part where there is one, otherwise halves by chance. On the training rows it trains with both presets of `train`, with `tune`, and with
scikit-learn, whose TF-IDF vectoriser (words 1-2, or with characters 3-5 inside words) and LinearSVC (four values of C,
equal and balanced classes) are tuned on five folds for macro-F1. `compare --truth` measures all of them on the test
rows. Needs scikit-learn 1.9. Results are kept in FILE, a corpus a line, and corpora that stand there are not measured
again.
"""

import argparse
import json
import pathlib
import random
import subprocess
import sys
import tempfile
import time

import numpy
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import f1_score
from sklearn.model_selection import KFold, StratifiedKFold
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import FeatureUnion
from sklearn.preprocessing import MultiLabelBinarizer
from sklearn.svm import LinearSVC

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from nbsvm import CORPORA, spread  # noqa: E402

# scikit-learn takes an hour for the search on more.
MOST_LETTERS = 3_000_000
SYSTEMS = ["auto", "fast", "tune", "scikit-learn"]


def parts(rows):
    """Returns training and test rows, with ids."""
    rows = [dict(row, id=str(at)) for at, row in enumerate(spread(rows))]
    if "split" in rows[0]:
        halves = [[row for row in rows if row["split"] == part] for part in ("train", "test")]
    else:
        random.Random(3).shuffle(rows)
        halves = rows[:len(rows) // 2], rows[len(rows) // 2:]
    step = lambda half: -(-sum(len(row["text"]) for row in half) // MOST_LETTERS)
    return [half[::step(half)] for half in halves]


def write(path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def ran(*command):
    begun = time.time()
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{command} ended with {done.returncode}: {done.stderr}")
    return done.stdout, time.time() - begun


def vectorizers():
    words = dict(ngram_range=(1, 2), min_df=2, sublinear_tf=True)
    characters = dict(analyzer="char_wb", ngram_range=(3, 5), min_df=2, sublinear_tf=True)
    yield lambda: TfidfVectorizer(**words)
    yield lambda: FeatureUnion([("words", TfidfVectorizer(**words)), ("characters", TfidfVectorizer(**characters))])


def classifiers(several):
    for c in (0.1, 0.3, 1.0, 3.0):
        for weight in (None, "balanced"):
            svm = LinearSVC(C=c, class_weight=weight)
            yield OneVsRestClassifier(svm) if several else svm


def scikit_learn(train, test, several):
    """Returns the answers to the test rows of the pipeline that is best on five folds."""
    texts = numpy.array([row["text"] for row in train], dtype=object)
    binarizer = MultiLabelBinarizer()
    answers = binarizer.fit_transform([row["labels"] for row in train]) if several else numpy.array(
        [row["label"] for row in train])
    split = KFold(5, shuffle=True, random_state=0) if several else StratifiedKFold(5, shuffle=True, random_state=0)
    best = (-1, None, None)
    for vectorizer in vectorizers():
        scores = {}
        for inside, outside in split.split(texts, None if several else answers):
            fitted = vectorizer()
            rows, held = fitted.fit_transform(texts[inside]), fitted.transform(texts[outside])
            for at, classifier in enumerate(classifiers(several)):
                found = classifier.fit(rows, answers[inside]).predict(held)
                score = f1_score(answers[outside], found, average="macro", zero_division=0)
                scores.setdefault(at, []).append(score)
        at = max(scores, key=lambda at: sum(scores[at]))
        best = max(best, (sum(scores[at]), vectorizer, at), key=lambda found: found[0])
    fitted = best[1]()
    classifier = list(classifiers(several))[best[2]].fit(fitted.fit_transform(texts), answers)
    found = classifier.predict(fitted.transform([row["text"] for row in test]))
    if several:
        return [{"id": row["id"], "labels": list(own)} for row, own in zip(test, binarizer.inverse_transform(found))]
    return [{"id": row["id"], "label": str(own)} for row, own in zip(test, found)]


def measured(rows, options):
    train, test = parts(rows)
    several = "labels" in train[0]
    label = ["--labels", "labels"] if several else ["--label", "label"]
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        write(folder / "train.jsonl", train)
        write(folder / "test.jsonl", test)
        seconds, commands = {}, {
            "auto": ["train"], "fast": ["train", "--preset", "fast"], "tune": ["tune", "--time-limit", options.time_limit]}
        for name, command in commands.items():
            model, found = folder / f"{name}.model", folder / f"{name}.jsonl"
            _, seconds[name] = ran(options.program, *command, folder / "train.jsonl", *label, "-o", model)
            ran(options.program, "eval", model, folder / "test.jsonl", "--predictions", found, "--resamples", "0")
        begun = time.time()
        write(folder / "scikit-learn.jsonl", scikit_learn(train, test, several))
        seconds["scikit-learn"] = time.time() - begun
        found = [folder / f"{name}.jsonl" for name in SYSTEMS]
        out, _ = ran(options.program, "compare", *found, "--truth", folder / "test.jsonl", *label, "--metric",
                     "macro-f1", "--reference", found[0].name.removesuffix(".jsonl"), "--json")
    return {"train": len(train), "test": len(test), "seconds": seconds, "compared": json.loads(out)}


def figures(found):
    """Returns macro-F1 with its interval by system, and the differences of the others to `auto`."""
    head = found["compared"]["splits"][0]["heads"][0]
    metric = lambda own: next(entry for entry in own if entry["metric"] == "macro_f1" and entry["label"] is None)
    systems = {system["name"]: system for system in head["systems"] if system["name"] in SYSTEMS}
    values = {name: metric(system["measured"]["metrics"])["figure"] for name, system in systems.items()}
    differences = {
        name: metric(system["against"]["comparison"]["differences"])["difference"]
        for name, system in systems.items() if system["against"]}
    return values, differences


def shown(estimate, scale=1, digits=3):
    low, high = estimate.get("interval") or (float("nan"),) * 2
    return f"{scale * estimate['value']:.{digits}f} ({scale * low:.{digits}f} to {scale * high:.{digits}f})"


def table(found):
    print("| corpus, rows | `train` | `--preset fast` | `tune` | scikit-learn, tuned | `tune` less `train`, points | scikit-learn less `train`, points |\n|---|" + "---|" * 6)
    for name, own in found.items():
        values, differences = figures(own)
        cells = [shown(values["auto"]), *(f"{values[system]['value']:.3f}" for system in SYSTEMS[1:])]
        cells += [shown(differences[system], 100, 1) for system in ("tune", "scikit-learn")]
        print(f"| {name}, {own['train']:,} / {own['test']:,} | " + " | ".join(cells) + " |")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=pathlib.Path, required=True)
    parser.add_argument("--program", default="standpoint")
    parser.add_argument("--only", default="", metavar="TEXT", help="corpora whose names hold this text")
    parser.add_argument("--results", type=pathlib.Path)
    parser.add_argument("--time-limit", default="90s", help="of tune")
    options = parser.parse_args()
    known = {}
    if options.results and options.results.exists():
        known = dict(json.loads(line) for line in options.results.read_text(encoding="utf-8").splitlines())
    for name, read, _ in CORPORA:
        if options.only in name and name not in known:
            known[name] = measured(read(options.data), options)
            if options.results:
                with options.results.open("a", encoding="utf-8") as out:
                    out.write(json.dumps([name, known[name]]) + "\n")
    table({name: known[name] for name, _, _ in CORPORA if name in known and options.only in name})


if __name__ == "__main__":
    main()
