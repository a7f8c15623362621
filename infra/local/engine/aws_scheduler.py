"""Amazon EventBridge Scheduler: what a target is told, time zones, and when a schedule is due."""

import re
import time
from datetime import datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from ministack.core.responses import new_uuid, request_scope
from ministack.services import eventbridge, scheduler
from ministack.services.cloudformation import provisioners

# Schedules are due from then on: what fell due while the engine was down has passed.
_STARTED = time.time()

# Properties of a schedule that a template may hold and an update may change.
_PROPERTIES = (
    "ScheduleExpression", "ScheduleExpressionTimezone", "FlexibleTimeWindow",
    "Target", "State", "Description", "StartDate", "EndDate",
)  # fmt: skip

# When each schedule was started last, by account, region and name.
_fired: dict[tuple, float] = {}


def _time_zone(schedule: dict) -> tzinfo:
    name = schedule.get("ScheduleExpressionTimezone") or "UTC"
    return timezone.utc if name == "UTC" else ZoneInfo(name)


def _next_at(expression: str, after: float, zone: tzinfo) -> float | None:
    match = re.fullmatch(r"\s*at\((.+)\)\s*", expression)
    if not match:
        return None
    due = datetime.fromisoformat(match.group(1).strip()).replace(tzinfo=zone).timestamp()
    return due if due > after else None


def _next_rate(expression: str, after: float, created: float) -> float | None:
    interval = eventbridge._parse_rate_seconds(expression)
    return interval and created + ((after - created) // interval + 1) * interval


def _next_cron(expression: str, after: float, zone: tzinfo) -> float | None:
    """The next time that exists: what a clock that is put forward leaves out is skipped.

    From the Scheduler guide, "Schedule types": daylight saving time.
    """
    fields = eventbridge._parse_cron_fields(expression)
    if fields is None:
        return None
    wall = datetime.fromtimestamp(after, zone)
    while wall := eventbridge._cron_next_fire(fields, wall):
        due = wall.timestamp()
        if datetime.fromtimestamp(due, zone).replace(tzinfo=None) == wall.replace(tzinfo=None):
            return due
    return None


def _next_due(schedule: dict, after: float) -> float | None:
    """When a schedule is due next after a time; None when it never is."""
    expression, zone = schedule["ScheduleExpression"], _time_zone(schedule)
    return (
        _next_at(expression, after, zone)
        or _next_rate(expression, after, schedule["CreationDate"])
        or _next_cron(expression, after, zone)
    )


def _is_open(schedule: dict, due: float) -> bool:
    start, end = scheduler._to_epoch(schedule.get("StartDate")), scheduler._to_epoch(schedule.get("EndDate"))
    return schedule["State"] == "ENABLED" and (start is None or due >= start) and (end is None or due <= end)


def _iso(epoch: float) -> str:
    return (datetime(1970, 1, 1) + timedelta(seconds=int(epoch))).isoformat() + "Z"


def _start(schedule: dict, due: float) -> None:
    """Start a schedule's target, with the context attributes of its input filled in.

    From the Scheduler guide, "Adding context attributes".
    """
    attributes = {
        "schedule-arn": schedule["Arn"],
        "scheduled-time": _iso(due),
        "execution-id": new_uuid(),
        "attempt-number": "1",
    }
    target = dict(schedule["Target"])
    for name, value in attributes.items():
        if "Input" in target:
            target["Input"] = target["Input"].replace(f"<aws.scheduler.{name}>", value)
    event = {
        "EventId": attributes["execution-id"], "Source": "aws.scheduler", "DetailType": "Scheduled Event",
        "Detail": "{}", "Time": due, "Resources": [schedule["Arn"]],
    }  # fmt: skip
    eventbridge._invoke_target(target, event, schedule)


def _tick_one(key: tuple, schedule: dict, now: float) -> None:
    account, region, _name = key
    after = _fired.get(key, max(_STARTED, schedule["LastModificationDate"]))
    due = _next_due(schedule, after)
    if due is None or due > now or not _is_open(schedule, due):
        return
    _fired[key] = due
    with request_scope(account, region):
        _start(schedule, due)
    if schedule.get("ActionAfterCompletion") == "DELETE" and _next_due(schedule, due) is None:
        scheduler._schedules._data.pop(key, None)


def patch_schedules() -> None:
    """A schedule is due by its own time zone, and its target's input may name the scheduled time.

    From the Scheduler guide, "Schedule types" and "Adding context attributes".
    """

    def tick() -> None:
        for key, schedule in list(scheduler._schedules._data.items()):
            try:
                _tick_one(key, schedule, time.time())
            except Exception:
                scheduler.logger.exception("The schedule %s could not be started", key)

    scheduler._tick_schedules = tick


def patch_templates() -> None:
    """A template's time zone, start and end are the schedule's, and what an update leaves out has its default.

    From the CloudFormation template reference, AWS::Scheduler::Schedule.
    """

    def create(logical_id: str, props: dict, stack_name: str) -> tuple:
        name = props.get("Name") or provisioners._physical_name(stack_name, logical_id, max_len=64)
        group = props.get("GroupName", "default")
        body = {"GroupName": group, **{prop: props[prop] for prop in _PROPERTIES if prop in props}}
        scheduler._create_schedule(name, body)
        return name, {"Arn": scheduler._schedule_arn(group, name)}

    original_update = provisioners._RESOURCE_HANDLERS["AWS::Scheduler::Schedule"]["update"]

    def update(physical_id: str, old: dict, new: dict, stack_name: str) -> tuple:
        updated = original_update(physical_id, old, new, stack_name)
        group = new.get("GroupName", "default")
        body = {"GroupName": group, **{prop: new[prop] for prop in _PROPERTIES if prop in new}}
        scheduler._update_schedule(updated[0], body)
        return updated

    provisioners._RESOURCE_HANDLERS["AWS::Scheduler::Schedule"].update(create=create, update=update)


def apply() -> None:
    """Apply every patch of this module."""
    patch_schedules()
    patch_templates()
