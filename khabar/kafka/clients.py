"""The library's connections, and how none of them is left open."""

from __future__ import annotations

from typing import Any

from kafka.net.compat import KafkaNetClient


class _Client(KafkaNetClient):  # type: ignore[misc]  # the library has no types
    """The library's connections. Closed while one is being made, the library would drop that one's socket unclosed."""

    def close(self, node_id: object = None) -> None:
        """Close the connection to one node, or all there is."""
        if node_id is not None:
            super().close(node_id)
            return
        self._net.stop()
        left = [key.fileobj for key in (self._net._selector.get_map() or {}).values()]  # noqa: SLF001  # nobody else tells
        super().close()
        for one in left:
            one.close()


class Clients:
    """Makes the connections of one producer or consumer, and closes them also where the library raises and forgets them."""

    def __init__(self) -> None:
        self._made: list[_Client] = []

    def __call__(self, **config: Any) -> _Client:
        """Stand for the class in the library's setting `kafka_client`."""
        self._made.append(_Client(**config))
        return self._made[-1]

    def close(self) -> None:
        """Close all that were made; those that are closed stay so."""
        while self._made:
            self._made.pop().close()
