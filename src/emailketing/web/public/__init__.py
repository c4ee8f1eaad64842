"""Anybody with a signed link: health for machines, receipts of gateways."""
