# Generated from contracts/ by codegen.
# Do not edit; `hatch run codegen` remakes it.
"""The compiled contracts; nothing outside the hub imports them."""
