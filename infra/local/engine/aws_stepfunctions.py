"""AWS Step Functions: JSONPath, error names and retries, for every kind of state machine."""

import json
import random

from ministack.services import stepfunctions as sfn

MAX_PAYLOAD_BYTES = 256 * 1024

# Errors that a wildcard never matches: they end the execution.
_TERMINAL_ERRORS = {"States.Runtime", "States.DataLimitExceeded"}


def _has_node(path: str, data: object) -> bool:
    """Whether a path without a wildcard leads to a node, be it null. An index out of range counts as null."""
    for kind, value in sfn._parse_jsonpath_tokens(path) or ():
        if kind == "index":
            if not isinstance(data, list):
                return False
            data = data[value] if value < len(data) else None
        elif not isinstance(data, dict) or value not in data:
            return False
        else:
            data = data[value]
    return True


def patch_missing_path() -> None:
    """A path that leads nowhere fails the execution with States.Runtime; it is not null.

    From the Step Functions guide, "Handling errors in workflows" and "Using JSONPath paths".
    """
    original = sfn._resolve_path

    def resolve(path: str, data: object) -> object:
        value = original(path, data)
        if value is None and not _has_node(path, data):
            cause = f"The JSONPath '{path}' could not be found in the input '{json.dumps(data)}'"
            raise sfn._ExecutionError("States.Runtime", cause)
        return value

    sfn._resolve_path = resolve


def patch_is_present() -> None:
    """The choice test IsPresent asks whether the field exists: a null is present, and no field is no error.

    From the Step Functions guide, "Choice workflow state".
    """
    original = sfn._evaluate_rule

    def is_present(variable: str, data: object, ctx: dict | None) -> bool:
        path, root = (variable[1:], ctx or {}) if variable.startswith("$$") else (variable, data)
        return _has_node(path, root)

    def evaluate(rule: dict, data: object, ctx: dict | None = None) -> bool:
        if "IsPresent" in rule and "Variable" in rule:
            return is_present(rule["Variable"], data, ctx) == rule["IsPresent"]
        return original(rule, data, ctx)

    sfn._evaluate_rule = evaluate


def patch_wildcard_errors() -> None:
    """States.ALL and States.TaskFailed do not match States.Runtime and States.DataLimitExceeded.

    From the Step Functions guide, "Handling errors in workflows": error names.
    """
    original = sfn._error_matches

    def matches(error_equals: list[str], error: str) -> bool:
        if error in _TERMINAL_ERRORS:
            return error in error_equals
        return original(error_equals, error)

    sfn._error_matches = matches


def patch_intrinsic_failure() -> None:
    """An intrinsic function that cannot work with its arguments is a States.IntrinsicFailure.

    From the Step Functions guide, "Handling errors in workflows": error names.
    """
    original = sfn._evaluate_intrinsic

    def evaluate(expression: str, data: object, ctx: dict | None) -> object:
        try:
            return original(expression, data, ctx)
        except sfn._ExecutionError:
            raise
        except Exception as error:
            raise sfn._ExecutionError("States.IntrinsicFailure", f"{expression}: {error}") from error

    sfn._evaluate_intrinsic = evaluate


def _delay(retrier: dict, attempt: int) -> float:
    delay = retrier.get("IntervalSeconds", 1) * retrier.get("BackoffRate", 2.0) ** attempt
    delay = min(delay, retrier.get("MaxDelaySeconds", delay))
    return random.uniform(0, delay) if retrier.get("JitterStrategy") == "FULL" else delay


def patch_retry_delay() -> None:
    """A retrier's delay is bounded by MaxDelaySeconds and spread by JitterStrategy.

    From the Step Functions guide, "Handling errors in workflows": retrying after an error.
    """
    original = sfn._find_matching_retrier

    def find(retriers: list[dict], error: str, retry_counts: dict[int, int]) -> tuple[dict | None, int]:
        retrier, index = original(retriers, error, retry_counts)
        if retrier is None:
            return retrier, index
        # The caller multiplies interval and backoff: the whole delay is the interval.
        delay = _delay(retrier, retry_counts.get(index, 0))
        return {**retrier, "IntervalSeconds": delay, "BackoffRate": 1}, index

    sfn._find_matching_retrier = find


def patch_throttled_task() -> None:
    """A Lambda task over its concurrency limit fails with Lambda.TooManyRequestsException.

    From the Step Functions guide, "Handling errors in workflows": Lambda service exceptions.
    """
    original = sfn._call_lambda

    def call(func_ref: str, event: object) -> object:
        try:
            return original(func_ref, event)
        except sfn._ExecutionError as error:
            if error.error != "Lambda.Unknown" or "TooManyRequestsException" not in error.cause:
                raise
            raise sfn._ExecutionError("Lambda.TooManyRequestsException", error.cause) from error

    sfn._call_lambda = call


def patch_map_concurrency() -> None:
    """MaxConcurrencyPath says how many iterations of a Map run at once, as MaxConcurrency does.

    From the Step Functions guide, "Map workflow state".
    """
    original = sfn._run_map_items

    def run(state: dict, data: object, execution: dict, ctx: dict) -> object:
        path = state.get("MaxConcurrencyPath")
        if path is None:
            return original(state, data, execution, ctx)
        limit = sfn._resolve_path_or_ctx(path, sfn._apply_input_path(state, data, ctx), ctx)
        if not isinstance(limit, int) or limit < 0:
            cause = f"The MaxConcurrencyPath '{path}' must lead to a non-negative integer, not to {json.dumps(limit)}"
            raise sfn._ExecutionError("States.Runtime", cause)
        return original({**state, "MaxConcurrency": limit}, data, execution, ctx)

    sfn._run_map_items = run


def check_size(name: str, output: str) -> None:
    """Fail a state whose output is larger than the service's limit of 256 KiB.

    From the Step Functions guide, "Step Functions service quotas".
    """
    if len(output.encode()) > MAX_PAYLOAD_BYTES:
        cause = f"The state '{name}' returned a result with a size exceeding the maximum number of bytes service limit."
        raise sfn._ExecutionError("States.DataLimitExceeded", cause)


def apply() -> None:
    """Apply every patch of this module."""
    patch_missing_path()
    patch_is_present()
    patch_wildcard_errors()
    patch_intrinsic_failure()
    patch_retry_delay()
    patch_throttled_task()
    patch_map_concurrency()
