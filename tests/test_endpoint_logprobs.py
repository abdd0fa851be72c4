"""Listed log-probabilities of a real model, served as OpenAI-compatible servers list them, against its exact scores."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from surrogate.blackbox import load_model
from surrogate.blackbox.endpoints import Access, ChatEndpoint, Decoding
from surrogate.blackbox.spec import read_spec
from tests.endpoint_toys import Script, Told, chats, serving

MODEL = Path(__file__).parent.parent / "models" / "bank-router-lm"
SPEC = read_spec(MODEL)
TEXTS = ["card", "my card is lost", "Where is the money that I sent?", "top up failed", "我的卡在哪里", "fees?", ""]


@pytest.fixture(scope="module")
def listing() -> Script:
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(MODEL)
    model = AutoModelForCausalLM.from_pretrained(MODEL, dtype=torch.float32).eval()
    lock = threading.Lock()

    def places(body: dict[str, Any]) -> list[dict[str, Any]]:
        ids = tokenizer.apply_chat_template(body["messages"], add_generation_prompt=True, return_dict=True)["input_ids"]
        content: list[dict[str, Any]] = []
        for _ in range(body["max_tokens"]):
            with torch.inference_mode():
                logs = torch.log_softmax(model(torch.tensor([ids])).logits[0, -1], dim=0)
            best = torch.topk(logs, body["top_logprobs"])
            tops = [
                {"token": tokenizer.decode([int(token)]), "logprob": float(value), "bytes": None}
                for value, token in zip(best.values, best.indices, strict=True)
            ]
            content.append({**tops[0], "top_logprobs": tops})
            if int(best.indices[0]) == model.generation_config.eos_token_id:
                break
            ids = [*ids, int(best.indices[0])]
        return content

    def script(path: str, body: dict[str, Any], number: int) -> Told:
        with lock:
            content = places(body)
        return chats("".join(place["token"] for place in content), {"content": content})

    return script


@pytest.mark.parametrize(("top", "close"), [(20, 0.001), (5, 0.05)])
def test_listed_tokens_give_nearly_the_exact_probabilities(listing: Script, top: int, close: float) -> None:
    assert SPEC.prompt is not None
    exact = load_model("bank-router-lm").answer(TEXTS)
    with serving(listing) as server:
        decoding = Decoding(top_logprobs=top, max_tokens=8)
        box = ChatEndpoint(Access.to(server.url), "m", SPEC.labels, SPEC.prompt, decoding=decoding)
        answers = box.answer(TEXTS)
    assert answers.label_mass is not None
    assert exact.label_mass is not None
    assert np.abs(answers.probabilities - exact.probabilities).max() < close
    assert (answers.label_mass <= 1).all()
    assert answers.probabilities.argmax(1).tolist() == exact.probabilities.argmax(1).tolist()
