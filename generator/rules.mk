# SPDX-License-Identifier: BSD-3-Clause
#
# The generator is Python: nothing to build, but tests and lint.
GENERATOR_FRONT := $(addprefix uapigen/,build*.py checks*.py cli.py context.py diagnostics.py \
	diff/*.py errors.py expr.py exprrange.py exprtype.py files.py jsonschema_out.py listing.py \
	lint/*.py loader.py \
	manifest.py model/*.py operations.py reader.py schema.py scope.py shapes.py store.py types.py \
	upkeep.py yamlpos.py)

.PHONY: test-generator test-diff lint-generator schema
test-generator: ## run the generator's tests
	@$(PYTHON) -m pytest -q -p no:cacheprovider generator/tests

test-diff: ## seed changes into an interface; print what uapigen diff says of each
	@$(PYTHON) generator/tests/diff/table.py

.PHONY: bench-scale test-import-all
bench-scale: ## show how generation grows with the spec; fail if it is not linear
	@$(PYTHON) generator/bench_scale.py

test-import-all: ## bring every installed uAPI header under a spec and back
	@$(PYTHON) generator/tests/importer/sweep.py

lint-generator: ## types and style of the generator
	@cd generator && mypy --strict --no-error-summary -p uapigen
	@cd generator && flake8
	@cd generator && pylint -sn --rcfile=pylintrc $(GENERATOR_FRONT)

schema: ## bring spec/uapi-spec.schema.json up to date
	@$(UAPIGEN) schema > spec/uapi-spec.schema.json.new
	@mv spec/uapi-spec.schema.json.new spec/uapi-spec.schema.json
