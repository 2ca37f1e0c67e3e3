"""Gunicorn's log lines in the form of all others."""

from typing import Any

from gunicorn.glogging import Logger

from homeport_django.logs import JsonFormatter


class JsonLogger(Logger):
    """Gunicorn's errors as JSON lines, and its access lines where a project wants them: without their query."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        for logger in (self.error_log, self.access_log):
            for handler in logger.handlers:
                handler.setFormatter(JsonFormatter())

    def access(self, resp: Any, req: Any, environ: Any, request_time: Any) -> None:
        if not (self.cfg.accesslog or self.cfg.logconfig or self.cfg.logconfig_dict):
            return
        fields = {
            "client": environ.get("REMOTE_ADDR", ""),
            "forwarded_for": environ.get("HTTP_X_FORWARDED_FOR", ""),
            "method": environ.get("REQUEST_METHOD", ""),
            "path": environ.get("PATH_INFO", ""),
            "status": int(str(resp.status).split(maxsplit=1)[0]),
            "ms": round(request_time.total_seconds() * 1000, 1),
        }
        self.access_log.info("access", extra={"fields": fields})
