"""AWS CloudFormation: what a template says about names, tables, log groups and state machines."""

from collections.abc import Callable

import faults
from ministack.core.responses import new_uuid
from ministack.services import dynamodb
from ministack.services.cloudformation import provisioners, stacks

_TABLE_TYPES = ("AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable")

# Properties of a global table that say nothing about its one local replica.
_REPLICATION = {
    "Replicas", "MultiRegionConsistency", "GlobalTableWitnesses", "GlobalTableSourceArn", "WarmThroughput",
    "WriteOnDemandThroughputSettings", "ReadOnDemandThroughputSettings",
    "WriteProvisionedThroughputSettings", "ReadProvisionedThroughputSettings",
}  # fmt: skip


def _wrap(resource_type: str, convert: Callable[[dict, str], dict]) -> None:
    """Convert the properties that a resource type's handlers see, given the physical name they get."""
    handler = provisioners._RESOURCE_HANDLERS[resource_type]
    original_create, original_update = handler["create"], handler["update"]

    def create(logical_id: str, props: dict, stack_name: str) -> tuple:
        name = provisioners._physical_name(stack_name, logical_id, max_len=80)
        return original_create(logical_id, convert(props, name), stack_name)

    def update(physical_id: str, old: dict, new: dict, stack_name: str, logical_id: str | None = None) -> tuple:
        old, new = convert(old, physical_id), convert(new, physical_id)
        return original_update(physical_id, old, new, stack_name, logical_id)

    handler.update(create=create, update=update)


def patch_unique_names() -> None:
    """A name that CloudFormation generates is new for every stack, so that a retained resource is never taken again.

    From the CloudFormation guide, "Name type": a unique physical ID; and "DeletionPolicy attribute": Retain. Two runs
    may be asked to give the same names, so as to be compared.
    """

    def provision(*resource: object) -> tuple:
        # Kept on the resource's record: its updates keep the name.
        seed = "fixed" if faults.has_fixed_names() else new_uuid()[:8]
        token = provisioners._NAME_SEED.set(seed)
        try:
            return provisioners._provision_resource(*resource), provisioners._NAME_SEED.get()
        finally:
            provisioners._NAME_SEED.reset(token)

    stacks._provision_keeping_seed = provision


def patch_log_group_names() -> None:
    """A log group without a name gets a unique one as well.

    From the CloudFormation template reference, AWS::Logs::LogGroup: LogGroupName.
    """
    _wrap("AWS::Logs::LogGroup", lambda props, name: {"LogGroupName": name, **props})


def patch_state_machine_logging() -> None:
    """The LoggingConfiguration of a template is the loggingConfiguration of the state machine.

    From the CloudFormation template reference, AWS::StepFunctions::StateMachine, and the Step Functions API reference.
    """

    def convert(props: dict, _name: str) -> dict:
        if "LoggingConfiguration" not in props:
            return props
        return props | {"LoggingConfiguration": provisioners._pascal_to_camel(props["LoggingConfiguration"])}

    _wrap("AWS::StepFunctions::StateMachine", convert)


def patch_global_table_update() -> None:
    """An update of a global table keeps the table and its items.

    From the CloudFormation template reference, AWS::DynamoDB::GlobalTable: "Update requires: No interruption".
    """

    def local(props: dict) -> dict:
        return {name: value for name, value in props.items() if name not in _REPLICATION}

    def update(physical_id: str, old: dict, new: dict, stack_name: str, logical_id: str | None = None) -> tuple:
        return provisioners._ddb_update(physical_id, local(old), local(new), stack_name, logical_id)

    handler = provisioners._RESOURCE_HANDLERS["AWS::DynamoDB::GlobalTable"]
    handler.update(update=update, update_with_logical_id=True)


def _apply_time_to_live(name: str, old: dict, new: dict) -> None:
    before, after = old.get("TimeToLiveSpecification"), new.get("TimeToLiveSpecification")
    if after:
        dynamodb._update_ttl({"TableName": name, "TimeToLiveSpecification": after})
    elif before:
        dynamodb._update_ttl({"TableName": name, "TimeToLiveSpecification": before | {"Enabled": False}})


def patch_time_to_live() -> None:
    """The TimeToLiveSpecification of a template takes effect.

    From the CloudFormation template reference, AWS::DynamoDB::Table and AWS::DynamoDB::GlobalTable.
    """
    for resource_type in _TABLE_TYPES:
        handler = provisioners._RESOURCE_HANDLERS[resource_type]
        handler.update(create=_timed_create(handler["create"]), update=_timed_update(handler["update"]))


def _timed_create(original: Callable[..., tuple]) -> Callable[..., tuple]:
    def create(logical_id: str, props: dict, stack_name: str) -> tuple:
        created = original(logical_id, props, stack_name)
        _apply_time_to_live(created[0], {}, props)
        return created

    return create


def _timed_update(original: Callable[..., tuple]) -> Callable[..., tuple]:
    def update(physical_id: str, old: dict, new: dict, stack_name: str, logical_id: str | None = None) -> tuple:
        updated = original(physical_id, old, new, stack_name, logical_id)
        _apply_time_to_live(updated[0], old, new)
        return updated

    return update


def apply() -> None:
    """Apply every patch of this module."""
    patch_unique_names()
    patch_log_group_names()
    patch_state_machine_logging()
    patch_global_table_update()
    patch_time_to_live()
