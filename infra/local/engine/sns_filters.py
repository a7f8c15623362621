"""Amazon SNS: filter policies on messages that hold arrays of objects, as S3's events do."""

from collections.abc import Callable

from ministack.services import sns


def _merged(elements: list) -> dict:
    """All that the objects of an array hold under each name."""
    merged: dict = {}
    for element in elements:
        for name, value in element.items() if isinstance(element, dict) else ():
            merged.setdefault(name, []).extend(value if isinstance(value, list) else [value])
    return merged


def patch_arrays_of_objects() -> None:
    """A nested filter policy on the message body matches an array if its objects have what it asks for.

    From the SNS guide, "Amazon SNS payload-based filtering", whose example is an S3 event's ``Records``.
    """
    original = sns._body_lookup

    def lookup_of(body: dict) -> Callable[[str], tuple]:
        lookup = original(body)

        def child(name: str) -> Callable[[str], tuple] | None:
            value = body.get(name)
            if isinstance(value, list):
                value = _merged(value)
            return lookup_of(value) if isinstance(value, dict) and value else None

        lookup.child = child
        return lookup

    sns._body_lookup = lookup_of


def apply() -> None:
    """Apply every patch of this module."""
    patch_arrays_of_objects()
