"""Writes agreement.json: Krippendorff's alpha over sets of labels by nltk's Jaccard and MASI distances.

    pip install nltk==3.10.4
    python make_agreement.py

tests/labels.rs compares with it. Each document has the answers of up to four annotators, null where one gave none; an
answer is a set of label numbers. The distance of two empty sets, which nltk does not define, is 0, and that of an empty and
another set 1. Nominal alpha takes the distance 1 of any two different sets.
"""

import json
import random
from pathlib import Path

from nltk.metrics.agreement import AnnotationTask
from nltk.metrics.distance import jaccard_distance, masi_distance


def with_empty(distance):
    def of(a, b):
        if not a or not b:
            return float(a != b)
        return float(distance(a, b))

    return of


def case(seed, documents, labels, annotators, single):
    draw = random.Random(seed)
    rows = []
    for _ in range(documents):
        base = {label for label in range(labels) if draw.random() < 0.3}
        row = []
        for _ in range(annotators):
            marks = set(base)
            if draw.random() < 0.4:
                marks ^= {draw.randrange(labels)}
            if single:
                marks = {min(marks)} if marks else {0}
            row.append(None if draw.random() < 0.15 else sorted(marks))
        rows.append(row)
    data = [
        (f"annotator{a}", f"document{d}", frozenset(marks))
        for d, row in enumerate(rows)
        for a, marks in enumerate(row)
        if marks is not None
    ]
    alpha = lambda distance: AnnotationTask(data, distance=distance).alpha()
    return {
        "labels": labels,
        "documents": rows,
        "nominal": alpha(lambda a, b: float(a != b)),
        "jaccard": alpha(with_empty(jaccard_distance)),
        "masi": alpha(with_empty(masi_distance)),
    }


cases = [
    case(1, 12, 3, 2, False),
    case(2, 40, 5, 3, False),
    case(3, 25, 6, 4, False),
    case(4, 30, 4, 3, True),
]
path = Path(__file__).with_name("agreement.json")
path.write_text(json.dumps(cases, separators=(",", ":")) + "\n")
