"""The pure heart of the compiler: contracts in, ``{path: text}`` out.

Every generated file says what it was made from, by what, and how to remake it; never when or where. The output depends
on nothing but the contracts, the release version, the licence and the generator's pin.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from codegen import views
from codegen.facade import render_facade
from codegen.index import render_index
from codegen.models import generator_version, render_models
from codegen.pages import render_pages
from codegen.rules import render_rules

if TYPE_CHECKING:
    from codegen.load import Contract, ContractSet

CORE = "packages/core/src/runpact_core"
GENERATED = f"{CORE}/_generated"
PAGES = "docs/contracts"
REMAKE = "hatch run codegen"


def render(contracts: ContractSet) -> dict[str, str]:
    """Every file that is made from the contracts alone, by path relative to the project."""
    modules = render_models(contracts)
    by_module = {contract.module: contract for contract in contracts.contracts}
    made_by = f"codegen and {generator_version()}"
    files = {
        f"{GENERATED}/__init__.py": _python(
            "contracts/", "The compiled contracts; nothing outside the hub imports them."
        ),
        f"{GENERATED}/models/__init__.py": _python(
            "contracts/", "The typed models, a module for each contract version."
        ),
        f"{GENERATED}/index.py": _python("contracts/catalog.yaml", "Every contract version.", render_index(contracts)),
        f"{GENERATED}/rules.py": _python("contracts/", "Every cross-field rule.", render_rules(contracts)),
        f"{CORE}/models.py": _python(
            "contracts/", "The typed models of every contract's newest version.", render_facade(contracts, modules)
        ),
    }
    for module, text in modules.items():
        contract = by_module[module]
        doc = f"The typed models of {contract.name} {contract.version}."
        files[f"{GENERATED}/models/{module}.py"] = _python(contract.source.path, doc, text, made_by)
    for contract in contracts.contracts:
        files |= _schemas(contract, contracts)
    files |= {f"{PAGES}/{name}": markdown("contracts/", text) for name, text in render_pages(contracts).items()}
    return files


def _schemas(contract: Contract, contracts: ContractSet) -> dict[str, str]:
    """The two views of one contract version, as JSON Schema; ``$comment`` carries what a header would."""
    comment = f"Generated from {contract.source.path} by codegen; do not edit; `{REMAKE}` remakes it."
    files = {}
    for name, view in (("strict", views.strict), ("tolerant", views.tolerant)):
        schema = view(contract.source.tree, contracts.definitions, contract.urn) | {"$comment": comment}
        text = json.dumps(schema, indent=2, sort_keys=True, ensure_ascii=True) + "\n"
        files[f"{GENERATED}/schemas/{contract.module}.{name}.json"] = text
    return files


def _python(source: str, doc: str, body: str = "", made_by: str = "codegen") -> str:
    header = f"# Generated from {source} by {made_by}.\n# Do not edit; `{REMAKE}` remakes it.\n"
    text = f'{header}"""{doc}"""\n'
    return f"{text}\n{body}" if body else text


def markdown(source: str, body: str) -> str:
    """A generated page: a header that says so, then the text."""
    return f"<!-- Generated from {source} by codegen. Do not edit; `{REMAKE}` remakes it. -->\n\n{body}"
