"""The verbs of signing keys: new, list, show."""

from __future__ import annotations

import json
from pathlib import Path

import click

__all__ = ["keys"]

_folder = click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of the keys [default: $SURROGATE_KEYS, or ~/.config/surrogate/keys].",
)


@click.group()
def keys() -> None:
    """Make and look at the keys that reports are signed with.

    A key is a pair of files: NAME.key is private and signs; NAME.pub.json is handed to whoever is to check signatures.
    """


@keys.command()
@click.argument("name")
@click.option(
    "-o",
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder to write to [default: $SURROGATE_KEYS, or ~/.config/surrogate/keys].",
)
@click.option("--password-prompt", is_flag=True, help="Ask for a password that the private key is encrypted with.")
def new(name: str, out: Path | None, password_prompt: bool) -> None:
    """Make an Ed25519 key pair, NAME.key and NAME.pub.json; nothing is written over."""
    from surrogate.signing.keys import list_keys, make_key

    password = click.prompt("Password", hide_input=True, confirmation_prompt=True) if password_prompt else None
    path = make_key(name, out, password)
    public = list_keys(path.parent)[name][0]
    click.echo(f"private key: {path}   (keep it to yourself; there is no way to get it back)")
    click.echo(f"public key:  {path.with_name(f'{name}.pub.json')}   (hand it out)")
    click.echo(f"key id:      {public.keyid}")


@keys.command("list")
@_folder
@click.option("--json", "as_json", is_flag=True, help="Print the public keys as a list that --trust takes.")
def list_them(folder: Path | None, as_json: bool) -> None:
    """List the keys of a folder."""
    from surrogate.signing.keys import default_keys_folder, list_keys

    found = list_keys(folder)
    if as_json:
        click.echo(json.dumps([key.to_dict() for key, _ in found.values()], indent=2, ensure_ascii=False))
        return
    for name, (key, private) in found.items():
        click.echo(f"{key.keyid[:8]}  {name}{'' if private else '   (public half only)'}")
    if not found:
        click.echo(f"No keys in {folder or default_keys_folder()}. Make one: surrogate keys new NAME")


@keys.command()
@click.argument("name")
@_folder
def show(name: str, folder: Path | None) -> None:
    """Print the public half of a key, given by its name or as a file; --trust takes it as it is."""
    from surrogate.signing.keys import find_key, read_trust

    for key in read_trust(find_key(name, ".pub.json", folder)):
        click.echo(json.dumps(key.to_dict(), indent=2, ensure_ascii=False))
