#!/usr/bin/env python3
"""Writes features.json and classifiers.json beside this script: what scikit-learn computes.

    python -m venv venv && venv/bin/pip install scikit-learn==1.9.1
    venv/bin/python tests/data/make_expected.py

Texts are built from a short word list; every word has two or more plain letters, so that
scikit-learn's token pattern and Standpoint's tokeniser find the same tokens. Everything is
seeded: a second run writes the same bytes.
"""
import json
import pathlib
import random

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.naive_bayes import BernoulliNB, ComplementNB, MultinomialNB
from sklearn.pipeline import FeatureUnion
from sklearn.svm import LinearSVC

HERE = pathlib.Path(__file__).parent
WORDS = "army talks border minister treaty goal match bank rates storm court police virus orbit film".split()


def texts(seed, count):
    rng = random.Random(seed)
    return [" ".join(rng.choice(WORDS) for _ in range(rng.randint(3, 12))) for _ in range(count)]


def rows(matrix):
    matrix = matrix.tocsr()
    matrix.sort_indices()
    return [[[int(c), float(v)] for c, v in zip(r.indices, r.data)] for r in matrix]


def features():
    fit, new = texts(1, 14), texts(2, 5) + ["unseen words only", ""]
    word = {"ngram_range": (1, 2)}
    char = {"analyzer": "char_wb", "ngram_range": (3, 5)}
    cases = {
        "words": {},
        "words_1_2_min_df": {**word, "min_df": 3},
        "words_max_df_share": {"max_df": 0.5},
        "sublinear": {**word, "sublinear_tf": True},
        "binary": {"binary": True},
        "plain_idf": {**word, "smooth_idf": False},
        "no_idf": {"use_idf": False},
        "norm_l1": {"norm": "l1"},
        "no_norm": {"norm": None, "sublinear_tf": True},
        "characters": char,
        "characters_2_min_df": {**char, "ngram_range": (2, 2), "min_df": 2},
    }
    out = {"fit": fit, "new": new, "cases": {}}
    for name, options in cases.items():
        v = TfidfVectorizer(**options)
        fitted = v.fit_transform(fit)
        out["cases"][name] = {"terms": list(v.get_feature_names_out()), "fit": rows(fitted), "new": rows(v.transform(new))}
    union = FeatureUnion([("w", TfidfVectorizer(**word)), ("c", TfidfVectorizer(**char))])
    fitted = union.fit_transform(fit)
    terms = [name.split("__", 1)[1] for name in union.get_feature_names_out()]
    out["cases"]["union"] = {"terms": terms, "fit": rows(fitted), "new": rows(union.transform(new))}
    return out


def classifiers():
    rng = np.random.default_rng(3)
    n, d, k = 60, 25, 4
    y = rng.integers(0, k, n)
    x = rng.random((n, d)) * (rng.random((n, d)) < 0.3)
    x[np.arange(n), y] += 0.7
    x = x.astype(np.float32).astype(np.float64)
    weights = rng.integers(0, 4, n).astype(float)
    several = np.stack([(y == label) | (rng.random(n) < 0.15) for label in range(k)], axis=1).astype(int)
    factors = [1.0, 2.0, 0.5, 3.0]
    by_label = dict(enumerate(factors))
    tight = {"tol": 1e-10, "max_iter": 100000}
    lr = lambda **o: LogisticRegression(**tight, **o)
    svm = lambda **o: LinearSVC(**tight, random_state=0, **o)
    out = {"x": x.tolist(), "y": y.tolist(), "several": several.tolist(), "weights": weights.tolist(),
           "class_weights": factors, "cases": {}}

    def exclusive(name, model, probability, **fit):
        model.fit(x, y, **fit)
        values = model.predict_proba(x) if probability else model.decision_function(x)
        out["cases"][name] = {"values": values.tolist(), "predicted": model.predict(x).tolist()}

    exclusive("multinomial_nb", MultinomialNB(alpha=0.5), True)
    exclusive("multinomial_nb_weighted", MultinomialNB(), True, sample_weight=weights)
    cnb = ComplementNB(alpha=0.5).fit(x, y)
    out["cases"]["complement_nb"] = {"values": (x @ cnb.feature_log_prob_.T).tolist(), "predicted": cnb.predict(x).tolist()}
    by_row = np.array([factors[label] for label in y])
    exclusive("multinomial_nb_class_weights", MultinomialNB(alpha=0.5), True, sample_weight=by_row)
    cnb = ComplementNB(alpha=0.5).fit(x, y, sample_weight=by_row)
    out["cases"]["complement_nb_class_weights"] = {"values": (x @ cnb.feature_log_prob_.T).tolist(), "predicted": cnb.predict(x).tolist()}
    exclusive("bernoulli_nb", BernoulliNB(alpha=0.5), True)
    exclusive("bernoulli_nb_weighted", BernoulliNB(), True, sample_weight=weights)
    exclusive("bernoulli_nb_class_weights", BernoulliNB(alpha=0.5), True, sample_weight=by_row)
    exclusive("logistic", lr(), True)
    exclusive("logistic_c10_weighted", lr(C=10), True, sample_weight=weights)
    exclusive("logistic_class_weights", lr(class_weight=by_label), True)
    exclusive("logistic_balanced", lr(class_weight="balanced"), True)
    sparse = lambda ratio, **o: lr(solver="saga", l1_ratio=ratio, random_state=0, **o)
    bound = lambda ratio, **o: lr(solver="liblinear", l1_ratio=ratio, intercept_scaling=1, random_state=0, **o)
    exclusive("logistic_no_intercept", lr(fit_intercept=False), True)
    exclusive("logistic_l1_c10", sparse(1, C=10), True)
    exclusive("logistic_l1_weighted", sparse(1), True, sample_weight=weights)
    exclusive("logistic_elastic", sparse(0.3), True)
    exclusive("logistic_elastic_no_intercept", sparse(0.3, fit_intercept=False), True)

    def against_rest(name, model, weighted=False):
        fit = {"sample_weight": weights} if weighted else {}
        models = [model().fit(x, y == label, **fit) for label in range(k)]
        decisions = np.stack([m.decision_function(x) for m in models], axis=1)
        scores = 1 / (1 + np.exp(-decisions))
        out["cases"][name] = {"values": scores.tolist(), "predicted": decisions.argmax(axis=1).tolist()}

    against_rest("logistic_ovr", lr)
    against_rest("logistic_ovr_c10_weighted", lambda: lr(C=10), weighted=True)
    against_rest("logistic_ovr_regularised", lambda: bound(0))
    against_rest("logistic_ovr_l1", lambda: sparse(1))
    against_rest("logistic_ovr_l1_regularised", lambda: bound(1))
    against_rest("logistic_ovr_elastic_c10", lambda: sparse(0.3, C=10))
    ridge = lambda **o: RidgeClassifier(solver="cholesky", **o)
    exclusive("ridge", ridge(alpha=0.5), False)
    exclusive("ridge_weighted", ridge(), False, sample_weight=weights)
    exclusive("ridge_balanced", ridge(alpha=0.5, class_weight="balanced"), False)
    exclusive("ridge_class_weights", ridge(alpha=0.5, class_weight=by_label), False)
    exclusive("ridge_no_intercept", ridge(alpha=0.5, fit_intercept=False), False)
    exclusive("svm", svm(), False)
    exclusive("svm_c10_weighted", svm(C=10), False, sample_weight=weights)
    exclusive("svm_class_weights", svm(class_weight=by_label), False)
    for name, make in (("logistic_several", lambda: lr(C=2)), ("logistic_several_balanced", lambda: lr(class_weight="balanced")),
                       ("logistic_several_l1", lambda: sparse(1, C=2)), ("bernoulli_several", lambda: BernoulliNB(alpha=0.5)),
                       ("ridge_several", lambda: ridge(alpha=0.5)), ("svm_several", lambda: svm(C=2))):
        models = [make().fit(x, several[:, label]) for label in range(k)]
        if name.startswith(("logistic", "bernoulli")):
            values = np.stack([m.predict_proba(x)[:, 1] for m in models], axis=1)
        else:
            values = np.stack([m.decision_function(x) for m in models], axis=1)
        predicted = np.stack([m.predict(x) for m in models], axis=1)
        out["cases"][name] = {"values": values.tolist(), "predicted": predicted.tolist()}
    return out


def main():
    for name, table in (("features", features()), ("classifiers", classifiers())):
        (HERE / f"{name}.json").write_text(json.dumps(table, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
