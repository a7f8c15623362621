"""Faults at the edge of AWS, on demand: what the services, the queues and the hosts of AWS may do to an app.

``POST /_millrace/faults`` sets what fails from then on (see ``FaultPlan``; an empty object turns all off), GET
tells what has been injected. Only calls of functions fail, never those of whoever stands outside and looks.
"""

import asyncio
import json
import os
import tempfile
import threading
import time
import uuid

from fault_plan import Fault, FaultPlan, plan_of
from ministack import app as gateway
from ministack.core import lambda_runtime as runtime
from ministack.core.responses import get_account_id
from ministack.core.router import detect_service, extract_access_key_id
from ministack.services import s3, sns, sqs
from ministack.services import stepfunctions as sfn
from service_calls import Answer, ServiceCall, failure, is_s3_event, message_identity, service_call, throttle, unavailable

CONTROL_PATH = "/_millrace/faults"

_LONGEST_DELAY_SECONDS = 1.0
_LATEST_DELIVERY_SECONDS = 10.0
_DELIVERY_FAULTS = {"duplicate": "duplicate delivery", "late": "late delivery", "drop": "lost notification"}
# A kill comes this long after the start of an invocation at the latest; one that has ended by then survives.
_LATEST_KILL_SECONDS = 0.4

_plan = FaultPlan()


class _BrokenOff(Exception):
    """The connection breaks in the middle of this answer."""

    def __init__(self, answer: Answer):
        super().__init__("the answer breaks off")
        self.answer = answer


# --- Calls to services ---


def _is_of_function(headers: dict, query: dict) -> bool:
    """Whether a call comes from a function: MiniStack gives them the account's id as their access key."""
    return extract_access_key_id(headers, query) == get_account_id()


def _refusal(call: ServiceCall, amount: float) -> Answer:
    answers = (throttle, failure, unavailable)
    return answers[int(amount * len(answers))](call)


def _lost(call: ServiceCall, amount: float, answer: Answer) -> Answer:
    """An error in place of the answer, or one that breaks off."""
    body = answer[2]
    if amount < 0.5 and isinstance(body, bytes) and len(body) > 1:
        raise _BrokenOff(answer)
    return failure(call)


def patch_service_calls() -> None:
    """A service may refuse a call, do it and lose the answer, or be slow.

    From the AWS guide "Error handling", the services' lists of common errors, and the SDK's retry behaviour.
    """
    original = gateway._dispatch_service_request

    async def dispatch(method: str, path: str, headers: dict, body: bytes, query: dict, request_id: str) -> Answer:
        if not (_plan.rates or _plan.counts_operations) or not _is_of_function(headers, query):
            return await original(method, path, headers, body, query, request_id)
        service = detect_service(method, path, headers, query)
        call = service_call(service, method, path, headers, body, query)
        _plan.count_operation(service, call.operation, call.resource)
        fault = _plan.next_fault(service, call.operation, call.identity, ("refuse", "lose", "delay"))
        if fault is not None:
            _plan.count(service, fault.kind)
        if fault is not None and fault.kind == "refuse":
            return _refusal(call, fault.amount)
        if fault is not None and fault.kind == "delay":
            await asyncio.sleep(fault.amount * _LONGEST_DELAY_SECONDS)
        answer = await original(method, path, headers, body, query, request_id)
        is_lost = fault is not None and fault.kind == "lose"
        return _lost(call, fault.amount, answer) if is_lost else answer

    gateway._dispatch_service_request = dispatch


async def _send_half(send: object, answer: Answer) -> None:
    """Send the head of an answer and half of its body; the connection then closes."""
    status, headers, body = answer
    kept = {name: value for name, value in headers.items() if name.lower() != "content-length"}
    head = gateway._asgi_header_list({**kept, "Content-Length": str(len(body))})
    await send({"type": "http.response.start", "status": status, "headers": head})
    await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
    raise ConnectionAbortedError("injected fault: the answer breaks off")


# --- Messages ---


def patch_deliveries() -> None:
    """SNS may deliver a message to a queue twice, or only after some time; what S3 tells of may not come at all.

    From the SNS guide, "Message delivery": at-least-once delivery, and retries where a queue cannot be reached. S3
    promises at-least-once too, but never tells again of what was put while its notifications had nowhere to go.
    """
    original = sns._deliver_to_sqs

    def deliver(endpoint: str, envelope: str, raw: bool, raw_message: str, **options: object) -> None:
        kinds = ("duplicate", "late", "drop") if is_s3_event(raw_message) else ("duplicate", "late")
        fault = _plan.next_fault("sns", f"Deliver {endpoint}", message_identity(raw_message), kinds)
        if fault is not None:
            _plan.count("sns", _DELIVERY_FAULTS[fault.kind])
            if fault.kind == "drop":
                return
        original(endpoint, envelope, raw, raw_message, **options)
        if fault is None:
            return
        if fault.kind == "duplicate":
            original(endpoint, envelope, raw, raw_message, **options)
        else:
            _hold_back(endpoint, raw_message if raw else envelope, fault.amount * _LATEST_DELIVERY_SECONDS)

    sns._deliver_to_sqs = deliver


def _hold_back(queue_arn: str, body: str, seconds: float) -> None:
    queue = sqs._queue_by_arn(queue_arn)
    for message in reversed(queue["messages"] if queue else []):
        if message["body"] == body and message["receive_count"] == 0:
            message["visible_at"] = time.time() + seconds
            return


def patch_deletions() -> None:
    """A message may be delivered again though its batch was done: the deletion got lost.

    From the SQS guide, "Standard queues": at-least-once delivery.
    """
    original = sqs._delete_messages_for_esm

    def delete(queue_url: str, receipt_handles: set[str]) -> None:
        kept = set()
        queue = sqs._get_q(queue_url)
        for message in list(queue["messages"]):
            if message.get("receipt_handle") not in receipt_handles:
                continue
            fault = _plan.next_fault("sqs", "Redeliver", message_identity(message["body"]), ("lose",))
            if fault is not None:
                _plan.count("sqs", "redelivery")
                kept.add(message["receipt_handle"])
        original(queue_url, receipt_handles - kept)

    sqs._delete_messages_for_esm = delete


# --- Functions ---


def _function_identity(event: object) -> str:
    """What an invocation is about: the file of a step and the chunk of it, or the messages of a batch."""
    if not isinstance(event, dict):
        return ""
    records = event.get("Records")
    if isinstance(records, list):
        return json.dumps([message_identity(record.get("body", "")) for record in records if isinstance(record, dict)])
    part = event.get("chunk") or event.get("range")
    about = (event.get("file") or {}).get("fileId"), event.get("status"), (part or {}).get("index")
    return json.dumps(about)


def patch_task_calls() -> None:
    """Lambda may refuse the call of a task, or lose the function's answer.

    From the Step Functions guide, "Handling errors in workflows": transient Lambda service exceptions.
    """
    original = sfn._call_lambda
    refusals = ("Lambda.TooManyRequestsException", "Lambda.ServiceException", "Lambda.AWSLambdaException")

    def call(function: str, event: object) -> object:
        name = function.rsplit(":function:", 1)[-1]
        fault = _plan.next_fault("lambda", f"Invoke {name}", _function_identity(event), ("refuse", "lose", "delay"))
        if fault is None:
            return original(function, event)
        _plan.count("lambda", fault.kind)
        if fault.kind == "refuse":
            raise sfn._ExecutionError(refusals[int(fault.amount * len(refusals))], "Injected fault")
        if fault.kind == "delay":
            time.sleep(fault.amount * _LONGEST_DELAY_SECONDS)
            return original(function, event)
        original(function, event)
        raise sfn._ExecutionError("Lambda.SdkClientException", "Injected fault: the answer got lost")

    sfn._call_lambda = call


def patch_function_processes() -> None:
    """A function's process may be killed at any time: out of memory, or its host is lost.

    From the Lambda guide, "Lambda execution environment".
    """
    original = runtime.Worker.invoke

    def invoke(self: runtime.Worker, event: object, request_id: str, **options: object) -> dict:
        _plan.count_operation("functions", "Invoke", self.func_name)
        fault = _plan.next_fault("functions", self.func_name, _function_identity(event), ("kill",))
        if fault is None:
            return original(self, event, request_id, **options)
        timer = threading.Timer(fault.amount * _LATEST_KILL_SECONDS, _kill, (self, fault))
        timer.start()
        try:
            return original(self, event, request_id, **options)
        finally:
            timer.cancel()

    runtime.Worker.invoke = invoke


def _kill(worker: runtime.Worker, fault: Fault) -> None:
    process = worker._proc
    if process is not None and process.poll() is None:
        process.kill()
        _plan.count("functions", fault.kind)


_WRONG_CLOCK = """
const offset = Number(process.env.MILLRACE_CLOCK_OFFSET);
const RealDate = Date;
const now = () => RealDate.now() + offset;
globalThis.Date = new Proxy(RealDate, {
  apply: () => new RealDate(now()).toString(),
  construct: (target, values, newTarget) =>
    Reflect.construct(target, values.length === 0 ? [now()] : values, newTarget),
  get: (target, name, receiver) => (name === "now" ? now : Reflect.get(target, name, receiver)),
});
"""


def patch_clocks() -> None:
    """Hosts' clocks differ: a function's process may be ahead of the others, or behind.

    It stays so as long as the process lives.
    """
    original = runtime.execution_credentials
    script = os.path.join(tempfile.gettempdir(), "millrace-wrong-clock.cjs")
    with open(script, "w") as file:
        file.write(_WRONG_CLOCK)

    def variables(config: dict) -> dict[str, str]:
        if _plan.clock_skew_seconds <= 0:
            return original(config)
        _plan.count("functions", "wrong clock")
        offset = _plan.clock_offset(config.get("FunctionName", ""))
        return original(config) | {
            "NODE_OPTIONS": f"--require={script}",
            "MILLRACE_CLOCK_OFFSET": str(round(offset * 1_000)),
        }

    runtime.execution_credentials = variables


# --- Control ---


def has_fixed_names() -> bool:
    """Whether what is made gets the same name, or the same version id, in every run that makes the same."""
    return _plan.fixed_names


def patch_version_ids() -> None:
    """Two runs that write the same versions may be asked to give them the same ids, so as to be compared."""
    original, new_uuid = s3._record_object_version, s3.new_uuid
    place = threading.local()

    def record(bucket: str, key: str, *state: object) -> str | None:
        versions = s3._object_versions.get((bucket, key)) or []
        place.name = f"{bucket}/{key}#{len(versions)}" if has_fixed_names() else None
        try:
            return original(bucket, key, *state)
        finally:
            place.name = None

    def version_id() -> str:
        name = getattr(place, "name", None)
        return new_uuid() if name is None else str(uuid.uuid5(uuid.NAMESPACE_URL, name))

    s3._record_object_version, s3.new_uuid = record, version_id


def _control(method: str, body: bytes) -> Answer:
    global _plan
    status, answer = 200, None
    if method == "POST":
        try:
            _plan = plan_of(json.loads(body or b"{}"))
        except ValueError as error:
            status, answer = 400, {"message": str(error)}
    return status, {"Content-Type": "application/json"}, json.dumps(answer or _plan.report()).encode()


def patch_gateway() -> None:
    """Put the control beside the services, and let answers break off."""
    original = gateway.app

    async def app(scope: dict, receive: object, send: object) -> None:
        if scope["type"] == "http" and scope["path"] == CONTROL_PATH:
            body = await gateway._read_request_body(receive, scope["method"], dict(_headers(scope)))
            await gateway._send_response(send, *_control(scope["method"], body))
            return
        try:
            await original(scope, receive, send)
        except _BrokenOff as broken:
            await _send_half(send, broken.answer)

    gateway.app = app


def _headers(scope: dict) -> list[tuple[str, str]]:
    return [(name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in scope["headers"]]


def apply() -> None:
    """Apply every patch of this module. Until a plan is set, none of them changes anything."""
    patch_service_calls()
    patch_deliveries()
    patch_deletions()
    patch_task_calls()
    patch_function_processes()
    patch_clocks()
    patch_version_ids()
    patch_gateway()
