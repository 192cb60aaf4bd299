"""Training on several machines: parts of a corpus, and the model of all of them."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from . import _standpoint
from ._corpus import Heads, Names, as_corpus
from ._model import Model
from ._results import TrainingRun
from ._training import _COLUMNS, _background, _given, _is_auto, _settings, _verify_alone
from .errors import UsageError

#: Options by which the words of a text are found.
TOKENS = ("language", "hyphens", "umlauts", "stem", "stop_words", "compounds")

#: Order of the documents of parts.
Order = Literal["share", "id"]


def survey_languages(
    corpus: Any,
    *,
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
) -> str:
    """Surveys the languages of a share of a corpus, as ``standpoint fit-part --survey`` does.

    Returns JSON of a sample of the texts, without the texts themselves. The surveys of all shares
    tell :func:`fit_part` among which languages it has to decide.
    """
    share = as_corpus(corpus, **_given(locals(), _COLUMNS))
    return _standpoint.survey_languages(share.native)


def fit_part(
    corpus: Any,
    *,
    shard: str | None = None,
    surveys: Iterable[str] = (),
    options: Mapping[str, Any] | None = None,
    keep_ids: bool = True,
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
) -> bytes:
    """Finds the words of a share of a corpus, as ``standpoint fit-part`` does.

    Returns the bytes of a file without texts, from which :func:`fit_merge` trains. ``corpus`` is
    the share itself, and ``shard`` its place in the whole, such as ``"3/16"``; parts without one
    are merged by the ids of their documents. ``surveys`` are those of all shares
    (:func:`survey_languages`), which are not needed where ``language`` is named. Without
    ``keep_ids``, equal shares give equal parts whatever the ids of their documents.

    ``settings`` are ``language``, ``hyphens``, ``umlauts``, ``stem``, ``stop_words`` and
    ``compounds``, as in :func:`train`; ``options`` are those of another run, and take their place.
    """
    columns = _given(locals(), _COLUMNS)
    other = [name for name in settings if name not in TOKENS]
    if other:
        raise UsageError(
            f"`{other[0]}` is no option of tokens", remedy="give it to fit_merge, or leave it out"
        )
    _verify_alone(options, None, settings)
    return _standpoint.fit_part(
        as_corpus(corpus, **columns).native,
        json.dumps(_settings(settings)["features"]),
        None if options is None else json.dumps(options),
        list(surveys),
        shard,
        keep_ids,
    )


def fit_merge(
    parts: Iterable[bytes | str | os.PathLike[str]],
    *,
    order: Order = "share",
    preset: str | None = None,
    options: Mapping[str, Any] | None = None,
    background: str | os.PathLike[str] | None = None,
    background_weight: float | None = None,
    background_terms: int | None = None,
    **settings: Any,
) -> TrainingRun:
    """Trains a model on all parts of a corpus, as ``standpoint fit-merge`` does.

    ``parts`` are bytes of :func:`fit_part`, or names of files. In the order ``"share"``, the model
    is that of :func:`train` on the whole corpus, byte for byte; in the order ``"id"``, it is that
    of the corpus whose rows stand in the order of their ids as text, and neither the number nor
    the order of the parts matters. ``settings`` are those of :func:`train`; those of tokens are
    the parts'.
    """
    if order not in ("share", "id"):
        raise UsageError(f"order={order!r} is unknown", remedy='one of "share", "id"')
    vectors = _background(background, background_weight, background_terms)
    _verify_alone(options, preset, settings)
    named = options is not None or any(settings.get(name) is not None for name in TOKENS)
    joined = {
        "parts": [_bytes(part) for part in parts],
        "by_id": order == "id",
        "names_tokens": named,
    }
    native, used = _standpoint.fit_merge(
        joined,
        json.dumps(_settings(settings)),
        json.dumps(vectors),
        None if options is None else json.dumps(options),
        options is None and _is_auto(preset, settings),
    )
    return TrainingRun(Model(native), json.loads(used), {})


def _bytes(part: bytes | str | os.PathLike[str]) -> bytes:
    if isinstance(part, (str, os.PathLike)):
        with open(part, "rb") as file:
            return file.read()
    return bytes(part)
