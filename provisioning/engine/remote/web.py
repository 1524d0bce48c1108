"""Requests to an API from CI: time limits, no redirects, and each fault as one line with a way out.

Redirects are not followed, since the token would travel with them. Certificates are judged by the
system's authorities, or those that SSL_CERT_FILE names.
"""

from __future__ import annotations

import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPException, HTTPMessage, HTTPResponse
from time import monotonic
from typing import IO, Final, TypeAlias
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, HTTPSHandler, Request, build_opener

from dcim.planning.strict_json import JSONValue
from dcim.vocabulary.errors import (
    InvalidInput,
    LumbungError,
    MissingComponent,
    NotPermitted,
    UnknownThing,
)

SILENCE_S: Final = 15
"""Seconds that a server may say nothing."""

WHOLE_S: Final = 60
"""Seconds after which an answer that still goes on is given up."""

MOST_BYTES: Final = 64 * 2**20
_CHUNK: Final = 2**16
_SAID: Final = 300
Told: TypeAlias = Mapping[str, str | list[str]]


class Unreachable(MissingComponent):
    """No answer came from the address."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the bytes, of what kind they are, and the headers."""

    body: bytes
    content_type: str
    headers: HTTPMessage

    def json(self, address: str) -> JSONValue:
        """The body as JSON.

        Raises: InvalidInput when it is something else, such as a page that asks to sign in.
        """
        try:
            value: JSONValue = json.loads(self.body)
        except ValueError as err:
            raise InvalidInput(
                f"{address} answers with {self.content_type or 'nothing'}, not with JSON.",
                hint="Name the address of the API.",
            ) from err
        return value


def sendable(token: str | None, variable: str, way_out: str) -> str:
    """The token that the environment holds in `variable`.

    Raises: InvalidInput, which never tells it, where there is none or it could not be sent.
    """
    text = (token or "").strip()
    if not text:
        raise InvalidInput("is not set.", field=variable, hint=way_out)
    if not text.isascii() or not text.isprintable():
        raise InvalidInput(
            "holds characters that no token has.", field=variable, hint="Copy it anew."
        )
    return text


def ask(
    address: str,
    headers: Mapping[str, str],
    *,
    method: str = "GET",
    body: Told | None = None,
    token_from: str,
) -> Answer:
    """The answer of the server at `address`.

    Args: `token_from` is the variable that the token in `headers` came from, for complaints.

    Raises: InvalidInput for an address that can't be one or a refused request, NotPermitted where
    the token does not open it, UnknownThing where nothing is there, Unreachable without an answer.
    """
    request = _request(address, headers, method, body)
    opener = build_opener(_NoRedirects, HTTPSHandler(context=ssl.create_default_context()))
    try:
        with opener.open(request, timeout=SILENCE_S) as response:
            kind = response.headers.get_content_type()
            return Answer(_whole(response, address), kind, response.headers)
    except HTTPError as err:
        with err:
            raise _refusal(err, address, token_from) from err
    except (URLError, OSError, HTTPException) as err:
        raise _silence(err, address) from err


def check_address(address: str) -> None:
    """Raises: InvalidInput where `address` can't be one of an API, or holds more than that."""
    try:
        parts = urlsplit(address)
        is_one = parts.scheme in {"http", "https"} and parts.hostname and not parts.username
    except ValueError:
        is_one = False
    if not is_one or not address.isascii():
        raise InvalidInput(
            f"“{address}” is no address of an API.",
            hint="Write https://HOST/…; the token goes into the environment, not into the address.",
        )


def host_of(address: str) -> str:
    """The host of an address, with its port, without a user."""
    return urlsplit(address).netloc.rpartition("@")[2]


class _NoRedirects(HTTPRedirectHandler):
    def redirect_request(
        self,
        req: Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: HTTPMessage,
        newurl: str,
    ) -> None:
        raise HTTPError(newurl, code, msg, headers, fp)


def _request(address: str, headers: Mapping[str, str], method: str, body: Told | None) -> Request:
    check_address(address)
    data = None if body is None else json.dumps(body).encode()
    sent = {"Accept": "application/json", "User-Agent": "lumbung", **headers}
    if data is not None:
        sent["Content-Type"] = "application/json"
    return Request(address, data, sent, method=method)  # noqa: S310  # http or https, seen above


def _whole(response: HTTPResponse, address: str) -> bytes:
    """The body, unless it is too long or comes too slowly."""
    deadline, parts, length = monotonic() + WHOLE_S, [], 0
    while part := response.read1(_CHUNK):  # what has come by now; `read` waits for a whole chunk
        parts.append(part)
        length += len(part)
        if length > MOST_BYTES:
            raise InvalidInput(
                f"{address} answers with more than {MOST_BYTES // 2**20} MiB.",
                hint="Name the address of a plan.",
            )
        if monotonic() > deadline:
            raise TimeoutError
    return b"".join(parts)


def _refusal(err: HTTPError, address: str, token_from: str) -> LumbungError:
    said, host = _said(err), host_of(address)
    if err.code in {301, 302, 303, 307, 308}:
        return InvalidInput(
            f"{host} sends on to {err.url}.", hint="Name that address, if it is the right one."
        )
    if err.code in {401, 403}:
        return NotPermitted(
            f"{host} does not accept the token: {said}",
            field=token_from,
            hint="Set it to one that has not expired and may do this.",
        )
    if err.code == 404:
        return UnknownThing(
            f"{address} is not there: {said}",
            hint="See the address, and the id in it; a token sees only what its owner may.",
        )
    return InvalidInput(f"{host} answers {err.code}: {said}", hint="Try again, or ask its keeper.")


def _said(err: HTTPError) -> str:
    """The server's own words, on one line."""
    try:
        body = err.read(_CHUNK).decode("utf-8", "replace")
        told = json.loads(body)
    except (ValueError, OSError, HTTPException):
        told = None
    text = told.get("detail") or told.get("message") if isinstance(told, dict) else None
    line = " ".join(str(text or err.reason).split())[:_SAID]
    return line if line.endswith((".", "!", "?", "…")) else f"{line}."


def _silence(err: Exception, address: str) -> LumbungError:
    reason = err.reason if isinstance(err, URLError) else err
    host = host_of(address)
    if isinstance(reason, ssl.SSLCertVerificationError):
        return Unreachable(
            f"the certificate of {host} is not trusted: {reason.verify_message}.",
            hint="Name the file of its authority in SSL_CERT_FILE.",
        )
    if isinstance(reason, ssl.SSLError):
        return Unreachable(
            f"{host} does not speak TLS as it should: {reason.reason or reason}.",
            hint="See whether the port is the one for https.",
        )
    if isinstance(reason, TimeoutError):
        return Unreachable(f"{host} did not answer in time.", hint="Try again later.")
    words = getattr(reason, "strerror", None) or reason or type(reason).__name__
    return Unreachable(
        f"{host} can't be reached: {words}.", hint="See the address and the network."
    )
