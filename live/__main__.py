"""`python -m loopwright.live` is `loopwright`."""

import sys

from loopwright.live.cli import main

if __name__ == "__main__":
    sys.exit(main())
