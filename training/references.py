"""Reference texts: what a loader asks to check that it computes what the training code computed.

All are written for this purpose; none is taken from the data.
"""

from __future__ import annotations

__all__ = ["MASKED_TEXTS", "REFERENCE_TEXTS"]

REFERENCE_TEXTS: tuple[str, ...] = (
    "",
    "card",
    "Three weeks ago I asked for a new card and the letter box is still empty.",
    "The café took 12 € from me two times — may I have one of them back?",
    "A cash machine in Kraków gave me £20 less than it says on the slip.",
    "Why was there a fee when I swapped dollars for złoty?",
    "somebody grabbed my phone on the train, please lock everything",
    "We moved house. How do I tell you the new address?",
    "Hello,\n\nthe rent I sent to my landlord on Monday has not reached him.\nThank you!",
    "The money I added this morning is not there, although the app says that the top-up went through.",
    (
        "I paid for a hotel abroad, and now the amount on my statement is higher than the price at the desk; the rate "
        "that you used is not the rate I saw on that day, so please check how the exchange was made and return what "
        "was taken too much."
    ),
    "我的卡在哪里",
)

#: Each with one masked token; what a loader of the masked language model asks.
MASKED_TEXTS: tuple[str, ...] = (
    "[MASK]",
    "Where is my new [MASK]?",
    "Three weeks ago I [MASK] for a new card and the letter box is still empty.",
    "The café took 12 € from me two [MASK] — may I have one of them back?",
    "A cash [MASK] in Kraków gave me £20 less than it says on the slip.",
    "Hello,\n\nthe rent I sent to my [MASK] on Monday has not reached him.\nThank you!",
    "我的卡在 [MASK]",
)
