"""Certificates on paper: the page, its QR code, its seal."""
