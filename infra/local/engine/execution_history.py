"""The history of an execution, event by event, and its delivery to CloudWatch Logs."""

import json
import threading
import time
from contextvars import ContextVar
from datetime import UTC, datetime
from types import SimpleNamespace

from ministack.core.responses import now_iso
from ministack.services import cloudwatch_logs
from ministack.services import stepfunctions as sfn

FATAL_EVENTS = {"ExecutionAborted", "ExecutionFailed", "ExecutionTimedOut"}
FAILURE_ENDINGS = ("Failed", "TimedOut", "Aborted")
FINAL_EVENTS = FATAL_EVENTS | {"ExecutionSucceeded"}
DATA_FIELDS = ("input", "output", "parameters")

_lock = threading.Lock()
# The branch of the execution that this thread works on, and the id of its latest event. The threads of a
# branch share one object: a Task with a time limit runs in a thread of its own.
_branch: ContextVar[SimpleNamespace | None] = ContextVar("branch", default=None)


def _current() -> SimpleNamespace:
    return _branch.get() or SimpleNamespace(latest=0)


def start_branch() -> None:
    """Let the events of this thread follow the event that came before the fork."""
    _branch.set(SimpleNamespace(latest=_current().latest))


def start_execution() -> None:
    """Let the events of this thread start a history."""
    _branch.set(SimpleNamespace(latest=0))


def record(execution: dict, event_type: str, details: dict | None = None) -> None:
    """Append an event to the history, and to the log of the state machine if its level asks for it.

    What a branch still does after its execution was ended by its time limit is no part of the history.
    """
    with _lock:
        if execution.get("historyEnded"):
            return
        execution["historyEnded"] = event_type in FINAL_EVENTS
        event = _append(execution, event_type, details or {})
    _deliver(execution, event, details or {})


def _append(execution: dict, event_type: str, details: dict) -> dict:
    branch = _current()
    event = {
        "id": len(execution["events"]) + 1,
        "previousEventId": branch.latest,
        "type": event_type,
        "timestamp": now_iso(),
        _details_key(event_type): details,
    }
    execution["events"].append(event)
    branch.latest = event["id"]
    return event


def _details_key(event_type: str) -> str:
    for ending in ("StateEntered", "StateExited"):
        if event_type.endswith(ending):
            return f"s{ending[1:]}EventDetails"
    return f"{event_type[0].lower()}{event_type[1:]}EventDetails"


# --- Tasks ---


def _integration(resource: str) -> dict:
    """The fields by which an event names the resource of a task."""
    if resource.startswith("arn:aws:states:::"):
        kind, _, action = resource.removeprefix("arn:aws:states:::").rpartition(":")
        return {"resourceType": kind, "resource": action}
    return {"resource": resource}


def _task_event_type(event_type: str, resource: str, error: str | None) -> str:
    if error == "States.Timeout":
        event_type = "TaskTimedOut"
    if resource.startswith("arn:aws:lambda:"):
        return event_type.replace("Task", "LambdaFunction", 1)
    return event_type


def record_task(execution: dict, event_type: str, resource: str, **fields: str) -> None:
    """Record an event of a task: Task... for a service integration, LambdaFunction... for a function's ARN."""
    direct = resource.startswith("arn:aws:lambda:")
    if direct and "parameters" in fields:
        fields["input"] = fields.pop("parameters")
    named = {} if direct and event_type != "TaskScheduled" else _integration(resource)
    record(execution, _task_event_type(event_type, resource, fields.get("error")), named | fields)


# --- Delivery to CloudWatch Logs ---


def _is_logged(level: str, event_type: str) -> bool:
    if level == "ALL":
        return True
    if level == "ERROR":
        return event_type.endswith(FAILURE_ENDINGS) or event_type == "FailStateEntered"
    return level == "FATAL" and event_type in FATAL_EVENTS


def _log_details(details: dict, include_data: bool) -> dict:
    kept = {name: value for name, value in details.items() if include_data or name not in DATA_FIELDS}
    sizes = {f"{name}Details": {"truncated": False} for name in ("input", "output") if name in kept}
    return kept | sizes


def _message(execution: dict, event: dict, details: dict) -> dict:
    """One log event, in the form of the Step Functions guide, "Using CloudWatch Logs to log execution history"."""
    return {
        "id": str(event["id"]),
        "type": event["type"],
        "details": details,
        "previous_event_id": str(event["previousEventId"]),
        "event_timestamp": str(sfn._iso_to_epoch_ms(event["timestamp"])),
        "execution_arn": execution["executionArn"],
        "redrive_count": "0",
    }


def _stream(machine_name: str) -> str:
    minute = datetime.now(UTC).strftime("%Y-%m-%d-%H-%M")
    return f"states/{machine_name}/{minute}/00000000"


def _deliver(execution: dict, event: dict, details: dict) -> None:
    """Write an event to the log group of the state machine. A log group that is gone loses it, as on AWS."""
    logging = execution.get("logging") or {}
    if not logging.get("destinations") or not _is_logged(logging.get("level", "OFF"), event["type"]):
        return
    arn = logging["destinations"][0]["cloudWatchLogsLogGroup"]["logGroupArn"]
    target = {"logGroupName": arn.split(":")[6], "logStreamName": _stream(execution["machineName"])}
    message = _message(execution, event, _log_details(details, logging.get("includeExecutionData", False)))
    cloudwatch_logs._create_log_stream(target)
    line = {"timestamp": int(time.time() * 1000), "message": json.dumps(message, separators=(",", ":"))}
    cloudwatch_logs._put_log_events(target | {"logEvents": [line]})
