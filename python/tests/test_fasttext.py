"""Models of fastText as models of the library."""

from __future__ import annotations

import pathlib
import struct
from typing import Any

import numpy as np
import pytest

from standpoint import FileError, Model, ModelError, from_fasttext


def written(words: list[str], labels: list[str], vectors: np.ndarray, loss: int = 3) -> bytes:
    """Returns the file of a model whose words and labels have these vectors."""
    dimensions = vectors.shape[1]
    numbers = (793712314, 12, dimensions, 5, 5, 1, 5, 1, loss, 3, 0, 0, 0, 100)
    parts = [struct.pack("<14id", *numbers, 1e-4)]
    parts.append(struct.pack("<3i2q", len(words) + len(labels), len(words), len(labels), 10, -1))
    for kind, texts in enumerate((words, labels)):
        parts += [text.encode() + b"\0" + struct.pack("<qb", 5, kind) for text in texts]
    for rows in (vectors[: len(words)], vectors[len(words) :]):
        parts += [struct.pack("<b2q", 0, *rows.shape), rows.astype("<f4").tobytes()]
    return b"".join(parts)


VECTORS = np.array([[0, 0], [4, 1], [-2, 3], [1, 0], [0, 1]], np.float32)
WORDS = ["</s>", "War", "talks"]
LABELS = ["__label__conflict", "__label__diplomacy"]


def test_decisions_are_those_of_the_mean_vector(tmp_path: pathlib.Path) -> None:
    (tmp_path / "a.bin").write_bytes(written(WORDS, LABELS, VECTORS))
    model = from_fasttext(tmp_path / "a.bin", head="topic", name="theirs")
    assert (model.name, model.heads[0].labels) == ("theirs", ["conflict", "diplomacy"])
    found = model.decision_function(["War War talks\nnew war", ""], head="topic")
    # A line of three known words and its end; unknown words count for nothing.
    expected = np.array([(2 * VECTORS[1] + VECTORS[2]) / 4, [0, 0]])
    assert np.allclose(found, expected, atol=1e-6)
    again = Model.from_bytes(model.to_bytes())
    assert (again.decision_function(["War"], head="topic") > 0).all()


def test_what_cannot_be_read_is_an_error(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(written(WORDS, LABELS, VECTORS, loss=1))
    with pytest.raises(ModelError, match="hierarchical softmax"):
        from_fasttext(path)
    path.write_bytes(written(WORDS, LABELS, VECTORS)[:-1])
    with pytest.raises(ModelError, match="damaged"):
        from_fasttext(path)
    with pytest.raises(FileError):
        from_fasttext(tmp_path / "missing.bin")


SETTINGS: dict[str, dict[str, Any]] = {
    "words": {},
    "ngrams": {"wordNgrams": 3, "bucket": 500},
    "characters": {"wordNgrams": 2, "bucket": 300, "minn": 2, "maxn": 4},
    "ova": {"loss": "ova", "wordNgrams": 2, "bucket": 400},
    "ns": {"loss": "ns"},
}


@pytest.mark.parametrize("setting", list(SETTINGS))
def test_scores_equal_those_of_fasttext(
    setting: str, texts: list[str], topics: list[str], tmp_path: pathlib.Path
) -> None:
    fasttext = pytest.importorskip("fasttext")
    lines = [f"__label__{topic} {text}\n" for text, topic in zip(texts, topics, strict=True)]
    (tmp_path / "train.txt").write_text("".join(lines), encoding="utf-8")
    theirs = fasttext.train_supervised(
        str(tmp_path / "train.txt"),
        dim=20,
        epoch=20,
        lr=0.5,
        thread=1,
        verbose=0,
        **SETTINGS[setting],
    )
    theirs.save_model(str(tmp_path / "theirs.bin"))
    ours = from_fasttext(tmp_path / "theirs.bin", head="topic")
    new = [
        *texts[:50],
        "Überfall – no such wörds 🙂",
        "a\tb\x0bc\x0c d\re\0f",
        "a </s> b",
        "__label__x b",
    ]
    hidden = np.array([theirs.get_sentence_vector(text) for text in new], np.float64)
    expected = hidden @ theirs.get_output_matrix().astype(np.float64).T
    labels = [label.removeprefix("__label__") for label in theirs.labels]
    assert ours.heads[0].labels == labels
    found = ours.decision_function(new, head="topic")
    assert np.abs(found - expected).max() <= 1e-5 * max(1.0, np.abs(expected).max())
