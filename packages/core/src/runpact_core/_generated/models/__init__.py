# Generated from contracts/ by codegen.
# Do not edit; `hatch run codegen` remakes it.
"""The typed models, a module for each contract version."""
