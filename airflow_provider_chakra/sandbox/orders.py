"""What all orders to the control API share."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import Response
from pydantic import BaseModel, ConfigDict, Field

from airflow_provider_chakra.sandbox.pace import LONGEST

#: A time to wait; a longer one would leave the calendar.
Seconds = Annotated[float, Field(ge=0, le=LONGEST)]

#: The answer to an order that was carried out.
DONE: Final = Response(status_code=204)


class Order(BaseModel):
    """What shall be, in the body of a request; a part that is not known is refused."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    def given(self) -> dict[str, Any]:
        """Give what was asked for, for orders of which the rest stays as it is."""
        return self.model_dump(exclude_unset=True)
