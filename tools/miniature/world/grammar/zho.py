"""Mandarin Chinese: classifiers, no inflection, and the place before the verb."""

from tools.miniature.world.meanings import (
    Act,
    Because,
    Both,
    Compare,
    Contrast,
    Exists,
    Fact,
    Give,
    Meaning,
    Move,
    Owned,
    Rest,
    Says,
    Thing,
    Using,
    When,
)
from tools.miniature.world.words import Words

VERBS = {
    "see": "看见",
    "find": "找到",
    "hide": "藏起",
    "carry": "搬运",
    "buy": "买",
    "sell": "卖",
    "wash": "洗",
    "draw": "画",
    "hold": "拿着",
    "push": "推",
    "steal": "偷",
    "repair": "修理",
    "sleep": "睡觉",
    "sing": "唱歌",
    "work": "工作",
    "dance": "跳舞",
    "wait": "等待",
    "laugh": "大笑",
}
# 不 before any other verb, but not before one that tells its result or a state that lasts.
NEGATED = {"see": "看不见", "find": "找不到", "hide": "不 藏", "hold": "没 拿着"}
# Before a noun, and as a predicate.
ADJECTIVES = {
    "big": ("大", "大"),
    "small": ("小", "小"),
    "new": ("新", "新"),
    "beautiful": ("漂亮 的", "漂亮"),
    "white": ("白色 的", "白"),
    "black": ("黑色 的", "黑"),
    "red": ("红色 的", "红"),
    "clean": ("干净 的", "干净"),
    "heavy": ("沉重 的", "重"),
    "strange": ("奇怪 的", "奇怪"),
}
TIMES = {
    "morning": "早上",
    "evening": "晚上",
    "night": "夜里",
    "today": "今天",
    "every_day": "每天",
    "winter": "冬天",
    "summer": "夏天",
    "sunday": "星期天",
}
COMMA = "\N{FULLWIDTH COMMA}"


def realise(meaning: Meaning, words: Words) -> str:
    """What Chinese says for `meaning`, with a space between words."""

    def bare(thing: Thing) -> str:
        noun = words.noun(thing.noun)["form"]
        if not thing.adjective:
            return noun
        adjective = ADJECTIVES[thing.adjective][0]
        # 大 大象 would read as a stutter.
        return f"{adjective} 的 {noun}" if noun.startswith(adjective) else f"{adjective} {noun}"

    def np(thing: Thing) -> str:
        determiner = "那" if thing.definite else "一"
        return f"{determiner}{words.noun(thing.noun)['classifier']} {bare(thing)}"

    def does_not(verb: str) -> str:
        return NEGATED.get(verb, f"不 {VERBS[verb]}")

    def inside(place: str) -> str:
        return words.place(place)["in"]

    def inside_near(place: str, near: str) -> str:
        return f"{words.place(near)['near']} 的 {inside(place)}"

    def is_both(adjective: str, other: str) -> str:
        return f"又 {ADJECTIVES[adjective][1]} 又 {ADJECTIVES[other][1]}"

    # Subjects are known without a word for it; known objects need 那, or they would be any.
    match meaning:
        case Act(time, subject, does, thing, place):
            return f"{TIMES[time]} {bare(subject)} 在 {inside(place)} {VERBS[does]} {np(thing)}"
        case Rest(time, subject, does, place, near):
            return f"{TIMES[time]} {bare(subject)} 在 {inside_near(place, near)} {VERBS[does]}"
        case Both(subject, does, first, second, place):
            return f"{bare(subject)} 在 {inside(place)} {VERBS[does]} {np(first)} 和 {np(second)}"
        case Contrast(subject, does, thing, other_verb, other):
            return (
                f"{bare(subject)} {VERBS[does]} {np(thing)}{COMMA} "
                f"但是 {does_not(other_verb)} {bare(other)}"
            )
        case Give(time, subject, thing, recipient):
            return f"{TIMES[time]} {bare(subject)} 给 {bare(recipient)} {np(thing)}"
        case Using(subject, does, thing, tool):
            return f"{bare(subject)} 用 {np(tool)} {VERBS[does]} {np(thing)}"
        case Move(subject, thing, origin, goal):
            return (
                f"{bare(subject)} {words.place(origin)['from']} 带 {np(thing)} "
                f"{words.place(goal)['to']}"
            )
        case When(subject, does, place, other, other_verb, thing):
            return (
                f"当 {bare(subject)} 在 {inside(place)} {VERBS[does]} 时{COMMA} "
                f"{bare(other)} {VERBS[other_verb]} {np(thing)}"
            )
        case Because(subject, does, thing, adjective, other_adjective):
            return (
                f"{bare(subject)} {VERBS[does]} {np(thing)}{COMMA} "
                f"因为 {np(Thing(thing.noun))} {is_both(adjective, other_adjective)}"
            )
        case Compare(thing, place, adjective, other):
            return f"{inside(place)} {np(thing)} 比 {np(other)} {ADJECTIVES[adjective][1]}"
        case Exists(time, thing, place, near):
            return f"{TIMES[time]} {inside_near(place, near)} 有 {np(thing)}"
        case Says(speaker, subject, does, thing, place):
            return (
                f"{bare(speaker)} 说 {bare(subject)} 在 {inside(place)} {VERBS[does]} {np(thing)}"
            )
        case Owned(time, thing, owner, adjective, other_adjective):
            return (
                f"{TIMES[time]} {bare(owner)} 的 {bare(thing)} "
                f"{is_both(adjective, other_adjective)}"
            )
        case Fact(noun, category):
            return f"{bare(Thing(noun))} 是 {np(Thing(category, definite=False))}"
