# SPDX-License-Identifier: BSD-3-Clause
"""Where the tests find the helpers."""
from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
