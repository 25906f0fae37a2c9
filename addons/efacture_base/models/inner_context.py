"""Context keys that only our own code can set.

A call from outside brings its context along, so a key that loosens a rule, or that carries what was
read once for a batch, must not be taken from there. Ours are wrapped in a type that no JSON or
XML-RPC call can make.
"""


class Inner:
    """A value of the context that our own code put there."""

    __slots__ = ("value",)

    def __init__(self, value=True):
        self.value = value


def inner(env, key, default=None):
    """The value that our code put into the context under `key`; `default` for anybody else's."""
    held = env.context.get(key)
    return held.value if isinstance(held, Inner) else default
