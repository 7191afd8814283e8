"""Rules room: messages of Amazon's notification service, and whether its key has signed them.

The text that is signed is built from named fields, and the padded digest under the signature is
built anew and compared whole, so that nothing hidden in a padding can pass.
"""

import base64
import binascii
import hashlib
import hmac
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

NOTIFICATION, CONFIRMATION = "Notification", "SubscriptionConfirmation"
_SIGNED = {
    NOTIFICATION: ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    CONFIRMATION: (
        "Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type",
    ),
}  # fmt: skip
_SIGNED["UnsubscribeConfirmation"] = _SIGNED[CONFIRMATION]
# How each version of a signature hashes, and what stands before the digest under it.
_HASHES = {
    "1": (hashlib.sha1, bytes.fromhex("3021300906052b0e03021a05000414")),
    "2": (hashlib.sha256, bytes.fromhex("3031300d060960864801650304020105000420")),
}
_RSA = bytes.fromhex("06092a864886f70d010101")
SHORTEST_BITS = 2048
_SEQUENCE = 0x30


@dataclass(frozen=True, slots=True)
class PublicKey:
    """An RSA key that signs."""

    modulus: int
    exponent: int


def region_of(topic: str) -> str:
    """Return the region in a topic's name; raises ValueError for anything else."""
    parts = topic.split(":")
    if len(parts) != 6 or parts[:3] != ["arn", "aws", "sns"] or not parts[3]:
        raise ValueError("a topic is named like arn:aws:sns:region:account:name")
    if not all(letter.isascii() and (letter.isalnum() or letter == "-") for letter in parts[3]):
        raise ValueError("a region has letters, digits and dashes")
    return parts[3]


def text_signed(message: Mapping[str, str]) -> bytes:
    """Return what the service signs of a message; raises ValueError for one it never sends."""
    kind = message.get("Type", "")
    if kind not in _SIGNED:
        raise ValueError(f"no message of the kind {kind[:40]!r} is known")
    lines = []
    for name in _SIGNED[kind]:
        if name == "Subject" and name not in message:
            continue
        if name not in message:
            raise ValueError(f"{name} is missing")
        lines.append(f"{name}\n{message[name]}\n")
    return "".join(lines).encode()


def is_signed(message: Mapping[str, str], key: PublicKey) -> bool:
    """Tell whether the key has signed the message; raises ValueError for one that cannot be."""
    version = message.get("SignatureVersion", "")
    if version not in _HASHES:
        raise ValueError("the version of the signature is unknown")
    try:
        signature = base64.b64decode(message.get("Signature", ""), validate=True)
    except binascii.Error as error:
        raise ValueError("the signature is not base64") from error
    size = (key.modulus.bit_length() + 7) // 8
    number = int.from_bytes(signature)
    if len(signature) != size or number >= key.modulus:
        return False
    make, before = _HASHES[version]
    tail = before + make(text_signed(message)).digest()
    wanted = b"\x00\x01" + b"\xff" * (size - len(tail) - 3) + b"\x00" + tail
    return hmac.compare_digest(pow(number, key.exponent, key.modulus).to_bytes(size), wanted)


def key_of(certificate: bytes) -> PublicKey:
    """Return the key in a certificate as PEM; raises ValueError for anything but a strong RSA."""
    try:
        der = ssl.PEM_cert_to_DER_cert(certificate.decode("ascii"))
        whole = _inside(der, _SEQUENCE)
        fields = [field for field in _pieces(_inside(whole, _SEQUENCE)) if field[0] != 0xA0]
        # Serial number, way of signing, issuer, validity, subject, and then the key.
        _kind, about = fields[5]
        (_one, algorithm), (_two, bits) = list(_pieces(about))[:2]
        if not algorithm.startswith(_RSA):
            raise ValueError("the key of the certificate is not RSA")
        (_three, modulus), (_four, exponent) = _pieces(_inside(bits[1:], _SEQUENCE))
    except (IndexError, UnicodeDecodeError, binascii.Error) as error:
        raise ValueError("this certificate cannot be read") from error
    key = PublicKey(int.from_bytes(modulus), int.from_bytes(exponent))
    if key.modulus.bit_length() < SHORTEST_BITS or key.exponent < 3:
        raise ValueError("the key of the certificate is too weak")
    return key


def _inside(der: bytes, wanted: int) -> bytes:
    kind, value = next(_pieces(der), (0, b""))
    if kind != wanted:
        raise ValueError("this certificate cannot be read")
    return value


def _pieces(der: bytes) -> Iterator[tuple[int, bytes]]:
    place = 0
    while place < len(der):
        kind, size = der[place], der[place + 1]
        place += 2
        if size >= 0x80:
            count = size & 0x7F
            size = int.from_bytes(der[place : place + count])
            place += count
        if place + size > len(der):
            raise ValueError("this certificate cannot be read")
        yield kind, der[place : place + size]
        place += size
