# Empty compiler generated dependencies file for test_type_rules.
# This may be replaced when dependencies are built.
