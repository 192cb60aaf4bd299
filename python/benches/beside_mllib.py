"""Trains and scores on Spark beside MLlib's own pipelines, in one session on this machine.

    python python/benches/beside_mllib.py news.jsonl.zst --label topic --split split

Test rows are those with ``test`` in the column ``--split``, or without one a fifth of the rows by
the hashes of their texts. Each pipeline is run in turn, A B A B …, `--runs` times over data frames
that are held in memory. The table has medians of wall time, the processor time of the driver and
all its workers and threads (Linux), and the accuracy on the test rows. MLlib's pipelines cut words
at all but letters and digits, count them in 2^18 hashed columns, and weigh them by their document
frequencies; ours counts n-grams of words 1-2.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pyspark.ml import Pipeline
from pyspark.ml.classification import LogisticRegression, NaiveBayes
from pyspark.ml.feature import IDF, HashingTF, RegexTokenizer, StringIndexer
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from standpoint.spark import fit, score


def session(cores: int) -> SparkSession:
    os.environ["PYSPARK_PYTHON"] = sys.executable
    settings = {
        "spark.driver.memory": "8g",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
    }
    builder = SparkSession.builder.master(f"local[{cores}]").config(map=settings)
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    return spark


def read(
    spark: SparkSession, args: argparse.Namespace, folder: Path
) -> tuple[DataFrame, DataFrame]:
    """Returns the rows to train on and those to test on."""
    path = args.corpus
    if path.suffix == ".zst":
        path = folder / path.stem
        with open(path, "wb") as file:
            subprocess.run(["zstd", "-dc", args.corpus], stdout=file, check=True)
    label, text = F.col(args.label), F.col("text")
    by_hash = F.pmod(F.xxhash64("text"), F.lit(5)) == 0
    is_test = F.col(args.split) == "test" if args.split else by_hash
    rows = spark.read.json(str(path)).where((label != "") & (F.trim(text) != ""))
    # Ids of the order of the file, of as many digits, so that they sort as the rows stand.
    number = F.format_string("%020d", F.monotonically_increasing_id())
    named = rows.select(text, label.alias("label"), is_test.alias("test"), number.alias("id"))
    frames = []
    for part in (~F.col("test"), F.col("test")):
        kept = named.where(part).drop("test").repartition(args.partitions, "id").cache()
        kept.count()
        frames.append(kept)
    return frames[0], frames[1]


def mllib(classifier: Any) -> Callable[[DataFrame, DataFrame], float]:
    def run(train: DataFrame, test: DataFrame) -> float:
        words = RegexTokenizer(inputCol="text", outputCol="words", pattern=r"[^\p{L}\p{N}]+")
        counts = HashingTF(inputCol="words", outputCol="counts", numFeatures=1 << 18)
        weights = IDF(inputCol="counts", outputCol="features", minDocFreq=2)
        labels = StringIndexer(inputCol="label", outputCol="number", handleInvalid="keep")
        model = Pipeline(stages=[words, counts, weights, labels, classifier]).fit(train)
        answered = model.transform(test)
        right = F.avg((F.col("number") == F.col("prediction")).cast("double"))
        return float(answered.select(right).head()[0])

    return run


def ours(**settings: Any) -> Callable[[DataFrame, DataFrame], float]:
    def run(train: DataFrame, test: DataFrame) -> float:
        model = fit(train, text="text", label="label", **settings).model
        answered = score(test, model, text="text", keep="label", prefix="predicted_")
        right = F.avg((F.col("label") == F.col("predicted_label")).cast("double"))
        return float(answered.select(right).head()[0])

    return run


def processor_seconds() -> float:
    """Returns the processor time of all processes of this one's group, ended ones included."""
    ticks = os.sysconf("SC_CLK_TCK")
    total = 0.0
    group = os.getpgrp()
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[2]) == group or int(fields[3]) == os.getsid(0):
            total += sum(int(field) for field in fields[11:15]) / ticks
    return total


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--label", default="label")
    parser.add_argument("--split", help="column that tells test rows")
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--partitions", type=int, default=8)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--without", default="", help="names of pipelines to leave out, by commas")
    args = parser.parse_args()
    spark = session(args.cores)
    with tempfile.TemporaryDirectory() as folder:
        train, test = read(spark, args, Path(folder))
        compare(args, train, test)
    spark.stop()


def compare(args: argparse.Namespace, train: DataFrame, test: DataFrame) -> None:
    columns = {"featuresCol": "features", "labelCol": "number"}
    pipelines = {
        "standpoint, preset fast": ours(preset="fast"),
        "MLlib, naive Bayes": mllib(NaiveBayes(**columns)),
        "MLlib, logistic regression": mllib(
            LogisticRegression(maxIter=20, regParam=0.01, **columns)
        ),
    }
    found: dict[str, list[tuple[float, float, float]]] = {name: [] for name in pipelines}
    for _ in range(args.runs):
        for name, run in pipelines.items():
            if name in args.without.split(","):
                continue
            wall, processor = time.perf_counter(), processor_seconds()
            accuracy = run(train, test)
            taken = time.perf_counter() - wall, processor_seconds() - processor
            found[name].append((*taken, accuracy))
            print(f"{name}: {taken[0]:.1f} s, {accuracy:.4f}", file=sys.stderr, flush=True)
    print(
        f"{train.count():,} training and {test.count():,} test rows, {args.partitions} partitions\n"
    )
    print("| pipeline | seconds | processor seconds | accuracy |")
    print("|---|---|---|---|")
    for name, runs in found.items():
        if runs:
            wall, processor, accuracy = (statistics.median(values) for values in zip(*runs))
            print(f"| {name} | {wall:.1f} | {processor:.1f} | {accuracy:.4f} |")


if __name__ == "__main__":
    main()
