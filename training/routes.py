"""The eight routes of the shipped models and the intents that belong to each.

The mapping was fixed before any training, from the training texts alone.  Two intents are placed by what their messages
say and not by their name: ``get_physical_card`` asks for the PIN of a card, ``supported_cards_and_currencies`` asks
mostly what an account can be topped up with.

``python -m training.routes --data FOLDER`` prints the share of each route and fails if one is below the minimum.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

__all__ = ["INTENTS", "MINIMUM_SHARE", "ROUTES", "check_routes", "route_of_intent", "write_routes"]

#: The smallest share of training rows that a route may have.
MINIMUM_SHARE = 0.05

#: Intents of each route, in the order of the models' labels.
INTENTS: Mapping[str, tuple[str, ...]] = {
    "cards": (
        "activate_my_card",
        "apple_pay_or_google_pay",
        "card_about_to_expire",
        "card_acceptance",
        "card_arrival",
        "card_delivery_estimate",
        "card_linking",
        "card_not_working",
        "contactless_not_working",
        "disposable_card_limits",
        "get_disposable_virtual_card",
        "getting_spare_card",
        "getting_virtual_card",
        "order_physical_card",
        "virtual_card_not_working",
        "visa_or_mastercard",
    ),
    "payments": (
        "Refund_not_showing_up",
        "card_payment_not_recognised",
        "declined_card_payment",
        "direct_debit_payment_not_recognised",
        "pending_card_payment",
        "request_refund",
        "reverted_card_payment?",
        "transaction_charged_twice",
    ),
    "cash": (
        "atm_support",
        "card_swallowed",
        "cash_withdrawal_not_recognised",
        "declined_cash_withdrawal",
        "pending_cash_withdrawal",
        "wrong_amount_of_cash_received",
    ),
    "top-up": (
        "automatic_top_up",
        "balance_not_updated_after_cheque_or_cash_deposit",
        "pending_top_up",
        "supported_cards_and_currencies",
        "top_up_by_cash_or_cheque",
        "top_up_failed",
        "top_up_limits",
        "top_up_reverted",
        "topping_up_by_card",
        "verify_top_up",
    ),
    "transfers": (
        "balance_not_updated_after_bank_transfer",
        "beneficiary_not_allowed",
        "cancel_transfer",
        "declined_transfer",
        "failed_transfer",
        "pending_transfer",
        "receiving_money",
        "transfer_into_account",
        "transfer_not_received_by_recipient",
        "transfer_timing",
    ),
    "fees and exchange": (
        "card_payment_fee_charged",
        "card_payment_wrong_exchange_rate",
        "cash_withdrawal_charge",
        "exchange_charge",
        "exchange_rate",
        "exchange_via_app",
        "extra_charge_on_statement",
        "fiat_currency_support",
        "top_up_by_bank_transfer_charge",
        "top_up_by_card_charge",
        "transfer_fee_charged",
        "wrong_exchange_rate_for_cash_withdrawal",
    ),
    "identity and account": (
        "age_limit",
        "country_support",
        "edit_personal_details",
        "terminate_account",
        "unable_to_verify_identity",
        "verify_my_identity",
        "verify_source_of_funds",
        "why_verify_identity",
    ),
    "security": (
        "change_pin",
        "compromised_card",
        "get_physical_card",
        "lost_or_stolen_card",
        "lost_or_stolen_phone",
        "passcode_forgotten",
        "pin_blocked",
    ),
}

#: Labels of both models, in the order of their answers.
ROUTES: tuple[str, ...] = tuple(INTENTS)


def route_of_intent() -> dict[str, str]:
    """Map every intent to its route.

    Returns
    -------
    dict of str to str
        77 intents, sorted by name.
    """
    pairs = sorted((intent, route) for route, intents in INTENTS.items() for intent in intents)
    return dict(pairs)


def check_routes(intents: Iterable[str]) -> dict[str, float]:
    """Check that every intent has a route and every route has enough rows.

    Parameters
    ----------
    intents : iterable of str
        The intent of each training row.

    Returns
    -------
    dict of str to float
        Share of the rows that each route has.

    Raises
    ------
    ValueError
        If an intent has no route, or a route has less than :data:`MINIMUM_SHARE` of the rows.
    """
    mapping = route_of_intent()
    counts = Counter(intents)
    unknown = sorted(set(counts) - set(mapping))
    if unknown:
        raise ValueError(f"Every intent needs a route, but {unknown} have none; add them to training/routes.py.")
    rows = Counter(dict.fromkeys(ROUTES, 0))
    for intent, n in counts.items():
        rows[mapping[intent]] += n
    shares = {route: rows[route] / max(1, rows.total()) for route in ROUTES}
    small = {route: share for route, share in shares.items() if share < MINIMUM_SHARE}
    if small:
        raise ValueError(f"Every route needs {MINIMUM_SHARE:.0%} of the rows, but {small} have less; move an intent.")
    return shares


def write_routes(path: Path) -> None:
    """Write the mapping as a CSV file with the columns ``intent`` and ``route``."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("intent", "route"))
        writer.writerows(route_of_intent().items())


def main() -> None:
    """Print the share of every route among the training rows."""
    import argparse

    from training.data import default_data_folder, read_split

    parser = argparse.ArgumentParser(description="Check the routes against the training rows and print their shares.")
    parser.add_argument("--data", type=Path, default=default_data_folder(), help="folder with train.csv")
    split = read_split(parser.parse_args().data, "train")
    for route, share in check_routes(split.intents).items():
        print(f"{route:22s} {share:6.1%}  {len(INTENTS[route]):2d} intents")


if __name__ == "__main__":
    main()
