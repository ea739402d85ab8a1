"""``hours-ledger``: the service from the command line. It lives beside the other doors because it reads rosters too."""

from api.cli.root import main

__all__ = ["main"]
