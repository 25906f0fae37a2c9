"""The address a platform calls when something arrived: a hint to ask it, never a source of data."""

import hashlib
import logging
import threading
import time

from odoo import http
from odoo.http import request

from ..connectors.webhook import MAX_BODY

_logger = logging.getLogger(__name__)
# Calls looked at in a while, for one address and for the whole process; the others are thrown away unread.
CALLS, ALL_CALLS, SECONDS = 20, 100, 10.0


class Pace:
    """How often an address was called lately. In this process only: several processes let through as many times more."""

    def __init__(self, now=time.monotonic):
        self._now = now
        self._lock = threading.Lock()
        self._since = -SECONDS
        self._counts = {}

    def allows(self, key):
        """Count one more call; False when there were too many."""
        with self._lock:
            moment = self._now()
            if moment - self._since >= SECONDS:
                self._since, self._counts = moment, {}
            if sum(self._counts.values()) >= ALL_CALLS or self._counts.get(key, 0) >= CALLS:
                return False
            self._counts[key] = self._counts.get(key, 0) + 1
            return True


PACE = Pace()


class EfactureWebhook(http.Controller):
    @http.route(
        "/efacture/webhook/<string:token>",
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,  # called by a platform: the signature of the body is the proof
        save_session=False,
        readonly=False,  # it may wake a scheduled action
    )
    def called(self, token, **_values):
        """Check the signature, wake the fetching; the answer is the same whatever was found, so that it teaches nothing."""
        answer = request.make_response("", status=204)
        # What enters the counting is short and the same for every spelling of a long address.
        key = hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
        length = request.httprequest.content_length
        if length is None or length > MAX_BODY or not PACE.allows(key):
            return answer
        body = request.httprequest.get_data(cache=False)
        # sudo: the caller is nobody here; the account is found by its address and proved by the signature.
        account = request.env["efacture.account"].sudo()._efacture_of_webhook(key)
        if account:
            account._efacture_hear(body, dict(request.httprequest.headers))
        return answer
