# SPDX-License-Identifier: BSD-3-Clause
"""No test sees the user's store of outputs, nor what another session left in one."""
from __future__ import annotations

from typing import Iterator

import pytest


@pytest.fixture(autouse=True, scope="session")
def _own_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("UAPIGEN_CACHE", str(tmp_path_factory.mktemp("store")))
        yield
