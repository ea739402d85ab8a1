"""The version of the rules' engine: all of the code between a policy's text, a person's facts and an answer."""

from typing import Final

ENGINE: Final = 1
"""Raised with every change after which some question would be answered otherwise, in figure, code or words, though
policy, ledger and question are the same. A replay names it when an answer differs."""
