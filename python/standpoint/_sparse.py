"""Sparse matrices between SciPy and the native half."""

from __future__ import annotations

from typing import Any

import numpy as np

from .errors import DataError, UsageError

#: Entries from which on offsets need 64 bits.
_MANY = 2**31 - 1


def csr_matrix(parts: tuple[bytearray, bytearray, bytearray, tuple[int, int]]) -> Any:
    """Returns the matrix of parts that the native half made."""
    sparse = _scipy_sparse()
    indptr, indices, data, shape = parts
    ends = np.frombuffer(indptr, np.int64)
    columns = np.frombuffer(indices, np.int32)
    if ends[-1] > _MANY:
        columns = columns.astype(np.int64)
    else:
        ends = ends.astype(np.int32)
    return sparse.csr_matrix((np.frombuffer(data, np.float32), columns, ends), shape=shape)


def parts_of(matrix: Any) -> tuple[tuple[bytes, bytes, bytes], int]:
    """Returns the parts of a matrix as the native half takes them, and its number of columns."""
    sparse = _scipy_sparse()
    rows = sparse.csr_matrix(matrix)
    if not rows.has_canonical_format:
        rows = rows.copy()
        rows.sum_duplicates()
    if rows.shape[1] > _MANY:
        raise DataError(f"{rows.shape[1]} columns, expected at most {_MANY}")
    values = rows.data.astype(np.float32, copy=False)
    if not np.isfinite(values).all():
        raise DataError("the matrix holds numbers that are not finite or too large for float32")
    parts = (
        rows.indptr.astype(np.int64, copy=False).tobytes(),
        rows.indices.astype(np.int32, copy=False).tobytes(),
        values.tobytes(),
    )
    return parts, rows.shape[1]


def _scipy_sparse() -> Any:
    try:
        from scipy import sparse
    except ImportError:
        raise UsageError(
            "sparse matrices need SciPy", remedy="pip install 'standpoint[sklearn]'"
        ) from None
    return sparse
