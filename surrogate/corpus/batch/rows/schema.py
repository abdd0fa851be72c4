"""What one row of a batch's output holds: one table of fields, from which the Parquet schema and the guide are made."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from surrogate.errors import InputError

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["FIELDS", "Field", "arrow_schema", "check_fields", "fields_of"]


class Field(NamedTuple):
    """One field of a row.

    Parameters
    ----------
    name : str
        With the name of its list before it, as in ``terms.text``.
    type : str
        "string", "double", "int32", "boolean", "list<string>" or "list<struct>"; with a question mark where it can be null.
        A list is never null; it may be empty.
    meaning : str

    Examples
    --------
    >>> Field("terms.low", "double?", "Lower end.").is_nullable
    True
    """

    name: str
    type: str
    meaning: str

    @property
    def is_nullable(self) -> bool:
        """Whether it can be null."""
        return self.type.endswith("?")


#: Every field of a row, in order; those of a list's structs follow the list.
FIELDS: tuple[Field, ...] = (
    Field("id", "string", "From the column of ids of the input, or the number of the row in it, from 1."),
    Field("text_sha256", "string", "SHA-256 of the text (UTF-8), or of what stands in its place."),
    Field(
        "status",
        "string",
        "`explained`: a surrogate passed the gate; `withheld`: none did; `error`: nothing was explained.",
    ),
    Field("error_code", "string?", "Of the error; see [Errors](errors.md)."),
    Field("error", "string?", "The error in a sentence, which quotes nothing of the text."),
    Field("decision", "string?", "The label that the model gives the text."),
    Field("target", "string?", "What is explained: the target against its opposite."),
    Field("opposite", "string?", "What the target is compared with."),
    Field("contrast", "string?", "The one label that the target is compared with; null: all others together."),
    Field("probability", "double?", "Of the decision."),
    Field("probabilities", "list<struct>", "Of every label, in the order of the model's labels."),
    Field("probabilities.label", "string", "The label."),
    Field("probabilities.probability", "double?", "Its probability."),
    Field("log_odds", "double?", "Log-odds of the target against its opposite: what is fitted."),
    Field("margin", "double?", "Decision margin; positive: the target wins."),
    Field("truncated", "boolean?", "Whether the model read only a part of the text."),
    Field("refused", "boolean?", "Whether the model declined to answer the text."),
    Field("n_units", "int32?", "Units that the text was split into."),
    Field("unit_kind", "string?", "What the units are, such as `word` or `sentence`."),
    Field("calls", "int32?", "Distinct texts that an explanation of this text alone asks the model about."),
    Field("exhaustive", "boolean?", "Whether every possible altered copy was asked."),
    Field(
        "proxy_used",
        "boolean?",
        "Whether a corpus proxy taught the surrogates; null: there was none, or the row has a full report, which never uses one.",
    ),
    Field(
        "proxy_check",
        "double?",
        "R² on left-out answers to copies of this text, with the corpus proxy; null: not measured.",
    ),
    Field(
        "fidelity",
        "double?",
        "R² on the test copies, of the first surrogate that passed; where none did, of the first measured.",
    ),
    Field("fidelity_low", "double?", "Lower end of its 95 % interval."),
    Field("fidelity_high", "double?", "Upper end of its 95 % interval."),
    Field("agreement", "double?", "Share of the test copies on which that surrogate decides as the model does."),
    Field("verdict", "string?", "`pass`, `insufficient evidence` or `fail`: the best of the surrogates."),
    Field("reason", "string?", "Of that verdict, in words."),
    Field("surrogates", "list<struct>", "The surrogates, each with its evidence."),
    Field("surrogates.name", "string", "Its name in the recipe."),
    Field("surrogates.kind", "string", "`linear`, `tree`, `rule_set`, `anchor` or `shapley`."),
    Field("surrogates.verdict", "string", "What the gate says of it."),
    Field("surrogates.reason", "string", "Why."),
    Field(
        "surrogates.calls_needed",
        "int32?",
        "Roughly how many calls would settle an insufficient verdict, where more can.",
    ),
    Field("surrogates.scale", "string?", "`log_odds` or `probability`: of its numbers; null where it is withheld."),
    Field("surrogates.r2", "double?", "R² on the test copies; null where it was not measured."),
    Field("surrogates.r2_low", "double?", "Lower end of its 95 % interval."),
    Field("surrogates.r2_high", "double?", "Upper end of its 95 % interval."),
    Field("surrogates.agreement", "double?", "Share of the test copies on which it decides as the model does."),
    Field("surrogates.majority", "double?", "The same for always giving the more frequent decision."),
    Field("surrogates.n_test", "int32?", "Test copies."),
    Field("surrogates.taught_by", "string", "Whose answers it was fitted to: `calls`, or the name of a proxy."),
    Field(
        "surrogates.n_refits",
        "int32",
        "Refits to halves of the calls; 0: none were made, and nothing has a grade for them.",
    ),
    Field("surrogates.stability", "double?", "Mean share of altered copies on which the refits decide as it does."),
    Field("terms", "list<struct>", "Terms of the linear surrogates that passed, largest first."),
    Field("terms.surrogate", "string", "Name of the surrogate."),
    Field("terms.text", "string", "The units it names, and whether they are kept or removed, as a report words it."),
    Field("terms.coefficient", "double?", "Change of the fitted quantity when the term holds."),
    Field("terms.low", "double?", "Lower end of its 95 % interval."),
    Field("terms.high", "double?", "Upper end of its 95 % interval."),
    Field("terms.grade", "string?", "`stable`, `weak` or `not reportable`; null: not measured."),
    Field("terms.same_sign", "double?", "Share of refits that choose the term with the same sign."),
    Field(
        "words", "list<struct>", "What each unit adds in all, by the linear surrogates and Shapley values that passed."
    ),
    Field("words.surrogate", "string", "Name of the surrogate."),
    Field("words.text", "string", "The unit as it stands in the text."),
    Field("words.start", "int32", "Where it starts in the text, in characters (Unicode code points), from 0."),
    Field("words.end", "int32", "Where it ends; not included."),
    Field("words.coefficient", "double?", "What it adds, from a copy that keeps nothing to the whole text."),
    Field("words.low", "double?", "Lower end of its 95 % interval."),
    Field("words.high", "double?", "Upper end of its 95 % interval."),
    Field("words.grade", "string?", "As for terms."),
    Field("rules", "list<struct>", "Rules of the trees and rule sets that passed, and anchors that were confirmed."),
    Field("rules.surrogate", "string", "Name of the surrogate."),
    Field("rules.id", "string", "Digest of the condition; the same rule of the same text has the same."),
    Field("rules.order", "int32?", "Place in which it is read, from 1; null: the rules exclude each other."),
    Field("rules.text", "string", "The condition, as a report words it."),
    Field("rules.consequent", "string", "What the model decides where it holds: the target or its opposite."),
    Field("rules.coverage", "double?", "Share of the altered copies that reach the rule."),
    Field(
        "rules.precision",
        "double?",
        "Share of the test copies that reach it on which the model decides so; null: too few do.",
    ),
    Field("rules.precision_low", "double?", "Lower end of its interval."),
    Field("rules.n_test", "int32", "Test copies that reach it."),
    Field("rules.grade", "string?", "As for terms; `not reportable` where too few test copies reach it."),
    Field("flips", "list<struct>", "Altered copies that the model decides otherwise, fewest removed units first."),
    Field("flips.removed", "list<string>", "The units that were removed, as they stand in the text."),
    Field("flips.label", "string", "The model's decision on the copy."),
    Field("flips.probability", "double?", "Of that decision."),
    Field("findings", "list<string>", "What a reader should know beside the numbers."),
    Field("record_sha256", "string?", "SHA-256 of `report.json` where a full report was written."),
    Field("text", "string?", "The text, where `--keep-text` was given."),
    Field("row_sha256", "string", "SHA-256 of the canonical JSON (RFC 8785) of all other fields."),
)


@cache
def fields_of(parent: str = "") -> tuple[tuple[str, Field], ...]:
    """The fields of a row, or of the structs of one of its lists, by their last name.

    Examples
    --------
    >>> [name for name, field in fields_of("flips")]
    ['removed', 'label', 'probability']
    """
    split = [(field.name.rpartition("."), field) for field in FIELDS]
    return tuple((name, field) for (above, _, name), field in split if above == parent)


def arrow_schema(metadata: dict[str, str] | None = None) -> pa.Schema:
    """The schema of a Parquet file of rows.

    Parameters
    ----------
    metadata : dict of str to str, optional

    Returns
    -------
    pyarrow.Schema

    Examples
    --------
    >>> arrow_schema().field("id")
    pyarrow.Field<id: string not null>
    """
    import pyarrow as pa

    return pa.schema([_arrow_field(name, field) for name, field in fields_of()], metadata=metadata)


def _arrow_field(name: str, field: Field) -> pa.Field:
    import pyarrow as pa

    plain = {"string": pa.string(), "double": pa.float64(), "int32": pa.int32(), "boolean": pa.bool_()}
    kind = field.type.removesuffix("?")
    if not kind.startswith("list"):
        return pa.field(name, plain[kind], nullable=field.is_nullable)
    inner = pa.struct([_arrow_field(*one) for one in fields_of(field.name)]) if kind == "list<struct>" else pa.string()
    return pa.field(name, pa.list_(pa.field("element", inner, nullable=False)), nullable=False)


def check_fields(values: dict[str, Any], parent: str = "") -> None:
    """Refuse a row that lacks a field, has another one, or a null where none may be; Parquet would not tell.

    Raises
    ------
    InputError
        ``bad-batch``.

    Examples
    --------
    >>> check_fields({"removed": [], "label": "a"}, "flips")
    Traceback (most recent call last):
    surrogate.errors.InputError: A row of a batch has other fields than 'flips' should: probability. [bad-batch]
    """
    known = dict(fields_of(parent))
    if values.keys() != known.keys():
        other = ", ".join(sorted(values.keys() ^ known.keys()))
        raise InputError("bad-batch", f"A row of a batch has other fields than {parent or 'a row'!r} should: {other}.")
    for name, field in known.items():
        value = values[name]
        if value is None and not field.is_nullable:
            raise InputError("bad-batch", f"A row of a batch has no {field.name}, which every row has.")
        if field.type == "list<struct>":
            for one in value:
                check_fields(one, field.name)
