"""What libraries raise."""

import sys

from huggingface_hub.errors import GatedRepoError, HfHubHTTPError
from huggingface_hub.utils import get_session

from neuronxa_tasks.harness.failures import FAILURES, HTTPError


def test_the_hubs_name_for_its_clients_error_stands_for_that_and_its_own() -> None:
    assert issubclass(HfHubHTTPError, HTTPError)
    assert issubclass(GatedRepoError, FAILURES)
    library = sys.modules[type(get_session()).__module__.partition(".")[0]]
    assert issubclass(library.ConnectError, HTTPError)
