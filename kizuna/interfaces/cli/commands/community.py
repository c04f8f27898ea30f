"""`kizuna community create|list|export|import|delete`."""

import argparse
import shutil
from datetime import UTC, datetime
from pathlib import Path

from kizuna.base.hosting import Community, directory, entered
from kizuna.interfaces.cli.errors import UsageError

HELP = "create, list, move and delete communities"
SCOPE = "installation"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    create = actions.add_parser("create", help="make an empty community")
    create.add_argument("slug")
    create.add_argument("--host", action="append", required=True, help="name it answers on (may be repeated)")
    create.add_argument("--database", default="", metavar="URL", help="PostgreSQL URL; its own SQLite file without")
    actions.add_parser("list", help="list the communities of this installation")
    export = actions.add_parser("export", help="write a community to one file, readable on either database")
    export.add_argument("slug")
    export.add_argument("file", type=Path)
    import_ = actions.add_parser("import", help="make a community from an exported file")
    import_.add_argument("file", type=Path)
    import_.add_argument("--slug", help="another slug than the exported one")
    import_.add_argument("--host", action="append", help="name it answers on (may be repeated)")
    import_.add_argument("--database", default="", metavar="URL")
    import_.add_argument(
        "--tombstones", type=Path, help="erasures.jsonl of the community that was exported: who was erased since"
    )
    delete = actions.add_parser("delete", help="delete a community with everything in it")
    delete.add_argument("slug")
    delete.add_argument("--yes", action="store_true", help="really")


def run(options: argparse.Namespace) -> int:
    action = {"create": _create, "list": _list, "export": _export, "import": _import, "delete": _delete}
    try:
        return action[options.action](options)
    except (ValueError, FileNotFoundError) as error:
        raise UsageError(str(error)) from error


def _create(options: argparse.Namespace) -> int:
    community = _added(slug=options.slug, hosts=options.host, database_url=options.database)
    print(f"{community.slug}: ready on {', '.join(community.hosts)}")
    return 0


def _list(options: argparse.Namespace) -> int:
    for community in directory().all():
        engine = "PostgreSQL" if community.database_url.startswith("postgres") else "SQLite"
        print(f"{community.slug}\t{', '.join(community.hosts) or '(every host)'}\t{engine}\t{community.folder}")
    return 0


def _export(options: argparse.Namespace) -> int:
    from kizuna.interfaces.integrations.bundles import portable

    with entered(directory().get(options.slug)):
        counts = portable.export_community(options.file, now=datetime.now(UTC))
    print(f"{options.file}: {sum(counts.values())} rows of {len(counts)} tables")
    return 0


def _import(options: argparse.Namespace) -> int:
    from kizuna.interfaces.integrations.bundles import portable

    slug = options.slug or portable.read_manifest(options.file)["slug"]
    community = _added(slug=slug, hosts=options.host or [f"{slug}.localhost"], database_url=options.database)
    try:
        with entered(community):
            lines = options.tombstones.read_text(encoding="utf-8").splitlines() if options.tombstones else []
            counts = portable.import_community(options.file, now=datetime.now(UTC), tombstones=lines)
    except Exception:
        _remove(community)
        raise
    print(f"{slug}: {sum(counts.values())} rows on {', '.join(community.hosts)}")
    return 0


def _delete(options: argparse.Namespace) -> int:
    community = directory().get(options.slug)
    if not options.yes:
        raise UsageError(f"This deletes {community.folder} and its database for good: add --yes.")
    _remove(community)
    print(f"{options.slug}: deleted")
    return 0


def _added(*, slug: str, hosts: list[str], database_url: str) -> Community:
    """Make a community in an empty database. One that holds something is somebody's: it is left as it is."""
    from kizuna.interfaces.cli.commands.migrate import migrate_community

    community = directory().add(slug=slug, hosts=hosts, database_url=database_url)
    try:
        _require_empty(community)
    except Exception:
        directory().remove(slug)
        raise
    try:
        migrate_community(community, verbosity=0)
    except Exception:
        _remove(community)
        raise
    return community


def _require_empty(community: Community) -> None:
    from kizuna.interfaces.cli import schema

    community.make_folders()
    with entered(community):
        is_empty = schema.is_empty()
    if not is_empty:
        where = "that database" if community.database_url else str(community.folder)
        raise UsageError(f"There is a community in {where} already: name an empty one.")


def _remove(community: Community) -> None:
    from django.db import connection, connections

    directory().remove(community.slug)
    with entered(community):
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("DROP SCHEMA public CASCADE")
                cursor.execute("CREATE SCHEMA public")
        connection.close()
    connections.forget(community.alias)
    shutil.rmtree(community.folder, ignore_errors=True)
