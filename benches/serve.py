#!/usr/bin/env python3
"""The service beside `score`: one article of 3 kB over a connection that is kept, and batches; see README.md beside this.

    serve.py [--program target/release/standpoint] [--corpus datasets/news.jsonl] [--requests 2000] [--batch 10000] [--threads 1]

Every answer is compared with the row that `score --json` writes.
"""
import argparse
import http.client
import json
import pathlib
import subprocess
import threading
import time

ROOT = pathlib.Path(__file__).parent.parent
ARTICLE_BYTES = 3_000


def articles(corpus, count):
    """Articles of 3 kB, made of the rows of a corpus one after the other."""
    texts = [json.loads(line) for line in corpus.read_text().splitlines()]
    texts = [f"{row.get('title', '')}\n{row['text']}" for row in texts]
    made, at = [], 0
    while len(made) < count:
        text = ""
        while len(text.encode()) < ARTICLE_BYTES:
            text += texts[at % len(texts)] + "\n"
            at += 1
        made.append(json.dumps({"id": len(made), "text": text.encode()[:ARTICLE_BYTES].decode(errors="ignore")}))
    return made


def scored(a, rows):
    """The rows of `score --json`, and the seconds that the whole process takes."""
    command = [a.program, "score", "--json", "--format", "jsonl", "--threads", str(a.threads)]
    begun = time.perf_counter()
    ran = subprocess.run(command, input="\n".join(rows).encode(), capture_output=True, check=True)
    return ran.stdout.decode().splitlines(), time.perf_counter() - begun


def single(port, rows, expected):
    """Latencies of one article after the other, in milliseconds."""
    connection, latencies = http.client.HTTPConnection("127.0.0.1", port), []
    for row, right in zip(rows, expected):
        begun = time.perf_counter()
        connection.request("POST", "/v1/score", row, {"Content-Type": "application/json"})
        answer = connection.getresponse().read()
        latencies.append((time.perf_counter() - begun) * 1e3)
        assert answer.decode() == right + "\n", answer
    return sorted(latencies)


def lines(port, rows, expected):
    """Seconds for all rows as JSON lines, written and read at once."""
    body = ("\n".join(rows) + "\n").encode()
    connection = http.client.HTTPConnection("127.0.0.1", port)
    begun = time.perf_counter()
    connection.putrequest("POST", "/v1/score")
    connection.putheader("Content-Type", "application/x-ndjson")
    connection.putheader("Content-Length", str(len(body)))
    connection.endheaders()
    writer = threading.Thread(target=connection.send, args=(body,))
    writer.start()
    answer = connection.getresponse().read()
    writer.join()
    seconds = time.perf_counter() - begun
    assert answer.decode().splitlines() == expected, "other rows than those of score"
    return seconds


def array(port, rows, expected):
    """Seconds for all rows as an array."""
    body = ("[" + ",".join(rows) + "]").encode()
    connection = http.client.HTTPConnection("127.0.0.1", port)
    begun = time.perf_counter()
    connection.request("POST", "/v1/score", body, {"Content-Type": "application/json"})
    answer = connection.getresponse().read()
    seconds = time.perf_counter() - begun
    assert answer.decode() == "[" + ",\n".join(expected) + "]\n", "other rows than those of score"
    return seconds


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", default=str(ROOT / "target/release/standpoint"))
    parser.add_argument("--corpus", type=pathlib.Path, default=ROOT / "datasets/news.jsonl")
    parser.add_argument("--requests", type=int, default=2_000)
    parser.add_argument("--batch", type=int, default=10_000)
    parser.add_argument("--threads", type=int, default=1)
    a = parser.parse_args()
    rows = articles(a.corpus, max(a.requests, a.batch))
    expected, _ = scored(a, rows)
    command = [a.program, "serve", "--listen", "127.0.0.1:0", "--max-body", "1G", "--threads", str(a.threads)]
    service = subprocess.Popen(command, stdout=subprocess.PIPE)
    try:
        port = int(json.loads(service.stdout.readline())["listening"].rsplit(":", 1)[1])
        single(port, rows[:200], expected)
        latencies = single(port, rows[: a.requests], expected)
        at = lambda share: latencies[min(int(len(latencies) * share), len(latencies) - 1)]
        print(f"one article of 3 kB, kept connection: p50 {at(0.5):.3f} ms, p99 {at(0.99):.3f} ms, {a.requests} requests")
        batch, right = rows[: a.batch], expected[: a.batch]
        best = {}
        for _ in range(3):
            for name, seconds in (
                ("score, whole process", scored(a, batch)[1]),
                ("JSON lines", lines(port, batch, right)),
                ("array", array(port, batch, right)),
            ):
                best[name] = min(seconds, best.get(name, seconds))
        empty = min(scored(a, batch[:1])[1] for _ in range(3))
        best["score, without its start"] = best["score, whole process"] - empty
        for name, seconds in best.items():
            print(f"{name}: {len(batch) / seconds:,.0f} rows/s, {ARTICLE_BYTES * len(batch) / seconds / 1e6:.1f} MB/s")
    finally:
        service.terminate()
        service.wait()


if __name__ == "__main__":
    main()
