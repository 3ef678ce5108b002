"""tokenlab and the independent libraries, both ways: a table, and an exit code.

    compare.py --tokenlab PROGRAM --python PYTHON --node NODE SCRIPT

Every token of tokenlab that a library's schemes cover must verify there with
equal claims, and a copy of it with one character changed must not; every token
of a library must be `ok: true` by `tokenlab token verify --jsonl`, as far as
tokenlab implements its scheme. A pair that checked nothing is a failure.

One deviation is known and held to what it is. An ECDSA signature is valid with s
and with n - s alike, and RFC 8812 §3.2 does not ask for the smaller; jwt-simple,
through k256, takes the smaller alone on secp256k1. So of the ES256K tokens that
OpenSSL signs it refuses every other one, and tokenlab answers that it disagrees.
"""

import argparse
import base64
import json
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
CLAIMS = HERE / "claims.json"


def run(command, lines=None, may_fail=False):
    """The JSON lines that a command prints, given JSON lines."""
    text = None if lines is None else "".join(json.dumps(line) + "\n" for line in lines)
    done = subprocess.run(
        [str(part) for part in command], input=text, text=True, encoding="utf-8", stdout=subprocess.PIPE, check=False)
    if done.returncode != 0 and not may_fail:
        sys.exit(f"{command[0]} {command[1]}: exit code {done.returncode}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def tampered(line):
    """A copy whose token has another character in the middle."""
    token, at = line["token"], len(line["token"]) // 2
    other = "B" if token[at] == "A" else "A"
    return {**line, "token": token[:at] + other + token[at + 1:]}


def theirs(library, minted):
    """How a library judges tokenlab's tokens: how many pass, which schemes it lacks, what is wrong."""
    honest = run([*library["command"], "verify", library["library"]], minted)
    changed = run([*library["command"], "verify", library["library"]], [tampered(line) for line in minted])
    passed, lacks, problems = 0, [], []
    for line, answer, refusal in zip(minted, honest, changed, strict=True):
        if not answer["supported"]:
            lacks.append(line["scheme"])
        elif not answer["ok"]:
            problems.append(f"{library['library']} refuses {line['id']}: {answer['error']}")
        elif answer["claims"] != line["expected_claims"]:
            problems.append(f"{library['library']} reads other claims in {line['id']}: {answer['claims']}")
        elif refusal["ok"]:
            problems.append(f"{library['library']} accepts {line['id']} with a character changed")
        else:
            passed += 1
    return passed, sorted(set(lacks)), problems


def upper_half(line):
    """Whether a token is ES256K with s above half of the order of secp256k1."""
    if line["scheme"] != "jwt.ES256K":
        return False
    order = 0xFFFFFFFF_FFFFFFFF_FFFFFFFF_FFFFFFFE_BAAEDCE6_AF48A03B_BFD25E8C_D0364141
    signature = base64.urlsafe_b64decode(line["token"].split(".")[2] + "==")
    return int.from_bytes(signature[32:], "big") > order // 2


def as_known(line, answer):
    """Whether an answer is the deviation named at the top, and nothing more."""
    refusing = [verdict for verdict in answer["results"] if not verdict["ok"]]
    return (
        upper_half(line)
        and answer["ok"] is None
        and all(verdict["contender"].startswith("jwt-simple/") for verdict in refusing)
        and all("bad-signature" in verdict["error"] for verdict in refusing)
        and all(verdict["claims"] == line["expected_claims"] for verdict in answer["results"] if verdict["ok"])
    )


def ours(library, tokenlab, implemented):
    """How tokenlab judges a library's tokens: how many pass, of how many, what is wrong."""
    minted = run([*library["command"], "mint", library["library"], CLAIMS])
    minted = [line for line in minted if line["scheme"] in implemented]
    answers = run([tokenlab, "token", "verify", "--jsonl"], minted, may_fail=True)
    for line, answer in zip(minted, answers, strict=True):
        if as_known(line, answer):
            print(f"(known: {line['id']} has its s in the upper half, which jwt-simple alone refuses)")
    problems = [
        f"tokenlab on {line['id']}: {answer['error']}"
        for line, answer in zip(minted, answers, strict=True)
        if answer["ok"] is not True and not as_known(line, answer)
    ]
    return len(minted) - len(problems), len(minted), problems


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for option in ("--tokenlab", "--python"):
        parser.add_argument(option, required=True)
    parser.add_argument("--node", required=True, nargs=2)
    arguments = parser.parse_args()
    commands = [
        [arguments.python, HERE / "python" / "libraries.py"],
        arguments.node,
    ]
    mint = [arguments.tokenlab, "token", "mint", "--jsonl", "--claims", CLAIMS]
    bound = ["--footer", '{"kid":"interop"}', "--implicit-assertion", "tenant-7", "--contender", "*/v?.*"]
    minted = run(mint)
    minted += [line for line in run([*mint, *bound]) if line["scheme"].startswith("paseto.")]
    implemented = {line["scheme"] for line in minted}
    print(f"tokenlab minted {len(minted)} tokens of {len(implemented)} schemes\n")
    print(f"{'library':<16}{'version':<10}{'schemes':>8}{'ours there':>12}{'theirs here':>13}  not there")
    problems = []
    for command in commands:
        for library in run([*command, "about"]):
            library["command"] = command
            passed, lacks, wrong = theirs(library, minted)
            passed_here, all_here, wrong_here = ours(library, arguments.tokenlab, implemented)
            covered = passed + len(wrong)
            schemes = len(implemented & set(library["schemes"]))
            families = {scheme.split(".")[0] for scheme in library["schemes"]}
            lacks = [scheme for scheme in lacks if scheme.split(".")[0] in families]
            print(
                f"{library['library']:<16}{library['version']:<10}{schemes:>8}"
                f"{f'{passed}/{covered}':>12}{f'{passed_here}/{all_here}':>13}  {', '.join(lacks) or '-'}")
            problems += wrong + wrong_here
            if covered == 0 or all_here == 0:
                problems.append(f"{library['library']}: nothing was checked")
    for problem in problems:
        print(problem, file=sys.stderr)
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
