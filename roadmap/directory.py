"""Bodies by their codes and names, within what a roadmap may name: its own first, then those known everywhere."""

from collections import defaultdict

from .bodies import normal_name

NAMES = ("short_name_kk", "short_name_ru", "short_name_en", "full_name_kk", "full_name_ru", "full_name_en")


class SeveralBodies(LookupError):
    """A name that more than one body goes by."""


class Directory:
    """The executors given, with their other spellings; their normal forms are made once."""

    def __init__(self, executors=()):
        self._codes, self._names = {}, defaultdict(list)
        self._normal, self._found = {}, {}
        for executor in executors:
            self.add(executor, [alias.name for alias in executor.aliases.all()])

    def add(self, executor, spellings):
        self._codes[executor.roadmap_id, executor.code] = executor
        for name in (*(getattr(executor, field) for field in NAMES), *spellings):
            self._file(executor, name)

    def _file(self, executor, name):
        normal = self.normal(name)
        if normal and executor not in self._names[executor.roadmap_id, normal]:
            self._names[executor.roadmap_id, normal].append(executor)

    def normal(self, name):
        if name not in self._normal:
            self._normal[name] = normal_name(name)
        return self._normal[name]

    def find(self, text, roadmap_id):
        """Return the body that a roadmap means by a code or a name, None if nobody; raise SeveralBodies."""
        key = text, roadmap_id
        if key not in self._found:
            self._found[key] = self._find(*key)
        return self._found[key]

    def _find(self, text, roadmap_id):
        for scope in dict.fromkeys((roadmap_id, None)):
            if (scope, text) in self._codes:
                return self._codes[scope, text]
            named = self._names.get((scope, self.normal(text)), [])
            if len(named) > 1:
                raise SeveralBodies(text)
            if named:
                return named[0]
        return None

    def by_code(self, code, roadmap_id=None):
        return self._codes.get((roadmap_id, code))

    def named(self, name, roadmap_id):
        """The bodies of that roadmap alone (None: of those known everywhere) that go by a name."""
        return self._names.get((roadmap_id, self.normal(name)), [])
