"""Training, search, evaluation, comparison and checks of corpora."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Mapping, Sequence
from typing import Any

from . import _standpoint
from ._corpus import Corpus, Heads, Names, as_corpus
from ._inputs import is_rows
from ._model import Model
from ._results import Check, Comparison, Evaluation, TrainingRun
from .errors import UsageError

#: Options of features, as the native half takes them.
_FEATURES = (
    "language",
    "hyphens",
    "umlauts",
    "stem",
    "stop_words",
    "compounds",
    "word_ngrams",
    "char_ngrams",
    "min_df",
    "max_df",
    "max_features",
    "tf",
    "idf",
    "norm",
    "norm_exponent",
)
#: Parameters of classifiers.
_PARAMETERS = (
    "C",
    "alpha",
    "tol",
    "epochs",
    "learning_rate",
    "loss",
    "penalty",
    "l1_ratio",
    "multi_class",
    "intercept",
    "interpolation",
    "ratio_exponent",
)
#: Options of reading a corpus.
_COLUMNS = (
    "text",
    "label",
    "labels",
    "id",
    "sample_weight",
    "where",
    "unlabelled",
    "missing",
    "separator",
    "decode_html",
    "skip_bad",
)


def train(
    corpus: Any,
    *,
    preset: str | None = None,
    options: Mapping[str, Any] | None = None,
    calibration_set: Any = None,
    background: str | os.PathLike[str] | None = None,
    background_weight: float | None = None,
    background_terms: int | None = None,
    text: Names | None = None,
    label: Heads | None = None,
    labels: Heads | None = None,
    id: str | None = None,
    sample_weight: str | None = None,
    where: Names | None = None,
    unlabelled: str | None = None,
    missing: Sequence[str] | None = None,
    separator: str | None = None,
    decode_html: bool | None = None,
    skip_bad: str | os.PathLike[str] | None = None,
    **settings: Any,
) -> TrainingRun:
    """Trains a model on a corpus, as ``standpoint train`` does.

    ``corpus`` is a :class:`Corpus`, or rows or names of files with the options of reading them.
    ``settings`` are the options of the command line with ``_`` for ``-``: those of features
    (``language``, ``word_ngrams="1-2"``, ``char_ngrams``, ``min_df``, …), of the classifier
    (``classifier``, by head in a dictionary; ``C``, ``alpha``, …, ``class_weight``), of calibration
    and thresholds (``calibrate``, ``thresholds``, ``abstain``, ``folds``), and ``name``, ``seed``,
    ``fingerprints``, ``profile``, ``compact``, ``intended_use``, ``known_gaps``, ``memory``.

    Without an option that names features or a classifier, the preset ``auto`` chooses them;
    ``preset="fast"`` compares nothing. ``options`` are those of another run
    (``TrainingRun.options``, or the file that ``standpoint tune`` wrote, read as JSON) and take
    the place of settings.
    """
    columns = _given(locals(), _COLUMNS)
    source = as_corpus(corpus, **columns)
    apart = None if calibration_set is None else as_corpus(calibration_set, **columns)
    vectors = _background(background, background_weight, background_terms)
    _verify_alone(options, preset, settings)
    native, used = _standpoint.train(
        source.native,
        None if apart is None else apart.native,
        json.dumps(_settings(settings)),
        json.dumps(vectors),
        None if options is None else json.dumps(options),
        options is None and _is_auto(preset, settings),
    )
    return TrainingRun(Model(native), json.loads(used), {})


def train_from(
    model: Model,
    corpus: Any,
    *,
    rows: str | None = None,
    text: Names | None = None,
    label: Heads | None = None,
    labels: Heads | None = None,
    id: str | None = None,
    sample_weight: str | None = None,
    where: Names | None = None,
    unlabelled: str | None = None,
    missing: Sequence[str] | None = None,
    separator: str | None = None,
    decode_html: bool | None = None,
    skip_bad: str | os.PathLike[str] | None = None,
    **settings: Any,
) -> TrainingRun:
    """Goes on from a model, as ``standpoint train --from`` does.

    With ``rows="corrections"``, the corpus holds corrections alone: weights move as little as they
    allow, and features, biases, calibration and thresholds stay. With ``rows="all"``, it holds old
    rows and new ones, on which all but the features is learnt anew; heads keep their classifiers
    unless ``classifier`` names others. By default, rows are corrections where less than half of the
    texts that the model learnt from are among them.

    The columns are those that the model records, unless others are named; ``settings`` are those of
    :func:`train` without features.
    """
    columns = _given(locals(), _COLUMNS)
    if not isinstance(corpus, Corpus):
        columns = _recorded(model) | columns
    named = [name for name, value in settings.items() if value is not None]
    _refuse(named, _FEATURES, "a model keeps its features")
    names_classifier = "classifier" in named
    if not names_classifier:
        _refuse(named, _PARAMETERS, "the model keeps its classifiers")
    if rows == "corrections":
        kept = ("classifier", "class_weight", "calibrate", "thresholds", "abstain", "folds", "seed")
        _refuse(named, (*kept, *_PARAMETERS), "corrections keep what the model has")
    native, used = _standpoint.train_from(
        model._native,
        as_corpus(corpus, **columns).native,
        json.dumps(_settings(settings)),
        names_classifier,
        rows,
    )
    return TrainingRun(Model(native), json.loads(used), {})


def train_stream(
    corpus: Any,
    *,
    checkpoint: str | os.PathLike[str] | None = None,
    checkpoint_every: int = 100,
    text: Names | None = None,
    label: Heads | None = None,
    labels: Heads | None = None,
    id: str | None = None,
    sample_weight: str | None = None,
    where: Names | None = None,
    unlabelled: str | None = None,
    missing: Sequence[str] | None = None,
    separator: str | None = None,
    decode_html: bool | None = None,
    skip_bad: str | os.PathLike[str] | None = None,
    **settings: Any,
) -> TrainingRun:
    """Trains on files larger than memory by gradient descent, as ``standpoint train --stream``.

    The files are read several times, and neither their texts nor their features are held at once:
    ``memory`` is about how many bytes may be used, by default two gigabytes. With ``checkpoint``,
    the name of a file, an interrupted run goes on where it was, every so many batches of up to
    4,096 rows. ``settings`` are those of :func:`train`; the classifier is ``sgd``, thresholds are
    fixed, and scores are not calibrated.
    """
    source = as_corpus(corpus, **_given(locals(), _COLUMNS))
    kept = None if checkpoint is None else (os.fspath(checkpoint), checkpoint_every)
    native, used = _standpoint.train_stream(source.native, json.dumps(_settings(settings)), kept)
    if checkpoint is not None:
        # The model is there: nothing is left to go on with.
        with contextlib.suppress(FileNotFoundError):
            os.remove(checkpoint)
    return TrainingRun(Model(native), json.loads(used), {})


def tune(
    corpus: Any,
    *,
    metric: str = "macro-f1",
    time_limit: float | None = None,
    memory: int | None = None,
    folds: int = 5,
    seed: int = 0,
    stack: bool = True,
    language: str = "auto",
    log: str | os.PathLike[str] | None = None,
    background: str | os.PathLike[str] | None = None,
    background_weight: float | None = None,
    background_terms: int | None = None,
    text: Names | None = None,
    label: Heads | None = None,
    labels: Heads | None = None,
    id: str | None = None,
    sample_weight: str | None = None,
    where: Names | None = None,
    unlabelled: str | None = None,
    missing: Sequence[str] | None = None,
    separator: str | None = None,
    decode_html: bool | None = None,
    skip_bad: str | os.PathLike[str] | None = None,
    **settings: Any,
) -> TrainingRun:
    """Searches features and classifiers, and trains with the best, as ``standpoint tune`` does.

    ``time_limit`` is in seconds and ``memory`` in bytes; ``log`` is a file of trials, with which an
    ended search goes on. ``settings`` are ``name``, ``fingerprints``, ``profile``, ``compact``,
    ``intended_use``, ``known_gaps``, ``calibrate``, ``thresholds`` and ``abstain``, as in
    :func:`train`.
    """
    source = as_corpus(corpus, **_given(locals(), _COLUMNS))
    search = {
        "metric": metric,
        "time_limit": time_limit,
        "memory": memory,
        "folds": folds,
        "seed": seed,
        "no_stack": not stack,
        "language": language,
        "log": None if log is None else os.fspath(log),
    }
    searched = [name for name in settings if name in (*_FEATURES, *_PARAMETERS, "classifier")]
    if searched:
        raise UsageError(f"`{searched[0]}` is what the search chooses", remedy="leave it out")
    vectors = _background(background, background_weight, background_terms)
    native, used, found = _standpoint.tune(
        source.native, json.dumps(search), json.dumps(_settings(settings)), json.dumps(vectors)
    )
    return TrainingRun(Model(native), json.loads(used), json.loads(found))


def evaluate(
    model: Model,
    corpus: Any,
    *,
    resamples: int = 1000,
    level: float = 0.95,
    seed: int = 0,
    mistakes: int = 10,
    text: Names | None = None,
    label: Heads | None = None,
    labels: Heads | None = None,
    id: str | None = None,
    sample_weight: str | None = None,
    where: Names | None = None,
    unlabelled: str | None = None,
    missing: Sequence[str] | None = None,
    separator: str | None = None,
    decode_html: bool | None = None,
    skip_bad: str | os.PathLike[str] | None = None,
) -> Evaluation:
    """Measures a model on labelled documents, as ``standpoint eval`` does.

    The columns are those that the model records, unless others are named. Intervals come from
    ``resamples`` draws of documents; 0 makes none.
    """
    columns = _given(locals(), _COLUMNS)
    if not isinstance(corpus, Corpus):
        columns = _recorded(model) | columns
    source = as_corpus(corpus, **columns)
    row, predictions, html = _standpoint.evaluate(
        model._native, source.native, (resamples, level, seed), mistakes
    )
    return Evaluation(json.loads(row), json.loads(predictions), html)


def compare(
    corpus: Any,
    models: Sequence[str] | Mapping[str, Mapping[str, Any]] = ("svm", "auto"),
    *,
    test: Any = None,
    folds: int = 5,
    source: str | None = None,
    date: str | None = None,
    before: str | None = None,
    seed: int = 0,
    metric: str = "macro-f1",
    reference: str = "first",
    resamples: int = 1000,
    level: float = 0.95,
    text: Names | None = None,
    label: Heads | None = None,
    labels: Heads | None = None,
    id: str | None = None,
    sample_weight: str | None = None,
    where: Names | None = None,
    unlabelled: str | None = None,
    missing: Sequence[str] | None = None,
    separator: str | None = None,
    decode_html: bool | None = None,
    skip_bad: str | os.PathLike[str] | None = None,
) -> Comparison:
    """Trains several models and compares their answers to the same documents.

    ``models`` are names of classifiers with their defaults in :func:`train`, ``auto`` for its
    preset, or a dictionary of name to the settings of :func:`train`. Documents are judged out of
    stratified ``folds``, or those of ``test`` by models of the whole corpus. ``source`` names a
    column whose values stay together in further folds, and ``date`` one of dates: rows of the last
    fifth, or from the date ``before`` on, are judged by models of older ones. For both, the result
    has the gaps to the random folds (``to_dict()``). ``reference`` is the
    system that others are compared with: ``first``, ``best`` or a name.
    """
    columns = _given(locals(), _COLUMNS)
    protocols = {"source": source, "date": date, "before": before}
    _verify_protocols(protocols, test is not None)
    kept = [name for name in (source, date) if name is not None]
    if kept and is_rows(corpus):
        columns["columns"] = kept
    learnt = as_corpus(corpus, **columns)
    judged = None if test is None else as_corpus(test, **columns)
    named = models if isinstance(models, Mapping) else {name: _of_name(name) for name in models}
    systems = []
    for name, settings in named.items():
        chosen = dict(settings)
        auto = _is_auto(chosen.pop("preset", None), chosen)
        systems.append({"name": name, "auto": auto, "options": _settings({"seed": seed} | chosen)})
    row, html = _standpoint.compare(
        learnt.native,
        None if judged is None else judged.native,
        json.dumps(systems),
        json.dumps(protocols | {"folds": folds, "seed": seed}),
        (metric, reference),
        (resamples, level, seed),
    )
    return Comparison(json.loads(row), html)


def check(
    corpus: Any,
    *,
    by: str | None = None,
    date: str | None = None,
    period: str = "year",
    source: str | None = None,
    limits: Sequence[str] = (),
    similarity: float = 0.8,
    shingle_size: int = 2,
    tiny: int = 10,
    giant: int = 100_000,
    rare: int = 10,
    examples: int = 5,
    text: Names | None = None,
    label: Heads | None = None,
    labels: Heads | None = None,
    id: str | None = None,
    where: Names | None = None,
    missing: Sequence[str] | None = None,
    separator: str | None = None,
    decode_html: bool | None = None,
    skip_bad: str | os.PathLike[str] | None = None,
) -> Check:
    """Looks for what is wrong with a corpus, as ``standpoint check`` does.

    ``by``, ``date`` and ``source`` name the columns of the part, the date and the source of a row;
    ``limits`` are conditions such as ``"exact-duplicates=0"``.
    """
    columns = _given(locals(), _COLUMNS)
    if not isinstance(corpus, Corpus):
        columns["unlabelled"] = "mask"
        if is_rows(corpus):
            columns["columns"] = [name for name in (by, date, source) if name is not None]
    settings = {
        "by": by,
        "date": date,
        "period": period,
        "source": source,
        "limits": list(limits),
        "similarity": similarity,
        "shingle_size": shingle_size,
        "tiny": tiny,
        "giant": giant,
        "rare": rare,
        "examples": examples,
    }
    row, above = _standpoint.check(as_corpus(corpus, **columns).native, json.dumps(settings))
    return Check(json.loads(row), above)


def _refuse(given: Sequence[str], options: Sequence[str], why: str) -> None:
    """Refuses options that would have no effect."""
    idle = [name for name in given if name in options]
    if idle:
        raise UsageError(f"`{idle[0]}` has no effect: {why}", remedy="leave it out")


def _verify_protocols(protocols: Mapping[str, str | None], has_test: bool) -> None:
    given = [name for name, value in protocols.items() if value is not None]
    if has_test:
        _refuse(given, given, "documents are judged on `test` alone")
    if protocols["date"] is None:
        _refuse(given, ["before"], "no column of dates is named by `date`")


def _of_name(name: str) -> dict[str, Any]:
    return {"preset": "auto"} if name == "auto" else {"classifier": name}


def _recorded(model: Model) -> dict[str, Any]:
    """Returns the columns that a model records, as options of reading."""
    schema = model.metadata.get("schema")
    if not schema:
        return {}
    columns: dict[str, Any] = {"text": schema["text"]}
    for head in schema["heads"]:
        option = "label" if head["kind"] == "exclusive" else "labels"
        source = head["source"]
        column = source.get("column") or dict(source["flags"])
        columns.setdefault(option, {})[head["name"]] = column
    return columns


def _verify_alone(
    options: Mapping[str, Any] | None, preset: str | None, settings: Mapping[str, Any]
) -> None:
    """Verifies that options of another run stand alone, beside the name of the model."""
    others = [] if preset is None else ["preset"]
    others += sorted(set(settings) - {"name"})
    if options is not None and others:
        raise UsageError(f"`options` take the place of `{others[0]}`", remedy="leave one out")


def _given(names: Mapping[str, Any], options: Sequence[str]) -> dict[str, Any]:
    return {name: names[name] for name in options if names.get(name) is not None}


def _background(
    path: str | os.PathLike[str] | None, weight: float | None, terms: int | None
) -> dict[str, Any]:
    if path is None and (weight is not None or terms is not None):
        raise UsageError(
            "there are options of a background, but none is named", remedy="pass `background`"
        )
    return {"path": None if path is None else os.fspath(path), "weight": weight, "terms": terms}


def _is_auto(preset: str | None, settings: Mapping[str, Any]) -> bool:
    if preset not in (None, "auto", "fast"):
        raise UsageError(f"preset={preset!r} is unknown", remedy="one of auto, fast")
    choices = _standpoint.preset_choices()
    chosen = [name for name in choices if settings.get(name) is not None]
    if preset == "auto" and chosen:
        raise UsageError(
            f'`{chosen[0]}` takes the place of the choice of preset="auto"',
            remedy="leave one of them out",
        )
    return preset == "auto" or (preset is None and not chosen)


def _settings(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Returns settings by the groups in which the native half takes them."""
    rest = {name: value for name, value in settings.items() if value is not None}
    features = {name: rest.pop(name) for name in _FEATURES if name in rest}
    for name in ("min_df", "max_df"):
        if name in features:
            features[name] = str(features[name])
    for name in ("word_ngrams", "char_ngrams"):
        if name in features:
            features[name] = _ngrams(features[name])
    parameters = {name: rest.pop(name) for name in _PARAMETERS if name in rest}
    grouped = {"features": features, "parameters": parameters}
    for name, by_head in (
        ("classifier", "classifiers"),
        ("calibrate", "calibrations"),
        ("thresholds", "objectives"),
    ):
        value = rest.pop(name, None)
        if isinstance(value, Mapping):
            grouped[by_head] = dict(value)
        elif value is not None:
            grouped[name] = value
    weights = rest.pop("class_weight", None)
    if isinstance(weights, Mapping):
        grouped["class_weight"] = {"by_label": dict(weights)}
    elif weights is not None:
        grouped["class_weight"] = weights
    return grouped | rest


def _ngrams(lengths: Any) -> str:
    return lengths if isinstance(lengths, str) else "-".join(str(length) for length in lengths)
