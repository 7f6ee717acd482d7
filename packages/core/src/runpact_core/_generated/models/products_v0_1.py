# Generated from contracts/products.v0_1.yaml by codegen and datamodel-code-generator 0.89.0.
# Do not edit; `hatch run codegen` remakes it.
"""The typed models of products 0.1."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StrictBool, StrictInt, StrictStr
from runpact_core._record import Record, Time


class Product(Record):
    """
    One product of the fleet.
    """

    product_id: Annotated[StrictStr, Field(max_length=100, pattern="^[A-Za-z0-9][A-Za-z0-9._-]*$")]
    """
    Slug of a product of the fleet; it is also the name of the product's folder of runs.
    """
    display_name: StrictStr
    """
    The product's name for people.
    """
    repo: StrictStr | None = None
    """
    Where its repository is, such as `local` or an address.
    """
    path: StrictStr | None = None
    """
    Path to the product's root, from the project or absolute.
    """
    owner: StrictStr
    """
    The team or agent that answers for it.
    """
    status: Literal["bootstrap", "active", "pending", "development", "planned", "deprecated", "archived"] | StrictStr
    """
    Where in its life the product is.
    """
    spec_path: StrictStr | None = None
    """
    Path to the product's specification, from the project.
    """
    run_evidence_path: StrictStr | None = None
    """
    Path to the folder of the product's runs, from the project.
    """
    criticality: Literal["high", "medium", "low"] | None = None
    """
    How much depends on the product.
    """
    sla_tier: Annotated[StrictInt | None, Field(ge=1, le=5)] = None
    """
    Service tier, from 1 (highest priority) to 5 (lowest).
    """
    schedule_path: StrictStr | None = None
    """
    Path to the product's schedule, from the project.
    """
    enabled: StrictBool | None = None
    """
    Whether the product takes part in fleet operations.
    """


class Products(Record):
    """
    The registry of the fleet, one entry for each product whose runs the dashboard shows.
    """

    model_config = ConfigDict(
        arbitrary_types_allowed=True,
    )
    schema_version: StrictStr
    """
    Version of this contract that the document follows.
    """
    generated_at: Time | None = None
    """
    When the file was generated.
    """
    products: list[Product]
    """
    The products, in the order they are shown.
    """
