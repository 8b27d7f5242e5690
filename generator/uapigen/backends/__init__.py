# SPDX-License-Identifier: BSD-3-Clause
"""The back ends: one folder each, all with generate(spec)."""
