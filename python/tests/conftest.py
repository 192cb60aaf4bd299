"""Data of the tests, made here or taken from the clone."""

from __future__ import annotations

import importlib.util
import os
import random
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]

TOPICS = {
    "conflict": "army troops border shelling tanks front drone strike soldiers ceasefire",
    "sport": "striker goal match final coach league cup penalty stadium referee",
    "economy": "inflation rates budget exports market shares bank prices wages trade",
}
COMMON = "the of in and after before two new said on monday talks while officials"


@pytest.fixture(scope="session")
def rows() -> list[dict[str, Any]]:
    """360 rows of invented news with a topic and a stance."""
    chance = random.Random(1)
    made = []
    for number in range(360):
        topic = list(TOPICS)[number % 3]
        words = chance.choices(TOPICS[topic].split(), k=9) + chance.choices(COMMON.split(), k=12)
        if chance.random() < 0.15:
            words += chance.choices(TOPICS["sport"].split(), k=4)
        chance.shuffle(words)
        stance = [name for name in ("harsh", "mild") if chance.random() < 0.4]
        words += {"harsh": ["condemned", "furious"], "mild": ["welcomed", "calm"]}.get(
            stance[0] if stance else "", []
        )
        made.append(
            {
                "id": f"a{number}",
                "title": " ".join(words[:4]),
                "text": " ".join(words[4:]),
                "topic": topic,
                "stance": stance,
                "part": "test" if number % 4 == 0 else "train",
            }
        )
    return made


@pytest.fixture(scope="session")
def texts(rows: list[dict[str, Any]]) -> list[str]:
    return [row["text"] for row in rows]


@pytest.fixture(scope="session")
def topics(rows: list[dict[str, Any]]) -> list[str]:
    return [row["topic"] for row in rows]


@pytest.fixture(scope="session")
def has_spark() -> bool:
    """True where PySpark is installed and finds Java."""
    home = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=f"{home}/bin" if home else None)
    return importlib.util.find_spec("pyspark") is not None and java is not None


@pytest.fixture(scope="session")
def program() -> Callable[..., str]:
    """The program of the same build, which `STANDPOINT` or the path names."""
    found = os.environ.get("STANDPOINT") or shutil.which("standpoint")
    if found is None:
        pytest.skip("there is no program `standpoint`; name it with STANDPOINT")

    def run(*arguments: str | Path) -> str:
        words = [found, *map(str, arguments)]
        ran = subprocess.run(words, capture_output=True, text=True)
        # 1 is the answer no of `check` and `compare`.
        assert ran.returncode in (0, 1), ran.stderr
        return ran.stdout

    return run
