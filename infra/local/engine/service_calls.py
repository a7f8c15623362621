"""What a request to an AWS service is, and what the service's errors look like on the wire."""

import json
import re
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote
from xml.sax.saxutils import escape

Answer = tuple[int, dict, bytes]

# Values that differ from run to run, or say nothing of what is asked for.
_PASSING_PARAMETERS = {"uploadId", "x-id", "continuation-token"}
# The day and hour in keys of outputs do so, too.
_PARTITION = re.compile(r"dt=[0-9-]{10}(/hh=[0-9]{2})?")

# The errors that each service has for "too fast" and for "our fault": code and status.
_THROTTLES = {
    "s3": ("SlowDown", 503),
    "dynamodb": ("ProvisionedThroughputExceededException", 400),
    "sns": ("Throttled", 429),
    "sqs": ("RequestThrottled", 400),
    "kinesis": ("ProvisionedThroughputExceededException", 400),
    "lambda": ("TooManyRequestsException", 429),
}
_THROTTLE = ("ThrottlingException", 400)
_FAILURES = {
    "s3": ("InternalError", 500),
    "dynamodb": ("InternalServerError", 500),
    "sns": ("InternalError", 500),
    "sqs": ("InternalFailure", 500),
    "lambda": ("ServiceException", 500),
}
_FAILURE = ("InternalFailure", 500)
_UNAVAILABLE = ("ServiceUnavailable", 503)


@dataclass(frozen=True)
class ServiceCall:
    """A request to a service, told apart from others by what it asks for and not by when it is made."""

    service: str
    operation: str
    # The bucket, table, topic, queue or stream; empty where a call has none or several.
    resource: str
    identity: str
    # Whether the service speaks JSON in this request; else XML.
    is_json: bool


def service_call(service: str, method: str, path: str, headers: dict, body: bytes, query: dict) -> ServiceCall:
    """Tell what a request is."""
    if service == "s3":
        named = {name: values for name, values in sorted(query.items()) if name not in _PASSING_PARAMETERS}
        shape = "&".join(name for name in sorted(query) if name != "x-id")
        operation = f"{method}?{shape}" if shape else method
        bucket = path.lstrip("/").partition("/")[0]
        identity = _PARTITION.sub("dt=*", unquote(f"{path}?{json.dumps(named)}"))
        return ServiceCall(service, operation, bucket, identity, is_json=False)
    target = headers.get("x-amz-target")
    if target is not None:
        request = _json_object(body)
        return ServiceCall(service, target.rsplit(".", 1)[-1], _resource(request), _identity(request), is_json=True)
    parameters = {name: values[0] for name, values in parse_qs(body.decode(errors="replace")).items()}
    if "Action" in parameters:
        return ServiceCall(
            service, parameters["Action"], _resource(parameters), _identity(parameters), is_json=False
        )
    return ServiceCall(service, method, "", path, is_json=True)


def _json_object(text: bytes | str) -> dict:
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _resource(request: dict) -> str:
    """The last part of the name or address of what a request goes to."""
    names = (request.get(name) for name in ("TableName", "TopicArn", "QueueUrl", "StreamName", "StreamARN"))
    return re.split("[:/]", next((name for name in names if name), ""))[-1]


def _identity(request: dict) -> str:
    """What a request is about: a key, a name, a message. Handles, times and attempts' data are left out."""
    item = request.get("Item") or {}
    about = {
        "table": request.get("TableName"),
        "key": request.get("Key") or {name: item[name] for name in ("id", "source", "fileId") if name in item},
        "name": request.get("name"),
        "message": message_identity(request["Message"]) if "Message" in request else None,
        "queue": request.get("QueueUrl", "").rsplit("/", 1)[-1],
        "stream": request.get("StreamName") or request.get("StreamARN"),
    }
    return json.dumps({name: value for name, value in about.items() if value}, sort_keys=True)


def is_s3_event(text: str) -> bool:
    """Whether S3 tells of objects in a message."""
    return _records(_json_object(text)) is not None


def _records(message: dict) -> list | None:
    records = message.get("Records")
    return records if isinstance(records, list) else None


def message_identity(text: str) -> str:
    """What a message tells of: the id of an event, or the object versions of an S3 event."""
    message = _json_object(text)
    if isinstance(message.get("id"), str):
        return message["id"]
    records = _records(message)
    if records is None:
        return text
    objects = [((record or {}).get("s3") or {}).get("object") or {} for record in records]
    return json.dumps([[item.get("key"), item.get("versionId"), item.get("eTag")] for item in objects])


def throttle(call: ServiceCall) -> Answer:
    """The service asks the caller to slow down."""
    return _error(call, *_THROTTLES.get(call.service, _THROTTLE))


def failure(call: ServiceCall) -> Answer:
    """The service failed; whether it did what it was asked to is not known."""
    return _error(call, *_FAILURES.get(call.service, _FAILURE))


def unavailable(call: ServiceCall) -> Answer:
    """The service cannot be reached just now."""
    return _error(call, *_UNAVAILABLE)


def _error(call: ServiceCall, code: str, status: int) -> Answer:
    message = f"Injected fault: {code}"
    if call.is_json:
        body = json.dumps({"__type": code, "message": message}).encode()
        return status, {"Content-Type": "application/x-amz-json-1.0", "x-amzn-errortype": code}, body
    if call.service == "s3":
        inner = f"<Error><Code>{code}</Code><Message>{escape(message)}</Message></Error>"
    else:
        kind = "Sender" if status < 500 else "Receiver"
        error = f"<Error><Type>{kind}</Type><Code>{code}</Code><Message>{escape(message)}</Message></Error>"
        inner = f"<ErrorResponse>{error}<RequestId>injected</RequestId></ErrorResponse>"
    # S3 answers HEAD without a body, whatever happened.
    text = "" if call.operation.startswith("HEAD") else f'<?xml version="1.0" encoding="UTF-8"?>{inner}'
    return status, {"Content-Type": "application/xml"}, text.encode()
