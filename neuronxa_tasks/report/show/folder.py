"""The folder of a report: files are written whole, and those of an earlier report go."""

import errno
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from types import TracebackType

from neuronxa_tasks.errors import ReportError
from neuronxa_tasks.writing import write_whole

MANIFEST = ".neuronxa-report.json"


class ReportFolder:
    """Writes a report's files, and on leaving removes what an earlier report alone wrote.

    A file that cannot be written is named in `failures`, and the others are written all the
    same. The manifest lists the files of the report with their SHA-256, so that an earlier
    report's file is removed only where it is still as that report wrote it; files of other
    names, and changed ones, stay.

    Args:
        folder: Where; made if it is missing.

    Attributes:
        path: The folder.
        written: The files written so far.
        failures: A sentence for each reason why something could not be written.

    Raises:
        ReportError: There is no such folder and none can be made.
    """

    def __init__(self, folder: Path) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ReportError(
                f"Expected a folder to write to in `--output`, but {error}: give another"
            ) from error
        self.path = folder
        self.written: list[Path] = []
        self._digests: dict[str, str] = {}
        self._failed: dict[str, list[str]] = {}

    def __enter__(self) -> "ReportFolder":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        earlier = self._earlier()
        failed = {name for names in self._failed.values() for name in names}
        # What could not be written, or was not reached, stands as the earlier report left it.
        kept = {name for name in earlier if kind is not None or name in failed}
        self._remove({name: earlier[name] for name in earlier.keys() - kept})
        files = {name: earlier[name] for name in sorted(kept)} | self._digests
        self._put(MANIFEST, f"{json.dumps({'files': files}, indent=2)}\n".encode())

    @property
    def failures(self) -> list[str]:
        """A sentence for each reason why something could not be written."""
        return [
            f"Could not write {', '.join(names)} in {self.path}: {reason}"
            for reason, names in self._failed.items()
        ]

    def write(self, name: str, content: str | bytes) -> None:
        """Write one file, by way of another name, so that it is whole or not there.

        Args:
            name: Relative to the folder, with `/`.
            content: Text is written as UTF-8.
        """
        given = content.encode() if isinstance(content, str) else content
        if self._put(name, given):
            self._digests[name] = hashlib.sha256(given).hexdigest()
            self.written.append(self.path / name)

    def _put(self, name: str, content: bytes) -> bool:
        try:
            write_whole(self.path / name, content)
        except OSError as error:
            reason = error.strerror or errno.errorcode.get(error.errno or 0, str(error))
            self._failed.setdefault(reason, []).append(name)
            return False
        return True

    def _earlier(self) -> Mapping[str, str]:
        """Digests of the earlier report's files, by name; none where nothing says so."""
        manifest = self.path / MANIFEST
        # A pipe would be waited for.
        if not manifest.is_file():
            return {}
        try:
            content = json.loads(manifest.read_bytes())
            files = content["files"]
            return {str(name): str(digest) for name, digest in files.items()}
        except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return {}

    def _remove(self, earlier: Mapping[str, str]) -> None:
        for name in earlier.keys() - self._digests.keys():
            place = PurePosixPath(name)
            if place.is_absolute() or ".." in place.parts or len(place.parts) > 2:
                continue
            path = self.path / place
            try:
                linked = path.is_symlink() or path.parent.is_symlink()
                if linked or not path.is_file():
                    continue
                if hashlib.sha256(path.read_bytes()).hexdigest() != earlier[name]:
                    continue
                path.unlink()
                if path.parent != self.path and not any(path.parent.iterdir()):
                    path.parent.rmdir()
            except FileNotFoundError:
                continue
            except OSError as error:
                self._failed.setdefault(f"{error.strerror}", []).append(name)
