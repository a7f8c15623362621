"""Amazon SNS: mail. There is nobody to send it to, so that it is kept as files."""

import os
import re
from datetime import datetime, timezone
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from pathlib import Path

from ministack.services import sns

# Folder of the mails; none are kept without it.
_MAIL_DIRECTORY = os.environ.get("MAIL_DIRECTORY")

_DEFAULT_SUBJECT = "AWS Notification Message"


def _mail(topic: dict, recipient: str, subject: str, text: str, now: datetime) -> EmailMessage:
    mail = EmailMessage(policy=SMTP.clone(cte_type="8bit", max_line_length=None))
    name = topic.get("attributes", {}).get("DisplayName") or "AWS Notifications"
    mail["From"] = formataddr((name, "no-reply@sns.amazonaws.com"))
    mail["To"] = recipient
    mail["Subject"] = subject or _DEFAULT_SUBJECT
    mail["Date"] = format_datetime(now)
    mail.set_content(text, charset="utf-8", cte="8bit")
    return mail


def _keep(mail: EmailMessage, now: datetime) -> None:
    """Keep a mail in a file that a mail program opens and a person can read."""
    title = re.sub(r"[^A-Za-z0-9]+", "-", mail["Subject"]).strip("-")[:80]
    path = Path(_MAIL_DIRECTORY) / f"{now:%Y%m%dT%H%M%S.%fZ}-{title}.eml"
    path.parent.mkdir(parents=True, exist_ok=True)
    # Whoever watches the folder sees whole mails only.
    part = path.with_suffix(".part")
    part.write_bytes(mail.as_bytes())
    part.rename(path)


def patch_mail() -> None:
    """A message goes to a topic's e-mail subscriptions, from the topic's display name, as text.

    From the SNS developer guide, "Email subscription setup and management". A subscription counts as
    confirmed.
    """
    original = sns._fanout

    def fanout(
        topic_arn: str, msg_id: str, message: str, subject: str, message_structure: str = "",
        message_attributes: dict | None = None, *rest: object, **named: object,
    ) -> None:  # fmt: skip
        original(topic_arn, msg_id, message, subject, message_structure, message_attributes, *rest, **named)
        topic = sns._topic_by_arn_any_scope(topic_arn)
        now = datetime.now(timezone.utc)
        for subscription in topic["subscriptions"] if topic else []:
            if subscription["protocol"] != "email":
                continue
            text = sns._resolve_message_for_protocol(message, message_structure, "email")
            if sns._matches_filter_policy(subscription, message_attributes or {}, text):
                _keep(_mail(topic, subscription["endpoint"], subject, text, now), now)

    sns._fanout = fanout


def apply() -> None:
    """Apply every patch of this module."""
    if _MAIL_DIRECTORY:
        patch_mail()
