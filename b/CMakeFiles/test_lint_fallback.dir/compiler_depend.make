# Empty compiler generated dependencies file for test_lint_fallback.
# This may be replaced when dependencies are built.
