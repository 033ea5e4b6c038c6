from pathlib import Path

import pytest

from neuronxa_tasks.data.codes import resolve_language
from neuronxa_tasks.data.corpora import TATOEBA
from neuronxa_tasks.data.languages import (
    ENGLISH,
    FLORES,
    FLORES_HEAD,
    FLORES_LONGTAIL,
    FLORES_PLUS_RENAMES,
    check_language,
    language_name,
)
from neuronxa_tasks.errors import SettingsError


def test_the_counts_are_the_papers() -> None:
    assert (len(FLORES_HEAD), len(FLORES_LONGTAIL), len(FLORES)) == (68, 135, 204)
    assert (len(TATOEBA.head), len(TATOEBA.longtail), len(TATOEBA.languages)) == (36, 76, 112)


def test_no_code_stands_twice_and_english_is_in_no_group() -> None:
    assert len(set(FLORES)) == 204
    assert len(set(TATOEBA.languages)) == 112
    assert ENGLISH not in {*FLORES_HEAD, *FLORES_LONGTAIL}


# Configurations of openlanguagedata/flores_plus, as public code that checks against them lists
# them in 2026. The dataset itself is gated.
FLORES_PLUS_CONFIGURATIONS = frozenset(
    """
    ace_Arab ace_Latn acm_Arab acq_Arab aeb_Arab afr_Latn als_Latn amh_Ethi
    apc_Arab_nort3139 apc_Arab_sout3123 arb_Arab arb_Latn arg_Latn ars_Arab ary_Arab
    arz_Arab asm_Beng ast_Latn awa_Deva ayr_Latn azb_Arab azj_Latn bak_Cyrl bam_Latn
    ban_Latn bel_Cyrl bem_Latn ben_Beng bho_Deva bjn_Arab bjn_Latn bod_Tibt bos_Latn
    brx_Deva bug_Latn bul_Cyrl cat_Latn cat_Latn_vale1252 ceb_Latn ces_Latn chv_Cyrl
    cjk_Latn ckb_Arab cmn_Hans cmn_Hant crh_Latn cym_Latn dan_Latn dar_Cyrl deu_Latn
    dgo_Deva dik_Latn dyu_Latn dzo_Tibt ekk_Latn ell_Grek eng_Latn epo_Latn eus_Latn
    ewe_Latn fao_Latn fij_Latn fil_Latn fin_Latn fon_Latn fra_Latn fur_Latn fuv_Latn
    gaz_Latn gla_Latn gle_Latn glg_Latn gom_Deva gug_Latn guj_Gujr hat_Latn hau_Latn
    heb_Hebr hin_Deva hne_Deva hrv_Latn hun_Latn hye_Armn ibo_Latn ilo_Latn ind_Latn
    isl_Latn ita_Latn jav_Latn jpn_Jpan kaa_Latn kab_Latn kac_Latn kam_Latn kan_Knda
    kas_Arab kas_Deva kat_Geor kaz_Cyrl kbp_Latn kea_Latn khk_Cyrl khk_Mong khm_Khmr
    kik_Latn kin_Latn kir_Cyrl kjh_Cyrl kmb_Latn kmr_Latn knc_Arab knc_Latn kor_Hang
    ktu_Latn lao_Laoo lij_Latn lim_Latn lin_Latn lit_Latn lld_Latn lld_Latn_gard1241
    lmo_Latn ltg_Latn ltz_Latn lua_Latn lug_Latn luo_Latn lus_Latn lvs_Latn mag_Deva
    mai_Deva mal_Mlym mar_Deva mfe_Latn mhr_Cyrl min_Arab min_Latn mkd_Cyrl mlt_Latn
    mni_Beng mni_Mtei mos_Latn mri_Latn mya_Mymr myv_Cyrl nld_Latn nno_Latn nob_Latn
    nob_Latn_radical npi_Deva nqo_Nkoo nso_Latn nus_Latn nya_Latn oci_Latn oci_Latn_aran1260
    ory_Orya pag_Latn pan_Guru pap_Latn pbt_Arab pes_Arab plt_Latn pol_Latn por_Latn
    prs_Arab quy_Latn ron_Latn run_Latn rus_Cyrl sag_Latn san_Deva sat_Olck scn_Latn
    shn_Mymr sin_Sinh slk_Latn slv_Latn smo_Latn sna_Latn snd_Arab snd_Deva som_Latn
    sot_Latn spa_Latn srd_Latn srp_Cyrl ssw_Latn sun_Latn swe_Latn swh_Latn szl_Latn
    tam_Taml taq_Latn taq_Tfng tat_Cyrl tel_Telu tgk_Cyrl tha_Thai tir_Ethi tpi_Latn
    tsn_Latn tso_Latn tuk_Latn tum_Latn tur_Latn twi_Latn_akua1239 twi_Latn_asan1239
    tyv_Cyrl uig_Arab ukr_Cyrl umb_Latn urd_Arab uzn_Latn uzs_Arab vec_Latn vie_Latn
    vmw_Latn war_Latn wol_Latn wuu_Hans xho_Latn ydd_Hebr yor_Latn yue_Hant zgh_Tfng
    zsm_Latn zul_Latn
    """.split()
)


def test_every_language_of_flores_200_has_a_configuration_of_its_own_in_flores_plus() -> None:
    names = [FLORES_PLUS_RENAMES.get(code, code) for code in FLORES]
    assert set(names) <= FLORES_PLUS_CONFIGURATIONS
    assert len(set(names)) == 204


def test_a_language_is_renamed_only_where_its_name_is_gone() -> None:
    assert set(FLORES_PLUS_RENAMES) == set(FLORES) - FLORES_PLUS_CONFIGURATIONS


def test_a_language_is_found_by_either_name() -> None:
    for code in FLORES:
        assert resolve_language(code) == code
        assert resolve_language(FLORES_PLUS_RENAMES.get(code, code).replace("_", "-")) == code
    assert resolve_language("ktu") == "kon_Latn"
    assert resolve_language("zgh") == "tzm_Tfng"


def test_every_language_has_a_name() -> None:
    assert not [code for code in (*FLORES, *TATOEBA.languages) if "Unknown" in language_name(code)]


def test_flores_names_are_distinct() -> None:
    assert len({language_name(code) for code in FLORES}) == 204


def test_an_unknown_code_gets_the_nearest_ones() -> None:
    with pytest.raises(SettingsError, match=r"`pivot`.*'deu_Lat'.*did you mean deu_Latn"):
        check_language("deu_Lat", FLORES, "pivot")


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("German", "deu_Latn"),
        ("de", "deu_Latn"),
        ("swahili", "swh_Latn"),
        ("Chinese", "zho_Hans or zho_Hant"),
    ],
)
def test_a_language_by_its_name_gets_its_codes(typed: str, codes: str) -> None:
    with pytest.raises(SettingsError, match=rf"'{typed}'; did you mean {codes}\?$"):
        check_language(typed, FLORES, "languages")


def test_a_code_that_is_near_none_gets_the_place_of_all() -> None:
    with pytest.raises(SettingsError, match=r"'klingon'; `lm_eval ls tasks` lists them"):
        check_language("klingon", FLORES, "languages")


def test_the_codes_are_those_of_the_real_corpora(real_data: Path) -> None:
    flores = {file.stem for file in (real_data / "flores200" / "devtest").iterdir()}
    tatoeba = {file.name.split(".")[1][:3] for file in (real_data / "tatoeba" / "v1").iterdir()}
    assert flores == set(FLORES)
    assert tatoeba == set(TATOEBA.languages)
