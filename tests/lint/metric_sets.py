#!/usr/bin/env python3
"""The tables in tests/metric-sets are copies: where the originals lie beside the checkout, they are the same.

    metric_sets.py SOURCE_DIR
"""
import filecmp
import os
import sys

copies = os.path.join(sys.argv[1], "tests", "metric-sets")
originals = os.path.join(sys.argv[1], os.pardir, "shared", "metric-sets")
if not os.path.isdir(originals):
    print("metric_sets: skipped: the originals are not here")
    sys.exit(77)
different = [name for name in sorted(os.listdir(copies))
             if not name.startswith("_")
             and not filecmp.cmp(os.path.join(copies, name), os.path.join(originals, name), shallow=False)]
for name in different:
    print(f"tests/metric-sets/{name}: differs from the original: copy it again")
sys.exit(1 if different else 0)
