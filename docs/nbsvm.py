#!/usr/bin/env python3
"""Writes the tables of tempered NB-SVM in docs/accuracy.md.

    docs/nbsvm.py --data FOLDER [--only TEXT] [--results FILE] [--bench PATH] [--table settings|corpora]

Prepares each corpus, at most 4,000 training and 4,000 test rows of it (8,000 where folds are tested), and runs `cargo
bench --bench nbsvm` on it: a grid of SVMs and NB-SVMs on words, and on words and characters. The gap of a setting on a
corpus is its macro-F1 less that of the best of the whole grid. Results are kept in FILE, a corpus a line, and corpora
that stand there are not measured again, unless the sources have changed since. Python's standard library and zstd are
all that is needed.
"""

import argparse
import collections
import csv
import json
import pathlib
import random
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "benches"))
from corpus import rows  # noqa: E402

MOST = 4000
MOST_LETTERS = 10_000_000
TITLES = {"words": "words 1-2", "words+characters": "words 1-2, characters 3-5"}
DEFAULTS = ["words svm C=1", "words nbsvm exponent=none alpha=1 C=1"]
RECOMMENDED = ["words nbsvm exponent=0.6 alpha=0.1 C=1", "words+characters nbsvm exponent=0.6 alpha=0.1 C=0.2"]


def labelled(file, label, parts=("train", "test"), **only):
    """Rows of a corpus in JSON lines; `parts` are the values of the column `split`, if it tells."""

    def read(data):
        for row in rows(str(data / file)):
            if any(row.get(column) != value for column, value in only.items()) or not row.get(label):
                continue
            text = " ".join(filter(None, [row.get("title"), row["text"]]))
            split = {"split": row["split"]} if parts else {}
            if text.strip() and (not parts or row["split"] in parts):
                yield {"text": text, "label": row[label], **split}

    return read


def table(path, quoting=csv.QUOTE_MINIMAL):
    with open(path, encoding="utf-8", newline="") as lines:
        yield from csv.reader(lines, delimiter="\t", quoting=quoting)


def flags(folder):
    """Rows of tables of text and 0/1 columns."""

    def read(data):
        for split, file in (("train", "train.tsv"), ("test", "dev.tsv")):
            for text, *cells in table(data / folder / file):
                yield {"text": text, "labels": [str(at) for at, cell in enumerate(cells) if cell.strip() == "1"],
                       "split": split}

    return read


def column(file, at):
    """Rows of one table of text and label."""
    return lambda data: ({"text": cells[0], "label": cells[at].strip()} for cells in table(data / file, csv.QUOTE_NONE))


def headlines(data):
    """Rows before 2021 are learnt, later ones tested; with the sections that have 500 of the former."""
    found = [row for row in rows(str(data / "german_headlines.jsonl.zst")) if row.get("section") and row["text"].strip()]
    old = collections.Counter(row["section"] for row in found if row["date"] < "2021")
    for row in found:
        if old[row["section"]] >= 500:
            split = "train" if row["date"] < "2021" else "test"
            yield {"text": row["text"], "label": row["section"], "split": split}


def by_source(file, label):
    """Whole sources are learnt or tested, in equal number."""

    def read(data):
        found = [row for row in rows(str(data / file)) if row["text"].strip() and row.get("source") and row.get(label)]
        sources = sorted({row["source"] for row in found})
        random.Random(1).shuffle(sources)
        tested = set(sources[::2])
        part = lambda row: "test" if row["source"] in tested else "train"
        for row in found:
            text = f"{row.get('title') or ''} {row['text']}"
            yield {"text": text, "label": row[label], "split": part(row)}

    return read


# Name, rows, folds that are tested where there is no test part.
CORPORA = [
    ("20 newsgroups", labelled("20news_bydate.jsonl.zst", "topic"), 0),
    ("R8", labelled("r8_train.jsonl.zst", "topic", parts=None), 1),
    ("Ohsumed, 23 labels", labelled("ohsumed23_train.jsonl.zst", "topic", parts=None), 1),
    *[(f"SIB-200, {lang}", labelled("sib200_ten_languages.jsonl.zst", "topic", parts=None, lang=lang), 5)
      for lang in ("eng", "deu", "rus", "arb")],
    *[(f"UN sentences, {lang}", labelled("un_quadclass_en_es_ar.jsonl.zst", "quadclass", parts=None, lang=lang), 3)
      for lang in ("en", "es", "ar")],
    ("CAMEO sentences", column("cameo_class/train.tsv", 1), 5),
    ("GermEval 2018, coarse", column("germeval2018/training.txt", 1), 3),
    ("GermEval 2018, fine", column("germeval2018/training.txt", 2), 3),
    ("SATP", flags("satp_relevant"), 0),
    ("InsightCrime", flags("insightCrime"), 0),
    ("India police events", flags("IndiaPoliceEvents_docs"), 0),
    ("headlines, sections, by year", headlines, 0),
    ("German COVID news, real or fake, by source", by_source("fang_covid_third.jsonl.zst", "label"), 0),
    ("article bias, by source", by_source("article_bias_quarter.jsonl.zst", "bias"), 0),
]


def spread(found, most=MOST):
    """Rows evenly spread: of each part at most `most`, of long texts as many as have MOST_LETTERS."""
    parts = collections.defaultdict(list)
    for row in found:
        parts[row.get("split")].append(row)
    chosen = []
    for name, part in parts.items():
        letters = sum(len(row["text"]) for row in part)
        step = max(-(-len(part) // (most if name else 2 * most)), -(-letters // MOST_LETTERS))
        chosen += part[::step]
    return chosen


def measured(found, folds, bench):
    """Returns macro-F1 by features and classifier."""
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as out:
        out.writelines(json.dumps(row) + "\n" for row in spread(found))
        out.flush()
        command = [*bench, out.name, *([str(folds)] if folds else [])]
        printed = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
    scores = {}
    for line in printed.splitlines():
        features, classifier, f1, _ = line.split("\t")
        scores[f"{features} {classifier}"] = float(f1)
    return scores


def is_current(path):
    """Tells whether results are younger than the sources of the library and of the bench; old ones are removed."""
    sources = [ROOT / "benches/nbsvm.rs", *(ROOT / "src").rglob("*.rs")]
    if path.exists() and path.stat().st_mtime < max(source.stat().st_mtime for source in sources):
        path.unlink()
    return path.exists()


def results(options):
    bench = [options.bench] if options.bench else ["cargo", "bench", "--quiet", "--bench", "nbsvm", "--"]
    known = {}
    if options.results and is_current(options.results):
        known = dict(json.loads(line) for line in options.results.read_text(encoding="utf-8").splitlines())
    for name, read, folds in CORPORA:
        if options.only in name and name not in known:
            known[name] = measured(read(options.data), folds, bench)
            if options.results:
                with options.results.open("a", encoding="utf-8") as out:
                    out.write(json.dumps([name, known[name]]) + "\n")
    return {name: known[name] for name, _, _ in CORPORA if name in known and options.only in name}


def gaps(found, setting, by_source=False):
    """Gaps to the best of the grid, in points, on corpora that are tested on other sources, or on all others."""
    chosen = [scores for name, scores in found.items() if name.endswith("by source") == by_source]
    return [100 * (scores[setting] - max(scores.values())) for scores in chosen]


def mean(values):
    return sum(values) / max(len(values), 1)


def shown(setting):
    features, *words = setting.split(" ")
    names = {"svm": "SVM", "nbsvm": "NB-SVM", "exponent=none": "ratios as they are"}
    return f"{TITLES[features]} | " + ", ".join(names.get(word, word.replace("=", " ")) for word in words)


def kind(setting):
    """Features, classifier and exponent."""
    return [word for word in setting.split(" ") if not word.startswith(("alpha=", "C="))]


def settings_table(found):
    """The defaults, the recommended settings, and of each kind the one with the best mean."""
    print("| features | classifier | mean gap | worst | mean gap, other sources |\n|---|---|---|---|---|")
    every = list(next(iter(found.values())))
    best = {}
    for setting in sorted(every, key=lambda setting: -mean(gaps(found, setting))):
        best.setdefault(tuple(kind(setting)), setting)
    for setting in filter({*DEFAULTS, *RECOMMENDED, *best.values()}.__contains__, every):
        note = ", the default" if setting in DEFAULTS else ""
        gap = gaps(found, setting)
        figures = [mean(gap), min(gap), mean(gaps(found, setting, by_source=True))]
        cells = [*f"{shown(setting)}{note}".split(" | "), *(f"{figure:.1f}" for figure in figures)]
        print("| " + " | ".join(f"**{cell}**" if setting in RECOMMENDED else cell for cell in cells) + " |")


def corpora_table(found):
    """Macro-F1 of the defaults and of the recommended settings on each corpus."""
    print("| corpus | SVM | NB-SVM | tempered, words | tempered, words and characters | best of the grid |\n|---" + "|---" * 5 + "|")
    for name, scores in found.items():
        figures = [scores[setting] for setting in (*DEFAULTS, *RECOMMENDED)] + [max(scores.values())]
        print(f"| {name} | " + " | ".join(f"{figure:.3f}" for figure in figures) + " |")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=pathlib.Path, required=True)
    parser.add_argument("--only", default="", metavar="TEXT", help="corpora whose names hold this text")
    parser.add_argument("--results", type=pathlib.Path)
    parser.add_argument("--bench", metavar="PATH", help="a bench that is built")
    parser.add_argument("--table", choices=["settings", "corpora"], default="settings")
    options = parser.parse_args()
    found = results(options)
    {"settings": settings_table, "corpora": corpora_table}[options.table](found)


if __name__ == "__main__":
    main()
