"""Zero-shot cross-lingual transfer: fine-tune on English, ask in fifteen languages."""
