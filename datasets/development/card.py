#!/usr/bin/env python3
"""Writes what the built-in model reaches on the development set into ../card.json, which its training reads.

    datasets/development/card.py FOLDER [PROGRAM]

FOLDER holds the public corpora, as for join.py; PROGRAM is `standpoint`, built with the model. The texts of the card
stay as they are. Needs Python's standard library and `zstd`.
"""

import json
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
CARD = HERE.parent / "card.json"
COLUMNS = ["--text", "title,text", "--label", "topic", "--labels", "stance"]
TESTS = [("de", "real German articles, datasets/development"), ("en", "real English articles, datasets/development")]


def tests(program, corpus, folder):
    """Returns the results on the articles of each language."""
    found = []
    for language, name in TESTS:
        model = folder / language
        subprocess.run([program, "eval", corpus, "--where", f"lang={language}", *COLUMNS, "--write-card", model,
                        "--test-name", name], check=True, stdout=subprocess.DEVNULL)
        shown = subprocess.run([program, "inspect", model, "--card", "--json"], check=True, stdout=subprocess.PIPE)
        found.append(json.loads(shown.stdout)["tests"][-1])
    return found


def main():
    program = sys.argv[2] if len(sys.argv) > 2 else "standpoint"
    with tempfile.TemporaryDirectory() as folder:
        corpus = pathlib.Path(folder) / "development.jsonl"
        with corpus.open("wb") as out:
            subprocess.run([sys.executable, HERE / "join.py", sys.argv[1]], check=True, stdout=out)
        card = json.loads(CARD.read_text())
        card["tests"] = tests(program, corpus, pathlib.Path(folder))
    text = json.dumps(card, indent=1, ensure_ascii=False)
    # A line a metric.
    CARD.write_text(re.sub(r"\{[^{}]*\}", lambda found: " ".join(found[0].split()), text) + "\n")


if __name__ == "__main__":
    main()
