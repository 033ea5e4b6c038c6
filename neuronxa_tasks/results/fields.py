"""The types of single fields: what a number, a name or a list in a results file may be.

Booleans and texts are no numbers, and integers have bounds, so that whatever is read fits the
tables it goes to.
"""

import functools
import re
from typing import Annotated, Any

from langcodes.tag_parser import LanguageTagError
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from neuronxa_tasks.data.languages import language_name, script_name
from neuronxa_tasks.results.names import clean_name, clean_text

# Far above any model and any corpus, and far below what a report could not hold.
MAX_LAYERS = 2_000
MAX_PAIRS = 100_000
MAX_LANGUAGES = 2_000

# The largest integer that a float, and so JSON everywhere, has exactly.
_EXACT = 2**53
_DEPTH = 20
_LONGEST = 100_000
# The last second of the year 9999.
_LATEST = 253_402_300_799


class Part(BaseModel):
    """Part of a results file: keys that another version has, and this one does not, are kept."""

    model_config = ConfigDict(strict=True, extra="allow", frozen=True)

    def dump(self) -> dict[str, Any]:
        """Plain data fit for JSON, with the keys that were given."""
        return self.model_dump(mode="json", exclude_unset=True)


def cleaned(value: Any, depth: int = _DEPTH) -> Any:
    """A value of JSON, every text in it as `clean_name` gives it.

    Raises:
        ValueError: It is nested more deeply than anything that the harness writes.
    """
    if isinstance(value, str):
        return clean_name(value)
    if isinstance(value, dict | list) and not depth:
        raise ValueError(f"nested more than {_DEPTH} deep")
    if isinstance(value, dict):
        return {cleaned(key): cleaned(item, depth - 1) for key, item in value.items()}
    if isinstance(value, list):
        return [cleaned(item, depth - 1) for item in value]
    return value


def _clean_sentence(value: Any) -> Any:
    return clean_text(value) if isinstance(value, str) else value


@functools.cache
def _language(code: str) -> str:
    if not re.fullmatch(r"[A-Za-z]{2,3}([_-][A-Za-z0-9]{2,8}){0,3}", code):
        raise ValueError("no code of a language, such as deu_Latn")
    try:
        language_name(code)
        script_name(code)
    except LanguageTagError as error:
        raise ValueError(f"no code of a language, such as deu_Latn: {error}") from error
    return code


Name = Annotated[str, BeforeValidator(cleaned), Field(max_length=_LONGEST)]
Sentence = Annotated[str, BeforeValidator(_clean_sentence), Field(max_length=_LONGEST)]
Code = Annotated[str, AfterValidator(_language)]
Digest = Annotated[str, BeforeValidator(cleaned), Field(min_length=1, max_length=200)]
Json = Annotated[dict[str, Any], BeforeValidator(cleaned)]

Number = Annotated[float, Field(allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=0, le=_EXACT)]
Layer = Annotated[int, Field(ge=0, le=MAX_LAYERS)]
Pairs = Annotated[int, Field(ge=1, le=MAX_PAIRS)]
Pair = Annotated[int, Field(ge=0, lt=MAX_PAIRS)]
Shots = Annotated[int, Field(ge=0, le=1_000_000)]
Date = Annotated[float, Field(ge=0, le=_LATEST)]
