"""Sentences that say themselves in English and can be told in another language.

A sentence keeps its text apart from what fills it, so that a page can translate the text while a
document, which knows no reader, holds the same bytes for all of them. The text is marked for the
catalogue with `_` of `dcim.vocabulary.choices`. Runs where Django is not installed.

Where a plain text is asked for (an error's reason, a line of a log), `tell` gives one that
remembers its sentence. Kept as a text it is English; kept with its sentence, a page can tell it
again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Final, cast

from dcim.planning.strict_json import JSONValue
from dcim.vocabulary.choices import _
from dcim.vocabulary.errors import LumbungError

PLACE: Final = re.compile(r"%\((\w+)\)s")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A text with places %(name)s, and what stands in each of them, by name.

    Several sentences in one place are told with semicolons between them.

    >>> machines = say("%(count)s machines", count=2)
    >>> str(say("Runs on %(machines)s.", machines=machines))
    'Runs on 2 machines.'
    """

    text: str
    values: tuple[tuple[str, Value], ...] = ()

    def __str__(self) -> str:
        return self.told(str)

    def told(self, translated: Callable[[str], str]) -> str:
        """The sentence as `translated` says its texts; a place that nothing fills stays as it is.

        Notes: places are filled one by one, never by `%`, whose widths and types a damaged
        document could misuse.
        """
        filled = {name: _told(value, translated) for name, value in self.values}
        return PLACE.sub(lambda place: filled.get(place[1], place[0]), translated(self.text))

    def texts(self) -> Iterator[str]:
        """Its own text, and those of every sentence inside it."""
        return (one.text for one in self.parts())

    def parts(self) -> Iterator[Sentence]:
        """Itself, and every sentence inside it."""
        yield self
        for _name, value in self.values:
            inside = value if isinstance(value, tuple) else (value,)
            for one in inside:
                if isinstance(one, Sentence):
                    yield from one.parts()

    def told_whole(self, translated: Callable[[str], str]) -> str:
        """The sentence as `translated` says it; empty unless that knows every text in it.

        Notes: never half of it. Sentences that were kept may be of another version of us.
        """
        known = all(_is_known(one, translated) for one in self.texts())
        return self.told(translated) if known else ""

    def plain(self) -> dict[str, JSONValue]:
        """The sentence as a document writes it."""
        return {"text": self.text, "values": {name: _plain(value) for name, value in self.values}}

    @classmethod
    def of_plain(cls, written: JSONValue) -> Sentence:
        """The sentence that `plain` wrote; the schema has proved its shape."""
        members = cast("dict[str, dict[str, JSONValue]]", written)
        values = {name: _of_plain(value) for name, value in members["values"].items()}
        return say(str(members["text"]), **values)


Value = str | int | Sentence | tuple[Sentence, ...]


class Told(str):
    """What a sentence says in English, and the sentence itself."""

    sentence: Sentence


def say(text: str, /, **values: Value) -> Sentence:
    """The sentence of `text`, filled with `values`."""
    return Sentence(text, tuple(sorted(values.items())))


def tell(text: str, /, **values: object) -> Told:
    """The same as a text in English; what is no sentence, text or number stands as its text.

    >>> tell("%(target)s: waiting for %(count)s machines …", target="pdr-kvm", count=2)
    'pdr-kvm: waiting for 2 machines …'
    """
    sentence = say(text, **{name: _value(one) for name, one in values.items()})
    told = Told(sentence)
    told.sentence = sentence
    return told


def tell_error(err: LumbungError) -> Told:
    """What `err` says, field and way out too.

    >>> tell_error(LumbungError("is full.", field="pool", hint="Take another."))
    'pool: is full. Take another.'
    """
    shape = f"{'%(field)s: ' if err.field else ''}%(reason)s{' %(hint)s' if err.hint else ''}"
    return tell(shape, field=err.field, reason=sentence_of(err.reason), hint=sentence_of(err.hint))


def sentence_of(text: str) -> Sentence:
    """What told `text`; where nothing did, the text as a sentence of its own."""
    return text.sentence if isinstance(text, Told) else Sentence(text)


def kept(text: str, under: str = "message") -> dict[str, JSONValue]:
    """`text` as an entry of a log keeps it, with what it `said` where a sentence told it.

    >>> kept("pdr-kvm")
    {'message': 'pdr-kvm'}
    """
    said = {"said": text.sentence.plain()} if isinstance(text, Told) else {}
    return {under: str(text), **said}


def retold(text: str, said: JSONValue, translated: Callable[[str], str]) -> str:
    """`text` as `translated` says what was kept of it as `said`; in English where it can't."""
    sentence = Sentence.of_plain(said) if said else Sentence(text)
    return sentence.told_whole(translated) or text


def told_error(err: LumbungError, translated: Callable[[str], str]) -> str:
    """What `err` says as `translated` says it; errors that word themselves stay as they are."""
    told_so = tell_error(err)
    return told_anew(told_so, translated) if told_so == str(err) else str(err)


def told_anew(text: str, translated: Callable[[str], str]) -> str:
    """`text` as `translated` says it, where it knows it whole."""
    return sentence_of(text).told_whole(translated) or text


def all_of(said: Iterable[Sentence]) -> Sentence:
    """One sentence of one or several: this and that.

    >>> str(all_of([say("no room"), say("no hosts"), say("no grant")]))
    'no room and no hosts and no grant'
    """
    return reduce(lambda one, other: say(_("%(one)s and %(other)s"), one=one, other=other), said)


def told(said: Iterable[Sentence], translated: Callable[[str], str] = str) -> str:
    """Sentences one after another; in English, unless `translated` says otherwise."""
    return " ".join(one.told(translated) for one in said)


def told_as(text: str, said: Sequence[Sentence], translated: Callable[[str], str]) -> str:
    """`text` as `translated` says the sentences that told it; empty where it can't be told whole.

    Notes: sentences that do not say what the text says are not ours.
    """
    whole = [one.told_whole(translated) for one in said] if told(said) == text else []
    return " ".join(whole) if all(whole) else ""


def texts(said: Iterable[Sentence]) -> Iterator[str]:
    """Every text that is said, inside others too."""
    return (text for one in said for text in one.texts())


def _value(value: object) -> Value:
    if isinstance(value, Told):
        return value.sentence
    return value if isinstance(value, int | Sentence | tuple) else str(value)


def _is_known(text: str, translated: Callable[[str], str]) -> bool:
    """Whether `translated` knows `text`, or it has no words to say."""
    has_words = any(one.isalpha() for one in PLACE.sub("", text))
    return not has_words or translated(text) != text


def _told(value: Value, translated: Callable[[str], str]) -> str:
    if isinstance(value, tuple):
        return "; ".join(one.told(translated) for one in value)
    return value.told(translated) if isinstance(value, Sentence) else str(value)


def _plain(value: Value) -> JSONValue:
    if isinstance(value, tuple):
        return [one.plain() for one in value]
    return value.plain() if isinstance(value, Sentence) else value


def _of_plain(written: JSONValue) -> Value:
    if isinstance(written, list):
        return tuple(Sentence.of_plain(one) for one in written)
    if isinstance(written, dict):
        return Sentence.of_plain(written)
    return written if isinstance(written, str) else int(cast("int", written))  # JSON's 4.0 is whole
