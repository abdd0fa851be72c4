"""The verb pipelines: list the recipes, or show one."""

from __future__ import annotations

import click

from surrogate.cli.table import print_table

__all__ = ["pipelines"]


@click.command()
@click.argument("name", required=False)
def pipelines(name: str | None) -> None:
    """List the shipped recipes, or print the recipe NAME."""
    from surrogate.recipes import shipped_recipes, show_recipe

    if name is None:
        print_table(("name", "summary"), list(shipped_recipes().items()))
    else:
        click.echo(show_recipe(name), nl=False)
