"""Amazon S3: versions of objects listed and read, objects written in parts, events of those that are removed."""

import re
from collections.abc import Callable
from xml.sax.saxutils import unescape

from ministack.services import s3


def _not_satisfiable(bucket_name: str, key: str, size: int) -> tuple:
    headers = {"Content-Type": "application/xml", "Content-Range": f"bytes */{size}"}
    return 416, headers, s3._xml_body(s3._range_error_xml(bucket_name, key))


def _part(answer: tuple, wanted: str, bucket_name: str, key: str) -> tuple:
    status, headers, body = answer
    if status != 200:
        return answer
    bounds = s3._parse_range(wanted, len(body))
    if bounds is None:
        return _not_satisfiable(bucket_name, key, len(body))
    first, last = bounds
    part = body[first : last + 1]
    place = {"Content-Length": str(len(part)), "Content-Range": f"bytes {first}-{last}/{len(body)}"}
    return 206, headers | place, part


def patch_versioned_range() -> None:
    """GetObject honours Range for a version that is named, as it does for the current one.

    The checksum of the whole object does not go with a part of it.
    From the Amazon S3 API reference, GetObject.
    """
    original = s3._get_object

    def get_object(bucket_name: str, key: str, headers: dict, query_params: dict | None = None) -> tuple:
        if not headers.get("range") or not s3._qp(query_params or {}, "versionId", ""):
            return original(bucket_name, key, headers, query_params)
        without = {name: value for name, value in headers.items() if name != "x-amz-checksum-mode"}
        answer = original(bucket_name, key, without, query_params)
        return answer if answer[0] == 206 else _part(answer, headers["range"], bucket_name, key)

    s3._get_object = get_object


MIN_PART_BYTES = 5 * 1024 * 1024

_CHECKSUM = re.compile(r"x-amz-checksum-(crc32c?|crc64nvme|sha1|sha256)$")


def patch_part_checksum() -> None:
    """A part has a checksum of the upload's kind, and none where the upload has none.

    From the Amazon S3 API reference, UploadPart: ChecksumAlgorithm must match CreateMultipartUpload.
    """
    original = s3._upload_part

    def upload_part(bucket_name: str, key: str, body: bytes, query_params: dict, headers: dict) -> tuple:
        upload = s3._multipart_uploads.get(s3._qp(query_params, "uploadId")) or {}
        expected = upload.get("checksum_algorithm")
        given = {found[1].upper() for found in map(_CHECKSUM.match, headers) if found}
        if upload and given and given != {expected}:
            actual = ", ".join(sorted(given)).lower()
            message = f"Checksum Type mismatch occurred, expected checksum Type: {(expected or 'null').lower()}"
            return s3._error("InvalidRequest", f"{message}, actual checksum Type: {actual}", 400)
        return original(bucket_name, key, body, query_params, headers)

    s3._upload_part = upload_part


def _refusal(numbers: list[int], upload: dict) -> tuple | None:
    """The service's error for a list of parts that do not make an object."""
    ascending = numbers == sorted(set(numbers))
    consecutive = numbers == list(range(1, len(numbers) + 1))
    if not ascending or (upload.get("checksum_algorithm") and not consecutive):
        message = "The list of parts was not in ascending order. The parts list must be specified in order by part number."
        return s3._error("InvalidPartOrder", message, 400)
    sizes = [upload["parts"][number]["size"] for number in numbers[:-1] if number in upload["parts"]]
    if any(size < MIN_PART_BYTES for size in sizes):
        message = "Your proposed upload is smaller than the minimum allowed object size."
        return s3._error("EntityTooSmall", message, 400)
    return None


def patch_complete_multipart_upload() -> None:
    """Parts are named in order; all but the last have 5 MiB; with checksums their numbers have no gap.

    From the Amazon S3 API reference, CompleteMultipartUpload: errors, and CompletedPart: PartNumber.
    """
    original = s3._complete_multipart_upload

    def complete(bucket_name: str, key: str, body: bytes, query_params: dict, headers: dict | None = None) -> tuple:
        upload = s3._multipart_uploads.get(s3._qp(query_params, "uploadId"))
        numbers = [int(number) for number in re.findall(rb"<PartNumber>\s*(\d+)\s*</PartNumber>", body)]
        refusal = _refusal(numbers, upload) if upload else None
        return refusal or original(bucket_name, key, body, query_params, headers)

    s3._complete_multipart_upload = complete


# What a listing of versions encodes of a key.
_LISTED_KEY = re.compile(r"<(Key|Prefix|Delimiter|KeyMarker|NextKeyMarker)>([^<]*)</\1>")


def patch_encoded_versions() -> None:
    """A listing of versions gives keys encoded when it is asked to, and says that it does.

    From the Amazon S3 API reference, ListObjectVersions: EncodingType.
    """
    original = s3._list_object_versions

    def encoded(element: re.Match) -> str:
        return f"<{element[1]}>{s3._url_encode(unescape(element[2]))}</{element[1]}>"

    def list_object_versions(bucket_name: str, query_params: dict) -> tuple:
        status, headers, body = original(bucket_name, query_params)
        if status != 200 or s3._qp(query_params, "encoding-type", "") != "url":
            return status, headers, body
        listing = _LISTED_KEY.sub(encoded, body.decode())
        said = listing.replace("<MaxKeys>", "<EncodingType>url</EncodingType><MaxKeys>", 1)
        return status, headers, said.encode()

    s3._list_object_versions = list_object_versions


def _without_content(event: dict) -> dict:
    """The event, whose object is told without size and entity tag if it was removed."""
    # S3's test event has no records.
    [record] = event.get("Records") or [None]
    if record is None or not record["eventName"].startswith("ObjectRemoved:"):
        return event
    described = {name: value for name, value in record["s3"]["object"].items() if name not in ("size", "eTag")}
    return {"Records": [record | {"s3": record["s3"] | {"object": described}}]}


def _telling(deliver: Callable) -> Callable:
    def deliver_event(arn: str, event: dict, *details: object, **named: object) -> None:
        deliver(arn, _without_content(event), *details, **named)

    return deliver_event


def patch_removal_events() -> None:
    """What was removed has neither size nor entity tag in its event.

    From the Amazon S3 guide, "Event message structure": what a removal leaves out.
    """
    s3._deliver_event_to_sqs = _telling(s3._deliver_event_to_sqs)
    s3._deliver_event_to_sns = _telling(s3._deliver_event_to_sns)
    s3._deliver_event_to_lambda = _telling(s3._deliver_event_to_lambda)


def apply() -> None:
    """Apply every patch of this module."""
    patch_versioned_range()
    patch_part_checksum()
    patch_complete_multipart_upload()
    patch_encoded_versions()
    patch_removal_events()
