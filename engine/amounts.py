"""How many of a thing, for people to read. Standard library only."""


def amount(count: int, thing: str) -> str:
    """Return so many of a thing whose name takes an s: 1 loop, 2 loops, 1,440 loops."""
    return f"{count:,} {thing}{'' if count == 1 else 's'}"
