"""Amazon Kinesis Data Streams: sequence numbers, limits of a shard, and shards that are split and merged."""

import json
import math
import threading
import time
from collections.abc import Callable, Iterator

from ministack.core.responses import error_response_json
from ministack.services import kinesis
from ministack.services.cloudformation import provisioners

# What a shard takes in a second.
_RECORDS_PER_SECOND = 1_000
_BYTES_PER_SECOND = 1_048_576

_THROTTLED = "ProvisionedThroughputExceededException"

_last_number = (0, 0)
_number_lock = threading.Lock()


def _next_sequence_number() -> str:
    global _last_number
    with _number_lock:
        milliseconds, count = _last_number
        _last_number = max((int(time.time() * 1000), 0), (milliseconds, count + 1))
        return "49{:024d}{:030d}".format(*_last_number)


def patch_sequence_numbers() -> None:
    """A sequence number is a decimal number without leading zeros, and grows even when the clock is set back.

    From the Kinesis API reference, the types SequenceNumber and PutRecord. All have the same length here, because
    MiniStack compares them as text.
    """
    kinesis._next_sequence_number = _next_sequence_number


class _ShardLimit:
    """What a shard still takes: both allowances fill up within a second."""

    def __init__(self) -> None:
        self.records, self.bytes, self.at = float(_RECORDS_PER_SECOND), float(_BYTES_PER_SECOND), time.monotonic()

    def take(self, size: int) -> bool:
        """Whether the shard takes one more record of a size."""
        now = time.monotonic()
        passed, self.at = now - self.at, now
        self.records = min(_RECORDS_PER_SECOND, self.records + passed * _RECORDS_PER_SECOND)
        self.bytes = min(_BYTES_PER_SECOND, self.bytes + passed * _BYTES_PER_SECOND)
        if self.records < 1 or self.bytes < size:
            return False
        self.records -= 1
        self.bytes -= size
        return True


_limits: dict[tuple[str, str], _ShardLimit] = {}


def _takes(stream: dict, record: dict) -> bool:
    """Whether the shard of a record has room for it in this second."""
    key, explicit = record.get("PartitionKey", ""), record.get("ExplicitHashKey")
    shard_id = _route(int(explicit) if explicit else kinesis._partition_key_to_hash(key), stream)
    limit = _limits.setdefault((stream["StreamARN"], shard_id), _ShardLimit())
    # A record of the largest size must fit into an allowance that is full.
    return limit.take(min(len(record.get("Data", "")) * 3 // 4, _BYTES_PER_SECOND))


def _throttled(stream: dict) -> str:
    return f"Rate exceeded for shard in stream {stream['StreamName']} under account {kinesis.get_account_id()}."


def patch_shard_limits() -> None:
    """A shard takes 1,000 records and 1 MiB a second; what is above is refused, record by record in PutRecords.

    From the Kinesis guide, "Quotas and limits", and the API reference, PutRecords: FailedRecordCount, ErrorCode.
    """
    put_record, put_records = kinesis._put_record, kinesis._put_records

    def limited_put_record(data: dict) -> tuple:
        _, stream = kinesis._resolve_stream(data)
        if stream and not _takes(stream, data):
            return error_response_json(_THROTTLED, _throttled(stream), 400)
        return put_record(data)

    def limited_put_records(data: dict) -> tuple:
        _, stream = kinesis._resolve_stream(data)
        records = data.get("Records", [])
        taken = [stream is None or _takes(stream, record) for record in records]
        if all(taken):
            return put_records(data)
        accepted = [record for record, is_taken in zip(records, taken, strict=True) if is_taken]
        status, headers, body = put_records({**data, "Records": accepted})
        if status != 200:
            return status, headers, body
        answer, refused = json.loads(body), {"ErrorCode": _THROTTLED, "ErrorMessage": _throttled(stream)}
        results = iter(answer["Records"])
        answer["Records"] = [next(results) if is_taken else refused for is_taken in taken]
        answer["FailedRecordCount"] = len(records) - len(accepted)
        return status, headers, json.dumps(answer).encode()

    kinesis._put_record, kinesis._put_records = limited_put_record, limited_put_records


def open_shards(stream: dict) -> Iterator[tuple[str, dict]]:
    """The shards of a stream that take records, in the order of their hash keys."""
    shards = [(name, shard) for name, shard in list(stream["shards"].items()) if not is_closed(shard)]
    return iter(sorted(shards, key=lambda entry: int(entry[1]["starting_hash_key"])))


def is_closed(shard: dict) -> bool:
    """Whether a shard was split or merged: it keeps its records, and takes no more."""
    return "ending_sequence_number" in shard


def parents_of(shard: dict) -> list[str]:
    """The shards that a shard came from."""
    return [parent for parent in (shard["parent_shard_id"], shard["adjacent_parent_shard_id"]) if parent]


def _route(hash_key: int, stream: dict) -> str:
    fits = (name for name, shard in open_shards(stream) if hash_key <= int(shard["ending_hash_key"]))
    return next(fits)


def _close(shard: dict) -> None:
    shard["ending_sequence_number"], shard["closed_at"] = _next_sequence_number(), time.time()


def _add_shard(stream: dict, start: int, end: int, *parents: str) -> str:
    name = f"shardId-{kinesis._max_shard_index(stream) + 1:012d}"
    parent, adjacent = (*parents, None)[:2]
    stream["shards"][name] = {
        "records": [],
        "starting_hash_key": str(start),
        "ending_hash_key": str(end),
        "starting_sequence_number": _next_sequence_number(),
        "parent_shard_id": parent,
        "adjacent_parent_shard_id": adjacent,
    }
    return name


def _hash_range(shard: dict) -> tuple[int, int]:
    return int(shard["starting_hash_key"]), int(shard["ending_hash_key"])


def _split(stream: dict, name: str, point: int) -> None:
    shard = stream["shards"][name]
    start, end = _hash_range(shard)
    _close(shard)
    _add_shard(stream, start, point - 1, name)
    _add_shard(stream, point, end, name)


def _merge(stream: dict, first: str, second: str) -> str:
    parents = [stream["shards"][first], stream["shards"][second]]
    for parent in parents:
        _close(parent)
    bounds = [bound for parent in parents for bound in _hash_range(parent)]
    return _add_shard(stream, min(bounds), max(bounds), first, second)


def _refuse(message: str) -> tuple:
    return error_response_json("InvalidArgumentException", message, 400)


def _resharding(change: Callable[[dict, dict], tuple | None]) -> Callable[[dict], tuple]:
    """An action of the API that needs a stream and, where the request names any, open shards of it."""

    def act(data: dict) -> tuple:
        name, stream = kinesis._resolve_stream(data)
        if not stream:
            return error_response_json("ResourceNotFoundException", f"Stream {name} not found", 400)
        named = [data[key] for key in ("ShardToSplit", "ShardToMerge", "AdjacentShardToMerge") if key in data]
        for shard_id in named:
            if shard_id not in stream["shards"]:
                return error_response_json("ResourceNotFoundException", f"Shard {shard_id} not found", 400)
            if is_closed(stream["shards"][shard_id]):
                return _refuse(f"Shard {shard_id} in stream {name} has already been merged or split.")
        return change(stream, data) or kinesis.json_response({})

    return act


def _split_shard(stream: dict, data: dict) -> tuple | None:
    start, end = _hash_range(stream["shards"][data["ShardToSplit"]])
    point = int(data.get("NewStartingHashKey") or 0)
    if not start < point < end:
        return _refuse(f"NewStartingHashKey {point} used in SplitShard() is not both greater than one plus the shard's "
                       "StartingHashKey and less than the shard's EndingHashKey - 1.")  # fmt: skip
    return _split(stream, data["ShardToSplit"], point)


def _merge_shards(stream: dict, data: dict) -> tuple | None:
    names = (data["ShardToMerge"], data["AdjacentShardToMerge"])
    (_, end), (start, _) = sorted(_hash_range(stream["shards"][name]) for name in names)
    if end + 1 != start:
        return _refuse(f"Shards {names[0]} and {names[1]} are not an adjacent pair of shards eligible for merging")
    _merge(stream, *names)
    return None


def _resize(stream: dict, target: int) -> None:
    """Splits at the borders of as many even ranges, and merges what lies within one."""
    ranges = [(int(start), int(end)) for start, end in kinesis._compute_hash_ranges(target)]
    for start, _ in ranges:
        inside = (name for name, shard in open_shards(stream) if _hash_range(shard)[0] < start <= _hash_range(shard)[1])
        name = next(inside, None)
        if name is not None:
            _split(stream, name, start)
    for start, end in ranges:
        within = [name for name, shard in open_shards(stream) if start <= _hash_range(shard)[0] <= end]
        merged, *others = within
        for name in others:
            merged = _merge(stream, merged, name)


def _update_shard_count(stream: dict, data: dict) -> tuple:
    current, target = len(list(open_shards(stream))), int(data.get("TargetShardCount") or 0)
    if not math.ceil(current / 2) <= target <= 2 * current:
        return _refuse(f"UpdateShardCount cannot scale from {current} to {target} shards: at most double, at least half.")
    _resize(stream, target)
    counts = {"CurrentShardCount": current, "TargetShardCount": target}
    return kinesis.json_response({"StreamName": stream["StreamName"], "StreamARN": stream["StreamARN"], **counts})


def patch_resharding() -> None:
    """A shard that was split or merged is closed and keeps its records, to be read before those of its children.

    From the Kinesis guide, "Strategies for resharding" and "After resharding"; the API reference, SplitShard,
    MergeShards and UpdateShardCount.
    """
    kinesis._route_to_shard = _route
    kinesis._split_shard = _resharding(_split_shard)
    kinesis._merge_shards = _resharding(_merge_shards)
    kinesis._update_shard_count = _resharding(_update_shard_count)


def patch_closed_shards() -> None:
    """A closed shard shows its end, names its children to who has read it, and goes when its records expire.

    From the Kinesis API reference, SequenceNumberRange, GetRecords: NextShardIterator and ChildShards, and
    DescribeStreamSummary: OpenShardCount; the guide, "After resharding": OPEN, CLOSED, EXPIRED.
    """
    shard_out, get_records = kinesis._shard_out, kinesis._get_records
    summary, expire = kinesis._describe_stream_summary, kinesis._expire_records

    def with_end(shard_id: str, shard: dict) -> dict:
        shown = shard_out(shard_id, shard)
        if is_closed(shard):
            shown["SequenceNumberRange"]["EndingSequenceNumber"] = shard["ending_sequence_number"]
        return shown

    def with_open_count(data: dict) -> tuple:
        status, headers, body = summary(data)
        if status != 200:
            return status, headers, body
        answer, (_, stream) = json.loads(body), kinesis._resolve_stream(data)
        answer["StreamDescriptionSummary"]["OpenShardCount"] = len(list(open_shards(stream)))
        return status, headers, json.dumps(answer).encode()

    def with_children(data: dict) -> tuple:
        state = kinesis._shard_iterators.get(data.get("ShardIterator"))
        status, headers, body = get_records(data)
        if status != 200:
            return status, headers, body
        answer, stream = json.loads(body), kinesis._streams[state["stream"]]
        after = kinesis._shard_iterators[answer["NextShardIterator"]]["position"]
        shard = stream["shards"][state["shard_id"]]
        if is_closed(shard) and after >= len(shard["records"]):
            del answer["NextShardIterator"]
            answer["ChildShards"] = _children(stream, state["shard_id"])
        return status, headers, json.dumps(answer).encode()

    def with_shards(stream: dict) -> None:
        expire(stream)
        horizon = time.time() - stream["RetentionPeriodHours"] * 3600
        for name, shard in list(stream["shards"].items()):
            if is_closed(shard) and shard["closed_at"] < horizon:
                del stream["shards"][name]

    kinesis._shard_out, kinesis._get_records = with_end, with_children
    kinesis._describe_stream_summary, kinesis._expire_records = with_open_count, with_shards


def _children(stream: dict, parent: str) -> list[dict]:
    children = ((name, shard) for name, shard in stream["shards"].items() if parent in parents_of(shard))
    return [
        {"ShardId": name, "ParentShards": parents_of(shard), "HashKeyRange": kinesis._shard_out(name, shard)["HashKeyRange"]}
        for name, shard in children
    ]


def patch_template() -> None:
    """StreamEncryption and ShardCount of a template take effect.

    From the CloudFormation template reference, AWS::Kinesis::Stream.
    """
    handler = provisioners._RESOURCE_HANDLERS["AWS::Kinesis::Stream"]
    original_create, original_update = handler["create"], handler["update"]

    def create(logical_id: str, props: dict, stack_name: str) -> tuple:
        created = original_create(logical_id, props, stack_name)
        _encrypt(kinesis._streams[created[0]], props)
        return created

    def update(physical_id: str, old: dict, new: dict, stack_name: str) -> tuple:
        updated = original_update(physical_id, old, new, stack_name)
        stream = kinesis._streams[updated[0]]
        _encrypt(stream, new)
        if new.get("ShardCount") and new.get("ShardCount") != old.get("ShardCount"):
            _resize(stream, int(new["ShardCount"]))
        return updated

    handler.update(create=create, update=update)


def _encrypt(stream: dict, props: dict) -> None:
    encryption = props.get("StreamEncryption") or {}
    stream["EncryptionType"], stream["KeyId"] = encryption.get("EncryptionType", "NONE"), encryption.get("KeyId")


def apply() -> None:
    """Apply every patch of this module."""
    patch_sequence_numbers()
    patch_shard_limits()
    patch_resharding()
    patch_closed_shards()
    patch_template()
