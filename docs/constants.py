#!/usr/bin/env python3
"""Writes the tables of classifiers' constants in docs/accuracy.md.

    docs/constants.py --data FOLDER --program PATH [--only TEXT] [--results FILE] [--table constants|corpora]

Prepares the small corpora of docs/nbsvm.py, at most 2,000 training and 2,000 test rows of each (4,000 where folds are
tested), and runs `standpoint compare` on each: every classifier with a grid of the constant that matters most to it, on
words 1-2. The gap of a setting on a corpus is its macro-F1 less that of the same classifier's best setting there.
Results are kept in FILE, a corpus a line, and corpora that stand there are not measured again, unless the program is
younger. Python's standard library and zstd are all that is needed.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from nbsvm import CORPORA, mean, spread  # noqa: E402

MOST = 2000
# Small corpora, on which constants tell most.
NAMES = ["R8", "Ohsumed, 23 labels", "SIB-200, eng", "SIB-200, deu", "UN sentences, en", "CAMEO sentences",
         "GermEval 2018, coarse", "SATP", "InsightCrime", "India police events"]
# By name: the key of the constant in options, and its values.
GRID = {
    "nb": ("alpha", [1, 0.3, 0.1, 0.03, 0.01]),
    "cnb": ("alpha", [1, 0.3, 0.1, 0.03]),
    "bnb": ("alpha", [1, 0.1, 0.01]),
    "lr": ("c", [1, 3, 10, 30, 100]),
    "svm": ("c", [0.1, 0.3, 1, 3]),
    "nbsvm": ("c", [0.1, 0.3, 1]),
    "ridge": ("alpha", [3, 1, 0.3]),
}
# The keys of classifiers in files of options.
KEYS = {"nb": "multinomial_nb", "cnb": "complement_nb", "bnb": "bernoulli_nb", "lr": "logistic", "svm": "svm",
        "nbsvm": "nb_svm", "ridge": "ridge"}
# Words and pairs of words that are there or not.
BINARY = {
    "tokens": {"language": "auto", "hyphens": "both", "umlauts": "transcribe", "stem": True, "stop_words": "keep"},
    "word_ngrams": {"min": 1, "max": 2}, "char_ngrams": None, "compounds": True, "min_df": {"count": 2},
    "max_df": {"share": 1.0}, "max_features": None, "tf": "binary", "idf": "none", "norm": "none",
}
# Other constants of NB-SVM that are tried with each C.
RATIOS = [{"alpha": 1}, {"alpha": 0.1}, {"alpha": 0.1, "ratio_exponent": 0.6}]


def shown(name, constants):
    """A setting in words."""
    names = {"c": "C", "ratio_exponent": "exponent"}
    return f"{name} " + ", ".join(f"{names.get(key, key)} {value:g}" for key, value in constants.items())


def settings():
    """Name, classifier and constants of every setting."""
    for name, (key, values) in GRID.items():
        for value in values:
            for others in RATIOS if name == "nbsvm" else [{}]:
                constants = {**others, key: value}
                yield shown(name, constants), name, constants


TRAIN = {"nb": "nb alpha 1", "cnb": "cnb alpha 1", "bnb": "bnb alpha 1", "lr": "lr C 1", "svm": "svm C 1",
         "nbsvm": "nbsvm alpha 1, C 1", "ridge": "ridge alpha 1"}
COMPARE = TRAIN | {"nb": "nb alpha 0.01", "cnb": "cnb alpha 0.03", "bnb": "bnb alpha 0.1", "lr": "lr C 30",
                   "nbsvm": "nbsvm alpha 0.1, exponent 0.6, C 1", "ridge": "ridge alpha 0.3"}


def compared(program, corpus, folds, models):
    """The systems of a comparison."""
    first = json.loads(corpus.read_text(encoding="utf-8").split("\n", 1)[0])
    head = ["--labels", "labels"] if "labels" in first else ["--label", "label"]
    parts = ["--folds", str(max(folds, 2))] if folds else ["--test-where", "split=test"]
    command = [program, "compare", str(corpus), *head, *parts, "--models", ",".join(models), "--resamples", "0", "--json"]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}\n{done.stderr}")
    systems = json.loads(done.stdout)["splits"][0]["heads"][0]["systems"]
    return [system for system in systems if not system["baseline"]]


def measured(found, folds, program):
    """Returns macro-F1 and the number of labels that are never found, by setting."""
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        corpus = folder / "corpus.jsonl"
        corpus.write_text("".join(json.dumps(row) + "\n" for row in spread(found, MOST)), encoding="utf-8")
        files = {}
        for setting, name, constants in settings():
            path = folder / f"{len(files)}.json"
            path.write_text(json.dumps(options(name, constants)), encoding="utf-8")
            files[str(path)] = setting
        systems = compared(program, corpus, folds, files)
    return {files[system["name"]]: figures(system) for system in systems}


def options(name, constants):
    """Options of a training run that `compare` takes; Bernoulli naive Bayes has features that are there or not."""
    chosen = {"classifier": {KEYS[name]: constants}}
    return chosen | ({"features": BINARY} if name == "bnb" else {})


def figures(system):
    values = lambda name: [m["figure"]["value"] for m in system["measured"]["metrics"] if m["metric"] == name]
    return [values("macro_f1")[0], sum(recall == 0 for recall in values("recall"))]


def is_current(path, program):
    """Tells whether results are younger than the program; old ones are removed."""
    if path.exists() and path.stat().st_mtime < pathlib.Path(program).stat().st_mtime:
        path.unlink()
    return path.exists()


def results(options):
    known = {}
    if options.results and is_current(options.results, options.program):
        known = dict(json.loads(line) for line in options.results.read_text(encoding="utf-8").splitlines())
    wanted = [corpus for corpus in CORPORA if corpus[0] in NAMES and options.only in corpus[0]]
    for name, read, folds in wanted:
        if name not in known:
            known[name] = measured(read(options.data), folds, options.program)
            if options.results:
                with options.results.open("a", encoding="utf-8") as out:
                    out.write(json.dumps([name, known[name]]) + "\n")
    return {name: known[name] for name, _, _ in wanted}


def gaps(found, setting):
    """Gaps in points to the best setting of the same classifier, by corpus."""
    name = setting.split(" ")[0]
    best = lambda scores: max(f1 for other, (f1, _) in scores.items() if other.split(" ")[0] == name)
    return [100 * (scores[setting][0] - best(scores)) for scores in found.values()]


def constants_table(found):
    """Of each classifier the default of `train`, the constants of `compare`, and those with the best mean."""
    print("| classifier | constants | mean gap | worst | labels never found |\n|---|---|---|---|---|")
    for name in GRID:
        every = [setting for setting, other, _ in settings() if other == name]
        best = max(every, key=lambda setting: mean(gaps(found, setting)))
        for setting in filter({TRAIN[name], COMPARE[name], best}.__contains__, every):
            notes = "".join(f", {word}" for word, one in (("`train`", TRAIN), ("`compare`", COMPARE)) if one[name] == setting)
            gap = gaps(found, setting)
            lost = sum(scores[setting][1] for scores in found.values())
            print(f"| {name} | {setting.split(' ', 1)[1]}{notes} | {mean(gap):.1f} | {min(gap):.1f} | {lost} |")


def corpora_table(found):
    """Macro-F1 with the defaults of `train` and with the constants of `compare` on each corpus."""
    shown_names = ["nb", "lr", "svm", "nbsvm"]
    print("| corpus | " + " | ".join(shown_names) + " |\n|---" + "|---" * len(shown_names) + "|")
    for corpus, scores in found.items():
        pairs = [(scores[TRAIN[name]][0], scores[COMPARE[name]][0]) for name in shown_names]
        cells = [f"{old:.3f}" if old == new else f"{old:.3f} to {new:.3f}" for old, new in pairs]
        print(f"| {corpus} | " + " | ".join(cells) + " |")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=pathlib.Path, required=True)
    parser.add_argument("--program", required=True)
    parser.add_argument("--only", default="", metavar="TEXT", help="corpora whose names hold this text")
    parser.add_argument("--results", type=pathlib.Path)
    parser.add_argument("--table", choices=["constants", "corpora"], default="constants")
    options = parser.parse_args()
    {"constants": constants_table, "corpora": corpora_table}[options.table](results(options))


if __name__ == "__main__":
    main()
