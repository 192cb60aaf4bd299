#!/usr/bin/env python3
"""Writes the table of docs/languages.md: the effect of each choice of features on six corpora.

    docs/languages.py --data FOLDER [--only TEXT]

Prepares each corpus, runs `cargo bench --bench ablation` on it, and joins the columns. Bold: the 95 % interval of the
difference does not include 0. Python's standard library and zstd are all that is needed.
"""

import argparse
import collections
import json
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "benches"))
from corpus import rows  # noqa: E402

LEAST_HEADLINES = 500


def germeval(data):
    lines = (data / "germeval2018/training.txt").read_text(encoding="utf-8").split("\n")
    cells = [line.split("\t") for line in lines if line.strip()]
    return [{"text": row[0], "label": row[1]} for row in cells]


def headlines(data):
    """Rows before 2021 are learnt, later ones tested; with the sections that have enough of the former."""
    found = [row for row in rows(str(data / "german_headlines.jsonl.zst")) if row.get("section") and row["text"].strip()]
    old = collections.Counter(row["section"] for row in found if row["date"] < "2021")
    split = lambda row: "train" if row["date"] < "2021" else "test"
    return [{"text": row["text"], "label": row["section"], "split": split(row)} for row in found
            if old[row["section"]] >= LEAST_HEADLINES]


def newsgroups(data):
    found = rows(str(data / "20news_bydate.jsonl.zst"))
    return [{"text": row["text"], "label": row["topic"], "split": row["split"]} for row in found]


def united_nations(language):
    def read(data):
        found = rows(str(data / "un_quadclass_en_es_ar.jsonl.zst"))
        return [{"text": row["text"], "label": row["quadclass"]} for row in found if row["lang"] == language]

    return read


# Name of the column, corpus, repeats of the cross-validation.
CORPORA = [("GermEval 2018, de", germeval, 3), ("headlines, de", headlines, 1), ("UN, en", united_nations("en"), 3),
           ("20 newsgroups, en", newsgroups, 1), ("UN, es", united_nations("es"), 3), ("UN, ar", united_nations("ar"), 3)]


def column(corpus, repeats):
    """Returns the cells of one corpus by the choice."""
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as out:
        out.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in corpus)
        out.flush()
        command = ["cargo", "bench", "--quiet", "--bench", "ablation", "--", out.name, str(repeats)]
        printed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    found = {}
    for line in printed.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not line.startswith("| ") or cells[0] == "features":
            continue
        name, _, figure, difference, interval = cells
        if not difference:
            found[name] = figure
            continue
        low, high = (float(end) for end in interval.split(" to "))
        found[name] = f"**{difference}**" if low > 0 or high < 0 else difference
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=pathlib.Path, required=True)
    parser.add_argument("--only", default="", metavar="TEXT", help="corpora whose names hold this text")
    options = parser.parse_args()
    chosen = [corpus for corpus in CORPORA if options.only in corpus[0]]
    columns = [column(read(options.data), repeats) for _, read, repeats in chosen]
    print("| macro F1 | " + " | ".join(name for name, _, _ in chosen) + " |\n|---" + "|---" * len(chosen) + "|")
    for name in columns[0]:
        print(f"| {name} | " + " | ".join(found[name] for found in columns) + " |")


if __name__ == "__main__":
    main()
