"""What a language model is asked, and how its labels are scored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from surrogate.errors import InputError, ModelError

__all__ = ["CONTENT_FREE", "Prompt", "Scoring", "default_prompt"]

#: Inputs without content by which Zhao et al. (2021) measure what a model prefers whatever it reads.
CONTENT_FREE = ("N/A", "", "[MASK]")


@dataclass(frozen=True)
class Prompt:
    r"""What a language model is asked.

    Parameters
    ----------
    user : str
        The user's turn, with ``{text}`` once where the text goes and ``{instruction}`` where the instruction goes.
    instruction : str, default ""
        With ``{labels}`` where the labels are to be listed.
    end : str or None, default None
        Token text that is scored after every label, for example the end-of-turn token.

    Raises
    ------
    ModelError
        ``prompt-without-text``.

    Examples
    --------
    >>> Prompt("{instruction}\n{text}", "Positive or negative?").around_text()
    ('Positive or negative?\n', '')
    >>> Prompt("{instruction}\n{text}", "One of {labels}?").listing(["good", "bad"]).around_text()
    ('One of good, bad?\n', '')
    """

    user: str
    instruction: str = ""
    end: str | None = None

    def __post_init__(self) -> None:
        if self.user.count("{text}") != 1:
            raise ModelError(
                "prompt-without-text",
                f"The prompt needs {{text}} exactly once, where the text goes; not {self.user.count('{text}')} times.",
            )

    def around_text(self) -> tuple[str, str]:
        """Split at the place of the text; nothing in the text itself is ever filled in."""
        before, after = self.user.split("{text}")
        return before.replace("{instruction}", self.instruction), after.replace("{instruction}", self.instruction)

    @property
    def lists_labels(self) -> bool:
        """Whether the instruction that is asked has a place for the labels."""
        return "{instruction}" in self.user and "{labels}" in self.instruction

    def listing(self, labels: Sequence[str]) -> Prompt:
        """Fill the labels into the instruction, in the order given."""
        return replace(self, instruction=self.instruction.replace("{labels}", ", ".join(labels)))


@dataclass(frozen=True)
class Scoring:
    """How the likelihoods of labels become their probabilities.

    The mass of all labels is always that of their plain likelihoods.

    Parameters
    ----------
    length_normalised : bool, default False
        Compare mean log-probabilities per token instead of sums, so that a long label is not unlikely for its length.
    content_free : sequence of str, default ()
        Inputs without content, such as :data:`CONTENT_FREE`.  The probabilities of a text are divided by the mean
        probabilities that these get, and made to sum to one: contextual calibration.
    n_orders : int, default 1
        Number of orders in which the instruction lists the labels, cyclic rotations as far apart as may be.  The
        probabilities, label masses and embeddings of all orders are averaged; each costs a reading of the text.

    Raises
    ------
    InputError
        ``bad-parameter``.

    References
    ----------
    Zhao, Wallace, Feng, Klein and Singh, "Calibrate Before Use: Improving Few-Shot Performance of Language Models",
    ICML 2021, section 5 (with W the inverse diagonal of the content-free probabilities and b zero).

    Examples
    --------
    >>> Scoring(n_orders=2).orders(["a", "b", "c", "d"])
    [('a', 'b', 'c', 'd'), ('c', 'd', 'a', 'b')]
    """

    length_normalised: bool = False
    content_free: tuple[str, ...] = ()
    n_orders: int = 1

    def __post_init__(self) -> None:
        if not isinstance(self.length_normalised, bool):
            raise InputError("bad-parameter", f"length_normalised is True or False; got {self.length_normalised!r}.")
        inputs = self.content_free
        if not isinstance(inputs, list | tuple) or not all(isinstance(text, str) for text in inputs):
            raise InputError("bad-parameter", f"content_free takes a list of texts, such as {list(CONTENT_FREE)}.")
        object.__setattr__(self, "content_free", tuple(inputs))
        if not isinstance(self.n_orders, int) or isinstance(self.n_orders, bool) or self.n_orders < 1:
            raise InputError("bad-parameter", f"n_orders is a whole number from 1 up; got {self.n_orders!r}.")

    def orders(self, labels: Sequence[str]) -> list[tuple[str, ...]]:
        """Orders in which the labels are listed, the given one first.

        Raises
        ------
        InputError
            ``bad-parameter`` for more orders than labels.
        """
        if self.n_orders > len(labels):
            raise InputError(
                "bad-parameter",
                f"n_orders={self.n_orders} rotations were asked for and {len(labels)} labels have {len(labels)}. Ask "
                "for fewer.",
            )
        starts = [turn * len(labels) // self.n_orders for turn in range(self.n_orders)]
        return [(*labels[start:], *labels[:start]) for start in starts]

    def prompts(self, prompt: Prompt, labels: Sequence[str]) -> list[Prompt]:
        """Fill the labels into ``prompt`` in each order.

        Raises
        ------
        InputError
            ``bad-parameter`` when several orders are asked of an instruction that lists none, or more than there are.
        """
        if self.n_orders > 1 and not prompt.lists_labels:
            raise InputError(
                "bad-parameter",
                f"n_orders={self.n_orders} turns the list of labels in the instruction, which has none. Write "
                "{labels} in the instruction where they are to be listed, and {instruction} in the prompt.",
            )
        return [prompt.listing(order) for order in self.orders(labels)]


def default_prompt() -> Prompt:
    """Return the prompt that is used when none is given: instruction first, then the text.

    Examples
    --------
    >>> default_prompt().listing(["praise", "complaint"]).instruction
    'Classify the text below. Answer with one of these labels only: praise, complaint.'
    """
    return Prompt(
        "{instruction}\n\nText: {text}",
        "Classify the text below. Answer with one of these labels only: {labels}.",
    )
