"""Amazon DynamoDB: names that an expression may not use bare."""

from itertools import pairwise

from ministack.services import dynamodb


def _bare_function_name(tokens: list[tuple]) -> str | None:
    """A name that is both a function and a reserved word, where it is not a function's call."""
    # The last token is the end of the expression.
    for (kind, name), (next_kind, _) in pairwise(tokens):
        is_function = kind == "IDENT" and name.lower() in dynamodb._DDB_EXPR_FUNCTIONS
        if is_function and name.upper() in dynamodb.AWS_KEYWORDS and next_kind != "LPAREN":
            return name
    return None


def patch_reserved_words() -> None:
    """An attribute named like a function is a reserved word as any other: only ``size(`` is the function.

    From the DynamoDB guide, "Reserved words in DynamoDB" and "Condition and filter expressions, operators, and
    functions".
    """
    original = dynamodb._check_reserved_keyword_usage

    def check(tokens: list[tuple]) -> str | None:
        name = _bare_function_name(tokens)
        if name is None:
            return original(tokens)
        return f"Invalid UpdateExpression: Attribute name is a reserved keyword; reserved keyword: {name}"

    dynamodb._check_reserved_keyword_usage = check


def apply() -> None:
    """Apply every patch of this module."""
    patch_reserved_words()
