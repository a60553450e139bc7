# Empty dependencies file for test_type_rules_fallback.
# This may be replaced when dependencies are built.
