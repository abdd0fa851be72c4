"""Errors that are sentences: what was wanted, what was got, what to do next.

Every error the package raises on purpose carries a stable ``code``; the codes are listed in ``CODES`` and explained in
``docs/errors.md``.  The command line turns an :class:`InputError` into exit code 2 and a :class:`ModelError` into 3.
"""

from __future__ import annotations

__all__ = ["CODES", "InputError", "ModelError", "SurrogateError"]

#: Every stable error code with its one-line meaning.
CODES: dict[str, str] = {
    # what the user handed in
    "empty-text": "The text to explain is empty or holds white space only.",
    "not-text": "The input is not a string.",
    "not-utf8": "The input bytes are not UTF-8.",
    "text-too-long": "The text has more units than can be explained one by one.",
    "unknown-unit": "The kind of unit is not one of those offered.",
    "bad-spans": "The spans of units do not fit the text.",
    "not-json": "The text whose values are to be units is not JSON.",
    "missing-tokenizer": "Tokens were asked for and no tokenizer was given.",
    "not-nested": "Finer units do not lie inside the coarser ones.",
    "unknown-label": "The target or contrast is not one of the model's labels.",
    "same-label": "Target and contrast are the same label.",
    "bad-calls": "The number of calls, or the plan, cannot be carried out.",
    "bad-parameter": "A parameter has a value that cannot be used.",
    "missing-black-box": "The pipeline has no model to ask.",
    "missing-mask-token": "Mask-token replacement was asked of a model that has no mask token.",
    "missing-filler": "Words are to be filled in, and no masked language model was named to do it.",
    "unknown-pipeline": "No recipe has that name, and no file has that path.",
    "bad-recipe": "A recipe file is not valid TOML or lacks a table.",
    "unknown-recipe-key": "A recipe names a key or a class that does not exist or is not allowed.",
    "bad-recipe-value": "A recipe gives a key a value of the wrong kind.",
    "cannot-write": "The report could not be written to the output folder.",
    "output-exists": "The output folder already holds a report.",
    "batch-running": "Another process is writing the same batch.",
    "other-run": "The output folder holds another batch.",
    "bad-batch": "The folder of a batch is not as it was written.",
    "no-scheduler": "The scheduler of a cluster cannot be reached, or has no workers.",
    "worker-died": "No worker survives the text.",
    "out-of-memory": "The text needs more memory than a worker has.",
    "bad-record": "A report record cannot be read.",
    "bad-evidence": "The evidence of a report cannot be read.",
    "bad-issuance": "What is stated about a report cannot be read or used.",
    "bad-clauses": "A pack of clauses cannot be read or used.",
    "bad-reasons": "A table of reason codes cannot be read or used.",
    "not-comparable": "Two records cannot be compared, because they are of two kinds.",
    "bad-materiality": "A materiality policy cannot be read, or has a value that cannot be used.",
    "bad-page": "The page of a report holds something that other formats cannot show.",
    "missing-glyph": "No font has a character of the report.",
    "withheld": "What was asked for is withheld, because the evidence does not carry it.",
    "unknown-format": "The output format is not one of those offered.",
    "not-exported": "What was asked for cannot be exported in that form, or an export cannot be run.",
    "bad-file": "The input file cannot be read.",
    "bad-corpus": "The documents of a corpus cannot be read, or a column of them is missing.",
    "no-fingerprint": "A model has no identity, and what was asked for needs one.",
    "bad-corpus-proxy": "A corpus proxy cannot be fitted or read, or is one of another model.",
    "worker-mismatch": "A worker of a batch has other packages or another model than where the batch was begun.",
    "too-many-errors": "More rows of a batch are errors than were allowed.",
    "row-failed": "A row of a batch could not be explained, for a reason that nobody foresaw.",
    "missing-embedder": "Embeddings are needed, and nothing gives any.",
    "bad-embeddings": "The embeddings of documents cannot be used.",
    "bad-pattern": "A regular expression is wrong, or takes too long.",
    "bad-lexicon": "A list of words cannot be read or used.",
    "bad-endpoint": "The settings of an endpoint cannot be used.",
    "remote-not-allowed": "The endpoint is on another machine, and sending texts there was not allowed.",
    "missing-key": "The key of an endpoint is not where it was said to be.",
    "no-device": "The device to compute on is not known, not there, or full.",
    "too-many-tokens": "A text has more tokens than the model reads, and was not to be cut.",
    "bad-store": "The answer store is damaged or is none.",
    "no-manifest": "A folder has no manifest, so nothing says which files belong to the report.",
    "bad-manifest": "A manifest cannot be used, or names a file that a report cannot have.",
    "changed-report": "A file of a report is not as the manifest lists it.",
    "signed-report": "A report or a batch is signed, and what was asked for would change it.",
    "erased-report": "Something of a report was erased, and is not written again.",
    "bad-signature": "A signature cannot be read.",
    "bad-key": "A key cannot be read or used.",
    "open-key": "A private key may be read by others.",
    "wrong-key": "A key is another one than what it is used with.",
    "expired": "A signature would have expired before it is made.",
    "bad-ledger": "A ledger is not there, cannot be read, or is none.",
    "broken-ledger": "A ledger was changed after it was written.",
    # the model behind the explanation
    "unknown-model": "No model has that name or path.",
    "no-weights": "A model folder has no weights.",
    "unsafe-weights": "A model comes only in a format that can run code when it is loaded.",
    "wrong-digest": "A model file does not have the SHA-256 that its model.toml states.",
    "bad-model-file": "A model folder's files cannot be read or do not fit together.",
    "reference-mismatch": "The model does not give the reference texts the recorded probabilities.",
    "missing-package": "A package that this kind of model needs is not installed.",
    "no-offsets": "The model's tokenizer does not say where its tokens stand in the text.",
    "missing-labels": "The model does not say what its labels are.",
    "bad-labels": "Labels are empty, repeated, or cannot be scored.",
    "not-a-classifier": "The model cannot be asked for the probabilities of classes.",
    "not-a-masked-lm": "The model that is to fill words in is no masked language model.",
    "prompt-without-text": "The prompt has no place for the text.",
    "untrusted-types": "A saved model holds types that are not on the trusted list.",
    "bad-answer-shape": "The model gave too few or too many rows or columns.",
    "bad-answer-values": "The model gave NaN, negative or unnormalised probabilities.",
    "endpoint-unreachable": "The endpoint cannot be reached, or its answer does not arrive.",
    "endpoint-refused": "The endpoint refuses the request.",
    "endpoint-busy": "The endpoint is busy, or fails, for longer than patience lasts.",
    "bad-reply": "The endpoint answers otherwise than this kind of endpoint should.",
    "budget-spent": "The budget of calls, tokens or money is spent.",
    "model-changed": "The endpoint answers as another model than before.",
    "declined": "The model declined to answer the text itself.",
    "not-recorded": "A text was asked to which the evidence holds no answer.",
    "model-failed": "The model raised an error while it was answering.",
}


class SurrogateError(Exception):
    """Base of every error raised on purpose.

    Parameters
    ----------
    code : str
        One of :data:`CODES`.
    message : str
        Sentences: what was wanted, what was got, what to do next.

    Examples
    --------
    >>> error = InputError("empty-text", "The text is empty. Give a text with at least one word.")
    >>> error.code
    'empty-text'
    >>> print(error)
    The text is empty. Give a text with at least one word. [empty-text]
    """

    def __init__(self, code: str, message: str) -> None:
        if code not in CODES:
            raise KeyError(f"{code!r} is not a registered error code; add it to surrogate.errors.CODES.")
        super().__init__(code, message)
        self.code = code
        self.message = message

    def __str__(self) -> str:
        return f"{self.message} [{self.code}]"


class InputError(SurrogateError, ValueError):
    """What was handed in cannot be used; nothing was changed.  Exit code 2."""


class ModelError(SurrogateError, RuntimeError):
    """The model cannot be loaded or gave an unusable answer.  Exit code 3."""
