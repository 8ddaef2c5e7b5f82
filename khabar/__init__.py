"""Khabar (خبر): a streaming monitor of Arabic news about Libya."""
