"""What a model keeps of the start of all prompts, whatever it is, copied for each text and each label.

Linear attention, state spaces, convolutions and windows of attention keep states that cannot be cropped, and cannot be
continued behind padding.  So every text is read alone, in its own length, from a copy of the state.
"""

from __future__ import annotations

import copy
import inspect
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surrogate.blackbox.label_trie import stems_of
from surrogate.blackbox.scoring import label_scores
from surrogate.blackbox.threads import reading

__all__ = ["StartState"]

#: Names under which models take and return what they keep.
_ARGUMENTS = ("past_key_values", "cache_params", "state")


@dataclass(frozen=True, eq=False)
class StartState:
    """The state of a causal language model after some tokens.

    Parameters
    ----------
    tokens : tuple of int
    argument : str
        Name under which the model takes and returns it.
    state : object
        Never handed to the model, which may change it; copies are.

    Examples
    --------
    >>> StartState((1, 2), "state", None).starts([1, 2, 3])
    True
    """

    tokens: tuple[int, ...]
    argument: str
    state: Any

    def __len__(self) -> int:
        return len(self.tokens)

    @classmethod
    def read(cls, model: Any, tokens: Sequence[int], device: str) -> StartState | None:
        """Read ``tokens``; None for a model that returns no state."""
        taken = inspect.signature(model.forward).parameters
        argument = next((name for name in _ARGUMENTS if name in taken), None)
        if argument is None or not tokens:
            return None
        with reading(model):
            output = _read(model, tokens, device, {}, keep=1, embeds=False)
        state = getattr(output, argument, None)
        return None if state is None else cls(tuple(tokens), argument, state)

    def starts(self, ids: Sequence[int]) -> bool:
        """Whether ``ids`` start with these tokens and go on."""
        return len(ids) > len(self) and tuple(ids[: len(self)]) == self.tokens

    def score(
        self, model: Any, rest: Sequence[int], labels: Sequence[Sequence[int]], device: str
    ) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
        """Score the labels after what follows the tokens of the state.

        Parameters
        ----------
        model : transformers causal language model
        rest : sequence of int
        labels : sequence of sequence of int
        device : str

        Returns
        -------
        ndarray of float64, shape (1, n_labels)
            Log-likelihoods.
        ndarray of float32, shape (1, n_dimensions)
            Last hidden state at the last token.
        """
        import torch

        scores = np.empty((1, len(labels)))
        with reading(model):
            output = _read(model, rest, device, {self.argument: copy.deepcopy(self.state)}, keep=1, embeds=True)
            after, first = getattr(output, self.argument), output.logits[:, -1:]
            for stem, columns in stems_of(labels).items():
                logits = first
                if stem:
                    own = {self.argument: copy.deepcopy(after)}
                    more = _read(model, stem, device, own, keep=len(stem), embeds=False).logits[:, -len(stem) :]
                    logits = torch.cat([first, more], dim=1)
                scores[:, columns] = label_scores(logits, [labels[column] for column in columns])
            embedding = output.hidden_states[-1][:, -1].float().cpu().numpy()
        return scores, embedding


def _read(model: Any, tokens: Sequence[int], device: str, state: dict[str, Any], *, keep: int, embeds: bool) -> Any:
    import torch

    extra = {"logits_to_keep": keep} if "logits_to_keep" in inspect.signature(model.forward).parameters else {}
    ids = torch.tensor([list(tokens)], device=device)
    return model(input_ids=ids, use_cache=True, output_hidden_states=embeds, **state, **extra)
