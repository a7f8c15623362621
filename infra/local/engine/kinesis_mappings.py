"""AWS Lambda: how an event source mapping reads a Kinesis stream."""

import json
import threading
import time
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timezone

from aws_kinesis import parents_of
from ministack.core.arn import ArnParseError, parse_arn
from ministack.core.responses import new_uuid
from ministack.services import kinesis, lambda_svc, sns, sqs

# What Lambda gives to a function at once, as it is encoded.
_PAYLOAD_BYTES = 6 * 1024 * 1024
_FIRST_WAIT_SECONDS, _LONGEST_WAIT_SECONDS = 0.2, 5


@dataclass
class _Batch:
    """Records that go to the function together, and what became of them so far."""

    records: list[dict]
    retries: int = 0
    invocations: int = 0

    def part(self, start: int, end: int | None = None) -> "_Batch":
        return _Batch(self.records[start:end], self.retries, self.invocations)


@dataclass
class _Reader:
    """How far a mapping is within a shard: one batch at a time, so that records stay in order."""

    # Batches that were taken and are not done, oldest first. The position is before the first of them.
    pending: list[_Batch] = field(default_factory=list)
    busy: bool = False
    not_before: float = 0
    # When records were first seen that no batch has.
    waiting_since: float | None = None


@dataclass
class _Mapping:
    """A mapping that is enabled, and all that it needs."""

    esm: dict
    function: dict
    stream: dict

    @property
    def uuid(self) -> str:
        return self.esm["UUID"]

    @property
    def positions(self) -> dict[str, str]:
        """By shard, the sequence number of the last record that is done."""
        if self.uuid not in lambda_svc._kinesis_positions:
            _start_reading(self.uuid, self.stream, self.esm.get("StartingPosition", "LATEST"))
        return lambda_svc._kinesis_positions[self.uuid]

    def setting(self, name: str, default: int) -> int:
        value = self.esm.get(name)
        return default if value is None else int(value)

    @property
    def bisects(self) -> bool:
        return str(self.esm.get("BisectBatchOnFunctionError")).lower() == "true"


_readers: dict[tuple[str, str], _Reader] = {}
# Held while a batch is taken, and while a mapping is given up.
_reading = threading.Lock()


def _start_reading(uuid: str, stream: dict, starting: str) -> None:
    # A new sequence number is above those of all records so far.
    position = "" if starting == "TRIM_HORIZON" else kinesis._next_sequence_number()
    lambda_svc._kinesis_positions[uuid] = dict.fromkeys(stream["shards"], position)


@contextmanager
def _scope(account: str, region: str) -> Iterator[None]:
    account_token = lambda_svc._request_account_id.set(account)
    region_token = lambda_svc._request_region.set(region)
    try:
        yield
    finally:
        lambda_svc._request_account_id.reset(account_token)
        lambda_svc._request_region.reset(region_token)


def _stream_of(source_arn: str) -> dict | None:
    try:
        spec = parse_arn(source_arn)
    except ArnParseError:
        return None
    return kinesis._resolve_stream_by_arn(source_arn) if spec.service == "kinesis" else None


def _open_mapping(esm: dict) -> _Mapping | None:
    """A mapping of a stream, if it is enabled and both its ends are there."""
    stream = _stream_of(esm.get("EventSourceArn", "")) if esm.get("Enabled", True) else None
    if stream is None or stream["StreamStatus"] != "ACTIVE":
        return None
    function, _ = lambda_svc._get_func_record_for_qualifier(esm["FunctionName"], esm.get("Qualifier"))
    return _Mapping(esm, function, stream) if function is not None else None


def _poll() -> bool:
    """Hand out the next batch of every shard that is ready. Returns whether there was one."""
    started = False
    for account, region, esm in lambda_svc._iter_all_esms():
        with _scope(account, region):
            mapping = _open_mapping(esm)
            if mapping is not None:
                started = _poll_mapping(mapping) or started
    return started


def _poll_mapping(mapping: _Mapping) -> bool:
    started = False
    for shard_id in list(mapping.stream["shards"]):
        with _reading:
            # The mapping may have been deleted since it was listed; read again, it would begin at its start.
            if mapping.esm.get("State") == "Deleting":
                return started
            reader = _readers.setdefault((mapping.uuid, shard_id), _Reader())
            batch = _next_batch(mapping, shard_id, reader)
            if batch is not None:
                reader.busy = started = True
        if batch is not None:
            lambda_svc._dispatch_esm_batch(mapping.uuid, _run, mapping, shard_id, reader, batch)
    return started


def _next_batch(mapping: _Mapping, shard_id: str, reader: _Reader) -> _Batch | None:
    if reader.busy or reader.not_before > time.monotonic() or not _parents_are_done(mapping, shard_id):
        return None
    return reader.pending.pop(0) if reader.pending else _take(mapping, shard_id, reader)


def _unread(mapping: _Mapping, shard_id: str) -> list[dict]:
    """The records of a shard that are not done."""
    records = mapping.stream["shards"][shard_id]["records"]
    # A shard that is not known is newer than the mapping, and read from its start.
    position = mapping.positions.setdefault(shard_id, "")
    return records[bisect_right(records, position, key=_number) :]


def _parents_are_done(mapping: _Mapping, shard_id: str) -> bool:
    shards = mapping.stream["shards"]
    parents = [parent for parent in parents_of(shards[shard_id]) if parent in shards]
    return not any(_unread(mapping, parent) for parent in parents)


def _take(mapping: _Mapping, shard_id: str, reader: _Reader) -> _Batch | None:
    """The next batch of a shard, once it is full or its window is over."""
    unread, now = _unread(mapping, shard_id), time.monotonic()
    if not unread:
        return None
    limit = mapping.setting("BatchSize", 100)
    records = _that_fit(unread[:limit])
    is_full = len(records) == limit or len(records) < len(unread)
    since = reader.waiting_since = now if reader.waiting_since is None else reader.waiting_since
    if not is_full and now - since < mapping.setting("MaximumBatchingWindowInSeconds", 0):
        return None
    reader.waiting_since = None
    return _Batch(records)


def _that_fit(records: list[dict]) -> list[dict]:
    size = 0
    for index, record in enumerate(records):
        size += len(record["Data"])
        if size > _PAYLOAD_BYTES and index > 0:
            return records[:index]
    return records


def _run(mapping: _Mapping, shard_id: str, reader: _Reader, batch: _Batch) -> None:
    """Give a batch to the function, and act on its answer."""
    try:
        batch = _without_old_records(mapping, shard_id, batch)
        if batch.records:
            _settle(mapping, shard_id, reader, batch, _invoke(mapping, shard_id, batch))
    except Exception:
        lambda_svc.logger.exception("Kinesis mapping %s, %s", mapping.uuid, shard_id)
        _put_back(reader, batch)
    finally:
        reader.busy = False


def _without_old_records(mapping: _Mapping, shard_id: str, batch: _Batch) -> _Batch:
    limit = mapping.setting("MaximumRecordAgeInSeconds", -1)
    horizon = time.time() - limit if limit >= 0 else 0
    old = sum(1 for record in batch.records if record["ApproximateArrivalTimestamp"] < horizon)
    if old == 0:
        return batch
    _discard(mapping, shard_id, batch.part(0, old), "MaxRecordAgeExceeded")
    return batch.part(old)


def _invoke(mapping: _Mapping, shard_id: str, batch: _Batch) -> dict:
    events = [_event(mapping.esm, shard_id, record) for record in batch.records]
    events = lambda_svc._apply_filter_criteria(events, mapping.esm)
    if not events:
        return {}
    batch.invocations += 1
    return lambda_svc._execute_function(mapping.function, {"Records": events})


def _event(esm: dict, shard_id: str, record: dict) -> dict:
    account, region = lambda_svc.get_account_id(), lambda_svc.get_region()
    return {
        "kinesis": {
            "kinesisSchemaVersion": "1.0",
            "partitionKey": record["PartitionKey"],
            "sequenceNumber": record["SequenceNumber"],
            "data": kinesis._ensure_base64(record["Data"]),
            "approximateArrivalTimestamp": record["ApproximateArrivalTimestamp"],
        },
        "eventSource": "aws:kinesis",
        "eventVersion": "1.0",
        "eventID": f"{shard_id}:{record['SequenceNumber']}",
        "eventName": "aws:kinesis:record",
        "invokeIdentityArn": f"arn:aws:iam::{account}:role/lambda-role",
        "awsRegion": region,
        "eventSourceARN": esm["EventSourceArn"],
    }


def _settle(mapping: _Mapping, shard_id: str, reader: _Reader, batch: _Batch, result: dict) -> None:
    """Go on after the last record that is done; split, retry or give up the rest."""
    if result.get("throttle"):
        return _put_back(reader, batch)
    done = _records_done(mapping.esm, batch, result)
    if done:
        mapping.positions[shard_id] = _number(batch.records[done - 1])
    mapping.esm["LastProcessingResult"] = "OK" if done == len(batch.records) else "PROBLEM: Function call failed"
    _log(mapping, shard_id, batch, done, result)
    if done < len(batch.records):
        _retry(mapping, shard_id, reader, batch, done, result)
    return None


def _retry(mapping: _Mapping, shard_id: str, reader: _Reader, batch: _Batch, done: int, result: dict) -> None:
    rest = batch.part(done)
    if mapping.bisects and (done > 0 or len(rest.records) > 1):
        # Splitting takes none of the retries: at the reported record if some are done, else in the middle.
        middle = len(rest.records) // 2
        reader.pending[:0] = [rest] if done > 0 else [rest.part(0, middle), rest.part(middle)]
        return
    rest.retries += 1
    limit = mapping.setting("MaximumRetryAttempts", -1)
    if 0 <= limit < rest.retries:
        _discard(mapping, shard_id, rest, "RetryAttemptsExhausted", result)
    else:
        _put_back(reader, rest)


def _put_back(reader: _Reader, batch: _Batch) -> None:
    wait = min(_FIRST_WAIT_SECONDS * 2 ** min(batch.retries, 10), _LONGEST_WAIT_SECONDS)
    reader.not_before = time.monotonic() + wait
    reader.pending.insert(0, batch)


def _records_done(esm: dict, batch: _Batch, result: dict) -> int:
    """How many of a batch's records are done: all, those before the first that was reported, or none."""
    if result.get("error"):
        return 0
    reported = _reported(result.get("body")) if "ReportBatchItemFailures" in (esm.get("FunctionResponseTypes") or []) else []
    numbers = [_number(record) for record in batch.records]
    if any(number not in numbers for number in reported):
        return 0
    return min((numbers.index(number) for number in reported), default=len(numbers))


def _reported(body: object) -> list:
    """What a partial batch response names. Nothing at all, null or an empty list is a success."""
    if isinstance(body, str):
        try:
            body = json.loads(body)
        except ValueError:
            return []
    failures = body.get("batchItemFailures") if isinstance(body, dict) else None
    return [failure.get("itemIdentifier") if isinstance(failure, dict) else None for failure in failures or []]


def _number(record: dict) -> str:
    return record["SequenceNumber"]


def _log(mapping: _Mapping, shard_id: str, batch: _Batch, done: int, result: dict) -> None:
    name, size = mapping.esm["FunctionName"], len(batch.records)
    lambda_svc.logger.info("ESM: Lambda %s processed %d of %d Kinesis records from %s", name, done, size, shard_id)
    if result.get("log"):
        lambda_svc.logger.info("ESM: Lambda %s output:\n%s", name, result["log"])


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _discard(mapping: _Mapping, shard_id: str, batch: _Batch, condition: str, result: dict | None = None) -> None:
    """Go on after records that are given up, and tell the destination of failures which ones they were."""
    first, last = batch.records[0], batch.records[-1]
    arn = ((mapping.esm.get("DestinationConfig") or {}).get("OnFailure") or {}).get("Destination")
    record = {
        "requestContext": {
            "requestId": new_uuid(),
            "functionArn": mapping.esm["FunctionArn"],
            "condition": condition,
            "approximateInvokeCount": batch.invocations,
        },
        "responseContext": result and {
            "statusCode": 200,
            "executedVersion": mapping.esm.get("Qualifier") or "$LATEST",
            "functionError": "Unhandled" if result.get("error") else None,
        },
        "version": "1.0",
        "timestamp": _iso(time.time()),
        "KinesisBatchInfo": {
            "shardId": shard_id,
            "startSequenceNumber": _number(first),
            "endSequenceNumber": _number(last),
            "approximateArrivalOfFirstRecord": _iso(first["ApproximateArrivalTimestamp"]),
            "approximateArrivalOfLastRecord": _iso(last["ApproximateArrivalTimestamp"]),
            "batchSize": len(batch.records),
            "streamArn": mapping.esm["EventSourceArn"],
        },
    }  # fmt: skip
    if arn:
        _send(arn, json.dumps(record))
    mapping.positions[shard_id] = _number(last)


def _send(arn: str, body: str) -> None:
    spec = parse_arn(arn)
    if spec.service == "sqs":
        sqs._act_send_message({"MessageBody": body}, sqs._queue_url(spec.resource))
    elif spec.service == "sns":
        sns._fanout(arn, new_uuid(), body, "", "", {})


def patch_polling() -> None:
    """A mapping reads each shard in order, one batch at a time, beside all others.

    It waits for a full batch or the end of its window; goes on at the lowest sequence number that a function reports;
    splits a batch that fails; retries to its limits of attempts and age; tells its destination what it gave up; and
    reads a shard's parents before it.
    From the Lambda guide, "How Lambda processes records from stream and queue-based event sources", "Configuring
    partial batch response with Kinesis Data Streams", "Retain discarded batch records for a Kinesis Data Streams event
    source". A report of the first record as failed is taken as the failure of the whole batch, which is split in two.
    """
    lambda_svc._poll_kinesis = _poll


def patch_start() -> None:
    """LATEST is where the stream ends when the mapping is created.

    From the Lambda guide, "Polling and stream starting positions".
    """
    original_start, original_release = lambda_svc._init_stream_position, lambda_svc._release_esm_poll_state

    def start(uuid: str, source_arn: str, starting: str) -> None:
        original_start(uuid, source_arn, starting)
        stream = _stream_of(source_arn)
        if stream is not None:
            _start_reading(uuid, stream, starting)

    def release(uuid: str) -> None:
        with _reading:
            original_release(uuid)
            for key in [key for key in _readers if key[0] == uuid]:
                del _readers[key]

    lambda_svc._init_stream_position, lambda_svc._release_esm_poll_state = start, release


def apply() -> None:
    """Apply every patch of this module."""
    patch_polling()
    patch_start()
