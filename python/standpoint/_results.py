"""Results of training, evaluation, comparison and checks."""

from __future__ import annotations

import html as html_text
from collections.abc import Mapping
from typing import Any

from ._model import Model
from .errors import UsageError


class Result:
    """A result of the library with its rows."""

    def __init__(self, row: dict[str, Any]) -> None:
        self._row = row

    def to_dict(self) -> dict[str, Any]:
        """Returns the result as the command line writes it with ``--json``."""
        return self._row

    def rows(self) -> list[dict[str, Any]]:
        """Returns the result as rows of one table."""
        raise NotImplementedError

    def to_pandas(self) -> Any:
        """Returns the rows as a data frame of pandas."""
        import pandas

        return pandas.DataFrame(self.rows())

    def to_polars(self) -> Any:
        """Returns the rows as a data frame of Polars."""
        import polars

        return polars.DataFrame(self.rows(), infer_schema_length=None)


class Page(Result):
    """A result that has a page of the library's report writer."""

    def __init__(self, row: dict[str, Any], html: str) -> None:
        super().__init__(row)
        #: The page, one file of HTML that loads nothing.
        self.html = html

    def _repr_html_(self) -> str:
        # A page has styles for all of its document, so it gets one of its own.
        quoted = html_text.escape(self.html, quote=True)
        return f'<iframe srcdoc="{quoted}" style="width:100%;height:40em;border:0"></iframe>'


class TrainingRun(Result):
    """A trained model, and the options that made it."""

    def __init__(self, model: Model, options: dict[str, Any], search: dict[str, Any]) -> None:
        super().__init__({"model": model.hash, "options": options, "search": search})
        #: The trained model.
        self.model = model
        #: The options of the run, with which `train(options=…)` makes the same model.
        self.options = options
        #: The trials of a search; empty for a plain training.
        self.search = search

    def rows(self) -> list[dict[str, Any]]:
        """Returns one row for each head, with its classifier and its labels."""
        return [
            {
                "head": head.name,
                "kind": head.kind,
                "labels": len(head.labels),
                "classifier": next(iter(head.metadata["classifier"])),
                "calibrated": head.metadata.get("calibration") is not None,
            }
            for head in self.model.heads
        ]


class Evaluation(Page):
    """Metrics of a model on a labelled corpus, with their intervals."""

    def __init__(self, row: dict[str, Any], predictions: list[Any], html: str) -> None:
        super().__init__(row, html)
        #: The truth and the prediction for each document, as `eval --predictions` writes them.
        self.predictions: list[dict[str, Any]] = predictions

    def __getitem__(self, head: str) -> dict[str, Any]:
        heads = self._row["heads"]
        if head not in heads:
            raise UsageError(f"no head `{head}` was evaluated", remedy=f"one of {', '.join(heads)}")
        return dict(heads[head])

    def rows(self) -> list[dict[str, Any]]:
        """Returns one row for each metric of each head and label, with its interval."""
        rows = []
        for name, head in self._row["heads"].items():
            for label, metrics in ((None, head), *head.get("labels", {}).items()):
                rows += _metric_rows(name, label, metrics)
        return rows


def _metric_rows(head: str, label: str | None, metrics: Mapping[str, Any]) -> list[dict[str, Any]]:
    intervals = metrics.get("intervals") or {}
    rows = []
    for metric, value in metrics.items():
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            continue
        low, high = intervals.get(metric) or (None, None)
        rows.append(
            {
                "head": head,
                "label": label,
                "metric": metric,
                "value": value,
                "low": low,
                "high": high,
            }
        )
    return rows


class Comparison(Page):
    """Several ways of training, judged on the same documents."""

    def rows(self) -> list[dict[str, Any]]:
        """Returns one row for each system and head, with its metric and its interval."""
        rows = []
        for split in self._row["splits"]:
            for head in split["heads"]:
                for system in head["systems"]:
                    row = {"split": split["split"], "head": head["head"]}
                    plain = (str, int, float, type(None))
                    row |= {k: v for k, v in system.items() if isinstance(v, plain)}
                    rows.append(row)
        return rows


class Check(Result):
    """Findings about a corpus."""

    def __init__(self, row: dict[str, Any], above: bool) -> None:
        super().__init__(row)
        #: True if a finding is above its limit.
        self.above = above

    def rows(self) -> list[dict[str, Any]]:
        """Returns one row for each finding."""
        plain = (str, int, float, type(None))
        findings: list[dict[str, Any]] = self._row["findings"]
        return [{k: v for k, v in row.items() if isinstance(v, plain)} for row in findings]
