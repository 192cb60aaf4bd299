"""Vowpal Wabbit and model2vec for beside_peers.py: their rows, their models, and labels from text.

Both come from PyPI (`vowpalwabbit`, `model2vec`). Pretrained models of model2vec come from a hub of models alone, so its
model is made here: one vector a token by `fasttext supervised` on the training rows, and scikit-learn's logistic
regression on the means of texts, as the package's own classifiers have it.
"""
import pathlib
import re
import subprocess
import sys

VOWPAL_WABBIT = [sys.executable, "-m", "vowpalwabbit", "--quiet"]
TOKEN = re.compile(r"\w+|[^\w\s]+")
DIMENSIONS = 256


def labelled(path):
    """Labels and texts of fastText lines."""
    with open(path, encoding="utf-8") as lines:
        pairs = [line.rstrip("\n").partition(" ") for line in lines]
    return [label for label, _, _ in pairs], [text for _, _, text in pairs]


# Vowpal Wabbit.

def write_rows(source, path, names):
    """Writes fastText lines as lines of Vowpal Wabbit, in which colons and bars have a meaning; labels are numbers."""
    with open(path, "w", encoding="utf-8") as out:
        for label, text in zip(*labelled(source)):
            out.write(f"{names.index(label) + 1 if label in names else 1} | {re.sub('[:|]', ' ', text)}\n")


def vowpal_wabbit_model(source, path, ngrams):
    """Trains a model, with its rows and labels beside it; returns the names of labels by number."""
    names = sorted(set(labelled(source)[0]))
    write_rows(source, f"{path}.rows", names)
    pairs = ["--ngram", "2"] if ngrams == "w12" else []
    subprocess.run([*VOWPAL_WABBIT, "-d", f"{path}.rows", "-f", path, "--oaa", str(len(names)), "--loss_function", "logistic",
                    "-b", "22", *pairs, "--passes", "10", "-c", "-k", "--holdout_off"], check=True, capture_output=True)
    return names


def vowpal_wabbit_command(model):
    """Prints a label a row of SOURCE."""
    return [*VOWPAL_WABBIT, "-t", "-i", model, "-d", "SOURCE", "-p", "/dev/stdout"]


# model2vec.

def model2vec_model(source, path):
    """Makes a folder with a model and a classifier, unless it is there."""
    folder = pathlib.Path(path)
    if folder.exists():
        return
    import joblib
    import numpy
    from model2vec import StaticModel
    from sklearn.linear_model import LogisticRegression
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers
    labels, texts = labelled(source)
    words, vectors = token_vectors(labels, texts, path)
    tokenizer = Tokenizer(models.WordLevel({word: at for at, word in enumerate(words)}, unk_token=words[0]))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    model = StaticModel(numpy.array(vectors, dtype="float32"), tokenizer, max_length=None)
    classifier = LogisticRegression(C=10, max_iter=1000).fit(model.encode(texts), labels)
    model.save_pretrained(folder)
    joblib.dump(classifier, folder / "classifier.joblib")


def token_vectors(labels, texts, path):
    """Tokens, of which the first stands for all unknown ones, and their vectors, learnt by fastText."""
    tokenised = [TOKEN.findall(text.lower()) for text in texts]
    with open(f"{path}.rows", "w", encoding="utf-8") as out:
        out.writelines(f"{label} {' '.join(tokens)}\n" for label, tokens in zip(labels, tokenised))
    subprocess.run(["fasttext", "supervised", "-input", f"{path}.rows", "-output", f"{path}.vectors", "-dim", str(DIMENSIONS),
                    "-minCount", "2", "-lr", "1.0", "-epoch", "25", "-thread", "2"], check=True, capture_output=True)
    counts = {}
    for tokens in tokenised:
        for token in tokens:
            counts[token] = counts.get(token, 0) + 1
    words = sorted(token for token, count in counts.items() if count >= 2)
    printed = subprocess.run(["fasttext", "print-word-vectors", f"{path}.vectors.bin"], input="\n".join(words) + "\n",
                             stdout=subprocess.PIPE, check=True, text=True).stdout
    vectors = [[float(value) for value in line.split(" ")[1:] if value] for line in printed.split("\n") if line]
    return ["[UNK]", *words], [[0.0] * DIMENSIONS, *vectors]


def model2vec_labels(path, source, timed):
    """Labels of texts, with the time that `timed` measures."""
    import joblib
    from model2vec import StaticModel
    model = StaticModel.from_pretrained(path)
    model.max_length = None
    classifier = joblib.load(pathlib.Path(path) / "classifier.joblib")
    labels, texts = labelled(source)
    work = lambda: classifier.predict(model.encode(texts, use_multiprocessing=False))
    found, took = timed(work)
    return {**took, "MB": sum(len(text.encode()) for text in texts) / 1e6, "documents": len(texts),
            "hits": sum(f == l for f, l in zip(found, labels))}
