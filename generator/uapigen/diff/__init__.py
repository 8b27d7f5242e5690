# SPDX-License-Identifier: BSD-3-Clause
"""Differences between two versions of an interface, and whom they hurt."""
