"""Amazon S3: reading a part of one version of an object."""

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


def apply() -> None:
    """Apply every patch of this module."""
    patch_versioned_range()
