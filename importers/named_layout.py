"""A layout by the name that a caller gives it."""

from difflib import get_close_matches

from importers.layout import Layout, UnknownLayout, load_layout
from service.domain.errors import Fault, invalid_request


def layout_named(layout: str) -> Layout:
    """The layout. Raises Refusal ``invalid_request``, with the nearest name there is, when there is none."""
    try:
        return load_layout(layout)
    except UnknownLayout as unknown:
        close = get_close_matches(layout, unknown.known, n=1)
        params = {"choices": ", ".join(unknown.known), **({"suggestion": close[0]} if close else {})}
        raise invalid_request([Fault("/layout", "unknown_layout", params)]) from None
