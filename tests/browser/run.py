#!/usr/bin/env python3
"""The pages in a real browser.

usage: run.py SOURCE_DIR BUILD_DIR [TEST...]

Leaves pictures in BUILD_DIR/*.png. Exit status 77: no browser.
"""

import sys

import page  # noqa: F401
import settings  # noqa: F401
import suite

sys.exit(suite.main())
