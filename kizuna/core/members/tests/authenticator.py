"""A passkey in software: makes what a browser would send."""

import hashlib
import json
import os
import struct

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2 import cbor
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


class Authenticator:
    """One device with one key pair for one community."""

    def __init__(self, *, host: str = "testserver", verifies: bool = True) -> None:
        self.host = host
        self.flags = PRESENT | (VERIFIED if verifies else 0)
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.credential_id = os.urandom(32)
        self.user_handle = b""
        self.count = 0

    def create(self, options: dict) -> str:
        """Answer the question of making a passkey."""
        asked = options["publicKey"]
        self.user_handle = websafe_decode(asked["user"]["id"])
        public = cbor.encode(dict(ES256.from_cryptography_key(self.key.public_key())))
        attested = bytes(16) + struct.pack(">H", len(self.credential_id)) + self.credential_id + public
        data = self._data(ATTESTED) + attested
        return self._answer(
            asked,
            "webauthn.create",
            attestationObject=websafe_encode(cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})),
        )

    def get(self, options: dict, *, user_handle: bytes | None = None) -> str:
        """Answer the question of signing in."""
        asked = options["publicKey"]
        self.count += 1
        data = self._data()
        signature = self.key.sign(
            data + hashlib.sha256(self._client(asked, "webauthn.get")).digest(), ec.ECDSA(SHA256())
        )
        return self._answer(
            asked,
            "webauthn.get",
            authenticatorData=websafe_encode(data),
            signature=websafe_encode(signature),
            userHandle=websafe_encode(self.user_handle if user_handle is None else user_handle),
        )

    def _data(self, flags: int = 0) -> bytes:
        host = hashlib.sha256(self.host.encode()).digest()
        return host + bytes([self.flags | flags]) + struct.pack(">I", self.count)

    def _client(self, asked: dict, kind: str) -> bytes:
        return json.dumps({"type": kind, "challenge": asked["challenge"], "origin": f"http://{self.host}"}).encode()

    def _answer(self, asked: dict, kind: str, **response: str) -> str:
        key = websafe_encode(self.credential_id)
        client = websafe_encode(self._client(asked, kind))
        return json.dumps(
            {
                "id": key,
                "rawId": key,
                "type": "public-key",
                "clientExtensionResults": {},
                "response": {"clientDataJSON": client, **response},
            }
        )
