"""What a batch would ask, take and cost; and where a running one stands."""
