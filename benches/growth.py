#!/usr/bin/env python3
"""How time and memory grow with documents, features and labels, on generated texts; see README.md beside this.

    growth.py [--most-documents 1000000] [--only documents,features,labels] [--threads 0] [--json FILE]

Short documents of about 60 words. Every measurement is a process of its own, and prints its row as soon as it is there.
"""
import argparse
import json
import pathlib
import tempfile

from beside_peers import built, measured

WORDS = 60
DOCUMENTS = (10_000, 30_000, 100_000, 300_000, 1_000_000)
MIDDLE = 30_000
LABELS = (2, 10, 20, 100)
FEATURES = (("w1", 2), ("w12", 1), ("w12", 2), ("w12", 5), ("c35", 2), ("w12c35", 2))
COLUMNS = ("", "MB", "terms", "fit_transform s", "MB/s", "peak MB", "train s", "peak MB", "score s", "MB/s", "peak MB", "model MB")


def header(of):
    print("\n" + "| " + " | ".join((of,) + COLUMNS[1:]) + " |\n" + "|---" * len(COLUMNS) + "|", flush=True)


def point(a, name, documents, labels=10, ngrams="w12", min_df=2):
    """One row: features alone, features and SVM, scoring of the same texts with that model."""
    source, more = f"generated:{documents},{WORDS},{labels}", ("--min-df", str(min_df))
    with tempfile.TemporaryDirectory() as folder:
        model = f"{folder}/model"
        fit = measured(a.measure, "fit_transform", ngrams, a.threads, source, *more)
        train = measured(a.measure, "train", ngrams, a.threads, source, model, *more)
        score = measured(a.measure, "score", ngrams, a.threads, source, model)
    assert train["terms"] == fit["terms"] and score["documents"] == documents and train["labels"] == labels
    assert score["stored"] == fit["stored"], "scoring has not seen every term"
    show(name, fit, train, score)
    return {"name": name, "labels": labels, "ngrams": ngrams, "min_df": min_df, "fit_transform": fit, "train": train, "score": score}


def show(name, fit, train, score):
    cells = (name, f"{fit['MB']:.1f}", f"{fit['terms']:,}", f"{fit['seconds']:.2f}", f"{fit['MB_s']:.1f}", f"{fit['peak_MB']:.0f}",
             f"{train['seconds']:.2f}", f"{train['peak_MB']:.0f}", f"{score['seconds']:.2f}", f"{score['MB_s']:.1f}",
             f"{score['peak_MB']:.0f}", f"{train['model_MB']:.1f}")
    print("| " + " | ".join(cells) + " |", flush=True)


def documents(a):
    header("documents")
    return [point(a, f"{many:,}", many) for many in DOCUMENTS if many <= a.most_documents]


def features(a):
    header("n-grams, min_df")
    middle = min(MIDDLE, a.most_documents)
    return [point(a, f"{ngrams}, {min_df}", middle, ngrams=ngrams, min_df=min_df) for ngrams, min_df in FEATURES]


def labels(a):
    header("labels")
    middle = min(MIDDLE, a.most_documents)
    return [point(a, str(many), middle, labels=many) for many in LABELS]


QUESTIONS = {"documents": documents, "features": features, "labels": labels}


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--most-documents", type=int, default=DOCUMENTS[-1])
    p.add_argument("--only", default=",".join(QUESTIONS))
    p.add_argument("--threads", type=int, default=0, help="0: all")
    p.add_argument("--measure", help="the bench `measure` [default: built by cargo]")
    p.add_argument("--json", help="write all figures here, too")
    a = p.parse_args()
    a.measure = a.measure or built()
    rows = {question: QUESTIONS[question](a) for question in a.only.split(",")}
    if a.json:
        pathlib.Path(a.json).write_text(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    main()
