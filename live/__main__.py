"""Where the program begins: `loopwright`, and `python -m loopwright.live`."""

import signal
import sys


def main() -> int:
    """Load the command line and obey it; return the exit status.

    Ctrl-C while it is being loaded ends the program without a word.
    """
    before = signal.signal(signal.SIGINT, signal.SIG_DFL)
    from loopwright.live import cli  # noqa: PLC0415 - not before Ctrl-C is taken care of

    signal.signal(signal.SIGINT, before)
    return cli.main()


if __name__ == "__main__":
    sys.exit(main())
