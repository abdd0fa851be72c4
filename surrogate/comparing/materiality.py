"""Materiality: which changes a firm's policy calls material."""

from __future__ import annotations

import difflib
import tomllib
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from surrogate.errors import InputError
from surrogate.small_files import naming, read_small

__all__ = ["Materiality", "read_materiality"]


@dataclass(frozen=True)
class Materiality:
    """Thresholds above which a change is material; they are a firm's policy, not a finding.

    Parameters
    ----------
    name, owner : str or None
        What the policy is called and whose it is; None: nobody's, the thresholds are defaults of this package.
    max_agreement_drop : float, default 0.05
        By how much the agreement of a surrogate with the model may fall, as a share; likewise R2 of a single text.
    max_rules_changed : float, default 0.25
        Largest share of a surrogate's rules that may come, go or change.
    max_decisions_changed : float, default 0.1
        Largest share of the combinations of features on which two sets of rules may decide otherwise.
    max_accuracy_drop : float, default 0.02
        By how much the share of right decisions of the model may fall.
    max_shift : float, default 0.1
        Largest total variation distance between the decisions over two corpora, and of a probability for one text.
    sign_changes : bool, default True
        A change of sign is material of a term that is graded stable in both; ungraded, whose interval excludes zero in both.
    labels_changed, model_changed, prompt_changed, verdict_changed, decision_changed, policy_changed : bool, default True
        Any change is material: of the set of labels, the fingerprint, the prompt, what is withheld, the decision on a text, and
        the acceptance thresholds of the reports.
    recipe_changed : bool, default False
        Any change of the recipe is material.

    Raises
    ------
    InputError
        ``bad-materiality`` for a value of the wrong kind or out of range.

    Examples
    --------
    >>> Materiality(owner="Model risk").max_agreement_drop
    0.05
    >>> Materiality(max_rules_changed=40)
    Traceback (most recent call last):
    surrogate.errors.InputError: max_rules_changed is a share between 0 and 1; got 40. ... [bad-materiality]
    """

    name: str | None = None
    owner: str | None = None
    max_agreement_drop: float = 0.05
    max_rules_changed: float = 0.25
    max_decisions_changed: float = 0.1
    max_accuracy_drop: float = 0.02
    max_shift: float = 0.1
    sign_changes: bool = True
    labels_changed: bool = True
    model_changed: bool = True
    prompt_changed: bool = True
    verdict_changed: bool = True
    decision_changed: bool = True
    policy_changed: bool = True
    recipe_changed: bool = False

    def __post_init__(self) -> None:
        for one in fields(self):
            _check(one.name, getattr(self, one.name))

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Materiality:
        """Read what :meth:`to_dict` gave, or the table of a policy file; what is not stated is the default.

        Raises
        ------
        InputError
            ``bad-materiality`` for an unknown key too.
        """
        known = [one.name for one in fields(cls)]
        for name in data:
            if name not in known:
                near = difflib.get_close_matches(name, known, n=1)
                hint = f" Did you mean {near[0]}?" if near else f" It knows {', '.join(known)}."
                raise InputError("bad-materiality", f"A materiality policy has no key {name!r}.{hint}")
        return cls(**data)


def _check(name: str, value: Any) -> None:
    if name in ("name", "owner"):
        if value is not None and not (isinstance(value, str) and value.strip()):
            raise InputError("bad-materiality", f"{name} is a text that is not empty; got {value!r}.")
    elif name.startswith("max_"):
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
            raise InputError(
                "bad-materiality", f"{name} is a share between 0 and 1; got {value!r}. For 5 points, write 0.05."
            )
    elif not isinstance(value, bool):
        raise InputError("bad-materiality", f"{name} is true or false; got {value!r}.")


def read_materiality(path: str | Path) -> Materiality:
    """A policy from a TOML file with the parameters of :class:`Materiality` as keys.

    Raises
    ------
    InputError
        ``bad-file`` when the file cannot be read; ``bad-materiality`` when it is no TOML, has an unknown key or a wrong value.

    Examples
    --------
    >>> read_materiality("nowhere.toml")
    Traceback (most recent call last):
    surrogate.errors.InputError: nowhere.toml cannot be read: No such file or directory. [bad-file]
    """
    name = Path(path).name
    content = read_small(path, "bad-materiality")
    try:
        data = tomllib.loads(content)
    except (ValueError, RecursionError) as error:
        raise InputError("bad-materiality", f"{name} is no TOML: {error}.") from error
    with naming(name):
        return Materiality.from_dict(data)
