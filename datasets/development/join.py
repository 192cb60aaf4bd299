#!/usr/bin/env python3
"""Joins the labels of the development set with its texts, which are not part of the project.

    datasets/development/join.py FOLDER > development.jsonl

FOLDER holds the public corpora that README.md names, compressed with zstd where the name says so. A row is found by
file and number, and kept only where its text has the recorded hash. Needs Python's standard library and `zstd`.
"""

import hashlib
import json
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
FLAGS = {"insightCrime": 7, "IndiaPoliceEvents_docs": 5}


def lines(path):
    """Returns the lines of a file, which may be compressed; only a line feed ends one."""
    if path.suffix == ".zst":
        data = subprocess.run(["zstd", "-dcq", str(path)], check=True, stdout=subprocess.PIPE).stdout
    else:
        data = path.read_bytes()
    return data.split(b"\n")


def row(name, line):
    """Returns title and text of a row."""
    folder = name.split("/")[0]
    if folder in FLAGS:
        columns = line.decode("utf-8", "replace").split("\t")
        return "", "\t".join(columns[: -FLAGS[folder]]).strip()
    fields = json.loads(line)
    return fields.get("title") or "", fields.get("text") or ""


def main():
    folder, files, lost = pathlib.Path(sys.argv[1]), {}, 0
    for record in map(json.loads, (HERE / "labels.jsonl").read_text().splitlines()):
        name, number = record["id"].rsplit(":", 1)
        if name not in files:
            files[name] = lines(folder / name)
        title, text = row(name, files[name][int(number)])
        if hashlib.sha256(f"{title}\n{text}".encode()).hexdigest() != record["sha256"]:
            lost += 1
            continue
        labels = {key: record[key] for key in ("id", "lang", "source", "drawn", "form", "topic", "stance")}
        print(json.dumps(labels | {"title": title, "text": text}, ensure_ascii=False))
    if lost:
        sys.exit(f"{lost} rows have another text than the one that was labelled")


if __name__ == "__main__":
    main()
