"""AWS Lambda: how a Node function fails, and what its environment tells it."""

import json
import secrets
import threading
import time
from itertools import accumulate

from ministack.core import lambda_runtime as runtime
from ministack.services import lambda_svc, sqs

# What the invocation on this thread failed with. MiniStack's invoke function rebuilds the error
# from a bare message, so the real one travels beside it.
_current = threading.local()

# Bodies of the messages that Lambda gives to a function at once; an event may have 6 MB.
_BATCH_BYTES = 5 * 1024 * 1024

# Added to the worker's script. The shape of the three fields is that of Lambda's Node runtime client.
_FAULT_HELPERS = """
function _fault(e) {
  return e instanceof Error || (e && e.name && e.stack)
    ? { errorType: e.name, errorMessage: e.message, trace: String(e.stack).split("\\n") }
    : { errorType: typeof e, errorMessage: String(e), trace: [] };
}
function _crash(fault, code) {
  _realStdoutWrite(JSON.stringify({ status: "error", error: fault.errorMessage, fault }) + "\\n",
    () => process.exit(code));
}
// The worker script itself uses url.parse: its warning must not be in the log of the function.
const _emitWarning = process.emitWarning;
process.emitWarning = function (warning, type, code) {
  if (code !== "DEP0169") _emitWarning.apply(process, arguments);
};
process.on("uncaughtException", (e) => _crash(_fault(e), 129));
process.on("unhandledRejection", (e) => _crash(
  { ..._fault(e), errorType: "Runtime.UnhandledPromiseRejection" }, 128));
"""

_SETTLED = """{
            status: "error", error: String(err.message || err), trace: err.stack || ""
          }"""
_THROWN = """{
        status: "error", error: e.message, trace: e.stack
      }"""
_INIT_FAILED = """{
          status: "error", error: e.message
        }"""
_INIT_PREFIX = "Worker init failed: "
_INIT_DIED = "Worker process exited immediately"
_DIED = "Worker process died"
_STDOUT = "const _realStdoutWrite = process.stdout.write.bind(process.stdout);"


def _replace_once(text: str, old: str, new: str) -> str:
    """Replace text that must be there exactly once: a patch that does not apply must not pass silently."""
    if text.count(old) != 1:
        raise RuntimeError(f"MiniStack's worker script has no single {old!r}")
    return text.replace(old, new)


def patch_worker_script() -> None:
    """A handler's error is a result of the function, and the execution environment lives on.

    Rule: Lambda returns {errorType, errorMessage, trace} with the error's own name, keeps the environment
    for the next call, and ends it only after an uncaught exception or an unhandled rejection.
    From the Lambda guide, "Lambda function errors in Node.js" and "Lambda execution environment".
    """
    script = runtime._NODEJS_WORKER_SCRIPT
    script = _replace_once(script, _STDOUT, _STDOUT + _FAULT_HELPERS)
    script = _replace_once(script, _SETTLED, '{ status: "ok", fault: _fault(err) }')
    script = _replace_once(script, _THROWN, '{ status: "ok", fault: _fault(e) }')
    script = _replace_once(script, _INIT_FAILED, '{ status: "error", error: JSON.stringify(_fault(e)) }')
    runtime._NODEJS_WORKER_SCRIPT = script


def _died(request_id: str) -> dict:
    message = f"RequestId: {request_id} Error: Runtime exited without providing a reason"
    return {"errorType": "Runtime.ExitError", "errorMessage": message}


def _end_of_process(error: str, request_id: str) -> dict | None:
    """What ended an execution environment: a module that threw, or the death of the process."""
    if error == _DIED or error.startswith(_INIT_DIED):
        return _died(request_id)
    text = error.removeprefix(_INIT_PREFIX)
    return json.loads(text) if text != error and text.startswith("{") else None


def patch_worker_invoke() -> None:
    """A call that failed keeps its error's name; a process that died is a Runtime.ExitError, and the only one.

    From the Lambda guide, "Understanding retry behavior" and "Troubleshoot execution issues"; and "Lambda execution
    environment": environments are isolated from each other. MiniStack kills all processes of a function of which
    one ends in its initialization.
    """
    original = runtime.Worker.invoke

    def invoke(self: runtime.Worker, event: object, request_id: str, **options: object) -> dict:
        try:
            answer = original(self, event, request_id, **options)
        except BrokenPipeError:
            answer = {"status": "error", "error": _INIT_DIED}
        except RuntimeError as error:
            answer = {"status": "error", "error": str(error)}
            process, self._proc = self._proc, None
            if process is not None:
                process.kill()
        fault = answer.get("fault") or _end_of_process(answer.get("error") or "", request_id)
        if fault:
            _current.fault = fault
            answer.update(status="error", error=fault["errorMessage"], trace="\n".join(fault.get("trace", [])))
        return answer

    runtime.Worker.invoke = invoke


def patch_error_result() -> None:
    """The body of a failed invocation is the error as the runtime reported it, be it from the initialization.

    Step Functions takes a task's Error from errorType and its Cause from this whole body.
    From the Step Functions guide, "Handling errors in workflows": custom error names of Lambda functions.
    """
    original = lambda_svc._execute_function_warm

    def execute(func: dict, event: object, request_id: str) -> dict:
        _current.fault = None
        result = original(func, event, request_id)
        if result.get("error"):
            result["body"] = _current.fault or result["body"]
        return result

    lambda_svc._execute_function_warm = execute


def patch_environment() -> None:
    """A function sees the reserved variables of the Lambda runtime, and its clock is in UTC.

    From the Lambda guide, "Defined runtime environment variables".
    """
    original = runtime.execution_credentials

    def variables(config: dict) -> dict[str, str]:
        name = config.get("FunctionName", "")
        group = (config.get("LoggingConfig") or {}).get("LogGroup") or f"/aws/lambda/{name}"
        return original(config) | {
            "AWS_EXECUTION_ENV": f"AWS_Lambda_{config.get('Runtime', '')}",
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_LAMBDA_LOG_GROUP_NAME": group,
            "TZ": ":UTC",
        }

    runtime.execution_credentials = variables


def patch_trace_header() -> None:
    """Every invocation has a trace id in _X_AMZN_TRACE_ID, sampled or not.

    From the Lambda guide, "Defined runtime environment variables": the variable changes with each invocation.
    """
    original = lambda_svc._xray_trace_id_for_invocation

    def header(config: dict, inbound_trace_header: str | None = None) -> str:
        root = f"1-{int(time.time()):08x}-{secrets.token_hex(12)}"
        return original(config, inbound_trace_header) or f"Root={root};Parent={secrets.token_hex(8)};Sampled=0"

    lambda_svc._xray_trace_id_for_invocation = header


def _named_failures(report: object) -> list:
    """The failures that a partial batch response names. A list that is null is an empty one."""
    return (report.get("batchItemFailures") if isinstance(report, dict) else None) or []


def _is_valid_report(report: object, message_ids: set[str]) -> bool:
    """Whether a partial batch response names nothing but messages of its batch. Nothing at all is a success."""
    failures = _named_failures(report)
    named = [failure.get("itemIdentifier") if isinstance(failure, dict) else None for failure in failures]
    return all(name in message_ids for name in named)


def patch_batch_report() -> None:
    """A partial batch response with a wrong itemIdentifier fails the whole batch: no message is deleted.

    From the Lambda guide, "Handling errors for an SQS event source": success and failure conditions.
    """
    run_batch, execute = lambda_svc._run_sqs_batch, lambda_svc._execute_function

    def checked(func: dict, event: object) -> dict:
        result, message_ids = execute(func, event), getattr(_current, "message_ids", None)
        if message_ids and not _is_valid_report(result.get("body"), message_ids):
            error = {"errorType": "InvalidBatchResponse", "errorMessage": json.dumps(result["body"])}
            return {**result, "error": True, "body": error}
        if message_ids and not result.get("error") and not _named_failures(result.get("body")):
            return {**result, "body": {}}
        return result

    def run(esm: dict, func_rec: dict, event: dict, batch: list[dict], *queue: str) -> None:
        reports = "ReportBatchItemFailures" in (esm.get("FunctionResponseTypes") or [])
        _current.message_ids = {message["id"] for message in batch} if reports else None
        run_batch(esm, func_rec, event, batch, *queue)

    lambda_svc._execute_function, lambda_svc._run_sqs_batch = checked, run


def patch_batch_size() -> None:
    """A mapping takes as many messages at once as its BatchSize says, up to the size of an event.

    From the Lambda guide, "Creating and configuring an Amazon SQS event source mapping": BatchSize, up to 10,000 with
    a batching window. The window itself is not waited for: what is there is taken.
    """

    def receive(queue_url: str, batch_size: int) -> list[dict]:
        with sqs._queues_lock:
            queue = sqs._get_q(queue_url)
            timeout = int(queue["attributes"].get("VisibilityTimeout", "30"))
            sqs._expire_retained(queue)
            sqs._dlq_sweep(queue)
            now = time.time()
            sizes = accumulate(len(each["body"]) for each in queue["messages"] if each.get("visible_at", 0) <= now)
            fitting = sum(1 for size in sizes if size <= _BATCH_BYTES)
            return sqs._collect_msgs(queue, min(batch_size, max(fitting, 1)), timeout)

    sqs._receive_messages_for_esm = receive


def apply() -> None:
    """Apply every patch of this module."""
    patch_worker_script()
    patch_worker_invoke()
    patch_error_result()
    patch_environment()
    patch_trace_header()
    patch_batch_report()
    patch_batch_size()
