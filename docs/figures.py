#!/usr/bin/env python3
"""Writes the figures of documents, from the commands that give them.

    docs/figures.py [--check] [--slow] [--only TEXT] [--program PATH] [--data FOLDER] [DOCUMENT…]

A block of a document begins with a comment that holds commands and a template, and ends with another:

    <!-- figures
    run standpoint train $D/a.jsonl --label topic -o $T/a.model
    a = standpoint eval $T/a.model $D/b.jsonl
    > accuracy {a.heads.topic.accuracy:.3f} of {a.documents:,} documents, in {a.seconds:.1f ~0.5} s
    -->
    accuracy 0.873 of 7,532 documents, in 1.4 s
    <!-- end -->

`run` runs a command, `NAME =` runs one and reads its JSON, lines after `>` are the text of the block. In braces stand a
path into the JSON (numbers pick items of lists, `KEY=VALUE` the first item that has this value) and a format; `seconds`,
`cpu` and `peak_mb` are those of the command. `~0.5` lets a figure that hangs on the machine differ by half: such a figure
is kept as it is written while the new one is that near. `print COMMAND` makes the table of the block from the lines of
a command's output that begin with `|`; several commands whose tables have one head make one table. A block whose first line is `slow` takes minutes to hours and is left alone
without --slow. $D is the folder of corpora, $T a temporary one.

Without --check each block is rewritten when it is done; with it nothing is, and the exit code is 1 where a figure differs. A block
whose corpora are not there is left alone with a word. `--only` takes the blocks whose commands hold this text. Python's standard library is all that is needed.
"""

import argparse
import difflib
import json
import os
import pathlib
import re
import resource
import shlex
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent.parent
DOCUMENTS = ["README.md", "benches/README.md", "datasets/MODELCARD.md"] + [f"docs/{name}.md" for name in (
    "accuracy", "background", "clusters", "evaluation", "languages", "measurements", "performance")]
BLOCK = re.compile(r"(<!-- figures\n(.*?)\n-->\n)(.*?)(<!-- end -->)", re.S)
FIELD = re.compile(r"\{([^{}:]+):([^{}~ ]*)(?: ~([0-9.]+))?\}")


class Missing(Exception):
    """A corpus that is not on this machine."""


def run(command, options):
    """Runs a command; returns its JSON with its time and peak memory."""
    words = shlex.split(os.path.expandvars(command))
    absent = [word for word in words if word.startswith(options.data + "/") and not pathlib.Path(word).exists()]
    if absent:
        raise Missing(absent[0])
    words = [options.program if word == "standpoint" else word for word in words]
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    process = subprocess.Popen(words, cwd=HERE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    out, err = process.communicate()
    if process.returncode not in (0, 1):
        sys.exit(f"{command}\nended with {process.returncode}: {err}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    result = json.loads(out.splitlines()[0]) if out.startswith("{") else {}
    return result | {
        "seconds": time.monotonic() - start,
        "cpu": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
        "peak_mb": after.ru_maxrss / 1000,
        "rows": out.count("\n"),
        "table": [line for line in out.splitlines() if line.startswith("|")],
    }


def value(path, results):
    """Returns the value that a path names."""
    found = results
    for key in path.strip().split("."):
        if isinstance(found, list) and "=" in key:
            name, wanted = key.split("=")
            found = next(item for item in found if str(item[name]) == wanted)
        else:
            found = found[int(key) if isinstance(found, list) else key]
    return found


def render(template, results, old):
    """Returns the text of a template; figures near those of the old text stay."""
    pattern, fields, end = "", list(FIELD.finditer(template)), 0
    for field in fields:
        pattern += re.escape(template[end : field.start()]) + "(.*?)"
        end = field.end()
    written = re.fullmatch(pattern + re.escape(template[end:]), old) if old is not None else None
    text, end = "", 0
    for at, field in enumerate(fields):
        path, form, tolerance = field.groups()
        new = format(value(path, results), form)
        if written and tolerance and is_near(new, written.group(at + 1), float(tolerance)):
            new = written.group(at + 1)
        text += template[end : field.start()] + new
        end = field.end()
    return text + template[end:]


def is_near(new, old, tolerance):
    try:
        new, old = (float(text.replace(",", "")) for text in (new, old))
    except ValueError:
        return False
    return abs(new - old) <= tolerance * max(abs(new), abs(old))


def block(match, options):
    """Returns a block with its figures made anew."""
    passed_over = match.group(2).startswith("slow\n") and not options.slow
    if passed_over or options.only not in match.group(2):
        return match.group(0)
    results, template, table = {}, [], []
    for line in match.group(2).splitlines():
        if line.startswith("> ") or line == ">":
            template.append(line[2:])
        elif line.startswith("run "):
            run(line[4:], options)
        elif line.startswith("print "):
            lines = run(line[6:], options)["table"]
            # Several commands make one table: its head is written once.
            table += lines[2:] if lines[:2] == table[:2] else lines
        elif line.strip() and line != "slow":
            name, command = line.split(" = ", 1)
            results[name.strip()] = run(command, options)
    old = match.group(3).splitlines()
    old = old if len(old) == len(template) else [None] * len(template)
    lines = [render(line, results, was) for line, was in zip(template, old)] + table
    return match.group(1) + "".join(line + "\n" for line in lines) + match.group(4)


def made(match, name, options):
    """Returns a block with its figures made anew, in a temporary folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["D"], os.environ["T"] = options.data, folder
        try:
            return block(match, options)
        except Missing as missing:
            print(f"{name}: left alone, as there is no {missing}", file=sys.stderr)
            return match.group(0)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--slow", action="store_true", help="blocks that take minutes to hours, too")
    parser.add_argument("--only", default="", metavar="TEXT", help="blocks whose commands hold this text")
    parser.add_argument("--program", default=str(HERE / "target/release/standpoint"))
    parser.add_argument("--data", default=os.environ.get("STANDPOINT_DATA", str(HERE.parent / "shared/data")))
    parser.add_argument("documents", nargs="*", default=DOCUMENTS)
    options = parser.parse_args()
    differ = False
    for name in options.documents:
        path = HERE / name
        text = path.read_text()
        for match in BLOCK.finditer(text):
            old, new = match.group(0), made(match, name, options)
            if new == old:
                continue
            differ = True
            lines = difflib.unified_diff(old.splitlines(), new.splitlines(), name, name, lineterm="", n=0)
            print("\n".join(lines), flush=True)
            text = text.replace(old, new, 1)
            if not options.check:
                path.write_text(text)
    sys.exit(1 if differ and options.check else 0)


if __name__ == "__main__":
    main()
