#!/usr/bin/env python3
"""Writes the rows of a corpus in the forms that the other scripts here read.

    benches/corpus.py CORPUS.jsonl[.zst] PREFIX --label COLUMN [--text text] [--where COLUMN=VALUE] [--least N] [--sample N]

PREFIX.tsv has lines of `label TAB text`, PREFIX.jsonl the rows with `label` and `text` beside their other columns, and
PREFIX.ft fastText lines. `--text title,text` joins columns by a blank; white space is one blank. Rows without a text or
without exactly one label are left out, and with `--least` those of labels with fewer rows. `--sample` draws rows by `--seed`, in their order.
Python's standard library and, for compressed corpora, the program zstd are all that is needed.
"""

import argparse
import collections
import json
import random
import subprocess


def rows(path):
    if path.endswith(".zst"):
        text = subprocess.run(["zstd", "-dc", path], capture_output=True, check=True).stdout.decode()
    else:
        text = open(path, encoding="utf-8").read()
    return [json.loads(line) for line in text.split("\n") if line.strip()]


def chosen(a):
    """Returns the rows of the corpus that are asked for."""
    name, _, value = (a.where or "").partition("=")
    found = []
    for row in rows(a.corpus):
        text = " ".join(" ".join(str(row.get(column) or "") for column in a.text.split(",")).split())
        label = row.get(a.label)
        if isinstance(label, list):
            label = label[0] if len(label) == 1 else None
        if label and text and (not name or str(row.get(name)) == value):
            found.append({**row, "label": str(label), "text": text})
    counts = collections.Counter(row["label"] for row in found)
    found = [row for row in found if counts[row["label"]] >= a.least]
    if a.sample and a.sample < len(found):
        found = [found[at] for at in sorted(random.Random(a.seed).sample(range(len(found)), a.sample))]
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus")
    parser.add_argument("prefix")
    parser.add_argument("--label", required=True)
    parser.add_argument("--text", default="text")
    parser.add_argument("--where")
    parser.add_argument("--least", type=int, default=1, help="rows of a label")
    parser.add_argument("--sample", type=int)
    parser.add_argument("--seed", type=int, default=7)
    a = parser.parse_args()
    found = chosen(a)
    with open(f"{a.prefix}.tsv", "w", encoding="utf-8") as tsv, open(f"{a.prefix}.jsonl", "w", encoding="utf-8") as lines, \
            open(f"{a.prefix}.ft", "w", encoding="utf-8") as ft:
        for row in found:
            tsv.write(f"{row['label']}\t{row['text']}\n")
            lines.write(json.dumps(row, ensure_ascii=False) + "\n")
            ft.write(f"__label__{row['label'].replace(' ', '_')} {row['text']}\n")


if __name__ == "__main__":
    main()
