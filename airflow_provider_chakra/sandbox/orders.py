"""What all orders to the control API share."""

from __future__ import annotations

from typing import Any, Final

from fastapi import Response
from pydantic import BaseModel, ConfigDict

#: The answer to an order that was carried out.
DONE: Final = Response(status_code=204)


class Order(BaseModel):
    """What shall be, in the body of a request; a part that is not known is refused."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    def given(self) -> dict[str, Any]:
        """Give what was asked for, for orders of which the rest stays as it is."""
        return self.model_dump(exclude_unset=True)
