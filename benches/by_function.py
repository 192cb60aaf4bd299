#!/usr/bin/env python3
"""Instructions per byte of text, by function: where the time of a step goes.

    by_function.py [--steps score,fit_transform] [--ngrams w12] [--least 0.5] [--bench PATH]

Runs steps of `cargo bench --bench instructions` under callgrind, once and twice, so that reading and building tables do
not count. The compiler inlines most functions into their callers; an instruction counts for the innermost function of the
project that it was inlined into, so what the standard library and other crates do inside counts for their caller.
Functions of fewer instructions a byte than `--least` in every step stand together. Builds the bench with line tables in a
target folder of its own; needs valgrind and addr2line (binutils).
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
FRAME = re.compile(r"(.+):(\d+)")
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


def owners(bench, symbols, sources):
    """The names under which the instructions at addresses of the bench count, by address."""
    inlined = ["addr2line", "-a", "-i", "-e", bench]
    lines = subprocess.run(inlined, input="".join(f"{at:#x}\n" for at in symbols), capture_output=True, text=True, check=True)
    names, address = {}, 0
    for text in lines.stdout.split("\n"):
        if text.startswith("0x"):
            address = int(text, 16)
        elif address not in names and (frame := FRAME.match(text)) and (path := own_path(frame[1])):
            names[address] = sources.function(path, int(frame[2]))
    # Functions of others that were not inlined into any of the project's.
    return {at: names.get(at, f"`{SYMBOL.sub('', symbol)}`") for at, symbol in symbols.items()}


def counted(bench, folder, step, ngrams, times, sources):
    """Instructions of a process that does a step so many times, by function."""
    out = pathlib.Path(folder, "callgrind")
    subprocess.run(["valgrind", "--tool=callgrind", "--dump-instr=yes", "--compress-pos=no", "--compress-strings=no",
                    f"--callgrind-out-file={out}", bench, "child", folder, step, ngrams, str(times)], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    own, symbols, counts, is_own, symbol, called = collections.Counter(), {}, collections.Counter(), False, "", False
    for text in out.read_text(encoding="utf-8").split("\n"):
        if text.startswith("ob="):
            is_own = os.path.realpath(text[3:]) == os.path.realpath(bench)
        elif text.startswith("fn="):
            symbol = text[3:]
        elif text.startswith("0x"):
            address, _, instructions = text.split(" ")
            # The line after a call has the instructions of the function that is called.
            if called:
                pass
            elif is_own:
                own[int(address, 16)] += int(instructions)
                symbols[int(address, 16)] = symbol
            else:
                counts[f"`{SYMBOL.sub('', symbol)}`"] += int(instructions)
        called = text.startswith("calls=")
    names = owners(bench, symbols, sources)
    for address, instructions in own.items():
        counts[names[address]] += instructions
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
