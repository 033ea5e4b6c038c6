"""What strings alone align, without a model: names, digits and cognates that translations share."""

import torch
from sklearn.feature_extraction.text import TfidfVectorizer
from torch import Tensor

from neuronxa_tasks.alignment import weak_alignment
from neuronxa_tasks.data.bitext import Bitext

# Short words as well as parts of long ones.
CHARACTERS = (3, 5)


def surface_alignment(bitext: Bitext) -> Tensor:
    r"""Which pairs are weakly aligned by the characters of their sentences.

    A sentence is the TF-IDF vector of its runs of 3 to 5 characters, in lower case, each weighing
    $1 + \ln$ of how often it occurs, with document frequencies over both sides together; pairs
    are aligned by the cosine of these and the same rule as states (equation 4 of the paper).

    Args:
        bitext: n pairs.

    Returns:
        Booleans of shape `(n,)`.
    """
    vectorizer = TfidfVectorizer(analyzer="char", ngram_range=CHARACTERS, sublinear_tf=True)
    vectorizer.fit([*bitext.pivot_sentences, *bitext.sentences])
    pivot, language = map(vectorizer.transform, (bitext.pivot_sentences, bitext.sentences))
    return weak_alignment(torch.from_numpy((pivot @ language.T).toarray()))
