"""What exists in the world: nouns by category, verbs, adjectives and times."""

CATEGORIES: dict[str, tuple[str, ...]] = {
    category: tuple(nouns.split())
    for category, nouns in {
        "animal": "wolf bear horse cow sheep dog cat mouse fox lion elephant monkey",
        "bird": "eagle owl duck goose rooster crow pigeon swallow parrot stork swan sparrow",
        "insect": "ant bee butterfly fly mosquito beetle grasshopper moth wasp cricket dragonfly "
        "cockroach",
        "person": "farmer baker teacher doctor fisherman soldier tailor painter cook hunter "
        "merchant singer",
        "fruit": "apple pear cherry orange lemon banana plum peach fig mango melon strawberry",
        "vegetable": "carrot onion potato tomato cucumber pumpkin cabbage radish pepper eggplant "
        "bean pea",
        "tool": "hammer saw axe knife shovel needle broom rake ladder hoe brush chisel",
        "garment": "shirt hat coat shoe glove sock scarf belt dress skirt jacket apron",
        "vehicle": "car train ship boat bicycle bus truck cart motorcycle tram tractor helicopter",
        "container": "cup bowl bottle basket bag box barrel bucket pot jug suitcase vase",
        "building": "house school church mill tower castle hospital library factory hotel theatre "
        "museum",
        "place": "forest river mountain field garden desert lake beach island valley village city",
    }.items()
}
CATEGORY_OF: dict[str, str] = {
    noun: category for category, nouns in CATEGORIES.items() for noun in nouns
}
NOUNS: tuple[str, ...] = (*CATEGORY_OF, *CATEGORIES)

SUBJECTS: tuple[str, ...] = tuple(
    noun for category in ("animal", "bird", "insect", "person") for noun in CATEGORIES[category]
)
OBJECT_CATEGORIES = ("fruit", "vegetable", "tool", "garment", "vehicle", "container")
OBJECTS: tuple[str, ...] = tuple(
    noun for category in OBJECT_CATEGORIES for noun in CATEGORIES[category]
)
PLACES: tuple[str, ...] = (*CATEGORIES["place"], *CATEGORIES["building"])

TRANSITIVE = tuple("see find hide carry buy sell wash draw hold push steal repair".split())
INTRANSITIVE = tuple("sleep sing work dance wait laugh".split())
ADJECTIVES = tuple("big small new beautiful white black red clean heavy strange".split())
COMPARABLE = ("big", "small", "heavy", "beautiful")
TIMES = tuple("morning evening night today every_day winter summer sunday".split())

CLAN_SIZE = 4
CLANS: tuple[tuple[str, ...], ...] = tuple(
    SUBJECTS[start : start + CLAN_SIZE] for start in range(0, len(SUBJECTS), CLAN_SIZE)
)
