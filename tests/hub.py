"""A Hub on this machine: small datasets in the layout of the real ones."""

import hashlib
import io
import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import unquote, urlparse

import pyarrow as pa
import pyarrow.parquet as pq

# The commit of every branch and tag.
COMMIT = "0123456789abcdef0123456789abcdef01234567"


def commit_of(revision: str) -> str:
    """The commit of a revision, which may be one itself."""
    return revision if re.fullmatch("[0-9a-f]{40}", revision) else COMMIT


def parquet(columns: dict[str, list[object]]) -> bytes:
    """A Parquet file of these columns."""
    buffer = io.BytesIO()
    pq.write_table(pa.table(columns), buffer)
    return buffer.getvalue()


def card(configurations: Mapping[str, Mapping[str, str]]) -> bytes:
    """A dataset card that names the file of every split of every configuration."""
    lines = ["---", "configs:"]
    for name, splits in configurations.items():
        lines += [f"- config_name: {name}", "  data_files:"]
        for split, path in splits.items():
            lines += [f"  - split: {split}", f"    path: {path}"]
    return "\n".join([*lines, "---", ""]).encode()


def environment(address: str, home: Path) -> dict[str, str]:
    """What a process needs in its environment to take `address` for the Hub."""
    known = {key: value for key, value in os.environ.items() if key != "HF_TOKEN"}
    return {**known, "HF_ENDPOINT": address, "HF_HOME": str(home), "HF_HUB_DISABLE_XET": "1"}


@dataclass
class Hub:
    """Datasets by id, each a mapping from file name to content, and what was asked for."""

    datasets: dict[str, dict[str, bytes]]
    gated: set[str] = field(default_factory=set)
    revisions: set[str] = field(default_factory=set)


@contextmanager
def serve(hub: Hub) -> Iterator[str]:
    """The address of a server of `hub`."""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *args: object) -> None:
            pass

        def do_HEAD(self) -> None:
            self.answer(body=False)

        def do_GET(self) -> None:
            self.answer(body=True)

        def answer(self, body: bool) -> None:
            path = unquote(urlparse(self.path).path)
            for dataset, files in hub.datasets.items():
                if path.startswith(f"/api/datasets/{dataset}"):
                    return self.api(dataset, files, path.removeprefix(f"/api/datasets/{dataset}"))
                if path.startswith(f"/datasets/{dataset}/resolve/"):
                    revision, _, name = path.removeprefix(
                        f"/datasets/{dataset}/resolve/"
                    ).partition("/")
                    hub.revisions.add(revision)
                    if name in files:
                        etag = hashlib.sha256(files[name]).hexdigest()
                        kind = "application/octet-stream"
                        commit = commit_of(revision)
                        return self.reply(200, files[name], kind, etag, body, commit=commit)
            return self.reply(404, b"{}", "application/json", error="EntryNotFound")

        def api(self, dataset: str, files: dict[str, bytes], rest: str) -> None:
            if dataset in hub.gated:
                return self.reply(403, b"{}", "application/json", error="GatedRepo")
            parts = rest.strip("/").split("/")
            if len(parts) > 1:
                hub.revisions.add(parts[1])
            if parts[0] == "tree":
                return self.json(self.tree(files, "/".join(parts[2:])))
            siblings = [{"rfilename": name} for name in files]
            commit = commit_of(parts[1]) if len(parts) > 1 else COMMIT
            return self.json({"id": dataset, "sha": commit, "siblings": siblings, "tags": []})

        def tree(self, files: dict[str, bytes], folder: str) -> list[dict[str, object]]:
            prefix = f"{folder}/" if folder else ""
            inside = [name for name in files if name.startswith(prefix)]
            entries: list[dict[str, object]] = [
                {"type": "file", "path": name, "size": len(files[name]), "oid": "0" * 40}
                for name in inside
            ]
            folders = {name[: name.rindex("/")] for name in inside if "/" in name[len(prefix) :]}
            return entries + [{"type": "directory", "path": f, "oid": "1" * 40} for f in folders]

        def json(self, content: object) -> None:
            self.reply(200, json.dumps(content).encode(), "application/json")

        def reply(
            self,
            status: int,
            content: bytes,
            kind: str,
            etag: str = "",
            body: bool = True,
            error: str = "",
            commit: str = COMMIT,
        ) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.send_header("X-Repo-Commit", commit)
            if etag:
                self.send_header("ETag", f'"{etag}"')
            if error:
                self.send_header("X-Error-Code", error)
            self.end_headers()
            if body:
                self.wfile.write(content)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
