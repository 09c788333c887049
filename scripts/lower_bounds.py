"""Print the oldest versions that pyproject.toml allows, as requirements, to test with exactly those."""

from __future__ import annotations

import tomllib
from pathlib import Path


def lower_bounds(pyproject: str) -> list[str]:
    """
    Turn each lower bound into an exact version; Airflow's own is chosen elsewhere.

    :param pyproject: the text of pyproject.toml.
    :return: requirements such as ``requests==2.32.2``.
    """
    project = tomllib.loads(pyproject)["project"]
    # The extra ``messaging`` needs a later Airflow than the oldest.
    requirements: list[str] = [*project["dependencies"], *project["optional-dependencies"]["sandbox"]]
    return [
        requirement.replace(">=", "==")
        for requirement in requirements
        if not requirement.startswith("apache-airflow>")
    ]


if __name__ == "__main__":
    print(*lower_bounds((Path(__file__).parent.parent / "pyproject.toml").read_text()))
