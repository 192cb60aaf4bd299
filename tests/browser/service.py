"""The program under test, with a store and an inbox of its own."""

import json
import os
import signal
import subprocess
import urllib.request
from pathlib import Path

from articles import ARTICLES

PROGRAM = os.environ["STANDPOINT"]


class Service:
    """`standpoint serve` on a port that stays the same when it is started again."""

    def __init__(self, folder: Path, *options: str, token: str | None = None):
        self.folder = folder
        self.token = token
        self.options = options
        self.address = "127.0.0.1:0"
        inbox = folder / "inbox.jsonl"
        inbox.write_text("".join(json.dumps(article) + "\n" for article in ARTICLES))
        self.start()

    def start(self):
        command = [PROGRAM, "serve", "--listen", self.address, "--store", str(self.folder / "desk.sqlite")]
        command += ["--inbox", str(self.folder / "inbox.jsonl"), *self.options]
        with open(self.folder / "messages", "ab") as messages:
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=messages)
        line = self.process.stdout.readline()
        assert line, (self.folder / "messages").read_text()
        self.url = json.loads(line)["listening"]
        self.address = self.url.removeprefix("http://")

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(timeout=40)
        except subprocess.TimeoutExpired:
            self.kill()
        self.process.stdout.close()

    def ask(self, path: str, body=None):
        headers = {"Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(urllib.request.Request(self.url + path, data, headers), timeout=60) as answer:
            return json.load(answer)

    def corrections(self):
        return self.ask("/v1/corrections?limit=1000")["corrections"]

    def in_force(self):
        return [row for row in self.corrections() if row["in_force"] and row["undoes"] is None]

    def history(self):
        return self.ask("/v1/history")

    def explain(self, article: dict):
        given = {key: article[key] for key in ("id", "title", "text") if article.get(key)}
        return self.ask("/v1/explain?top=all", given)

    def learnt_ids(self, head="topic", annotator="anna"):
        """The ids of waiting articles that models may learn from."""
        queue = self.ask(f"/v1/queue?limit=100&head={head}&annotator={annotator}")
        return {article["id"] for article in queue["articles"] if article["reason"] != "random"}
