"""Gemma 3 270M through everything that can be measured: 18 layers, text in many languages.

python -m examples.real_models.gemma --output_path OUT
"""

import sys

from examples.real_models.programme import main
from examples.real_models.weights import GEMMA

if __name__ == "__main__":
    sys.exit(main(GEMMA))
