# Empty compiler generated dependencies file for test_native_public.
# This may be replaced when dependencies are built.
