"""model.toml: what a model folder says about itself."""

from __future__ import annotations

import json
import tomllib
from dataclasses import asdict, dataclass
from pathlib import Path

from surrogate.blackbox.checks import check_labels
from surrogate.blackbox.prompt import Prompt, Scoring
from surrogate.blackbox.toml_table import Table, is_number
from surrogate.errors import InputError, ModelError

__all__ = ["MASKED", "SPEC_FILE", "ModelSpec", "Prompt", "Reference", "Scoring", "read_spec"]

SPEC_FILE = "model.toml"

#: A masked language model is no classifier: it has no labels, and fills in what samplers leave open.
MASKED = "masked-lm"
KINDS = ("sequence-classifier", "causal-lm", "seq2seq-lm", MASKED)

_TOP = {
    "schema",
    "name",
    "kind",
    "summary",
    "language",
    "licence",
    "labels",
    "max_length",
    "files",
    "prompt",
    "scoring",
    "reference",
}
_REQUIRED = ("schema", "name", "kind", "max_length", "files")


@dataclass(frozen=True)
class Reference:
    """A text with the probabilities that the deployed model gives it.

    Parameters
    ----------
    text : str
    probabilities : tuple of float
        Of the labels; of a masked language model, of the tokens in the place of the mask.
    label_mass : float, optional
    tokens : tuple of str
        Of a masked language model: the likeliest tokens, the likeliest first.

    Examples
    --------
    >>> Reference("Where is my card?", (0.9, 0.1)).label_mass is None
    True
    """

    text: str
    probabilities: tuple[float, ...]
    label_mass: float | None = None
    tokens: tuple[str, ...] = ()


@dataclass(frozen=True)
class ModelSpec:
    """What a model folder says about itself.

    Parameters
    ----------
    name : str
    kind : {"sequence-classifier", "causal-lm", "seq2seq-lm", "masked-lm"}
    labels : tuple of str
        Empty for a masked language model.
    max_length : int
        Tokens that the model reads, special tokens included; of the prompt for a language model.
    files : dict of str to str
        SHA-256 of every file that decides an answer.
    summary, language, licence : str
    prompt : Prompt or None
    scoring : Scoring or None
    references : tuple of Reference

    Examples
    --------
    >>> spec = ModelSpec("toy", "sequence-classifier", ("no", "yes"), 64, {"model.safetensors": "0" * 64})
    >>> print(spec.to_toml().splitlines()[1])
    name = "toy"
    """

    name: str
    kind: str
    labels: tuple[str, ...]
    max_length: int
    files: dict[str, str]
    summary: str = ""
    language: str = ""
    licence: str = ""
    prompt: Prompt | None = None
    references: tuple[Reference, ...] = ()
    scoring: Scoring | None = None

    def to_toml(self) -> str:
        """Write a model.toml that :func:`read_spec` reads back as an equal object."""
        lines = ["schema = 1"]
        for key in ("name", "kind", "summary", "language", "licence", "labels", "max_length"):
            if key == "labels" and self.kind == MASKED:
                continue
            lines.append(f"{key} = {_toml(getattr(self, key))}")
        lines += ["", "[files]", *(f"{_toml(name)} = {_toml(digest)}" for name, digest in self.files.items())]
        if self.prompt is not None:
            given = {"instruction": self.prompt.instruction, "user": self.prompt.user, "end": self.prompt.end}
            lines += ["", "[prompt]", *(f"{key} = {_toml(value)}" for key, value in given.items() if value is not None)]
        if self.scoring is not None:
            lines += ["", "[scoring]", *(f"{key} = {_toml(value)}" for key, value in asdict(self.scoring).items())]
        for reference in self.references:
            lines += ["", "[[reference]]", f"text = {_toml(reference.text)}"]
            if reference.tokens:
                lines.append(f"tokens = {_toml(reference.tokens)}")
            lines.append(f"probabilities = {_toml(reference.probabilities)}")
            if reference.label_mass is not None:
                lines.append(f"label_mass = {_toml(reference.label_mass)}")
        return "\n".join(lines) + "\n"


def read_spec(folder: Path) -> ModelSpec:
    """Read and check the model.toml of a folder.

    Raises
    ------
    ModelError
        ``bad-model-file`` naming the key, ``bad-labels``, ``prompt-without-text``.
    """
    where = f"{folder.name}/{SPEC_FILE}"
    try:
        table = tomllib.loads((folder / SPEC_FILE).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ModelError("bad-model-file", f"{where} cannot be read as TOML: {error}.") from error
    return _SpecTable(where, table).spec()


class _SpecTable(Table):
    """A table of the model.toml of a model with weights."""

    def numbers(self, key: str, length: int) -> tuple[float, ...]:
        value = self.table.get(key)
        if not isinstance(value, list) or len(value) != length or not all(is_number(number) for number in value):
            raise self.fail(key, f"a list of {length} numbers, one per label or token")
        return tuple(float(number) for number in value)

    def spec(self) -> ModelSpec:
        self.only(_TOP)
        for key in _REQUIRED if self.table.get("kind") == MASKED else (*_REQUIRED, "labels"):
            if key not in self.table:
                raise self.fail(key, "given")
        self.first_schema()
        kind, max_length = self.text("kind"), self.table["max_length"]
        if kind not in KINDS:
            raise ModelError("bad-model-file", f"{self.where}: 'kind' must be one of {', '.join(KINDS)}; got {kind!r}.")
        labels = () if kind == MASKED else check_labels(self.texts("labels"), at_least=1)
        if kind == MASKED and "labels" in self.table:
            raise ModelError("bad-model-file", f"{self.where}: a masked language model has no labels; leave them out.")
        if not isinstance(max_length, int) or isinstance(max_length, bool) or max_length < 1:
            raise self.fail("max_length", "a positive whole number of tokens")
        return ModelSpec(
            name=self.text("name"),
            kind=kind,
            labels=labels,
            max_length=max_length,
            files=self.part("files").digests(),
            summary=self.text("summary", ""),
            language=self.text("language", ""),
            licence=self.text("licence", ""),
            prompt=self.part("prompt").prompt() if "prompt" in self.table else None,
            references=self.references(None if kind == MASKED else len(labels)),
            scoring=self.part("scoring").scoring() if "scoring" in self.table else None,
        )

    def digests(self) -> dict[str, str]:
        for name, digest in self.table.items():
            if Path(name).name != name or name in (".", ".."):
                raise ModelError(
                    "bad-model-file", f"{self.where}: {name!r} must be the plain name of a file in the folder."
                )
            if not (isinstance(digest, str) and len(digest) == 64 and set(digest) <= set("0123456789abcdef")):
                raise self.fail(name, "a SHA-256 of 64 hexadecimal digits in lower case")
        if not any(name.endswith(".safetensors") for name in self.table):
            raise ModelError(
                "no-weights", f"{self.where} names no *.safetensors file. List every file that decides an answer."
            )
        return dict(self.table)

    def prompt(self) -> Prompt:
        self.only({"instruction", "user", "end"})
        end = self.text("end") if "end" in self.table else None
        return Prompt(self.text("user"), self.text("instruction", ""), end)

    def scoring(self) -> Scoring:
        self.only({"length_normalised", "content_free", "n_orders"})
        try:
            return Scoring(**self.table)
        except InputError as error:
            raise ModelError("bad-model-file", f"{self.where}: {error.message}") from error

    def references(self, n_labels: int | None) -> tuple[Reference, ...]:
        value = self.table.get("reference", [])
        if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
            raise self.fail("reference", "an array of tables, each opened by [[reference]]")
        entries = [_SpecTable(f"{self.where} [[reference]] {index}", entry) for index, entry in enumerate(value)]
        return tuple(entry.masked() if n_labels is None else entry.reference(n_labels) for entry in entries)

    def masked(self) -> Reference:
        self.only({"text", "tokens", "probabilities"})
        tokens = self.texts("tokens")
        return Reference(self.text("text"), self.numbers("probabilities", len(tokens)), tokens=tuple(tokens))

    def reference(self, n_labels: int) -> Reference:
        self.only({"text", "probabilities", "label_mass"})
        mass = self.table.get("label_mass")
        if mass is not None and not is_number(mass):
            raise self.fail("label_mass", "a number")
        return Reference(
            self.text("text"), self.numbers("probabilities", n_labels), None if mass is None else float(mass)
        )


def _toml(value: object) -> str:
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple | list):
        return "[" + ", ".join(_toml(entry) for entry in value) + "]"
    return repr(value)
