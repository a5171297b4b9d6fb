"""Configs of networks: read, checked by rules, reported, and what would fix them."""
