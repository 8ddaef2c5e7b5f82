"""Sample outlets for `khabar demo`: real feeds over real HTTP on loopback, with reports written for this project."""
