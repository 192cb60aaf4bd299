"""What the terms of an explanation add at a word, from the service's bytes."""

import re


def added_at(explained: dict, head: str, label: str, word: str) -> float:
    text = explained["text"].encode()
    start = re.search(rb"\b" + re.escape(word.encode()) + rb"\b", text).start()
    explanation = explained["heads"][head]["explanation"][label]
    added = 0.0
    for row in explanation["contributions"]:
        spans = explained["terms"][row["term"]]["spans"]
        added += sum(row["contribution"] / len(spans) for begin, end in spans if begin <= start < end)
    return added
