"""A verifier of jwt.HS256 that goes wrong in the way that its argument names.

It is right about the honest token and the changed one, which come first, and
goes wrong from the third line on, so that it gets as far as the attacks.
"""

import base64
import hashlib
import hmac
import json
import os
import subprocess
import sys
import time

MODE = sys.argv[1]


def decoded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def verified(line):
    header, payload, signature = line["token"].split(".")
    algorithm = json.loads(decoded(header))["alg"]
    if MODE == "naive" and algorithm == "none":
        return json.loads(decoded(payload))
    if algorithm != "HS256":
        raise ValueError(f"the algorithm is {algorithm}")
    tag = hmac.digest(decoded(line["key"]["k"]), f"{header}.{payload}".encode(), hashlib.sha256)
    if not hmac.compare_digest(tag, decoded(signature)):
        raise ValueError("the signature does not match")
    return json.loads(decoded(payload))


def go_wrong(line):
    if MODE == "hang":
        # What it starts has to go with it.
        child = subprocess.Popen(["sleep", "600"])
        with open(sys.argv[2], "a") as file:
            print(os.getpid(), child.pid, file=file)
        time.sleep(600)
    elif MODE == "crash":
        sys.exit("the puppet's last words")
    elif MODE == "garbage":
        print("Listening...", flush=True)
    elif MODE == "other-id":
        print(json.dumps({"id": "another", "ok": True}), flush=True)
    elif MODE == "flood":
        while True:
            sys.stdout.write("x" * 65536)
    elif MODE == "slow":
        for letter in json.dumps({"id": line["id"], "ok": False}):
            print(letter, end="", flush=True)
            time.sleep(1)


def answer(line):
    if line["scheme"] != "jwt.HS256":
        return {"ok": None, "error": "unsupported scheme"}
    if MODE == "refuses-all":
        return {"ok": False, "error": "no"}
    try:
        return {"ok": True, "claims": verified(line)}
    except Exception as error:
        return {"ok": MODE == "believes-all", "error": str(error)}


for text in sys.stdin:
    line = json.loads(text)
    if MODE == "bound" and line["id"] > 2:
        print(json.dumps({"id": line["id"], "ok": False, "error": "no proof of possession"}), flush=True)
        continue
    if line["id"] > 2 and line["scheme"] == "jwt.HS256":
        go_wrong(line)
    print(json.dumps({"id": line["id"], **answer(line)}), flush=True)
