"""Models: scores, answers, matrices, explanations, files."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import standpoint
from standpoint import Model

TEXTS = [
    "Troops crossed the border and shelled two towns overnight.",
    "Der Stürmer schoss im Finale zwei Tore für München.",
    "",
]


@pytest.fixture(scope="module")
def model() -> Model:
    return Model.embedded()


def test_answers_follow_from_scores_and_thresholds(model: Model) -> None:
    answers, scores = model.predict(TEXTS), model.predict_proba(TEXTS)
    topic, stance = model.head("topic"), model.head("stance")
    best = scores["topic"].argmax(axis=1)
    assert list(answers["topic"]) == [topic.labels[at] for at in best]
    assert answers["topic"][0] == "conflict" and answers["topic"][1] == "sport"
    for row, answer in zip(scores["stance"], answers["stance"]):
        holds = row > np.array(stance.thresholds)
        assert answer == [label for label, held in zip(stance.labels, holds) if held]
    assert np.allclose(scores["topic"].sum(axis=1), 1)
    assert (model.predict(TEXTS, head="topic") == answers["topic"]).all()


def test_rows_of_scores_are_those_of_the_program(
    model: Model, program: Callable[..., str], tmp_path: Path
) -> None:
    path = tmp_path / "articles.jsonl"
    path.write_text(
        "".join(json.dumps({"id": i, "text": t}) + "\n" for i, t in enumerate(TEXTS[:2]))
    )
    expected = [
        json.loads(line) for line in program("score", path, "--json", "--why=3").splitlines()
    ]
    assert model.score(TEXTS[:2], why=3) == expected
    assert (
        model.score([json.loads(line) for line in path.read_text().splitlines()], why=3) == expected
    )


def test_explanations_are_those_of_the_program_with_places_of_characters(
    model: Model, program: Callable[..., str], tmp_path: Path
) -> None:
    path = tmp_path / "article.jsonl"
    path.write_text(json.dumps({"id": 0, "text": TEXTS[1]}) + "\n")
    expected = json.loads(program("explain", path, "--json"))
    found = model.explain(TEXTS[1])
    data = TEXTS[1].encode()
    for name, term in expected["terms"].items():
        places = found["terms"][name]["spans"]
        of_bytes = [data[start:end].decode() for start, end in term["spans"]]
        assert [TEXTS[1][start:end] for start, end in places] == of_bytes
        term["spans"] = places
    assert found == expected
    label = found["heads"]["topic"]["explanation"]["sport"]
    terms = sum(term["contribution"] for term in label["contributions"])
    total = label["bias"] + terms + label["rest"]["contribution"] + label["rounding"]
    assert total == pytest.approx(label["decision"], abs=1e-12)
    decisions = model.decision_function([TEXTS[1]], head="topic")[0]
    assert label["decision"] == decisions[model.head("topic").labels.index("sport")]


def test_a_model_is_its_bytes(model: Model, tmp_path: Path) -> None:
    path = tmp_path / "news.model"
    model.save(path)
    again = [
        Model.load(path),
        Model.from_bytes(model.to_bytes()),
        pickle.loads(pickle.dumps(model)),
    ]
    decisions = model.decision_function(TEXTS)
    for other in again:
        assert other.hash == model.hash
        for head, values in other.decision_function(TEXTS).items():
            assert (values == decisions[head]).all()
    with pytest.raises(standpoint.UsageError, match="pass `force`"):
        model.save(path)
    model.save(path, force=True)


def test_features_times_weights_are_the_decisions(model: Model, tmp_path: Path) -> None:
    model.export(tmp_path / "weights.npz")
    weights = np.load(tmp_path / "weights.npz")
    values = model.transform(TEXTS) @ weights["topic.weights"] + weights["topic.bias"]
    assert np.allclose(values, model.decision_function(TEXTS, head="topic"), atol=1e-5)


def test_weights_go_to_liblinear_and_come_back(
    rows: list[dict[str, Any]], texts: list[str], tmp_path: Path
) -> None:
    path = tmp_path / "topic.liblinear"
    model = standpoint.train(rows, label="topic", classifier="svm").model
    model.export(path)
    again = model.with_liblinear(path)
    decisions = model.decision_function(texts, head="topic")
    assert np.allclose(again.decision_function(texts, head="topic"), decisions, atol=1e-6)
    with pytest.raises(standpoint.UsageError, match="has several"):
        Model.embedded().export(tmp_path / "none.liblinear")
    with pytest.raises(standpoint.UsageError, match="ends in .liblinear"):
        model.export(tmp_path / "none.npz", head="topic")
    with pytest.raises(standpoint.UsageError, match="does not tell the format"):
        model.export(tmp_path / "none.txt")
    with pytest.raises(standpoint.FileError):
        model.with_liblinear(tmp_path / "missing")


def test_a_model_describes_itself(model: Model) -> None:
    assert model.inspect(terms=3)["terms"] > 1000
    assert model.labels["topic"] == model.head("topic").labels
    assert set(model.thresholds) == {"stance"} == set(model.thresholds)
    assert model.metadata["name"] == model.name
    assert "heads" in model.card() and "topic" in repr(model)
    assert model.head("topic").gives_probabilities


def test_threads_change_no_score(model: Model) -> None:
    scores = model.predict_proba(TEXTS * 50, head="topic")
    try:
        standpoint.set_threads(1)
        assert standpoint.threads() == 1
        assert (model.predict_proba(TEXTS * 50, head="topic") == scores).all()
    finally:
        standpoint.set_threads(None)


def test_a_forked_child_scores(model: Model) -> None:
    import multiprocessing

    if "fork" not in multiprocessing.get_all_start_methods():
        pytest.skip("the system does not fork")
    expected: Any = list(model.predict(TEXTS, head="topic"))
    with multiprocessing.get_context("fork").Pool(1) as pool:
        job = pool.apply_async(_answers, (model.to_bytes(),))
        assert job.get(timeout=60) == expected


def _answers(data: bytes) -> Any:
    return list(Model.from_bytes(data).predict(TEXTS, head="topic"))
