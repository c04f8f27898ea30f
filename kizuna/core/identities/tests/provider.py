"""An identity provider on loopback that can be made to lie: keys, claims, algorithms, all as the test wants."""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT_ID, SECRET = "kizuna-client", "a secret of the client"
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
_KEYS = [rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2)]


class FakeProvider:
    """Issues codes for whoever the test says; every answer can be twisted."""

    def __init__(self) -> None:
        self.key, self.kid = _KEYS[0], "first"
        self.codes: dict[str, dict] = {}
        self.requests: list[str] = []
        self.twist: Callable[[dict], dict] = lambda claims: claims
        self.sign: Callable[[dict], str] = self.signed
        self.metadata: dict = {}
        self.userinfo: dict = {}
        self.jwks_extra: list[dict] = []
        self.issuer = ""

    def rotate(self) -> None:
        """Take another key; the one before is not published any more."""
        self.key, self.kid = _KEYS[1], "second"

    def jwk(self) -> dict:
        key = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        return {**key, "kid": self.kid, "use": "sig", "alg": "RS256", "d": "never read"}

    def pem(self) -> bytes:
        return self.key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    def signed(self, claims: dict, *, algorithm: str = "RS256", headers: dict | None = None) -> str:
        return jwt.encode(claims, self.key, algorithm=algorithm, headers={"kid": self.kid, **(headers or {})})

    def consent(self, url: str, **person) -> dict[str, str]:
        """Return the parameters with which the provider sends the browser back after `person` signed in."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        code = secrets.token_urlsafe(12)
        self.codes[code] = {"asked": asked, "person": {"sub": "u-1", **person}}
        return {"code": code, "state": asked["state"]}

    def claims(self, given: dict) -> dict:
        now = int(time.time())
        asked = given["asked"]
        return {
            "iss": self.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 300, "nonce": asked["nonce"], **given["person"],
        }  # fmt: skip

    def logout_token(self, **claims) -> str:
        now = int(time.time())
        said = {
            "iss": self.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 120, "jti": secrets.token_hex(8),
            "events": {LOGOUT_EVENT: {}}, **claims,
        }  # fmt: skip
        return self.signed({name: value for name, value in said.items() if value is not None})

    def answer(self, path: str, form: dict[str, str], authorization: str) -> tuple[int, dict]:
        self.requests.append(path)
        if path == "/.well-known/openid-configuration":
            names = {"authorization": "auth", "token": "token", "userinfo": "userinfo", "end_session": "end"}
            endpoints = {f"{name}_endpoint": f"{self.issuer}/{word}" for name, word in names.items()}
            return 200, {"issuer": self.issuer, "jwks_uri": f"{self.issuer}/keys", **endpoints, **self.metadata}
        if path == "/keys":
            return 200, {"keys": [*self.jwks_extra, self.jwk()]}
        if path == "/userinfo":
            return (200, self.userinfo) if self.userinfo else (404, {})
        return self._token(form, authorization) if path == "/token" else (404, {})

    def _token(self, form: dict[str, str], authorization: str) -> tuple[int, dict]:
        given = self.codes.pop(form.get("code", ""), None)
        expected = base64.b64encode(f"{CLIENT_ID}:{SECRET.replace(' ', '+')}".encode()).decode()
        if given is None or authorization != f"Basic {expected}":
            return 400, {"error": "invalid_grant"}
        challenge = (
            base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=").decode()
        )
        if challenge != given["asked"]["code_challenge"] or form["redirect_uri"] != given["asked"]["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        return 200, {
            "access_token": "at",
            "token_type": "Bearer",
            "id_token": self.sign(self.twist(self.claims(given))),
        }


@contextmanager
def running(provider: FakeProvider | None = None):
    """Serve a provider on a free port of loopback."""
    provider = provider or FakeProvider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer({})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            self._answer({name: values[0] for name, values in parse_qs(body).items()})

        def _answer(self, form: dict[str, str]) -> None:
            status, said = provider.answer(urlsplit(self.path).path, form, self.headers.get("Authorization", ""))
            body = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.issuer = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
