"""Black boxes with weights: pickled without them, loaded again on first use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Protocol

from surrogate.answers import Answers
from surrogate.blackbox.base import Identity, SharedBlackBox
from surrogate.blackbox.checks import check_texts
from surrogate.blackbox.too_long import Length, refuse_longer
from surrogate.errors import ModelError

__all__ = ["ModelBacked", "Reader"]


class Reader(Protocol):
    """Weights in memory: reads texts that were already checked."""

    def read(self, texts: list[str]) -> Answers:
        """Answers to ``texts``, in their order."""

    def token_spans(self, text: str) -> tuple[tuple[int, int], ...]:
        """Start and end of each token of ``text``, in characters."""

    def lengths(self, texts: list[str]) -> list[Length]:
        """Tokens of each text before it is cut."""


class ModelBacked(SharedBlackBox):
    """A black box whose weights stay behind when it is pickled, and are loaded again on first use.

    Parameters
    ----------
    identity : Identity
    source : mapping
        Arguments of :func:`surrogate.blackbox.load_model` that load the same model again.
    reader : Reader or None
        The loaded weights.

    Examples
    --------
    >>> import pickle
    >>> box = ModelBacked(Identity("toy", "causal-lm", ("yes", "no")), {"model": "toy"}, reader=None)
    >>> pickle.loads(pickle.dumps(box)).name
    'toy'
    """

    default_kind: ClassVar[str] = "model"

    def __init__(self, identity: Identity, source: Mapping[str, Any], reader: Reader | None) -> None:
        super().__init__(identity)
        self._source = dict(source)
        self._reader = reader

    def __getstate__(self) -> dict[str, Any]:
        return {"identity": self._identity, "source": self._source}

    @property
    def source(self) -> dict[str, Any]:
        """Arguments of :func:`surrogate.blackbox.load_model` that load the same model again."""
        return dict(self._source)

    def __setstate__(self, state: dict[str, Any]) -> None:
        self._identity = state["identity"]
        self._source = state["source"]
        self._reader = None

    def answer(self, texts: Sequence[str]) -> Answers:
        """Answers to ``texts``, one row per text, in their order; each distinct text is read once.

        Texts that are too long are cut and flagged, or refused, as :func:`~surrogate.blackbox.load_model` was told.

        Raises
        ------
        InputError
            ``not-text`` or ``not-utf8``; ``too-many-tokens`` where long texts are refused.
        ModelError
            ``bad-answer-values`` when the model gives NaN; ``wrong-digest`` when the model had to be loaded again and
            is no longer the same; ``model-failed`` when torch raises.
        """
        self.require_whole(texts)
        return self.answer_flagged(texts)

    def require_whole(self, texts: Sequence[str]) -> None:
        """Refuse texts that the model would not read whole, where :func:`~surrogate.blackbox.load_model` was told so.

        Raises
        ------
        InputError
            ``too-many-tokens``, and as in :meth:`answer`.
        """
        if self._source.get("too_long") == "error":
            refuse_longer(self.name, self._loaded().lengths(list(dict.fromkeys(check_texts(texts)))))

    def answer_flagged(self, texts: Sequence[str]) -> Answers:
        """Answers to ``texts`` as :meth:`answer` gives them, with texts that are too long cut and flagged in any case."""
        listed = check_texts(texts)
        distinct = list(dict.fromkeys(listed))
        reader = self._loaded()
        try:
            answers = reader.read(distinct)
        except ModelError:
            raise
        except (RuntimeError, IndexError, ValueError) as error:
            raise ModelError(
                "model-failed",
                f"The model {self.name!r} raised {type(error).__name__} when it was asked about {len(distinct)} texts. "
                "Is the memory used up, or does the tokenizer belong to another model?",
            ) from error
        return answers.for_texts(listed, distinct)

    def token_spans(self, text: str) -> tuple[tuple[int, int], ...]:
        """Start and end of each token of ``text`` as the model reads it, in characters, special tokens left out.

        Raises
        ------
        InputError
            ``not-text`` or ``not-utf8``.
        ModelError
            ``no-offsets`` when the tokenizer does not tell places; ``wrong-digest`` as in :meth:`answer`.
        """
        (checked,) = check_texts([text])
        return self._loaded().token_spans(checked)

    def lengths(self, texts: Sequence[str]) -> list[Length]:
        """Tokens of each text as the model reads it, prompt and special tokens included, before it is cut; none is asked.

        Raises
        ------
        InputError
            ``not-text`` or ``not-utf8``.
        ModelError
            ``wrong-digest`` as in :meth:`answer`.
        """
        return self._loaded().lengths(check_texts(texts))

    def _loaded(self) -> Reader:
        if self._reader is None:
            again = self._again()
            if again.fingerprint != self.fingerprint or not isinstance(again, ModelBacked):
                raise ModelError(
                    "wrong-digest",
                    f"The model {self.name!r} is no longer what it was when this object was saved: its fingerprint was "
                    f"{self.fingerprint} and is {again.fingerprint}. Load the model anew and explain again.",
                )
            self._reader = again._loaded()
        return self._reader

    def _again(self) -> Any:
        """The same model, loaded again."""
        from surrogate.blackbox.registry import load_model

        return load_model(**self._source)
