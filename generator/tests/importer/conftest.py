# SPDX-License-Identifier: BSD-3-Clause
"""Makes the generator importable wherever pytest is started."""
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
for folder in (HERE, HERE.parents[1]):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
