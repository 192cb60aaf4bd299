#!/usr/bin/env python3
"""Standpoint beside scikit-learn, fastText, Vowpal Wabbit and model2vec on the same texts, in turn; see README.md.

    beside_peers.py PREFIX_TRAIN PREFIX_TEST [--runs 5] [--only fit,score] [--json FILE]

PREFIX.tsv has lines of `label TAB text`, PREFIX.jsonl the same as `id`, `label`, `text`, PREFIX.ft as fastText lines.
Every measurement is a process of its own. Each pair is measured A B A B ...; the table has the medians, and median,
least and most of the ratios pair by pair. Times are processor time of one thread; with
`--threads` of several, wall times of both sides, the peers having one thread.
"""
import argparse
import functools
import json
import os
import pathlib
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time

import more_peers

ROOT = pathlib.Path(__file__).resolve().parent.parent
SHAPES = {"w1": {}, "w12": {"ngram_range": (1, 2)}, "c35": {"analyzer": "char_wb", "ngram_range": (3, 5)}}
# The peer's characters run across punctuation ("word,") and ours do not, so it makes more n-grams of the same text.
# With everything but letters and digits blanked beforehand, outside of the time, both do the same work.
SHAPES["c35-blanked"] = SHAPES["c35"]
# Both take terms of at least two documents, but words of one letter and whole hyphenated words count only here.
TERMS_APART = {"w1": 0.15, "w12": 0.15, "c35-blanked": 0.15, "c35": None}
STORED_APART = 0.3
ACCURACY_APART = 0.03
# Another kind of model; only one that has learnt nothing is refused.
FASTTEXT_APART = 0.5
ONE_THREAD = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS")}


# The peer's side: run in a process of its own, prints one JSON line.

def load(path):
    labels, texts = [], []
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            label, text = line.rstrip("\n").split("\t", 1)
            labels.append(label)
            texts.append(text)
    return texts, labels


def megabytes(texts):
    return sum(len(text.encode()) for text in texts) / 1e6


def timed(work):
    wall, cpu = time.perf_counter(), time.process_time()
    made = work()
    return made, {"seconds": time.perf_counter() - wall, "cpu_seconds": time.process_time() - cpu}


def peak():
    """The most memory of this process in MB; not that of whoever started it, as ru_maxrss may be."""
    try:
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmHWM"))
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def peer_features(step, ngrams, path, _model):
    from sklearn.feature_extraction.text import HashingVectorizer, TfidfVectorizer
    texts, _ = load(path)
    size = megabytes(texts)
    if ngrams == "c35-blanked":
        texts = [re.sub(r"[\W_]+", " ", text) for text in texts]
    if step == "hashing":
        vectorizer = HashingVectorizer(**SHAPES[ngrams])
        rows, took = timed(lambda: vectorizer.transform(texts))
    else:
        vectorizer = TfidfVectorizer(sublinear_tf=True, min_df=2, **SHAPES[ngrams])
        rows, took = timed(lambda: vectorizer.fit_transform(texts))
    if step == "transform":
        rows, took = timed(lambda: vectorizer.transform(texts))
    return {**took, "MB": size, "documents": rows.shape[0], "terms": rows.shape[1], "stored": int(rows.nnz)}


def peer_train(_step, ngrams, path, model):
    import joblib
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.pipeline import make_pipeline
    from sklearn.svm import LinearSVC
    texts, labels = load(path)
    pipeline = make_pipeline(TfidfVectorizer(sublinear_tf=True, min_df=2, **SHAPES[ngrams]), LinearSVC())
    _, took = timed(lambda: pipeline.fit(texts, labels))
    joblib.dump(pipeline, model)
    return took


def peer_score(_step, _ngrams, path, model):
    import joblib
    pipeline = joblib.load(model)
    texts, labels = load(path)
    found, took = timed(lambda: pipeline.predict(texts))
    return {**took, "MB": megabytes(texts), "documents": len(texts), "hits": sum(f == l for f, l in zip(found, labels))}


def peer_latency(_step, _ngrams, path, model):
    import joblib
    pipeline = joblib.load(model)
    chosen = [text for text in load(path)[0] if 2500 <= len(text.encode()) <= 3500]
    for text in chosen[:100]:
        pipeline.predict([text])
    took = sorted(timed(lambda text=text: pipeline.predict([text]))[1]["seconds"] * 1e6 for text in chosen)
    at = lambda share: took[int((len(took) - 1) * share)]
    return {"texts": len(took), "p50_us": at(0.5), "p99_us": at(0.99)}


def peer_model2vec(_step, _ngrams, path, model):
    return more_peers.model2vec_labels(model, path, timed)


PEER = {"fit_transform": peer_features, "transform": peer_features, "hashing": peer_features,
        "train": peer_train, "score": peer_score, "latency": peer_latency, "model2vec": peer_model2vec}


def peer(step, ngrams, path, model=None):
    """Calls the function above in a process of its own."""
    command = [sys.executable, __file__, "--peer", step, ngrams, path] + ([model] if model else [])
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **ONE_THREAD})
    return parsed(command, done)


def parsed(command, done):
    if done.returncode != 0:
        sys.exit(f"failed: {' '.join(command)}\n{done.stderr}")
    return json.loads(done.stdout)


# Our side, and programs as wholes.

def built(bench="measure", root=ROOT):
    """A bench, built by cargo."""
    command = ["cargo", "bench", "--bench", bench, "--no-run", "--message-format=json"]
    done = subprocess.run(command, cwd=root, stdout=subprocess.PIPE, text=True, check=True)
    messages = (json.loads(line) for line in done.stdout.splitlines() if line.startswith("{"))
    return next(m["executable"] for m in messages if m.get("executable") and m["target"]["name"] == bench)


def measured(program, step, ngrams, threads, source, *more):
    command = [program, step, ngrams, str(threads), source, *more]
    return parsed(command, subprocess.run(command, capture_output=True, text=True))


def processor(command, output=os.devnull):
    """Processor seconds of a whole process, its output in a file."""
    with open(output, "wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"failed: {' '.join(command)}")
    return usage.ru_utime + usage.ru_stime


def net(command, source, empty, output):
    """Processor seconds of a command on `source`, less those on an empty file."""
    loading = processor([part.replace("SOURCE", empty) for part in command])
    return processor([part.replace("SOURCE", source) for part in command], output) - loading


# Pairs and their table.

class Table:
    """Rows of pairs, measured in turn."""

    def __init__(self, runs):
        self.runs, self.rows, self.checks = runs, [], []

    def pair(self, name, unit, ours, theirs, better="more"):
        """`ours` and `theirs` give one number each; the ratio is above 1 where ours is better."""
        pairs = [(ours(), theirs()) for _ in range(self.runs)]
        ratios = [o / t if better == "more" else t / o for o, t in pairs]
        first, second = zip(*pairs)
        self.rows.append({"work": name, "unit": unit, "ours": statistics.median(first), "theirs": statistics.median(second),
                          "ratio": statistics.median(ratios), "least": min(ratios), "most": max(ratios), "pairs": pairs})
        print(line(self.rows[-1]), flush=True)

    def check(self, what, ours, theirs, apart):
        """Both must have done the work; `apart` is how far a part of theirs ours may lie from it."""
        same = abs(ours - theirs) <= apart * theirs
        self.checks.append({"what": what, "ours": ours, "theirs": theirs, "good": same})
        if not same:
            print(f"!! {what}: {ours} here, {theirs} there", file=sys.stderr)


HEADER = "| work | unit | first | second | ratio | least to most |\n|---|---|---|---|---|---|"


def line(row):
    return (f"| {row['work']} | {row['unit']} | {row['ours']:.4g} | {row['theirs']:.4g} | {row['ratio']:.2f} "
            f"| {row['least']:.2f} to {row['most']:.2f} |")


class Sides:
    """The two sides on the files of one run; remembers what was last done, for the checks."""

    def __init__(self, a, folder):
        self.a, self.folder, self.last = a, folder, {}
        self.train, self.test = f"{a.train}.tsv", f"{a.test}.tsv"

    @functools.cached_property
    def program(self):
        """The bench `measure`, built when it is first needed: some comparisons are of programs alone."""
        return self.a.measure or built()

    def ours(self, step, ngrams, source, *more, threads=None, key=None):
        """Processor time of one thread, or wall time of several."""
        threads = self.a.threads if threads is None else threads
        key = key or ("cpu_MB_s" if threads == 1 else "MB_s")
        def run():
            self.last["ours"] = measured(self.program, step, ngrams, threads, source, *more)
            return self.last["ours"][key]
        return run

    def theirs(self, step, ngrams, source, *more, key="cpu_MB_s"):
        def run():
            found = self.last["theirs"] = peer(step, ngrams, source, *more)
            if "MB" in found:
                found["cpu_MB_s"] = found["MB"] / found["cpu_seconds"]
            return found[key]
        return run

    def one_thread(self, step, ngrams, source, *more):
        """Our own step on one thread, in the place of a peer."""
        def run():
            self.last["theirs"] = measured(self.program, step, ngrams, 1, source, *more)
            return self.last["theirs"]["MB_s"]
        return run

    def model(self, ngrams):
        """Our model of these n-grams, trained by the program."""
        path = f"{self.folder}/{ngrams}.model"
        if not os.path.exists(path):
            words = {"w1": "1-1", "w12": "1-2"}[ngrams]
            subprocess.run([self.a.standpoint, "train", f"{self.a.train}.jsonl", "--label", "label", "--language", "en",
                            "--no-stem", "--word-ngrams", words, "-o", path],
                           check=True, stderr=subprocess.DEVNULL)
        return path

    def peer_model(self, ngrams):
        if ngrams == "w12" and self.a.sklearn_model:
            return self.a.sklearn_model
        path = f"{self.folder}/{ngrams}.joblib"
        if not os.path.exists(path):
            peer("train", ngrams, self.train, path)
        return path

    def fasttext_model(self, ngrams):
        path = f"{self.folder}/{ngrams}.fasttext"
        if not os.path.exists(path + ".bin"):
            subprocess.run(["fasttext", "supervised", "-input", f"{self.a.train}.ft", "-output", path, "-wordNgrams",
                            "2" if ngrams == "w12" else "1", *self.a.fasttext_args.split()], check=True, capture_output=True)
        return path + ".bin"


def features(sides, table):
    for step in sides.a.steps.split(","):
        for ngrams in sides.a.ngrams.split(","):
            ours = sides.ours(step, ngrams.removesuffix("-blanked"), sides.train)
            table.pair(f"{step} {ngrams}, beside scikit-learn", "MB/s", ours,
                       sides.theirs(step, ngrams, sides.train))
            check_features(sides, table, f"{step} {ngrams}", TERMS_APART[ngrams])


def hashing(sides, table):
    table.pair("hashing w12, beside scikit-learn", "MB/s", sides.ours("hashing", "w12", sides.train),
               sides.theirs("hashing", "w12", sides.train))
    check_features(sides, table, "hashing w12", 0)


def check_features(sides, table, what, apart):
    ours, theirs = sides.last["ours"], sides.last["theirs"]
    table.check(f"{what}: rows", ours["documents"], theirs["documents"], 0)
    if apart is not None:
        table.check(f"{what}: terms", ours["terms"], theirs["terms"], apart)
    table.check(f"{what}: stored values", ours["stored"], theirs["stored"], STORED_APART)


def score(sides, table):
    for ngrams in ("w1", "w12"):
        ours = sides.ours("score", ngrams, sides.test, sides.model(ngrams))
        table.pair(f"text to label {ngrams}, beside scikit-learn", "MB/s", ours,
                   sides.theirs("score", ngrams, sides.test, sides.peer_model(ngrams)))
        accuracies = [side["hits"] / side["documents"] for side in (sides.last["ours"], sides.last["theirs"])]
        table.check(f"text to label {ngrams}: accuracy, scikit-learn", *accuracies, ACCURACY_APART)


def our_program(sides, ngrams):
    return [sides.a.standpoint, "score", "-m", sides.model(ngrams), "--format", "fasttext", "--threads", "1", "--top", "1",
            "--json", "SOURCE"]


def fasttext(sides, table):
    """Their time has reading and printing in it; so there is a row for our whole program, too."""
    empty, labels = f"{sides.folder}/empty.ft", f"{sides.folder}/labels"
    source = f"{sides.a.test}.ft"
    open(empty, "w").close()
    bytes_ = os.path.getsize(source) / 1e6
    for ngrams in ("w1", "w12"):
        command = ["fasttext", "predict", sides.fasttext_model(ngrams), "SOURCE"]
        theirs = lambda: bytes_ / net(command, source, empty, labels)
        table.pair(f"text to label {ngrams}, in process beside fastText", "MB/s",
                   sides.ours("score", ngrams, sides.test, sides.model(ngrams)), theirs)
        program = our_program(sides, ngrams)
        table.pair(f"text to label {ngrams}, program beside fastText", "MB/s",
                   lambda: bytes_ / net(program, source, empty, f"{sides.folder}/scores"), theirs)
        check_fasttext(sides, table, ngrams, source, labels)


def check_fasttext(sides, table, ngrams, source, labels):
    check_program(sides, table, f"text to label {ngrams}", "fastText", source, open(labels, encoding="utf-8").read().split())


def check_program(sides, table, what, peer_name, source, found):
    """Rows and accuracy of our program's scores, and of the labels that a peer found."""
    right = more_peers.labelled(source)[0]
    scored = [json.loads(row) for row in open(f"{sides.folder}/scores", encoding="utf-8")]
    table.check(f"{what}: rows, {peer_name}", len(scored), len(found), 0)
    ours = [next(iter(row["heads"].values()))["label"] for row in scored]
    plain = [label.removeprefix("__label__") for label in right]
    accuracies = [sum(map(str.__eq__, a, b)) / len(b) for a, b in ((ours, plain), (found, right))]
    table.check(f"{what}: accuracy, {peer_name}", *accuracies, FASTTEXT_APART)


def vowpal_wabbit(sides, table):
    """Whole programs, as with fastText; its threads read and learn, so processor time is that of both."""
    ours, empty, rows, labels = (f"{sides.folder}/{name}" for name in ("empty.ft", "empty.vw", "test.vw", "numbers"))
    source = f"{sides.a.test}.ft"
    for path in (ours, empty):
        open(path, "w").close()
    bytes_ = os.path.getsize(source) / 1e6
    for ngrams in ("w1", "w12"):
        model = f"{sides.folder}/{ngrams}.vw"
        names = more_peers.vowpal_wabbit_model(f"{sides.a.train}.ft", model, ngrams)
        more_peers.write_rows(source, rows, names)
        command = more_peers.vowpal_wabbit_command(model)
        table.pair(f"text to label {ngrams}, program beside Vowpal Wabbit", "MB/s",
                   lambda: bytes_ / net(our_program(sides, ngrams), source, ours, f"{sides.folder}/scores"),
                   lambda: bytes_ / net(command, rows, empty, labels))
        found = [names[int(float(number)) - 1] for number in open(labels, encoding="utf-8").read().split()]
        check_program(sides, table, f"text to label {ngrams}", "Vowpal Wabbit", source, found)


def model2vec(sides, table):
    model, source = f"{sides.folder}/model2vec", f"{sides.a.test}.ft"
    more_peers.model2vec_model(f"{sides.a.train}.ft", model)
    table.pair("text to label w1, beside model2vec and logistic regression", "MB/s",
               sides.ours("score", "w1", sides.test, sides.model("w1")), sides.theirs("model2vec", "w1", source, model))
    both = [sides.last[side] for side in ("ours", "theirs")]
    table.check("text to label w1: rows, model2vec", *(side["documents"] for side in both), 0)
    accuracies = [side["hits"] / side["documents"] for side in both]
    table.check("text to label w1: accuracy, model2vec", *accuracies, FASTTEXT_APART)


def latency(sides, table):
    for quantile in ("p50_us", "p99_us"):
        table.pair(f"one text of 2.5 to 3.5 kB, {quantile[:3]}, beside scikit-learn", "µs",
                   sides.ours("latency", "w12", sides.test, sides.model("w12"), key=quantile),
                   sides.theirs("latency", "w12", sides.test, sides.peer_model("w12"), key=quantile), better="less")
    table.check("one text: how many", sides.last["ours"]["texts"], sides.last["theirs"]["texts"], 0)


def threads(sides, table):
    model = sides.model("w12")
    for step, source, more in (("bound", sides.train, ()), ("fit_transform", sides.train, ()), ("transform", sides.train, ()),
                               ("hashing", sides.train, ()), ("score", sides.test, (model,))):
        two = sides.ours(step, "w12", source, *more, threads=2, key="MB_s")
        one = sides.one_thread(step, "w12", source, *more)
        table.pair(f"{step} w12, two threads beside one", "MB/s", two, one)
        sums = [int(sides.last[side]["checksum"], 16) for side in ("ours", "theirs")]
        table.check(f"{step} w12: checksum on two threads and one", *sums, 0)


def bound(sides, table):
    for ngrams in ("w1", "w12"):
        table.pair(f"score {ngrams}, beside the bound", "MB/s", sides.ours("score", ngrams, sides.test, sides.model(ngrams)),
                   sides.ours("bound", ngrams, sides.test))


def memory(sides, table):
    table.pair("fit_transform w12, peak memory with the texts, beside scikit-learn", "MB",
               sides.ours("fit_transform", "w12", sides.train, key="peak_MB"),
               sides.theirs("fit_transform", "w12", sides.train, key="peak_MB"), better="less")
    table.pair("fit w12, peak memory with the texts, beside scikit-learn's fit_transform", "MB",
               sides.ours("fit", "w12", sides.train, key="peak_MB"),
               sides.theirs("fit_transform", "w12", sides.train, key="peak_MB"), better="less")


QUESTIONS = {"features": features, "hashing": hashing, "score": score, "fasttext": fasttext,
             "vowpal-wabbit": vowpal_wabbit, "model2vec": model2vec, "latency": latency,
             "threads": threads, "bound": bound, "memory": memory}


def arguments():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("train")
    p.add_argument("test")
    p.add_argument("--runs", type=int, default=5)
    p.add_argument("--threads", type=int, default=1, help="of our side; with more than one, wall times are compared")
    p.add_argument("--ngrams", default="w1,w12,c35,c35-blanked", help="of the question `features`")
    p.add_argument("--steps", default="fit_transform,transform", help="of the question `features`")
    p.add_argument("--only", default=",".join(QUESTIONS), help="of " + ", ".join(QUESTIONS))
    p.add_argument("--json", help="write all figures here, too")
    p.add_argument("--measure", help="the bench `measure` [default: built by cargo]")
    p.add_argument("--standpoint", default=str(ROOT / "target/release/standpoint"))
    p.add_argument("--sklearn-model", help="a pipeline of w12 saved by joblib [default: trained here]")
    p.add_argument("--fasttext-args", default="-lr 1.0 -epoch 25 -thread 2")
    return p.parse_args()


def compare(a):
    table = Table(a.runs)
    print(HEADER)
    with tempfile.TemporaryDirectory() as folder:
        sides = Sides(a, folder)
        for question in a.only.split(","):
            QUESTIONS[question](sides, table)
    bad = [check for check in table.checks if not check["good"]]
    print(f"\n{a.runs} pairs each; {len(table.checks) - len(bad)} of {len(table.checks)} checks of the work are good.")
    if a.json:
        pathlib.Path(a.json).write_text(json.dumps({"rows": table.rows, "checks": table.checks}, indent=1) + "\n")
    return 1 if bad else 0


def main():
    if sys.argv[1:2] == ["--peer"]:
        step, ngrams, path, *model = sys.argv[2:]
        found = PEER[step](step, ngrams, path, model[0] if model else None)
        print(json.dumps({**found, "peak_MB": peak()}))
        return 0
    return compare(arguments())


if __name__ == "__main__":
    sys.exit(main())
