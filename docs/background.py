#!/usr/bin/env python3
"""Writes the table of docs/background.md: learning curves with and without a background.

    docs/background.py --data FOLDER [--program PATH] [--seeds N] [--weight W] [CORPUS…]

Of each corpus 50, 100, 300 and 1,000 training rows, drawn by each seed, are learnt with their labels, by
`standpoint train`, without and with word vectors that `standpoint background` has learnt from the text of all training
rows. The test rows are the same for all; neither their labels nor their text is learnt from. Macro-F1 is the mean over the
seeds, and the interval of the gain that of a paired t-test at 95 %. Python's standard library and zstd are all that is needed.
"""

import argparse
import collections
import concurrent.futures
import json
import math
import pathlib
import random
import statistics
import subprocess
import sys
import tempfile

SIZES = (50, 100, 300, 1000)
# Student's t at 97.5 % by degrees of freedom.
QUANTILES = {1: 12.706, 2: 4.303, 3: 3.182, 4: 2.776, 5: 2.571, 6: 2.447, 7: 2.365, 8: 2.306, 9: 2.262}
FLAGS = [f"label{number}" for number in range(7)]


def json_lines(path):
    text = subprocess.run(["zstd", "-dc", path], capture_output=True, check=True).stdout.decode()
    return [json.loads(line) for line in text.split("\n") if line.strip()]


def cells(path):
    lines = path.read_text(encoding="utf-8").split("\n")
    return [line.split("\t") for line in lines if line.strip()]


def drawn(rows, tested):
    """Parts rows by chance into train and test."""
    random.Random(7).shuffle(rows)
    return rows[tested:], rows[:tested]


def newsgroups(data):
    rows = json_lines(data / "20news_bydate.jsonl.zst")
    return [[row for row in rows if row["split"] == part] for part in ("train", "test")]


def headlines(data):
    rows = [row for row in json_lines(data / "german_headlines.jsonl.zst") if row.get("section") and row["text"].strip()]
    frequent = collections.Counter(row["section"] for row in rows).most_common(12)
    return drawn([row for row in rows if row["section"] in dict(frequent)], 10_000)


def germeval(data):
    return drawn([{"text": row[0], "label": row[1]} for row in cells(data / "germeval2018/training.txt")], 1500)


def cameo(data):
    return drawn([{"text": row[0], "label": f"class {row[1]}"} for row in cells(data / "cameo_class/train.tsv")], 349)


def quadclass(data):
    return drawn([row for row in json_lines(data / "un_quadclass_en_es_ar.jsonl.zst") if row["lang"] == "en"], 1500)


def crime(data):
    parts = [cells(data / "insightCrime" / part) for part in ("train.tsv", "dev.tsv")]
    return [[{"text": row[0], **dict(zip(FLAGS, row[1:]))} for row in part] for part in parts]


# Rows of train and test, and which columns hold the labels.
CORPORA = {
    "20news_bydate": (newsgroups, ["--label", "topic"]),
    "german_headlines": (headlines, ["--label", "section"]),
    "germeval2018": (germeval, ["--label", "label"]),
    "cameo_class": (cameo, ["--label", "label"]),
    "insightCrime": (crime, ["--labels", "crime=" + ",".join(FLAGS)]),
    "un_quadclass": (quadclass, ["--label", "quadclass"]),
}


def write(rows, path):
    with open(path, "w", encoding="utf-8") as out:
        for number, row in enumerate(rows):
            out.write(json.dumps({**row, "id": str(number)}, ensure_ascii=False) + "\n")
    return str(path)


def ran(*command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(command)}\nended with {done.returncode}: {done.stderr}")
    return done


def macro_f1(options, folder, labels, few, test, more):
    """Trains on a few rows and measures on the test rows."""
    model = tempfile.mktemp(dir=folder)
    ran(options.program, "train", few, "--preset", "fast", *labels, "-o", model, *more)
    evaluated = ran(options.program, "eval", test, "--model", model, *labels, "--resamples", "0", "--json")
    pathlib.Path(model).unlink()
    (head,) = json.loads(evaluated.stdout)["heads"].values()
    return head["macro_f1"]


def curve(options, folder, name):
    """Prints one line for each size."""
    rows, labels = CORPORA[name]
    train, test = rows(options.data)
    test, all_rows, vectors = write(test, folder / "test.jsonl"), write(train, folder / "all.jsonl"), str(folder / "vectors")
    ran(options.program, "background", all_rows, "-o", vectors, "--force")
    background = ["--background", vectors, *(["--background-weight", options.weight] if options.weight else [])]
    for size in (size for size in SIZES if size < len(train)):

        def both(seed):
            order = list(train)
            random.Random(seed).shuffle(order)
            few = write(order[:size], folder / f"{seed}.jsonl")
            return [macro_f1(options, folder, labels, few, test, more) for more in ([], background)]

        with concurrent.futures.ThreadPoolExecutor(2) as threads:
            figures = list(threads.map(both, range(options.seeds)))
        without, with_it = (statistics.mean(figure) for figure in zip(*figures))
        gains = [after - before for before, after in figures]
        spread = QUANTILES[len(gains) - 1] * statistics.stdev(gains) / math.sqrt(len(gains))
        gain = statistics.mean(gains)
        print(f"| `{name}` | {len(train):,} | {size:,} | {without:.3f} | {with_it:.3f} | {gain:+.3f} ± {spread:.3f} |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", nargs="*", metavar="CORPUS", help=", ".join(CORPORA))
    parser.add_argument("--data", type=pathlib.Path, required=True)
    parser.add_argument("--program", default="target/release/standpoint")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--weight", help="--background-weight rather than its default")
    options = parser.parse_args()
    print("| corpus | rows of the background | labelled rows | without | with | gain |")
    print("|---|---:|---:|---:|---:|---:|")
    for name in options.corpora or CORPORA:
        with tempfile.TemporaryDirectory() as folder:
            curve(options, pathlib.Path(folder), name)


if __name__ == "__main__":
    main()
