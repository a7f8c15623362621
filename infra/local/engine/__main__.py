"""Start MiniStack, the local AWS, with the rules of AWS that this release of it still misses.

Run as ``python infra/local/engine``. Configuration is MiniStack's own: environment variables only.
Every patch replaces one function of one exact release, so any other release is refused.
"""

import sys
from importlib.metadata import PackageNotFoundError, version

REQUIRED_VERSION = "1.5.33"


def installed_version() -> str:
    """The version of MiniStack in this Python environment, or a word that says there is none."""
    try:
        return version("ministack")
    except PackageNotFoundError:
        return "none"


def main() -> None:
    """Check the version, apply the patches and hand over to MiniStack's own entry point."""
    found = installed_version()
    if found != REQUIRED_VERSION:
        sys.exit(
            f"The local AWS needs ministack {REQUIRED_VERSION}, but this Python has {found}. "
            "Install it with: python -m pip install --require-hashes -r infra/local/engine/requirements.txt"
        )
    import aws_cloudformation
    import aws_dynamodb
    import aws_http2
    import aws_kinesis
    import aws_lambda
    import aws_s3
    import aws_scheduler
    import aws_sns
    import aws_stepfunctions
    import crash
    import express_workflows
    import faults
    import kinesis_mappings
    import sns_filters

    modules = (
        aws_cloudformation,
        aws_dynamodb,
        aws_http2,
        aws_kinesis,
        aws_lambda,
        aws_s3,
        aws_scheduler,
        aws_sns,
        aws_stepfunctions,
        crash,
        express_workflows,
        faults,
        kinesis_mappings,
        sns_filters,
    )
    for module in modules:
        module.apply()

    from ministack.app import main as serve
    from ministack.core import lambda_runtime

    try:
        serve()
    finally:
        # The workers end, and their unpacked code goes, with the engine.
        lambda_runtime.reset()


if __name__ == "__main__":
    main()
