"""Legal forms of firms and words that say little of which firm it is, each in the spelling of a cleaned name.

The forms are the usual ones of each country in the short form that firms write (ISO 20275 lists them all); the small
words are those that many firms have in their names.
"""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


FORMS = _words("""
    ltd limited plc llc llp lllp pllc lp inc incorporated incorporation corp corporation co company cos companies
    pty pte pvt private proprietary unlimited cic pc
    gmbh ggmbh gesmbh mbh ag aktiengesellschaft kg kgaa ohg gbr ug ev eg se eingetragene
    bv nv cv vof vzw bvba sprl cvba vennootschap naamloze besloten nl
    aktiebolag aktieselskab ab hb oy oyj as asa aps ehf hf ans ks ba osakeyhtio publ
    sa sas sasu sarl eurl snc sca sci srl spa sapa sl slu sau ltda lda eireli sab rl scs
    zoo spzoo spk kft rt nyrt zrt bt sro as doo dd ad ood eood oou ooo oao zao pao ao tov uab sia sti
    kk kabushiki kaisha yk gk godo sdn bhd tbk pt jsc pjsc fze fzco fzllc wll saoc
""")
"""One word each: `B.V.` and `b v` are `bv` once letters standing alone are joined."""

CLEAR_FORMS = _words("nv bv gmbh ltd inc llc llp plc srl spa sarl bvba oyj sro gesmbh")
"""Those that are nothing else: what follows them is no longer the name."""

PHRASES = tuple(
    tuple(phrase.split())
    for phrase in (
        "sp zoo", "spolka zoo", "spolka z ograniczona odpowiedzialnoscia", "anonim sirketi", "aktien gesellschaft",
        "societe anonyme", "sociedad anonima", "societa per azioni", "besloten vennootschap", "naamloze vennootschap",
        "auf aktien", "gesellschaft mit beschrankter haftung", "gesellschaft mit beschraenkter haftung",
        "kabushiki kaisha", "co ltd", "de cv", "de rl", "societe dite",
    )
)  # fmt: skip
"""Forms of several words."""

JOINING = _words("and und et y e en och og ja ve the der die das le la les los el il")
"""Words that join others, and articles: written or left out at will."""

_LITTLE = _words("""
    group gruppe groupe grupo gruppo holding holdings international internationale internacional global worldwide
    enterprise enterprises koninklijke royal van de von du da del di of for fur zu societe
""")
_PLACES = _words("""
    europe europa european nederland netherlands holland dutch deutschland germany german america american usa us uk
    france italia italy espana spain schweiz switzerland suisse osterreich austria belgium belgie canada india china
    japan asia pacific polska poland sweden sverige norge norway danmark denmark nordic emea apac
""")
_TRADES = _words("""
    solutions services service systems system technologies technology tech industries industry industrial products
    product trading consulting management partners partner software digital marketing research development engineering
    manufacturing electronics investments capital ventures labs studio media
""")
SMALL = dict.fromkeys(_LITTLE, 0.15) | dict.fromkeys(_PLACES, 0.3) | dict.fromkeys(_TRADES, 0.5)
"""How much of a word's weight is left where the word says little of which firm it is."""
