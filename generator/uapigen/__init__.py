# SPDX-License-Identifier: BSD-3-Clause
"""uapigen: one declarative spec of a device's uAPI, many outputs."""
