# CMAKE generated file: DO NOT EDIT!
# Timestamp file for compiler generated dependencies management for test_num_pow10_fallback.
