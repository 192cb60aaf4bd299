#!/usr/bin/env python3
"""Measures the steps of training on several machines, on this one.

    docs/clusters.py PROGRAM FOLDER

Every corpus of FOLDER that is named here is read as one share, on one thread. The table has its
size, that of its part, also compressed, and the processor time and peak memory of each command
(`/usr/bin/time`), beside those of `train` on the whole. Needs `zstd`.
"""

import pathlib
import subprocess
import sys
import tempfile

CORPORA = [
    ("20 newsgroups, long English texts", "20news_bydate", ["--label", "topic", "--language", "en"]),
    ("COVID articles, long German texts", "fang_covid_third", ["--label", "label", "--language", "de"]),
    ("German headlines", "german_headlines", ["--label", "source", "--language", "de", "--where", "text!="]),
]


def timed(command):
    """Returns processor seconds and peak megabytes of a command."""
    asked = ["/usr/bin/time", "-f", "%U %S %M", *command]
    said = subprocess.run(asked, capture_output=True, text=True, check=True).stderr.split("\n")
    user, system, kilobytes = said[-2].split()
    return float(user) + float(system), int(kilobytes) / 1024


def measured(program, folder, name, options, scratch):
    corpus, part, model = scratch / "corpus.jsonl", scratch / "1.part", scratch / "out.model"
    with open(corpus, "wb") as file:
        subprocess.run(["zstd", "-dc", folder / f"{name}.jsonl.zst"], stdout=file, check=True)
    fit = ["-o", model, "--preset", "fast", "--no-profile", "--force", "--threads", "1"]
    of_part = timed([program, "fit-part", corpus, *options, "-o", part, "--force", "--threads", "1"])
    of_merge = timed([program, "fit-merge", part, *fit, "--name", "out"])
    merged = model.read_bytes()
    of_train = timed([program, "train", corpus, *options, *fit])
    assert model.read_bytes() == merged
    packed = subprocess.run(["zstd", "-qc", part], capture_output=True, check=True).stdout
    sizes = [corpus.stat().st_size, part.stat().st_size, len(packed)]
    return [f"{size / 1e6:.1f}" for size in sizes] + [
        f"{cpu:.1f}, {peak:.0f}" for cpu, peak in (of_part, of_merge, of_train)
    ]


def main():
    program, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    print("| corpus | JSON, MB | part, MB | compressed | fit-part: s, MB | fit-merge: s, MB | train: s, MB |")
    print("|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as scratch:
        for title, name, options in CORPORA:
            row = measured(program, folder, name, options, pathlib.Path(scratch))
            print(f"| {title} | {' | '.join(row)} |", flush=True)


if __name__ == "__main__":
    main()
