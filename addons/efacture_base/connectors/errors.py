"""What can go wrong between us and an outside service, as types.

Every error says whether the request may have reached the other side (`left`): a caller that sent a document reads `left=False` as *not sent*
and `left=True` as *unknown*. Texts are in English, without secrets, for the log; the screen words a sentence from the type and its fields.
"""

from __future__ import annotations


class ConnectorError(Exception):
    """Base of all. `text`: what happened; `host`: which server; `left`: may the request have arrived?"""

    kind = "error"

    def __init__(self, text: str, *, host: str = "", left: bool = False) -> None:
        super().__init__(text)
        self.text = text
        self.host = host
        self.left = left


class AddressForbidden(ConnectorError):
    """The address is not one we may call: not https, a private network, a redirection out of bounds."""

    kind = "address_forbidden"


class NotReachable(ConnectorError):
    """No answer: unknown name, refused or cut connection, certificate that does not hold."""

    kind = "not_reachable"


class CircuitOpen(NotReachable):
    """Not called at all: this server failed several times in a row and is left alone for `retry_after` seconds."""

    kind = "circuit_open"

    def __init__(self, text: str, *, host: str = "", retry_after: float = 0.0) -> None:
        super().__init__(text, host=host, left=False)
        self.retry_after = retry_after


class TimedOut(ConnectorError):
    """The time allowed for the whole call, or for one step of it, is over."""

    kind = "timed_out"


class TooLarge(ConnectorError):
    """The answer (or the document to send) is larger than allowed."""

    kind = "too_large"


class BadAnswer(ConnectorError):
    """An answer came, but it is not what the protocol promises (HTML instead of JSON, a missing field…)."""

    kind = "bad_answer"


class Refused(ConnectorError):
    """The server answered with an error. `status`: HTTP code; `code`: its own error code; `text`: its sentence.

    `explained`: the body was the service's own error, not some page on the way (a proxy's 404 does not mean "no such company").
    """

    kind = "refused"

    def __init__(
        self,
        text: str,
        *,
        status: int,
        code: str = "",
        host: str = "",
        left: bool = True,
        retry_after: float | None = None,
        explained: bool = False,
    ) -> None:
        super().__init__(text, host=host, left=left)
        self.status = status
        self.code = code
        self.retry_after = retry_after
        self.explained = explained


class NotAuthorized(Refused):
    """401 or 403: the credentials or rights do not allow this call."""

    kind = "not_authorized"


class NotFound(Refused):
    """404: this resource does not exist there."""

    kind = "not_found"


class Busy(Refused):
    """429, or 503 with a date to come back: not now. `retry_after` in seconds (None when the server gave none)."""

    kind = "busy"


class ServerFault(Refused):
    """5xx: the server failed."""

    kind = "server_fault"


class NotSupported(ConnectorError):
    """This connector has no such operation; `text` says why."""

    kind = "not_supported"
