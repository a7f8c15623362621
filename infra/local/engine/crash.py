"""The death of the whole engine, and what outlives it.

On AWS everything that a service has acknowledged is durable, whatever dies. MiniStack writes its state down when
it is stopped in an orderly way only; a plain SIGKILL would lose what AWS never loses, and a test of an app would
find faults that are the emulator's. So ``POST /_millrace/crash`` kills the engine as SIGKILL does, at once and with
all functions, executions and unanswered requests, and saves what its storage services held at that very moment.
"""

import fcntl
import logging
import os
import pickle
import signal
import sys
from pathlib import Path

from ministack import app as gateway
from ministack.core import lambda_runtime as runtime
from ministack.core import persistence
from ministack.services import s3

CRASH_PATH = "/_millrace/crash"
# Saving a few thousand messages and items takes a second.
_SAVE_SECONDS = 60

logger = logging.getLogger("crash")


def _lock_file() -> int:
    Path(persistence.STATE_DIR).mkdir(parents=True, exist_ok=True)
    return os.open(os.path.join(persistence.STATE_DIR, "crash.lock"), os.O_CREAT | os.O_RDWR)


def _save(lock: int) -> None:
    """Save the state, in a copy of the process that shares nothing with the one that dies."""
    signal.alarm(_SAVE_SECONDS)
    # Above all the listening socket: the next engine needs the port.
    os.closerange(3, lock)
    os.closerange(lock + 1, 65_536)
    persistence.save_all(gateway._build_persistence_save_dict())


def _crash() -> None:
    """Die. Nothing between the first kill and the last gives up the interpreter's lock or the event loop.

    So no answer leaves, and no function sees an effect that is not saved.
    """
    lock = _lock_file()
    fcntl.flock(lock, fcntl.LOCK_EX)
    for worker in [worker for pool in list(runtime._workers.values()) for worker in pool]:
        # Not poll(): it would let other threads run.
        if worker._proc is not None and worker._proc.returncode is None:
            os.kill(worker._proc.pid, signal.SIGKILL)
    if os.fork() != 0:
        os.kill(os.getpid(), signal.SIGKILL)
    try:
        os.setsid()
        _save(lock)
    except BaseException:
        logger.exception("The state of the engine that crashed could not be saved")
    finally:
        sys.stderr.flush()
        os._exit(0)


def await_saved_state() -> None:
    """Wait until the state of an engine that crashed is on disk: its lock is held as long as it is being saved."""
    lock = _lock_file()
    fcntl.flock(lock, fcntl.LOCK_EX)
    os.close(lock)


def patch_open_uploads() -> None:
    """Uploads that are not complete outlive the engine, with their parts.

    From the Amazon S3 guide, "Uploading and copying objects using multipart upload": parts are kept until the
    upload is completed or aborted.
    """
    get_state, load = s3.get_state, s3.load_persisted_state

    def with_uploads() -> dict:
        uploads = s3._multipart_uploads._data, s3._completed_multipart_uploads._data
        return get_state() | {"millrace_uploads": pickle.dumps(uploads)}

    def load_with_uploads(data: dict) -> None:
        load(data)
        saved = (data or {}).get("millrace_uploads")
        if saved is not None:
            opened, completed = pickle.loads(saved)
            s3._multipart_uploads._data.update(opened)
            s3._completed_multipart_uploads._data.update(completed)

    s3.get_state, s3.load_persisted_state = with_uploads, load_with_uploads


def patch_notifications() -> None:
    """An object that is stored has its event: S3 does not lose one because a process dies in between.

    From the Amazon S3 guide, "Amazon S3 Event Notifications": at-least-once delivery.
    """

    def fire(bucket_name: str, key: str, event_name: str, *details: object, **named: object) -> None:
        if bucket_name in s3._bucket_notifications:
            sequencer = s3._next_event_sequencer(event_name)
            s3._fire_s3_event(bucket_name, key, event_name, *details, **named, sequencer=sequencer)

    s3._fire_s3_event_async = fire


def patch_gateway() -> None:
    """Put the crash beside the services."""
    original = gateway.app

    async def app(scope: dict, receive: object, send: object) -> None:
        if scope["type"] == "http" and scope["path"] == CRASH_PATH and scope["method"] == "POST":
            _crash()
        await original(scope, receive, send)

    gateway.app = app


def apply() -> None:
    """Apply every patch of this module."""
    patch_open_uploads()
    patch_notifications()
    patch_gateway()
    await_saved_state()
