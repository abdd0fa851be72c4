"""The verb replay: ask the model of a report again, and tell what has drifted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from surrogate.cli.computing import computing_options
from surrogate.cli.exit_codes import DONE, DRIFTED
from surrogate.cli.showing import asking

__all__ = ["replay"]

#: What a replay says nothing about; always printed.
NOT_PROVED = (
    "Not proved by this: that the report was right, that the model decides well, or who wrote the report; and of texts that "
    "were not asked when the report was made it says nothing."
)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("-m", "--model", help="The model as it is now [default: the name that the report gives it].")
@computing_options
@click.option("--allow-remote", is_flag=True, help="Allow an endpoint on another machine; the texts are sent to it.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON and nothing else.")
def replay(
    folder: Path, model: str | None, device: str, dtype: str, too_long: str, allow_remote: bool, as_json: bool
) -> None:
    """Ask the model of the report in FOLDER again what it was asked then, and tell what has drifted.

    Exit codes: 0 it answers as it did, within the tolerance; 1 it has drifted; 2 the report cannot be read or has no evidence;
    3 the model cannot be asked.
    """
    from surrogate.blackbox.opening import open_model
    from surrogate.rebuilding import read_evidence
    from surrogate.replaying import replay as ask_again

    record, transcript = read_evidence(folder)
    named = model or str(record["model"]["name"])
    labels = [str(label) for label in record["model"]["labels"]] if record["model"]["kind"] == "causal-lm" else None
    options = {"device": device, "dtype": dtype, "too_long": too_long, "allow_remote": allow_remote}
    box = open_model(named, labels, **options)
    if hasattr(box, "announcement"):
        click.echo(box.announcement(len(transcript.model.texts)), err=True)
    with asking(not as_json) as progress:
        found = ask_again(record, transcript, box, progress)
    if as_json:
        from surrogate.canonical import canonical_bytes

        click.echo(canonical_bytes(found.to_dict()).decode("utf-8"))
    else:
        click.echo("\n".join([*_sentences(found), "", NOT_PROVED]))
    raise SystemExit(DONE if found.passed else DRIFTED)


def _sentences(found: Any) -> list[str]:
    drift, same = found.drift, found.model["same_fingerprint"]
    told = {
        True: "It has the fingerprint that the report names.",
        False: "Its fingerprint is another than the report names: another model, or the same in another environment.",
        None: "Whether it is the very same model cannot be told: one of the two has no fingerprint.",
    }
    lines = [
        f"{drift.status}: {drift.n_texts:,} texts were asked again of {found.model['name']}",
        f"  {told[same]}",
        f"  same numbers: {drift.n_same:,}; within {drift.tolerance:g}: {drift.n_within:,}; decided otherwise: "
        f"{drift.n_decided_otherwise:,}; refused or cut where it was not, or the other way round: {drift.n_refused:,}",
        f"  largest difference of a probability: {drift.largest:.3g}, on average {drift.mean:.3g}",
    ]
    if found.comparison is None:
        return [*lines, f"  What today's answers explain was not compared: {found.why_not}"]
    return [*lines, *(f"  {line}" for line in _compared(found.comparison))]


def _compared(comparison: dict[str, Any]) -> list[str]:
    from surrogate.comparing import Comparison
    from surrogate.comparing.judgement import NOT_MATERIAL

    found = Comparison.from_dict(comparison)
    verdict = found.judgement.verdict
    what = f"What changed is {verdict} by the policy of surrogate diff." if found.has_changed else "Nothing changed."
    reasons = [] if verdict == NOT_MATERIAL else [f"  {reason}" for reason in found.judgement.reasons]
    return [f"What today's answers explain, beside the report: {what}", *reasons]
