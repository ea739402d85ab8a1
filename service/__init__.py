"""The continuing-education ledger: facts, rules, decisions. Knows no HTTP and no file formats."""
