"""A key of a notification service of our own, made for these tests, with its certificate."""

import base64
import hashlib

from memberships.billing.gateways.sns import text_signed

MODULUS = int(
    "96748517b589833cb743275628f5e146dab7555734aac7d9295851e0175441956448179f7e66ed2083b962b8"
    "5a3c40080b20614d1787f861827091be484be6449d65e84bd309d2e7591b9161be837f3342eb661889cd9d6a"
    "efe064ad39f76994723950747a727272b714c34c9263a65d9c01079565729c62a51bf15fdc0ba48992abf2e8"
    "25b8f79779fa0c0de415c5b443b1dbe1fdfc36e0614df57d4e9cd8b1fa0ee263033ec4f76cfa7b1f09d765b3"
    "39db9812fea5b53555653928ab3e3d7f09df8b7a574a118bfceed57ebb009cf8ec152d95ad7dab0d522d7469"
    "25d79c16f7ad7fa51c0abcf4cd4c4ee097dc0ef02d9eeff3d59728d47fbbc4bd6a39ba49",
    16,
)
EXPONENT = int(
    "822c4381efe664dcd6d60c1f2c2a2cfd49a5ee4ea6ef3120ed4d979773ed1eada0c60d632c0a016aa5a9c8da"
    "b46277440c870e8c068e2de876e307528ae8d93024858c9838a4a57df2b9020ab881d7cde792f8f61afd3b49"
    "41a1bb07ac8861d29a6bdc4b0749b3466d56197fbdbdcbca275fa758f200922db1a947ef42f50fd1f23f2d17"
    "91ee494be85e7298d9452ce837ef89035e22a4f9d25cc46ddc94e04d5fdb7d274eb673d0bb171e87e2153cee"
    "bc33e7b0fbf6111e3d44b994febaceaabc4fc67c1da26e5b646abd2e9415fbe0bf59df94acb161f1651ff0aa"
    "dd6cc04278a2bd7c436c4fe04f1faeedbad6d31c2010059674feae77e2b1d19e7f7abfd",
    16,
)
CERTIFICATE = b"""-----BEGIN CERTIFICATE-----
MIIDCTCCAfGgAwIBAgIUb3AU1Gpg4E+dDk2Q8vL89dDyrhMwDQYJKoZIhvcNAQEL
BQAwEzERMA8GA1UEAwwIc25zLnRlc3QwIBcNMjYxMTI2MTM0OTQ3WhgPMjEyNjEx
MDIxMzQ5NDdaMBMxETAPBgNVBAMMCHNucy50ZXN0MIIBIjANBgkqhkiG9w0BAQEF
AAOCAQ8AMIIBCgKCAQEAlnSFF7WJgzy3QydWKPXhRtq3VVc0qsfZKVhR4BdUQZVk
SBeffmbtIIO5YrhaPEAICyBhTReH+GGCcJG+SEvmRJ1l6EvTCdLnWRuRYb6DfzNC
62YYic2dau/gZK0592mUcjlQdHpycnK3FMNMkmOmXZwBB5VlcpxipRvxX9wLpImS
q/LoJbj3l3n6DA3kFcW0Q7Hb4f38NuBhTfV9TpzYsfoO4mMDPsT3bPp7HwnXZbM5
25gS/qW1NVVlOSirPj1/Cd+LeldKEYv87tV+uwCc+OwVLZWtfasNUi10aSXXnBb3
rX+lHAq89M1MTuCX3A7wLZ7v89WXKNR/u8S9ajm6SQIDAQABo1MwUTAdBgNVHQ4E
FgQUqRsDZZAQLTnG/b+X7pMw7FT6PnkwHwYDVR0jBBgwFoAUqRsDZZAQLTnG/b+X
7pMw7FT6PnkwDwYDVR0TAQH/BAUwAwEB/zANBgkqhkiG9w0BAQsFAAOCAQEAlUaS
aZJhZsDlRKGeszRiZGtxATZIDkgVHukl45PgGKdRE+oii3IGFuXlmQ5Js/Gk1K1K
6k5Gf2UcQzvFNT3Zc0q/mQ2E8rnkTdRrgJHiWLP7ffrgCkWH35Ym773ohhZ4lbUt
6oSdGUWkiEg1lq6awQS1NB+wKRUgESgj6ETUsTW91rXEn+Deb015gR9L/UTljyNw
iek8fpydVXGXyvVWN8mmOvZ/qjts8i8xZA8z9dRv1PXq+pRWHZ3+wIch8Bx8uCwC
0VXemP39GC5S/BLnoXj3R7kqoZwTvOBcOB2D5L8eeJS5dDuAqsjZS4Lze11/LxRC
Q4TcQTxSh8BWix9MqQ==
-----END CERTIFICATE-----
"""
BEFORE = {
    "1": (hashlib.sha1, "3021300906052b0e03021a05000414"),
    "2": (hashlib.sha256, "3031300d060960864801650304020105000420"),
}


def signed(message: dict[str, str], version: str = "2") -> dict[str, str]:
    """Return the message under the signature of this key."""
    make, before = BEFORE[version]
    tail = bytes.fromhex(before) + make(text_signed(message)).digest()
    padded = b"\x00\x01" + b"\xff" * (256 - len(tail) - 3) + b"\x00" + tail
    number = pow(int.from_bytes(padded), EXPONENT, MODULUS)
    return {
        **message,
        "SignatureVersion": version,
        "Signature": base64.b64encode(number.to_bytes(256)).decode(),
    }
