"""SmolLM2 135M Instruct through everything that can be measured: 30 layers, mostly English.

python -m examples.real_models.smollm2 --output_path OUT
"""

import sys

from examples.real_models.programme import main
from examples.real_models.weights import SMOLLM2

if __name__ == "__main__":
    sys.exit(main(SMOLLM2))
