"""From Alert to its channels: webhook, mail, chat, feed, log."""
