"""The ledger of published figures: what the report prints, whether it still holds, where from."""
