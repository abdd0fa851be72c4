"""The verbs sign and erase."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from surrogate.cli.dates import expiry, today_option

if TYPE_CHECKING:
    from surrogate.ledger import Ledger
    from surrogate.signing import SigningKey

__all__ = ["erase", "sign"]

_report = click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
_ledger = click.option(
    "--ledger",
    "ledger_path",
    envvar="SURROGATE_LEDGER",
    show_envvar=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Enter it into this ledger too; begun where it is not there.",
)


@click.command()
@_report
@click.option("-k", "--key", required=True, help="Private key: a file, or a name that `surrogate keys list` shows.")
@click.option("--role", required=True, help="author, reviewer or approver.")
@click.option("--decision", required=True, help="issue, approve, reject or conditions.")
@click.option("--comment", default="", help="Why, or which conditions; reject and conditions need one.")
@click.option("--scope", default="", help="What the decision is about, and what it is not.")
@click.option("--name", help="Of the signer [default: that of the key].")
@today_option
@click.option("--expires", help="Last day of the signature, YYYY-MM-DD.")
@click.option("--replace", is_flag=True, help="Replace an earlier decision by this key in this role.")
@_ledger
@click.option("--json", "as_json", is_flag=True, help="Print what was signed as JSON.")
def sign(
    folder: Path,
    key: str,
    role: str,
    decision: str,
    comment: str,
    scope: str,
    name: str | None,
    date: str,
    expires: str | None,
    replace: bool,
    ledger_path: Path | None,
    as_json: bool,
) -> None:
    """Sign the report, or the finished batch, in DIR: all files that its manifest lists, with a decision.

    The signature proves who holds the key, and that the files are the ones that were signed; not when, and not that what
    they say is right.
    """
    from surrogate.signing.signatures import read_signatures, sign_report

    expiry(expires)
    path = sign_report(
        folder,
        _key(key),
        role=role,
        decision=decision,
        scope=scope,
        comment=comment,
        date=date,
        expires=expires,
        name=name,
        replace=replace,
        ledger=_open(ledger_path),
    )
    made = next(one for one in read_signatures(folder) if one.file_name == path.name)
    if as_json:
        click.echo(json.dumps({"path": str(path), "keyid": made.keyid, **made.statement()}, ensure_ascii=False))
        return
    click.echo(f"signed: {path}   ({role}: {decision}, {len(made.files)} files)")
    _tell_head(ledger_path)


@click.command()
@_report
@click.option("--what", required=True, type=click.Choice(["evidence", "all"]), help="What is erased.")
@click.option("--reason", required=True, help="Why; it stays in erasure.json, so it should name nobody.")
@today_option
@_ledger
@click.option("--yes", is_flag=True, help="Do not ask first.")
def erase(folder: Path, what: str, reason: str, date: str, ledger_path: Path | None, yes: bool) -> None:
    """Erase the evidence of the report in DIR, or all of it, for good; erasure.json says so in its place.

    The record of one text quotes it: to remove a person's words, erase all. Backups, copies and the answer store are not
    touched (see `surrogate store purge`).
    """
    from surrogate.signing.erasure import erase_report

    if not yes:
        which = "the evidence of" if what == "evidence" else "all of"
        click.confirm(f"Erase {which} the report in {folder}? It cannot be brought back.", abort=True)
    done = erase_report(folder, what, date=date, reason=reason, ledger=_open(ledger_path))
    click.echo(f"erased: {len(done.files)} {'file' if len(done.files) == 1 else 'files'}; {done.path} says so")
    _tell_head(ledger_path)


def _key(told: str) -> SigningKey:
    from surrogate.signing.keys import find_key, is_encrypted, load_key

    path = find_key(told)
    password = click.prompt(f"Password of {path.name}", hide_input=True) if is_encrypted(path) else None
    return load_key(path, password)


def _open(path: Path | None) -> Ledger | None:
    from surrogate.ledger import open_ledger

    return None if path is None else open_ledger(path, create=True)


def _tell_head(path: Path | None) -> None:
    from surrogate.ledger import open_ledger

    if path is not None:
        found = open_ledger(path).check()
        click.echo(f"ledger: entry {found.n_entries}, head {found.head}")
