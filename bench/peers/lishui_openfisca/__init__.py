"""Lishui's rule (丽人社函〔2023〕45号, 五(一)) as a country package of OpenFisca, for ``openfisca serve``.

Imported only by the peer's own Python (bench.peers.installed); written as OpenFisca's country template is: one entity,
figures as dated parameters, one formula a variable, every formula vectorised over the people of a request. Hours are
whole tenths: OpenFisca's floats are of 32 bits, in which 89.9 is not 90 - 0.1.
"""

from pathlib import Path

from lishui_openfisca.variables import PERSON, VARIABLES
from openfisca_core.taxbenefitsystems import TaxBenefitSystem


class CountryTaxBenefitSystem(TaxBenefitSystem):
    """What ``openfisca serve --country-package`` looks for."""

    def __init__(self) -> None:
        super().__init__([PERSON])
        self.add_variables(*VARIABLES)
        self.load_parameters(str(Path(__file__).with_name("parameters")))
