# SPDX-License-Identifier: BSD-3-Clause
"""Finds what callers will regret although the spec is sound."""
