"""Models of scikit-learn as models of the library."""

from __future__ import annotations

import pickle
import warnings
from typing import Any

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression, RidgeClassifier, SGDClassifier
from sklearn.multiclass import OneVsRestClassifier
from sklearn.naive_bayes import ComplementNB, MultinomialNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MultiLabelBinarizer
from sklearn.svm import LinearSVC

from standpoint import Model, StandpointWarning, UsageError, from_sklearn

CLASSIFIERS = [
    LinearSVC(),
    LogisticRegression(C=10),
    SGDClassifier(random_state=0),
    RidgeClassifier(),
    MultinomialNB(alpha=0.1),
    ComplementNB(alpha=0.1),
    OneVsRestClassifier(LinearSVC()),
]
VECTORIZERS: dict[str, list[Any]] = {
    "tfidf": [TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2)],
    "counts": [CountVectorizer(binary=True, stop_words=["the", "of"])],
    "both": [CountVectorizer(ngram_range=(2, 2)), TfidfTransformer(norm="l1", smooth_idf=False)],
    "characters": [TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), max_features=500)],
}


@pytest.mark.parametrize("vectorizer", list(VECTORIZERS))
@pytest.mark.parametrize("classifier", CLASSIFIERS, ids=lambda c: type(c).__name__)
@pytest.mark.parametrize("classes", [2, 3])
def test_scores_equal_those_of_scikit_learn(
    classifier: Any, vectorizer: str, classes: int, texts: list[str], topics: list[str]
) -> None:
    labels = topics if classes == 3 else [str(topic == "sport") for topic in topics]
    pipeline = make_pipeline(*VECTORIZERS[vectorizer], classifier).fit(texts, labels)
    with warnings.catch_warnings():
        warnings.simplefilter("error", StandpointWarning)
        model = from_sklearn(pipeline, head="topic", name="ours")
    new = [*texts[:50], "officials condemned the strike", "", "an unseen word"]
    assert (model.predict(new, head="topic") == pipeline.predict(new)).all()
    scale = max(1.0, np.abs(model.decision_function(new, head="topic")).max())
    if hasattr(pipeline, "predict_proba") and model.head("topic").gives_probabilities:
        found, expected = model.predict_proba(new, head="topic"), pipeline.predict_proba(new)
    else:
        found = model.decision_function(new, head="topic")
        expected = pipeline.decision_function(new)
        found = found[:, 1] if classes == 2 else found
    assert np.abs(found - expected).max() <= 1e-5 * scale
    again = pickle.loads(pickle.dumps(model))
    assert (again.predict(new, head="topic") == model.predict(new, head="topic")).all()
    assert model.name == "ours" and "scikit-learn" in model.metadata["written_by"]


def test_several_labels_a_text(texts: list[str], rows: list[dict[str, Any]]) -> None:
    binarizer = MultiLabelBinarizer()
    answers = binarizer.fit_transform([row["stance"] for row in rows])
    vectorizer = TfidfVectorizer().fit(texts)
    for classifier in (LogisticRegression(), LinearSVC(), SGDClassifier(loss="log_loss")):
        several = OneVsRestClassifier(classifier).fit(vectorizer.transform(texts), answers)
        several.classes_ = binarizer.classes_
        model = from_sklearn(vectorizer, several)
        assert isinstance(model, Model) and model.heads[0].kind == "independent"
        rows_of = vectorizer.transform(texts)
        expected = several.decision_function(rows_of)
        assert np.allclose(model.decision_function(texts, head="label"), expected, atol=1e-5)
        held = binarizer.inverse_transform(several.predict(rows_of))
        assert [tuple(answer) for answer in model.predict(texts, head="label")] == held


def test_terms_that_are_cut_otherwise_are_a_warning(topics: list[str]) -> None:
    texts = [f"about 3.50 or don't {topic}" for topic in topics]
    pipeline = make_pipeline(TfidfVectorizer(), LinearSVC()).fit(texts, topics)
    with pytest.warns(StandpointWarning, match="terms are cut otherwise here, such as"):
        from_sklearn(
            make_pipeline(TfidfVectorizer(ngram_range=(1, 2)), LinearSVC()).fit(
                [f"snake_case {topic}" for topic in topics], topics
            )
        )
    assert pipeline is not None


@pytest.mark.parametrize(
    ("steps", "reason"),
    [
        ([TfidfVectorizer(lowercase=False), LinearSVC()], "compared in lower case"),
        ([TfidfVectorizer(tokenizer=str.split), LinearSVC()], "without Python"),
        ([TfidfVectorizer(token_pattern=r"\w{3,}"), LinearSVC()], "rules of its own"),
        ([TfidfVectorizer(analyzer="char"), LinearSVC()], "inside words"),
        ([TfidfVectorizer(stop_words=["the"], ngram_range=(1, 2)), LinearSVC()], "other ones"),
        ([TfidfVectorizer(), RandomForestClassifier(2)], "no counterpart"),
        ([TfidfVectorizer(), SGDClassifier(loss="log_loss")], "by their sum"),
        ([TfidfVectorizer(), OneVsRestClassifier(LogisticRegression())], "by their sum"),
        ([TfidfVectorizer(), OneVsRestClassifier(MultinomialNB())], "no counterpart"),
        ([TfidfTransformer(), LinearSVC()], "give TfidfVectorizer"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
@pytest.mark.filterwarnings("ignore")
def test_what_has_no_counterpart_is_refused_with_the_reason(
    steps: list[Any], reason: str, texts: list[str], topics: list[str]
) -> None:
    data: Any = np.eye(len(topics)) if "Transformer" in type(steps[0]).__name__ else texts
    pipeline = make_pipeline(*steps).fit(data, topics)
    with pytest.raises(UsageError, match=reason):
        from_sklearn(pipeline)
