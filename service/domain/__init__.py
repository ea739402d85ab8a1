"""The rules and the ledger's arithmetic. Pure: standard library only, no I/O, no clock."""
