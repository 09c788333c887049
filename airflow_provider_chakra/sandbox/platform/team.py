"""The team of a new sandbox: its roles, and its first users."""

from __future__ import annotations

from typing import Any, Final

NAME: Final = "Sandbox"

ROLES: Final = (
    {"id": "5a4db0c5-0000-4000-8000-000000000201", "name": "Admin"},
    {"id": "5a4db0c5-0000-4000-8000-000000000202", "name": "Agent"},
)


def first_users(now: int) -> list[dict[str, Any]]:
    """
    Give the users of a new sandbox.

    :param now: the time, in milliseconds since 1970.
    """
    return [
        {
            "id": f"5a4db0c5-0000-4000-8000-00000000010{number}",
            "name": name,
            "email": f"{name.lower()}@example.com",
            "role": role["id"],
            "isActive": True,
            "createdAt": now,
            "updatedAt": now,
        }
        for number, (name, role) in enumerate(zip(("Asha", "Bruno"), ROLES, strict=True), 1)
    ]
