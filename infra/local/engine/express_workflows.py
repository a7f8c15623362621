"""AWS Step Functions: Express workflows, their time limit, their history and the answer to their caller."""

import contextvars
import copy
import json
import logging
import math
import re
import threading
import time
from collections.abc import Callable
from functools import partial

from ministack.core.responses import error_response_json, get_account_id, get_region, json_response, new_uuid, now_iso
from ministack.services import stepfunctions as sfn

import execution_history as history
from aws_stepfunctions import MAX_PAYLOAD_BYTES, check_size

logger = logging.getLogger("states")

MAX_SECONDS = 300
_FORBIDDEN_IN_NAME = re.compile(r"[\s<>{}\[\]?*\"#%\\^|~`$&,;:/\x00-\x1f\x7f-\x9f]")
_NEEDS_EXECUTION = ("Task", "Parallel", "Map")

# The execution of this thread, and the kind of the state (Map or Parallel) whose branch it runs.
_execution: contextvars.ContextVar[dict | None] = contextvars.ContextVar("execution", default=None)
_container: contextvars.ContextVar[tuple[str, str]] = contextvars.ContextVar("container", default=("", ""))


class Stopped(Exception):
    """The execution ended while this branch of it was still at work."""


# --- States ---


def _perform(state: dict, data: object, execution: dict, ctx: dict) -> tuple[object, str | None]:
    kind = state["Type"]
    if kind == "Succeed":
        return sfn._apply_output_path(state, sfn._apply_input_path(state, data, ctx), ctx), None
    if kind == "Fail":
        raise sfn._ExecutionError(*sfn._fail_state_error(state, data, ctx))
    perform = getattr(sfn, f"_execute_{kind.lower()}")
    return perform(state, data, execution, ctx) if kind in _NEEDS_EXECUTION else perform(state, data, ctx)


def _run_state(name: str, state: dict, data: object, execution: dict, ctx: dict) -> tuple[object, str | None]:
    kind = state["Type"]
    ctx["State"] = {"Name": name, "EnteredTime": now_iso(), "RetryCount": 0}
    history.record(execution, f"{kind}StateEntered", {"name": name, "input": json.dumps(data)})
    data, following = _perform(state, data, execution, ctx)
    output = json.dumps(data)
    check_size(name, output)
    history.record(execution, f"{kind}StateExited", {"name": name, "output": output})
    return data, following


def run_states(states: dict, start_at: str | None, data: object, execution: dict, ctx: dict) -> object:
    """Walk a set of states from its start to its end."""
    name, data = start_at, copy.deepcopy(data)
    while name:
        if execution["status"] != "RUNNING":
            raise Stopped
        if name not in states:
            raise sfn._ExecutionError("States.Runtime", f"State '{name}' not found in definition")
        data, name = _run_state(name, states[name], data, execution, ctx)
    return data


def patch_branches() -> None:
    """The states inside a Map or Parallel have a context of their own and events of their own.

    From the Step Functions guide, "Accessing execution data from the Context object", and the history
    events MapIterationStarted, MapIterationSucceeded and MapIterationFailed of its API reference.
    """

    def run(states: dict, start_at: str | None, data: object, execution: dict, ctx: dict) -> object:
        # Parallel hands one context to all of its branches: a copy keeps their states apart.
        ctx = {**ctx}
        history.start_branch()
        kind, name = _container.get()
        if kind != "Map":
            return run_states(states, start_at, data, execution, ctx)
        iteration = {"name": name, "index": ctx["Map"]["Item"]["Index"]}
        work = partial(run_states, states, start_at, data, execution, ctx)
        return _recorded(execution, "MapIteration", iteration, work)

    sfn._run_sub_machine = run


def _recorded(execution: dict, prefix: str, details: dict, work: Callable[[], object]) -> object:
    history.record(execution, f"{prefix}Started", details)
    try:
        result = work()
    except sfn._ExecutionError:
        history.record(execution, f"{prefix}Failed", details)
        raise
    history.record(execution, f"{prefix}Succeeded", details)
    return result


def patch_containers() -> None:
    """A Map or Parallel state tells in the history when it started and how it ended.

    From the Step Functions API reference, HistoryEvent.
    """
    for kind, attribute in (("Map", "_run_map_items"), ("Parallel", "_run_parallel_branches")):
        setattr(sfn, attribute, _container_runner(kind, getattr(sfn, attribute)))


def _container_runner(kind: str, original: Callable[..., object]) -> Callable[..., object]:
    def run(state: dict, data: object, execution: dict, ctx: dict) -> object:
        token = _container.set((kind, ctx["State"]["Name"]))
        try:
            return _recorded(execution, f"{kind}State", {}, partial(original, state, data, execution, ctx))
        finally:
            _container.reset(token)

    return run


# --- Tasks ---


def patch_task_events() -> None:
    """The events of a task name its service and action, and carry what it was sent.

    From the Step Functions API reference, HistoryEvent: TaskScheduled, TaskStarted, LambdaFunctionScheduled, ....
    """
    original = sfn._add_event

    def add_event(execution: dict, event_type: str, details: dict | None = None) -> dict | None:
        fields = next(iter((details or {}).values()), {})
        resource = fields.get("resource", "")
        ours = execution is _execution.get() and event_type.startswith("Task")
        if not ours or ".waitForTaskToken" in resource:
            return original(execution, event_type, details)
        if event_type != "TaskScheduled":
            outcome = {name: fields[name] for name in ("output", "error", "cause") if name in fields}
            history.record_task(execution, event_type, resource, **outcome)
        # TaskScheduled waits for its parameters, which are known where the resource is invoked.
        return None

    sfn._add_event = add_event


def patch_task_invocation() -> None:
    """A task of an execution that has ended is not started any more, be it the next try of a Retry.

    From the Step Functions guide, "Workflow states": TimeoutSeconds of the state machine.
    """
    original = sfn._invoke_resource

    def invoke(resource: str, data: object) -> object:
        execution = _execution.get()
        if execution is None:
            return original(resource, data)
        if execution["status"] != "RUNNING":
            raise Stopped
        history.record_task(execution, "TaskScheduled", resource, parameters=json.dumps(data))
        history.record_task(execution, "TaskStarted", resource)
        return original(resource, data)

    sfn._invoke_resource = invoke


# --- Executions ---


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _invalid_request(machine: dict | None, data: dict) -> tuple | None:
    """The service's error for a request that it does not take, from the API reference of StartSyncExecution."""
    arn, name, text = data.get("stateMachineArn"), data.get("name"), data.get("input", "{}")
    if machine is None:
        return error_response_json("StateMachineDoesNotExist", f"State Machine Does Not Exist: '{arn}'", 400)
    if name is not None and (not 1 <= len(name) <= 80 or _FORBIDDEN_IN_NAME.search(name)):
        return error_response_json("InvalidName", f"Invalid Name: '{name}'", 400)
    if len(text.encode()) > MAX_PAYLOAD_BYTES:
        return error_response_json("ValidationException", "The input is longer than 262144 bytes", 400)
    if not _is_json(text):
        return error_response_json("InvalidExecutionInput", "Invalid State Machine Execution Input: not JSON", 400)
    return None


def _new_execution(machine: dict, data: dict) -> dict:
    name = data.get("name") or new_uuid()
    scope = f"arn:aws:states:{get_region()}:{get_account_id()}:express"
    return {
        "executionArn": f"{scope}:{machine['name']}:{name}:{new_uuid()}",
        "stateMachineArn": machine["stateMachineArn"],
        "machineName": machine["name"],
        "name": name,
        "status": "RUNNING",
        "startDate": now_iso(),
        "input": data.get("input", "{}"),
        "logging": machine.get("loggingConfiguration"),
        "testCase": "",
        "mockAttempts": {},
        "events": [],
    }


def _context(execution: dict, definition: dict) -> dict:
    return {
        "QueryLanguage": definition.get("QueryLanguage", "JSONPath"),
        "Execution": {
            "Id": execution["executionArn"],
            "Input": json.loads(execution["input"]),
            "Name": execution["name"],
            "StartTime": execution["startDate"],
        },
        "StateMachine": {"Id": execution["stateMachineArn"], "Name": execution["machineName"]},
        "variables": {},
    }


_ending = threading.Lock()


def _end(execution: dict, status: str, event_type: str, **result: str) -> None:
    """Give an execution its result, once: the time limit and the last state may come together."""
    with _ending:
        if execution["status"] != "RUNNING":
            return
        execution.update(result, stopDate=now_iso(), status=status)
    history.record(execution, event_type, result)


def _walk(execution: dict, machine: dict, definition: dict) -> None:
    _execution.set(execution)
    history.start_execution()
    started = {"input": execution["input"], "roleArn": machine["roleArn"]}
    history.record(execution, "ExecutionStarted", started)
    try:
        ctx = _context(execution, definition)
        output = run_states(definition["States"], definition["StartAt"], ctx["Execution"]["Input"], execution, ctx)
        _end(execution, "SUCCEEDED", "ExecutionSucceeded", output=json.dumps(output))
    except Stopped:
        pass
    except sfn._ExecutionError as error:
        _end(execution, "FAILED", "ExecutionFailed", error=error.error, cause=error.cause)
    except Exception as error:
        logger.exception("Unexpected error in execution %s", execution["executionArn"])
        _end(execution, "FAILED", "ExecutionFailed", error="States.Runtime", cause=str(error))


def _in_thread(work: Callable[..., None], *args: object) -> threading.Thread:
    # The account and region of the request are context variables, which a new thread does not have.
    context = contextvars.copy_context()
    thread = threading.Thread(target=context.run, args=(work, *args), daemon=True, name="express-execution")
    thread.start()
    return thread


def _run(execution: dict, machine: dict) -> None:
    """Run an execution to its end or to its time limit. What it started goes on without it, as on AWS."""
    definition = json.loads(machine["definition"])
    thread = _in_thread(_walk, execution, machine, definition)
    thread.join(min(definition.get("TimeoutSeconds", MAX_SECONDS), MAX_SECONDS))
    _end(execution, "TIMED_OUT", "ExecutionTimedOut", error="States.Timeout")


def _billing(seconds: float) -> dict:
    return {"billedMemoryUsedInMB": 64, "billedDurationInMilliseconds": math.ceil(seconds * 10) * 100}


def _answer(execution: dict, seconds: float) -> dict:
    fields = ("executionArn", "stateMachineArn", "name", "startDate", "stopDate", "status", "input")
    answer = {name: execution[name] for name in fields}
    answer |= {name: execution[name] for name in ("output", "error", "cause") if name in execution}
    answer |= {"inputDetails": {"included": True}, "billingDetails": _billing(seconds)}
    return answer | ({"outputDetails": {"included": True}} if "output" in execution else {})


def patch_start_sync_execution() -> None:
    """StartSyncExecution runs Express workflows only, each execution on its own, and within its time limit.

    An execution of the same name is another execution; TimeoutSeconds, or five minutes, ends it as TIMED_OUT;
    output is there on success only, error and cause on failure only. The history is not kept: it goes to the log.
    From the Step Functions API reference, StartSyncExecution, and the guide, "Choosing workflow type".
    """

    def start(data: dict) -> tuple:
        machine = sfn._state_machines.get(data.get("stateMachineArn", ""))
        invalid = _invalid_request(machine, data)
        if invalid:
            return invalid
        if machine.get("type") != "EXPRESS":
            message = "This operation is not supported by this type of state machine"
            return error_response_json("StateMachineTypeNotSupported", message, 400)
        started, execution = time.monotonic(), _new_execution(machine, data)
        _run(execution, machine)
        return json_response(_answer(execution, time.monotonic() - started))

    sfn._start_sync_execution = start


def patch_start_execution() -> None:
    """StartExecution of an Express workflow answers at once, and takes the same name again.

    From the Step Functions guide, "Choosing workflow type": at-least-once execution of Express workflows.
    """
    original = sfn._start_execution

    def start(data: dict) -> tuple:
        machine = sfn._state_machines.get(data.get("stateMachineArn", ""))
        if machine is None or machine.get("type") != "EXPRESS":
            return original(data)
        invalid = _invalid_request(machine, data)
        if invalid:
            return invalid
        execution = _new_execution(machine, data)
        _in_thread(_run, execution, machine)
        return json_response({"executionArn": execution["executionArn"], "startDate": execution["startDate"]})

    sfn._start_execution = start


def apply() -> None:
    """Apply every patch of this module."""
    patch_branches()
    patch_containers()
    patch_task_events()
    patch_task_invocation()
    patch_start_sync_execution()
    patch_start_execution()
