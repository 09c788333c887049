"""What holds for the arguments of every operator of ours."""

from __future__ import annotations

import inspect
import re
from typing import Any


def assert_arguments_are_template_fields(operator: type[Any], *, but: frozenset[str] = frozenset()) -> None:
    """Check that each argument is given by name, kept under its name, and a template field, but for some."""
    ours = [kind for kind in operator.__mro__ if kind.__module__.startswith("airflow_provider_chakra.")]
    names: set[str] = set()
    for kind in (kind for kind in ours if "__init__" in vars(kind)):
        # Airflow wraps each __init__.
        source, parameters = inspect.getsource(kind.__init__), inspect.signature(kind.__init__).parameters
        assert all(p.kind in (p.KEYWORD_ONLY, p.VAR_KEYWORD) for p in parameters.values() if p.name != "self")
        for name in parameters.keys() - {"self", "kwargs"}:
            plain = re.search(rf"^        self\.{name} = {name}$", source, re.MULTILINE)
            assert plain or re.search(rf"super\(\).__init__\([^)]*\b{name}={name}\b", source), name
            names.add(name)
    assert set(operator.template_fields) == names - {"deferrable"} - but
    assert len(operator.template_fields) == len(set(operator.template_fields))
    assert operator.template_ext == ()
    assert set(operator.template_fields_renderers) <= set(operator.template_fields)
    assert operator.object_fields <= set(operator.template_fields)
