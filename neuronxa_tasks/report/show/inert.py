"""A stranger's text in Markdown, which stays text."""

import re


def inert(text: str) -> str:
    r"""Text in one line of Markdown, every sign of which is shown as it is.

    Example:
        >>> inert("a|b <i> @you *x*")
        'a\\|b \\<i\\> &#64;you \\*x\\*'
    """
    line = " ".join(text.split())
    shown = re.sub(r"([\\`*_{}\[\]<>()#+!|~&])", r"\\\1", line)
    # Neither a mention nor an address that GitHub would make a link of.
    return re.sub(r"@|:(?=//)|(?<=www)\.", lambda sign: f"&#{ord(sign[0])};", shown)
