from neuronxa_tasks.data.branches import BRANCHES, branch
from neuronxa_tasks.data.languages import FLORES, family


def test_every_language_has_a_branch_and_each_stands_in_one() -> None:
    assert all(branch(code) for code in FLORES)
    listed = [code for languages in BRANCHES.values() for code in languages.split()]
    assert len(set(listed)) == len(listed)
    assert set(listed) <= {code.partition("_")[0] for code in FLORES}


def test_a_branch_lies_in_one_family_and_a_divided_family_is_divided_whole() -> None:
    families = {branch(code): family(code) for code in FLORES}
    assert all(families[branch(code)] == family(code) for code in FLORES)
    divided = {families[name] for name in BRANCHES}
    assert not divided & {branch(code) for code in FLORES}
