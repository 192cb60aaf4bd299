#!/usr/bin/env python3
"""Writes the texts from which `news.vectors` was learnt, one JSON object a line.

    datasets/background/texts.py FOLDER > texts.jsonl

FOLDER holds public corpora as README.md names them. Rows of the development set are left out. Needs Python's standard
library and `zstd`.
"""

import json
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
CORPORA = [
    "german_headlines.jsonl.zst",
    "fang_covid_third.jsonl.zst",
    "article_bias_quarter.jsonl.zst",
    "reuters21578_modapte.jsonl.zst",
    "un_quadclass_en_es_ar.jsonl.zst",
]


def main():
    labels = (HERE.parent / "development/labels.jsonl").read_text().splitlines()
    development = {json.loads(line)["id"] for line in labels}
    for name in CORPORA:
        path = pathlib.Path(sys.argv[1]) / name
        data = subprocess.run(["zstd", "-dcq", str(path)], check=True, stdout=subprocess.PIPE).stdout
        for number, line in enumerate(data.split(b"\n")):
            if not line.strip() or f"{name}:{number}" in development:
                continue
            row = json.loads(line)
            text = f"{row.get('title') or ''}\n{row.get('text') or ''}".strip()
            if text and row.get("lang", "en") in ("de", "en"):
                print(json.dumps({"text": text}, ensure_ascii=False))


if __name__ == "__main__":
    main()
