#!/usr/bin/env python3
"""Instructions per byte of text, by function: where the time of a step goes.

    by_function.py [--steps score,fit_transform] [--ngrams w12] [--least 0.5] [--bench PATH]

Runs steps of `cargo bench --bench instructions` under cachegrind, once and twice, so that reading and building tables do
not count. The compiler puts most functions into their callers; the lines that it notes for every instruction tell from
which function of the sources each comes. What other crates and the standard library do counts under their names.
Functions of fewer instructions a byte than `--least` in every step stand together. Builds the bench with lines in a target folder
of its own; needs valgrind.
"""
import argparse
import bisect
import collections
import os
import pathlib
import re
import subprocess
import tempfile

from beside_peers import ROOT, built

FUNCTION = re.compile(r'\s*(?:pub(?:\([^)]*\))? )?(?:const |async |unsafe |extern "C" )*fn (\w+)')
CRATE = re.compile(r"/registry/src/[^/]+/(.+?)-\d[^/]*/")
SYMBOL = re.compile(r"::h[0-9a-f]{16}$|[@'].*$")


class Sources:
    """The functions of the project's sources by line."""

    def __init__(self):
        self.files = {}

    def function(self, path, line):
        """The name of the function around a line: modules, then its own."""
        if path not in self.files:
            lines = pathlib.Path(ROOT, path).read_text(encoding="utf-8").split("\n")
            found = [(at, match[1]) for at, text in enumerate(lines, 1) if (match := FUNCTION.match(text))]
            self.files[path] = [at for at, _ in found], [name for _, name in found]
        starts, names = self.files[path]
        at = bisect.bisect_right(starts, line) - 1
        modules = path.removeprefix("src/").removesuffix(".rs").removesuffix("/mod").replace("/", "::")
        return f"`{modules}::{names[at]}`" if at >= 0 else f"`{modules}`"


def own_path(file):
    """The path of a file below the project's folder; `None` for the files of others."""
    path = os.path.relpath(os.path.join(ROOT, file), ROOT) if not os.path.isabs(file) or file.startswith(f"{ROOT}/") else ""
    return path if path.startswith(("src/", "benches/")) and (ROOT / path).exists() else None


def owner(file, symbol, line, sources):
    """The name under which an instruction counts."""
    if path := own_path(file):
        return sources.function(path, line)
    if "/library/" in file and "/rustc/" in file:
        return "standard library"
    if crate := CRATE.search(file):
        return f"crate {crate[1]}"
    return f"`{SYMBOL.sub('', symbol)}`"


def counted(bench, folder, step, ngrams, times, sources):
    """Instructions of a process that does a step so many times, by function."""
    out = pathlib.Path(folder, "cachegrind")
    subprocess.run(["valgrind", "--tool=cachegrind", "--cache-sim=no", f"--cachegrind-out-file={out}", bench, "child", folder,
                    step, ngrams, str(times)], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    counts, file, symbol = collections.Counter(), "", ""
    for text in out.read_text(encoding="utf-8").split("\n"):
        if text.startswith("fl="):
            file = text[3:]
        elif text.startswith("fn="):
            symbol = text[3:]
        elif text[:1].isdigit():
            line, instructions = map(int, text.split(" ")[:2])
            counts[owner(file, symbol, line, sources)] += instructions
    return counts


def per_byte(bench, folder, step, ngrams, size, sources):
    once, twice = (counted(bench, folder, step, ngrams, times, sources) for times in (1, 2))
    return {name: (twice[name] - once[name]) / size for name in twice if twice[name] > once[name]}


def text_size(folder):
    with open(f"{folder}/corpus.tsv", encoding="utf-8") as lines:
        return sum(len(line.rstrip("\n").partition("\t")[2].encode()) for line in lines)


def table(columns, least):
    """Prints functions in the order of their sum over the columns."""
    names = list(columns)
    print(f"| function | {' | '.join(names)} |\n|---{'|---' * len(names)}|")
    cells = lambda name: [columns[column].get(name, 0) for column in names]
    every = sorted({name for column in columns.values() for name in column}, key=lambda name: (-sum(cells(name)), name))
    shown = [name for name in every if max(cells(name)) >= least]
    rest = [name for name in every if name not in shown]
    row = lambda title, values: print(f"| {title} | " + " | ".join(f"{value:.1f}" if value else "" for value in values) + " |")
    for name in shown:
        row(name, cells(name))
    row(f"{len(rest)} more", [sum(columns[column].get(name, 0) for name in rest) for column in names])
    row("all", [sum(columns[column].values()) for column in names])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", default="score,fit_transform")
    parser.add_argument("--ngrams", default="w12")
    parser.add_argument("--least", type=float, default=0.5, help="instructions a byte")
    parser.add_argument("--bench", help="the bench `instructions` with lines [default: built by cargo]")
    a = parser.parse_args()
    if not a.bench:
        os.environ.update(CARGO_PROFILE_BENCH_DEBUG="line-tables-only", CARGO_TARGET_DIR=str(ROOT / "target/by-function"))
    bench, sources, columns = a.bench or built("instructions"), Sources(), {}
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([bench, "prepare", folder], check=True)
        size = text_size(folder)
        for step in a.steps.split(","):
            for ngrams in a.ngrams.split(","):
                columns[f"{step} {ngrams}"] = per_byte(bench, folder, step, ngrams, size, sources)
    table(columns, a.least)


if __name__ == "__main__":
    main()
