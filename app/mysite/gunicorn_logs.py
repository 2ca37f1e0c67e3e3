"""Gunicorn's log lines in the form of all others."""

from gunicorn.glogging import Logger

from mysite.logs import JsonFormatter, is_quiet


class JsonGunicornLogger(Logger):
    """Gunicorn's errors and access lines as JSON on stdout. Access lines have no query: it may hold secrets."""

    def setup(self, cfg) -> None:
        super().setup(cfg)
        for logger in (self.error_log, self.access_log):
            for handler in logger.handlers:
                handler.setFormatter(JsonFormatter())

    def access(self, resp, req, environ, request_time) -> None:
        status = int(str(resp.status).split(maxsplit=1)[0])
        path = environ.get("PATH_INFO", "")
        if is_quiet(path, status):
            return
        fields = {
            "client": environ.get("REMOTE_ADDR", ""),
            "forwarded_for": environ.get("HTTP_X_FORWARDED_FOR", ""),
            "method": environ.get("REQUEST_METHOD", ""),
            "path": path,
            "status": status,
            "bytes": resp.sent or resp.response_length,
            "ms": round(request_time.total_seconds() * 1000, 1),
        }
        self.access_log.info("access", extra={"fields": fields})
