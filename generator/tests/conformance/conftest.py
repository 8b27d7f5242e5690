# SPDX-License-Identifier: BSD-3-Clause
"""Makes the generator importable wherever pytest is started."""
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
if str(HERE.parents[1]) not in sys.path:
    sys.path.insert(0, str(HERE.parents[1]))
