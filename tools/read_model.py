#!/usr/bin/env python3
"""Reads a model file and scores articles, as docs/model-format.md describes both, in plain Python.

    tools/read_model.py MODEL                         the header
    tools/read_model.py MODEL ARTICLES.jsonl|-        a line of labels and scores for each row with a `text`

It shows that a model can be read without the program that wrote it, and is some hundred times slower. Languages with
stems are English and German. Where a model has several languages, that of a row is its column `lang`, or `--language`;
without either it is guessed by function words, where the program asks a trained detector.
"""

import argparse
import json
import math
import pathlib
import struct
import sys
import zlib
from array import array

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from words import LANGUAGES, Words, fasttext_buckets  # noqa: E402

VERSIONS = range(3, 7)
TYPES = {"U8": "B", "I8": "b", "U16": "H", "I16": "h", "U32": "I", "U64": "Q", "F32": "f", "F64": "d"}


class Damaged(Exception):
    """A file that is no whole model."""


def check(holds, what):
    if not holds:
        raise Damaged(what)


def once(pairs):
    """Makes an object of JSON in which no key stands twice."""
    found = dict(pairs)
    check(len(found) == len(pairs), "a key stands twice")
    return found


def read_file(path):
    """Returns the format version, the contents of the header and the tensors of a model file."""
    data = pathlib.Path(path).read_bytes()
    check(len(data) > 8, "it is too short")
    (length,) = struct.unpack("<Q", data[:8])
    check(length <= len(data) - 8, "it is cut off")
    header = json.loads(data[8 : 8 + length], object_pairs_hook=once)
    envelope_text = header.pop("__metadata__", {}).get("standpoint")
    check(envelope_text is not None, "it is no model of Standpoint")
    envelope = json.loads(envelope_text, object_pairs_hook=once)
    check(envelope["format"] in VERSIONS, f"its format {envelope['format']} is not known here")
    # The checksum covers the contents as they are written, which is the last member of the envelope.
    contents = envelope_text[envelope_text.index('"model":') + len('"model":') : -1]
    sum_of = zlib.crc32(contents.encode(), zlib.crc32(struct.pack("<I", envelope["format"])))
    check(sum_of == envelope["crc32"], "the checksum of its header is wrong")
    model, tensors, end = envelope["model"], {}, 0
    check(header.keys() == model["checksums"].keys(), "a section is missing or not known")
    for name, info in sorted(header.items(), key=lambda item: item[1]["data_offsets"]):
        start, stop = info["data_offsets"]
        check(start == end and stop >= start, f"section {name} overlaps another or leaves a hole")
        end = stop
        part = data[8 + length + start : 8 + length + stop]
        check(zlib.crc32(part) == model["checksums"][name], f"the checksum of section {name} is wrong")
        numbers = array(TYPES[info["dtype"]], part)
        if sys.byteorder == "big":
            numbers.byteswap()
        check(len(numbers) == math.prod(info["shape"]), f"section {name} has not its shape")
        tensors[name] = numbers
    check(8 + length + end == len(data), "its sections do not fill it")
    return envelope["format"], model, tensors


class Head:
    """Weights of one head, and what makes scores and labels of decision values."""

    def __init__(self, meta, name, tensors, terms):
        self.meta, self.labels = meta, meta["labels"]
        self.bias, self.tensors, self.name = list(tensors[f"{name}.bias"]), tensors, name
        self.dense = tensors.get(f"{name}.weights")
        self.exponents = tensors.get(f"{name}.exponents")
        self.ends = tensors.get(f"{name}.weights.ends")
        check(len(self.bias) == len(self.labels), "a bias is missing")
        check(self.dense is None or len(self.dense) == terms * len(self.labels), "a weight is missing")

    def weights(self, term):
        """Yields the labels of a term's weights, and the weights."""
        width = len(self.labels)
        if self.dense is not None:
            scale = 2.0 ** self.exponents[term] if self.exponents else 1.0
            for label in range(width):
                yield label, self.dense[term * width + label] * scale
            return
        labels, values = (self.tensors[f"{self.name}.weights.{part}"] for part in ("labels", "values"))
        scale = 2.0 ** self.exponents[term] if self.exponents else 1.0
        for at in range(self.ends[term - 1] if term else 0, self.ends[term]):
            yield labels[at], values[at] * scale

    def decide(self, row):
        """Returns the decision value of each label: the bias and the weights of the row's terms."""
        decisions = list(self.bias)
        for term, value in row:
            for label, weight in self.weights(term):
                decisions[label] += value * weight
        return decisions

    def scores(self, decisions):
        """Returns the calibrated probabilities, or what the link makes of the decision values."""
        exclusive = self.meta["kind"] == "exclusive"
        if not (calibration := self.meta.get("calibration")):
            link = {"decision": lambda d: d, "logistic": lambda d: [sigmoid(x) for x in d], "softmax": softmax}
            return link[self.meta["link"]](decisions)
        ((method, curves),) = calibration.items()
        if method == "temperature" and exclusive:
            scores = softmax([d / curves[0] for d in decisions])
        else:
            of_label = {"platt": lambda c, d: sigmoid(c["slope"] * d + c["intercept"]), "isotonic": isotonic,
                        "temperature": lambda c, d: sigmoid(d / c)}[method]
            scores = [of_label(curve, d) for curve, d in zip(curves, decisions)]
        if exclusive:
            total = sum(scores)
            scores = [score / total if total > 0 else 1 / len(scores) for score in scores]
        return scores

    def answer(self, decisions):
        """Returns the predicted label or labels, and the scores."""
        scores = self.scores(decisions)
        if self.meta["kind"] == "independent":
            above = [label for label, s, t in zip(self.labels, scores, self.meta["thresholds"]) if s > t]
            return {"labels": above, "scores": dict(zip(self.labels, scores))}
        places = range(len(scores))
        if costs := self.meta.get("costs"):
            best = min(places, key=lambda k: (sum(p * row[k] for p, row in zip(scores, costs)), k))
        else:
            best = max(places, key=lambda k: (scores[k], decisions[k], -k))
        return {"label": self.labels[best], "scores": dict(zip(self.labels, scores))}


def sigmoid(x):
    small = math.exp(-abs(x))
    return 1 / (1 + small) if x >= 0 else small / (1 + small)


def softmax(decisions):
    greatest = max(decisions)
    powers = [math.exp(d - greatest) for d in decisions]
    return [power / sum(powers) for power in powers]


def isotonic(curve, decision):
    """Returns the value of a curve of straight lines, flat at both ends."""
    xs, ys = curve["decisions"], curve["probabilities"]
    if not xs:
        return 0.5
    at = sum(x <= decision for x in xs)
    if at in (0, len(xs)):
        return ys[0 if at == 0 else -1]
    between = ys[at - 1] + (decision - xs[at - 1]) / (xs[at] - xs[at - 1]) * (ys[at] - ys[at - 1])
    return min(max(between, ys[at - 1]), ys[at])


class Model:
    """A model that scores texts."""

    def __init__(self, path):
        self.format, self.meta, tensors = read_file(path)
        features = self.features = self.meta["features"]
        spelled = bytes(tensors["vocabulary.terms"])
        ends = tensors.get("vocabulary.ends")
        if ends is None:
            ends, end = [], 0
            for length in tensors["vocabulary.lengths"]:
                ends.append(end := end + length)
        check(len(spelled) == (ends[-1] if ends else 0), "a term is missing")
        terms = [spelled[start:end] for start, end in zip([0, *ends], ends)]
        for at, shared in enumerate(tensors.get("vocabulary.prefixes", ())):
            before = terms[at - 1] if at else b""
            check(shared <= len(before), "a term shares more bytes than there are")
            terms[at] = before[:shared] + terms[at]
        terms = [term.decode() for term in terms]
        buckets = features.get("buckets") or {"count": 0}
        first = self.meta["word_terms"]
        for part in (terms[:first], terms[first:]):
            check(all(a.encode() < b.encode() for a, b in zip(part, part[1:])), "its terms are not in order")
        self.words = {term: column for column, term in enumerate(terms[:first])}
        self.characters = {term: first + column for column, term in enumerate(terms[first:])}
        self.idf = tensors["idf"]
        parts = tensors.get("vocabulary.parts")
        parts = None if parts is None else set(bytes(parts).decode().split(" ")) - {""}
        self.tokens = Words(features["tokens"], parts)
        columns = len(terms) + buckets["count"]
        check(len(self.idf) == columns, "an idf is missing")
        self.heads = [Head(head, f"head.{n}", tensors, columns) for n, head in enumerate(self.meta["heads"])]

    def language(self, text, wish=None):
        """Returns the language of a text, one of the model's."""
        of_model = self.meta["languages"]
        found = of_model[0] if len(of_model) == 1 else wish or guess(text)
        return found if found in of_model else of_model[0]

    def row(self, text, language):
        """Returns columns and values of a text, words before characters."""
        features, counts, grams = self.features, {}, {}
        tokens = self.tokens.of(text, language)
        sequence = [stem for stem, standalone in tokens if not standalone]
        if limits := features["word_ngrams"]:
            singles = [stem for stem, _ in tokens] + self.tokens.parts_of(sequence, language)
            for term in singles if limits["min"] == 1 else []:
                count(counts, self.words.get(term))
            for length in range(max(limits["min"], 2), limits["max"] + 1):
                for at in range(len(sequence) - length + 1):
                    count(counts, self.words.get(" ".join(sequence[at : at + length])))
        if limits := features["char_ngrams"]:
            for stem in sequence:
                for gram in character_ngrams(f" {stem} ", limits["min"], limits["max"]):
                    count(grams, self.characters.get(gram))
        if buckets := features.get("buckets"):
            for bucket in fasttext_buckets(sequence, buckets):
                count(counts, len(self.words) + bucket)
        return self.weighted(counts) + self.weighted(grams)

    def weighted(self, counts):
        """Returns columns and tf · idf over the norm to its exponent."""
        frequency = {"sublinear": lambda n: 1 + math.log(n), "raw": float, "binary": lambda n: 1.0}[self.features["tf"]]
        values = {column: frequency(n) * self.idf[column] for column, n in counts.items()}
        norm = {"l2": math.sqrt(sum(v * v for v in values.values())), "l1": sum(values.values()), "none": 1.0}
        length = norm[self.features["norm"]] ** self.features.get("norm_exponent", 1.0)
        # Values are rounded to 32 bits before they meet the weights.
        return list(zip(values, array("f", (value / length for value in values.values()))))

    def score(self, text, language=None):
        row = self.row(text, self.language(text, language))
        return {head.meta["name"]: head.answer(head.decide(row)) for head in self.heads}


def count(counts, column):
    if column is not None:
        counts[column] = counts.get(column, 0) + 1


def character_ngrams(padded, shortest, longest):
    """Yields the n-grams of a word between blanks; a word that is too short is one n-gram."""
    for length in range(shortest, longest + 1):
        length = min(length, len(padded))
        yield from (padded[at : at + length] for at in range(len(padded) - length + 1))
        if length == len(padded):
            return


def guess(text):
    """Guesses the language of a text by function words; the program has a better detector."""
    words = text.lower().split()
    return max(LANGUAGES, key=lambda name: sum(words.count(word) for word in LANGUAGES[name].frequent))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model")
    parser.add_argument("articles", nargs="?", help="JSON lines; - is standard input")
    parser.add_argument("--language", choices=LANGUAGES, help="of all rows without `lang`")
    options = parser.parse_args()
    try:
        model = Model(options.model)
    except (Damaged, ValueError, KeyError, TypeError, IndexError) as error:
        sys.exit(f"{options.model}: not a model that can be read here: {error}")
    if not options.articles:
        print(json.dumps({"format": model.format, **model.meta}, indent=1, ensure_ascii=False))
        return
    codes = {language.code: name for name, language in LANGUAGES.items()}
    with sys.stdin if options.articles == "-" else open(options.articles, encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            row = json.loads(line)
            language = codes.get(row["lang"], row["lang"]) if row.get("lang") else options.language
            heads = model.score(row["text"], language)
            print(json.dumps({"id": row.get("id", number), "heads": heads}, ensure_ascii=False))


if __name__ == "__main__":
    main()
