"""Training on data frames of Spark and scores of them, in two worker processes on this machine."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from standpoint import Model, ModelError, UsageError, fit_merge, train

pytest.importorskip("pyspark")

import pyarrow as pa  # noqa: E402
from pyspark.sql import DataFrame, Row, SparkSession  # noqa: E402

from standpoint import _spark_fit as fitting  # noqa: E402
from standpoint import spark as doors  # noqa: E402
from standpoint.spark import fit, score  # noqa: E402

TEXTS = ["Troops shelled the town", "Ein spätes Tor im Finale 🏆", "", "Банк підвищив", "x"]


@pytest.fixture(scope="module")
def spark(has_spark: bool) -> Iterator[SparkSession]:
    if not has_spark:
        pytest.skip("there is no Java")
    os.environ["PYSPARK_PYTHON"] = sys.executable
    settings = {
        "spark.ui.enabled": "false",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.execution.arrow.maxRecordsPerBatch": "50",
    }
    session = SparkSession.builder.master("local[2]").config(map=settings).getOrCreate()
    yield session
    session.stop()


@pytest.fixture(scope="module")
def news(rows: list[dict[str, Any]]) -> Model:
    """A model of title and text with both kinds of heads."""
    columns = ["title", "text"]
    return train(rows, text=columns, label="topic", labels="stance", preset="fast").model


def frame(spark: SparkSession, texts: list[str | None], partitions: int = 1) -> DataFrame:
    numbered = [(number, text) for number, text in enumerate(texts)]
    # Slices of a list keep its order, unlike a shuffle.
    slices = spark.sparkContext.parallelize(numbered, partitions)
    return spark.createDataFrame(slices, "id long, text string")


def expected_rows(model: Model, texts: Any) -> list[dict[str, Any]]:
    """The columns that ``Model.score`` would fill."""
    made = []
    for scored in model.score(texts):
        row: dict[str, Any] = {}
        for name, head in scored["heads"].items():
            row[name] = head["label"] if "label" in head else head["labels"]
            row[f"{name}_scores"] = head["scores"]
        made.append(row | {"known_terms": scored["known_terms"]})
    return made


def plain(row: Row) -> dict[str, Any]:
    return dict(row.asDict(recursive=True))


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string()], ids=str)
def test_columns_are_joined_without_their_empty_cells(kind: pa.DataType) -> None:
    cells = [["a", "b", None], ["", "b", None], [None, "", "c"], [None, None, None], ["", None, ""]]
    columns = [pa.array(["cut", *column], kind)[1:] for column in zip(*cells)]
    assert doors._joined(columns).to_pylist() == ["a\nb", "b", "c", None, ""]
    assert doors._joined([column[:0] for column in columns]).to_pylist() == []


@pytest.mark.parametrize("partitions", [1, 3, 8])
def test_scores_are_those_of_the_model_to_the_last_bit(
    spark: SparkSession, texts: list[str], partitions: int
) -> None:
    model = Model.embedded()
    corpus = [*TEXTS, *texts]
    df = frame(spark, corpus, partitions)
    scored = score(df, model, text="text", keep="id", scores=True, known_terms=True).collect()
    expected = expected_rows(model, corpus)
    assert [row["id"] for row in scored] == list(range(len(corpus)))
    assert [plain(row) for row in scored] == [{"id": at} | row for at, row in enumerate(expected)]


def test_columns_of_the_model_are_joined_as_in_rows(
    spark: SparkSession, rows: list[dict[str, Any]], news: Model
) -> None:
    changed = [dict(row) for row in rows[:120]]
    changed[3]["title"] = None
    changed[70]["text"] = ""
    kept = [{name: row[name] for name in ("id", "title", "text")} for row in changed]
    df = spark.createDataFrame(kept, "id string, title string, text string").coalesce(1)
    scored = score(df, news, scores=True, known_terms=True).drop("title", "text").collect()
    expected = expected_rows(news, kept)
    for row, found, wanted in zip(kept, scored, expected):
        assert plain(found) == {"id": row["id"]} | wanted


def test_the_answers_are_those_of_predict(
    spark: SparkSession, texts: list[str], tmp_path: Path
) -> None:
    path = tmp_path / "news.model"
    Model.embedded().save(path)
    scored = score(frame(spark, texts, 3), path, text="text").toPandas()
    for head, answers in Model.embedded().predict(texts).items():
        found = [a if isinstance(a, str) else list(a) for a in scored[head]]
        assert found == list(answers)


def test_the_schema_has_the_kept_columns_and_then_those_of_each_head(
    spark: SparkSession, news: Model
) -> None:
    df = spark.createDataFrame([("a", "b", 1)], "title string, text string, year int")
    assert score(df, news).columns == ["title", "text", "year", "topic", "stance"]
    scored = score(df, news, keep=["year"], prefix="p_", scores=True, known_terms=True)
    assert [f"{f.name} {f.dataType.simpleString()}" for f in scored.schema] == [
        "year int",
        "p_topic string",
        "p_topic_scores struct<conflict:double,economy:double,sport:double>",
        "p_stance array<string>",
        "p_stance_scores struct<harsh:double,mild:double>",
        "p_known_terms bigint",
    ]
    assert score(df, news, keep=[]).columns == ["topic", "stance"]
    assert not any(field.nullable for field in scored.schema.fields[1:])
    assert scored.select("p_topic_scores.sport").first() is not None


def test_columns_of_every_type_pass_through(spark: SparkSession) -> None:
    kinds = (
        "`a.b` string, n int, big decimal(20, 3), day date, at timestamp, wall timestamp_ntz, "
        "raw binary, tags array<string>, map map<string, double>, s struct<x: int, y: string>"
    )
    now = datetime(2024, 2, 29, 12, 30, 1, 5)
    simple = ("Ein Tor", 3, Decimal("1.5"), date(2024, 2, 29), now, now, b"\x00\xff")
    data = [(*simple, ["a"], {"k": 1.5}, (1, "ä")), ("a", *[None] * 9)]
    df = spark.createDataFrame(data, kinds).coalesce(1)
    scored = score(df, Model.embedded(), text="a.b")
    assert scored.drop("topic", "stance").collect() == df.collect()
    assert scored.schema.fields[:10] == df.schema.fields


def test_two_kept_columns_may_have_one_name(spark: SparkSession) -> None:
    df = frame(spark, TEXTS).select("id", "id", "text")
    scored = score(df, Model.embedded(), text="text")
    assert scored.columns == ["id", "id", "text", "topic", "stance"]
    assert [row[1] for row in scored.collect()] == list(range(len(TEXTS)))


def test_large_types_of_arrow_are_read(spark: SparkSession, texts: list[str]) -> None:
    df = frame(spark, texts)
    expected = score(df, Model.embedded(), text="text", scores=True).collect()
    spark.conf.set("spark.sql.execution.arrow.useLargeVarTypes", "true")
    try:
        assert score(df, Model.embedded(), text="text", scores=True).collect() == expected
    finally:
        spark.conf.unset("spark.sql.execution.arrow.useLargeVarTypes")


def test_a_null_names_its_partition_and_row_or_is_empty(spark: SparkSession) -> None:
    corpus: list[str | None] = ["a text"] * 240
    corpus[120 + 77] = None
    df = frame(spark, corpus, 2)
    with pytest.raises(Exception, match=r"DataError: partition 1, row 77: is null[\s\S]*help: "):
        score(df, Model.embedded(), text="text").collect()
    found = score(
        df, Model.embedded(), text="text", nulls="empty", scores=True, known_terms=True
    ).collect()
    [wanted] = expected_rows(Model.embedded(), [""])
    assert len(found) == 240
    assert plain(found[197]) == {"id": 197, "text": None} | wanted


def test_a_row_lacks_text_if_all_of_its_columns_are_null(spark: SparkSession, news: Model) -> None:
    data = [("a", None), (None, "b"), (None, None)]
    df = spark.createDataFrame(data, "title string, text string").coalesce(1)
    with pytest.raises(Exception, match=r"partition 0, row 2: is null"):
        score(df, news).collect()
    found = score(df, news, keep=[], nulls="empty", scores=True, known_terms=True).collect()
    assert [plain(row) for row in found] == expected_rows(news, ["a", "b", ""])


def test_texts_that_are_not_utf8_name_their_row(spark: SparkSession) -> None:
    df = spark.sql("select string(x) as text from values (X'41'), (X'FFFE') as t(x)").coalesce(1)
    with pytest.raises(Exception, match=r"partition 0, row 1: is not UTF-8"):
        score(df, Model.embedded(), text="text").collect()


def test_empty_partitions_and_frames_have_no_rows(spark: SparkSession) -> None:
    few = frame(spark, ["a text", "b"], 8)
    assert [row["id"] for row in score(few, Model.embedded(), text="text").collect()] == [0, 1]
    assert few.rdd.getNumPartitions() == 8
    none = score(few.filter("id < 0"), Model.embedded(), text="text", scores=True, known_terms=True)
    assert none.collect() == []


def test_a_scored_frame_is_scored_by_another_model(spark: SparkSession, news: Model) -> None:
    data = [("Tor", "im Finale"), ("goal", "match")]
    df = spark.createDataFrame(data, "title string, text string").coalesce(1)
    once = score(df, news, prefix="a_", threads=2)
    both = score(once, Model.embedded(), text=["title", "text"], keep=["a_topic"]).collect()
    joined = ["Tor\nim Finale", "goal\nmatch"]
    assert [row["a_topic"] for row in both] == list(news.predict(joined, head="topic"))
    assert [row["topic"] for row in both] == list(Model.embedded().predict(joined, head="topic"))


def test_a_broken_model_is_refused_before_any_work(spark: SparkSession, tmp_path: Path) -> None:
    path = tmp_path / "broken.model"
    data = bytearray(Model.embedded().to_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(ModelError, match="broken.model"):
        score(frame(spark, ["a"]), path)


def test_what_cannot_be_scored_is_refused_with_a_remedy(spark: SparkSession, news: Model) -> None:
    df = frame(spark, ["a"])
    with pytest.raises(UsageError, match="no column `title`, it has id, text[\\s\\S]*`text`"):
        score(df, news)
    with pytest.raises(UsageError, match="no column `part`"):
        score(df, Model.embedded(), text="text", keep="part")
    with pytest.raises(UsageError, match="`id` is of type bigint, expected string"):
        score(df, Model.embedded(), text="id")
    with pytest.raises(UsageError, match="two columns `topic`[\\s\\S]*prefix"):
        score(df.withColumnRenamed("id", "Topic"), Model.embedded(), text="text")
    with pytest.raises(UsageError, match="2 columns `text`"):
        score(df.toDF("text", "text"), Model.embedded(), text="text")
    with pytest.raises(UsageError, match="no data frame of Spark"):
        score(pa.table({"text": ["a"]}), Model.embedded())  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="threads=0"):
        score(df, Model.embedded(), text="text", threads=0)
    with pytest.raises(UsageError, match="nulls='drop'"):
        score(df, Model.embedded(), text="text", nulls="drop")  # type: ignore[arg-type]


def test_a_model_that_decodes_html_wants_its_column_named(
    spark: SparkSession, rows: list[dict[str, Any]]
) -> None:
    model = train(rows, text="text", label="topic", preset="fast", decode_html=True).model
    df = frame(spark, ["a goal &amp; a match"])
    with pytest.raises(UsageError, match="decodes HTML[\\s\\S]*`text`"):
        score(df, model)
    assert score(df, model, text="text").count() == 1


def test_a_worker_without_the_package_says_so(tmp_path: Path) -> None:
    from pyspark import cloudpickle

    context = SimpleNamespace(broadcast=lambda data: SimpleNamespace(value=data))
    df: Any = SimpleNamespace(sparkSession=SimpleNamespace(sparkContext=context))
    plan = doors._Plan(0, [0], False, False, "error", 1)
    function = doors._worker(df, Model.embedded(), plan)
    path = tmp_path / "function"
    path.write_bytes(cloudpickle.dumps(function))
    program = (
        "import sys, pickle; sys.modules['standpoint'] = None; "
        "function = pickle.load(open(sys.argv[1], 'rb')); function(iter(()))"
    )
    ran = subprocess.run([sys.executable, "-c", program, path], capture_output=True, text=True)
    assert f"`standpoint` cannot be imported by {sys.executable}" in ran.stderr, ran.stderr
    assert "PYSPARK_PYTHON" in ran.stderr


def test_a_session_without_broadcast_is_refused() -> None:
    df: Any = SimpleNamespace(sparkSession=SimpleNamespace())
    with pytest.raises(UsageError, match="Spark Connect[\\s\\S]*classic"):
        doors._worker(df, Model.embedded(), doors._Plan(0, [0], False, False, "error", 1))


def test_a_worker_loads_a_model_once_and_keeps_few(monkeypatch: pytest.MonkeyPatch) -> None:
    class Data:
        reads = 0

        @property
        def value(self) -> bytes:
            self.reads += 1
            return Model.embedded().to_bytes()

    monkeypatch.setattr(doors, "_MODELS", {})
    data = Data()
    first = doors._kept_model("a", data)
    assert doors._kept_model("a", data) is first
    assert data.reads == 1
    for key in "bcda":
        doors._kept_model(key, data)
    doors._kept_model("e", data)
    assert list(doors._MODELS) == ["c", "d", "a", "e"]
    assert doors._kept_model("a", data) is first


def trained_frame(
    spark: SparkSession, rows: list[dict[str, Any]], partitions: int, turned: int = 0
) -> DataFrame:
    """The rows in some order, in so many partitions."""
    order = [(row["id"], row["title"], row["text"], row["topic"], row["stance"]) for row in rows]
    turned_rows = order[turned:] + order[:turned]
    slices = spark.sparkContext.parallelize(turned_rows, partitions)
    kinds = "id string, title string, text string, topic string, stance array<string>"
    return spark.createDataFrame(slices, kinds)


COLUMNS: dict[str, Any] = {"text": ["title", "text"], "label": "topic", "labels": "stance"}


@pytest.mark.parametrize(("partitions", "turned"), [(1, 0), (3, 100), (8, 7)])
def test_a_model_has_the_bytes_of_training_here(
    spark: SparkSession, rows: list[dict[str, Any]], partitions: int, turned: int
) -> None:
    df = trained_frame(spark, rows, partitions, turned)
    ordered = sorted(rows, key=lambda row: row["id"])
    for settings in ({"preset": "fast"}, {"language": "de", "char_ngrams": "3-4"}, {}):
        run = fit(df, **COLUMNS, **settings)
        expected = train(ordered, **COLUMNS, **settings)
        assert run.model.to_bytes() == expected.model.to_bytes(), settings
        assert run.options == expected.options


def test_parts_of_many_batches_train_the_same(
    rows: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    table = pa.Table.from_pylist(rows).select(["id", "title", "text", "topic", "stance"])
    share = fitting._Share(COLUMNS, False, {"language": "en"}, [], True, 1)
    monkeypatch.setattr(fitting, "_MOST_ROWS", 50)
    batches = list(fitting._found(iter(table.to_batches(20)), vars(share)))
    assert len(batches) == 9
    parts = [batch.column(0)[0].as_py() for batch in batches]
    run = fit_merge(parts, order="id", preset="fast")
    ordered = sorted(rows, key=lambda row: row["id"])
    expected = train(ordered, **COLUMNS, language="en", preset="fast")
    assert run.model.to_bytes() == expected.model.to_bytes()


def test_without_ids_the_order_is_that_of_contents(
    spark: SparkSession, rows: list[dict[str, Any]]
) -> None:
    models = []
    for partitions, turned in ((1, 0), (5, 33)):
        df = trained_frame(spark, rows, partitions, turned).drop("id")
        models.append(fit(df, **COLUMNS, preset="fast").model.to_bytes())
    assert models[0] == models[1]


def test_options_of_another_run_train_again(
    spark: SparkSession, rows: list[dict[str, Any]]
) -> None:
    df = trained_frame(spark, rows, 2)
    run = fit(df, **COLUMNS, umlauts="strip", language="de", classifier="nb")
    again = fit(df, **COLUMNS, options=run.options)
    assert again.model.to_bytes() == run.model.to_bytes()


def test_training_names_what_is_wrong(spark: SparkSession, rows: list[dict[str, Any]]) -> None:
    df = trained_frame(spark, rows, 3)
    with pytest.raises(UsageError, match="no column `body`"):
        fit(df, text="body", label="topic")
    with pytest.raises(UsageError, match="nothing to learn"):
        fit(df, text="text")
    with pytest.raises(UsageError, match="no data frame of Spark"):
        fit(rows, label="topic")  # type: ignore[arg-type]
    broken = df.selectExpr("id", "title", "text", "nullif(id, 'a200') is null as topic")
    unlabelled = broken.selectExpr("id", "text", "if(topic, null, 'x') as topic")
    with pytest.raises(Exception, match=r"partition 1 from row 0:\d+.*no label"):
        fit(unlabelled, text="text", label="topic", language="en")
