"""One JSON object a line."""

import json
import logging
from datetime import UTC, datetime

QUIET_PATH = "/health"


class JsonFormatter(logging.Formatter):
    """time, level, logger, event (the message), the caller's `extra={"fields": {...}}`, and a traceback."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=True, default=str)


def is_quiet(path: str, status: int) -> bool:
    """Health checks that went well would be most of the log of a small site."""
    return path == QUIET_PATH and status < 400
