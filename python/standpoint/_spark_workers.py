"""Functions that Spark runs on its workers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def on_workers(module: str, function: str, *arguments: Any) -> Callable[[Any], Any]:
    """Returns a function of the batches of a partition that calls one of the package with them and
    ``arguments``.

    It is pickled by its value, as local functions are, and what it keeps is of Python alone, so
    that it can say where the package lacks.
    """

    def of_partition(batches: Any) -> Any:
        from importlib import import_module

        try:
            found = getattr(import_module(module), function)
        except ImportError as error:
            import sys

            raise ImportError(
                f"the package `standpoint` cannot be imported by {sys.executable} on a worker of "
                f"Spark: {error}\n  help: install it there, or name an interpreter that has it "
                "with PYSPARK_PYTHON"
            ) from error
        return found(batches, *arguments)

    return of_partition
