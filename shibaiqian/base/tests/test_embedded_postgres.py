"""The embedded database, on real clusters in short folders of their own."""

import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from shibaiqian.base.embedded_postgres import OTHER_PLACES, Cluster, EmbeddedRefused, check_server

AS_ROOT = os.geteuid() == 0
PROJECT = Path(__file__).resolve().parents[3]
only_as_root = pytest.mark.skipif(not AS_ROOT, reason="only root runs the server as somebody else")


@pytest.fixture(scope="module")
def new_homes() -> Iterator[Callable[[], Path]]:
    """Makes data folders that the server's user can reach; stops their servers and removes them at the end."""
    made: list[Path] = []

    def new() -> Path:
        # Not tmp_path: its folders are closed to the server's user and leave no room for the socket's name.
        made.append(Path(tempfile.mkdtemp(prefix="sbq-", dir="/tmp")))
        made[-1].chmod(0o755)
        return made[-1]

    yield new
    for folder in made:
        for home in {folder, *(lock.parents[1] for lock in folder.rglob("pg/lock"))}:
            Cluster(home=home).stop()
            shutil.rmtree(Cluster(home=home)._socket_folder, ignore_errors=True)
            place = Cluster(home=home)._place
            if place.is_relative_to(OTHER_PLACES):
                shutil.rmtree(place, ignore_errors=True)
        shutil.rmtree(folder)
    with suppress(OSError):
        OTHER_PLACES.rmdir()


@pytest.fixture
def home(new_homes) -> Path:
    return new_homes()


@pytest.fixture(scope="module")
def shared(new_homes) -> Cluster:
    """One running cluster for the tests that leave it as it was."""
    cluster = Cluster(home=new_homes())
    cluster.ensure()
    return cluster


def asked(url: str, query: str) -> list[tuple]:
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(query)
        return cursor.fetchall() if cursor.description else []


def in_python(home: Path, statement: str) -> "subprocess.Popen[str]":
    """Another process of ours, with `cluster` at hand."""
    code = "import sys, pathlib; from shibaiqian.base.embedded_postgres import Cluster\n"
    code += "cluster = Cluster(home=pathlib.Path(sys.argv[1]))\n" + statement
    command = [sys.executable, "-c", code, str(home)]
    return subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True)


def pid_of(cluster: Cluster) -> int:
    return int((cluster._data / "postmaster.pid").read_text().splitlines()[0])


def test_the_first_call_starts_the_server_and_the_second_finds_it_running(home):
    cluster = Cluster(home=home)
    assert "未运行" in cluster.status()
    assert cluster.ensure() == "started"
    assert cluster.ensure() == "running"
    assert f"进程 {pid_of(cluster)}" in cluster.status()
    assert "PostgreSQL 18" in cluster.status()


@pytest.mark.slow
def test_data_is_kept_when_the_server_stops_and_starts_again(home):
    cluster = Cluster(home=home)
    cluster.ensure()
    asked(cluster.url("owner"), "CREATE TABLE kept AS SELECT 7 AS number")
    assert cluster.stop() == "stopped"
    assert cluster.stop() == "not running"
    assert cluster.ensure() == "started"
    assert asked(cluster.url("owner"), "SELECT number FROM kept") == [(7,)]


def test_stopping_what_was_never_started_makes_nothing(home):
    assert Cluster(home=home).stop() == "not running"
    assert list(home.iterdir()) == []


def test_a_url_can_be_read_by_the_driver_and_names_no_password(shared):
    parts = conninfo_to_dict(shared.url("app", "some database"))
    assert parts["user"] == "shibaiqian_app"
    assert parts["dbname"] == "some database"
    assert Path(str(parts["host"]), ".s.PGSQL.5432").is_socket()
    assert "password" not in parts


def test_only_the_server_s_user_may_enter_the_socket_s_folder(shared):
    found = shared._socket_folder.stat()
    assert stat.S_IMODE(found.st_mode) == 0o700
    assert found.st_uid == shared._data.stat().st_uid
    assert asked(shared.url("owner"), "SHOW listen_addresses") == [("",)]


def test_the_app_owns_nothing_and_cannot_make_tables(shared):
    url = shared.url("app")
    assert asked(url, "SELECT rolsuper, rolbypassrls, rolcreatedb FROM pg_roles WHERE rolname = current_user") == [(False, False, False)]
    for statement in ("CREATE TABLE mine (id int)", "CREATE SCHEMA mine", "CREATE DATABASE mine"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            asked(url, statement)
    assert asked(url, "CREATE TEMPORARY TABLE passing (id int)") == []


def test_the_owner_makes_tables_and_databases_and_may_become_the_app(shared):
    url = shared.url("owner")
    assert asked(url, "SELECT rolsuper, rolcreatedb FROM pg_roles WHERE rolname = current_user") == [(False, True)]
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE passing (id int)")
        connection.execute("SET LOCAL ROLE shibaiqian_app")
        assert connection.execute("SELECT current_user").fetchone() == ("shibaiqian_app",)
        connection.rollback()


def test_the_cluster_is_made_for_chinese_text_and_the_country_s_time(shared):
    url = shared.url("app")
    assert asked(url, "SELECT datlocprovider, datlocale FROM pg_database WHERE datname = 'shibaiqian'") == [("b", "C.UTF-8")]
    wanted = {"server_encoding": "UTF8", "TimeZone": "Asia/Shanghai", "jit": "off", "log_parameter_max_length": "0"}
    assert {name: asked(url, f"SHOW {name}")[0][0] for name in wanted} == wanted


def test_a_row_that_breaks_a_constraint_is_not_written_to_the_log(shared):
    with psycopg.connect(shared.url("owner")) as connection, pytest.raises(psycopg.errors.UniqueViolation):
        connection.execute("CREATE TEMPORARY TABLE people (name text UNIQUE)")
        connection.execute("INSERT INTO people VALUES ('王小明'), ('王小明')")
    logs = ""
    for _ in range(100):  # the collector of the log writes when it gets its turn
        logs = "".join(log.read_text() for log in (shared._data / "log").iterdir())
        if "people_name_key" in logs:
            break
        time.sleep(0.1)
    assert "people_name_key" in logs
    assert "王小明" not in logs


def test_a_server_that_may_lose_commits_is_refused_with_the_mend(shared):
    check_server(shared.url("app"))
    with pytest.raises(EmbeddedRefused, match=r"synchronous_commit 是 off.*ALTER SYSTEM"):
        check_server(shared.url("app") + "&options=-csynchronous_commit%3Doff")


def test_a_server_that_does_not_answer_is_refused_without_its_password():
    with pytest.raises(EmbeddedRefused, match=r"连接不上数据库 127\.0\.0\.1:1/x") as refused:
        check_server("postgresql://somebody:sekret@127.0.0.1:1/x")
    assert "sekret" not in str(refused.value)


def test_psql_opens_the_database_as_its_owner(shared):
    program = in_python(shared.home, "cluster.psql(['-Atc', 'SELECT current_user, current_database()'])")
    assert program.communicate(timeout=60)[0].strip() == "shibaiqian_owner|shibaiqian"


@pytest.mark.slow
def test_two_processes_that_start_it_at_once_make_one_server(home):
    both = [in_python(home, "print(cluster.ensure())") for _ in range(2)]
    said = [process.communicate(timeout=60)[0].strip() for process in both]
    assert sorted(said) == ["running", "started"]


@pytest.mark.slow
def test_a_start_that_was_cut_short_is_done_again(home):
    cluster = Cluster(home=home)
    cluster.ensure()
    cluster.stop()
    cluster._data.rename(cluster._place / "data.new")  # as when initdb was killed before its last step
    (cluster._place / "data.new" / "global" / "pg_control").unlink()
    assert cluster.ensure() == "started"


@pytest.mark.slow
def test_a_process_number_that_now_belongs_to_another_program_is_no_obstacle(home):
    cluster = Cluster(home=home)
    cluster.ensure()
    noted = (cluster._data / "postmaster.pid").read_text()
    cluster.stop()
    account = cluster._account.as_child()
    with subprocess.Popen(["/bin/sleep", "60"], cwd="/", **account) as stranger:
        text = "\n".join([str(stranger.pid), *noted.splitlines()[1:], ""])
        (cluster._data / "postmaster.pid").write_text(text)
        os.chown(cluster._data / "postmaster.pid", cluster._account.uid, cluster._account.gid)
        assert cluster.stop() == "not running"
        assert cluster.ensure() == "started"
        assert stranger.poll() is None
        stranger.kill()


@pytest.mark.slow
def test_a_killed_server_keeps_every_commit_it_acknowledged(home):
    cluster = Cluster(home=home)
    cluster.ensure()
    asked(cluster.url("owner"), "CREATE TABLE written (writer int, number int, PRIMARY KEY (writer, number))")
    acknowledged: list[tuple[int, int]] = []

    def write(writer: int) -> None:
        with psycopg.connect(cluster.url("owner"), autocommit=True) as connection, suppress(psycopg.OperationalError):
            for number in range(1_000_000):
                connection.execute("INSERT INTO written VALUES (%s, %s)", [writer, number])
                acknowledged.append((writer, number))

    writers = [threading.Thread(target=write, args=[number]) for number in range(8)]
    for thread in writers:
        thread.start()
    time.sleep(1.5)
    os.kill(pid_of(cluster), signal.SIGKILL)
    assert cluster.ensure() == "started"
    for thread in writers:
        thread.join()
    assert len(acknowledged) > 100
    assert set(acknowledged) <= set(asked(cluster.url("owner"), "SELECT writer, number FROM written"))


@pytest.mark.slow
def test_a_server_that_fell_is_started_again_and_one_that_was_stopped_is_not(home):
    cluster = Cluster(home=home)
    cluster.ensure()
    assert not cluster.revive()
    os.kill(pid_of(cluster), signal.SIGKILL)
    until = time.monotonic() + 10
    while not (back := cluster.revive()) and time.monotonic() < until:
        time.sleep(0.05)  # it is still leaving
    assert back
    cluster.stop()
    assert not cluster.revive()
    assert cluster.status().startswith("未运行")


def test_a_path_too_long_for_a_socket_gets_a_private_folder_elsewhere(home):
    long = home / ("长" * 40) / "数据"
    cluster = Cluster(home=long)
    assert cluster.ensure() == "started"
    assert not cluster._socket_folder.is_relative_to(home)
    assert stat.S_IMODE(cluster._socket_folder.stat().st_mode) == 0o700
    assert asked(cluster.url("app"), "SELECT 1") == [(1,)]


@pytest.mark.slow
def test_a_socket_folder_that_is_somebody_else_s_is_refused(home):
    cluster = Cluster(home=home / ("长" * 40))
    cluster._socket_folder.mkdir(mode=0o755)
    with pytest.raises(EmbeddedRefused, match="不是本系统专用的"):
        cluster.url("app")
    with pytest.raises(EmbeddedRefused, match="不是本系统专用的"):
        cluster.ensure()
    cluster._socket_folder.rmdir()


@pytest.mark.slow
def test_spaces_quotes_and_commas_in_the_path_do_no_harm(home):
    cluster = Cluster(home=home / "a b, c's")
    assert cluster.ensure() == "started"
    assert asked(cluster.url("app"), "SELECT 1") == [(1,)]


@pytest.mark.slow
def test_data_of_another_major_version_is_refused_with_the_mend(home):
    cluster = Cluster(home=home)
    cluster.ensure()
    cluster.stop()
    (cluster._data / "PG_VERSION").write_text("17\n")
    with pytest.raises(EmbeddedRefused, match=r"由 PostgreSQL 17 建立.*pg_dump"):
        cluster.ensure()


@only_as_root
@pytest.mark.slow
def test_root_lends_copied_binaries_and_changes_no_mode_above_them(home):
    home.chmod(0o711)
    cluster = Cluster(home=home)
    cluster.ensure()
    assert stat.S_IMODE(home.stat().st_mode) == 0o711
    assert home.stat().st_uid == 0
    assert cluster._data.stat().st_uid != 0
    program = Path(f"/proc/{pid_of(cluster)}/exe").readlink()
    assert program.is_relative_to(home)
    assert program.stat().st_uid == 0


@only_as_root
@pytest.mark.slow
def test_when_the_server_s_user_cannot_enter_home_root_keeps_the_data_elsewhere(home):
    home.chmod(0o700)
    cluster = Cluster(home=home)
    before = cluster.url("app")
    assert cluster.ensure() == "started"
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert cluster._data.is_relative_to(OTHER_PLACES)
    assert "数据改放此处" in cluster.status()
    home.chmod(0o755)  # existing data is not left behind when the obstacle goes
    assert cluster.ensure() == "running"
    assert cluster.url("app") == before


@only_as_root
@pytest.mark.slow
def test_a_new_home_under_an_old_name_does_not_take_over_old_data(home):
    home.chmod(0o700)
    old = Cluster(home=home)
    old.ensure()
    old.stop()
    place = old._place
    shutil.rmtree(home / "pg")
    assert Cluster(home=home)._place != place
    shutil.rmtree(place)


@only_as_root
@pytest.mark.slow
def test_data_that_can_no_longer_be_reached_is_refused_rather_than_left_for_an_empty_database(home):
    cluster = Cluster(home=home)
    cluster.ensure()
    cluster.stop()
    home.chmod(0o700)
    with pytest.raises(EmbeddedRefused, match="0711"):
        cluster.ensure()


def _life_of_an_ordinary_user(home: Path) -> None:
    cluster = Cluster(home=home)
    assert cluster.ensure() == "started"
    assert cluster.ensure() == "running"
    assert cluster._data.stat().st_uid == os.geteuid()
    assert not (home / "pg" / "engine").exists()
    assert asked(cluster.url("app"), "SELECT current_user") == [("shibaiqian_app",)]
    assert cluster.stop() == "stopped"
    with pytest.raises(EmbeddedRefused, match="SHIBAIQIAN_HOME"):
        Cluster(home=Path("/proc/nowhere")).ensure()


@pytest.mark.slow
def test_an_ordinary_user_runs_the_binaries_in_place(home):
    if not AS_ROOT:
        return _life_of_an_ordinary_user(home)
    nobody = pwd.getpwnam("nobody")
    if any(not f.stat().st_mode & stat.S_IXOTH for f in [PROJECT, *PROJECT.parents]):
        pytest.skip("the checkout lies where no ordinary user may go")
    os.chown(home, nobody.pw_uid, nobody.pw_gid)
    # A fork, because the interpreter itself may lie where an ordinary user cannot start it.
    child = os.fork()
    if child == 0:
        code = 1
        try:
            os.setgroups([])
            os.setgid(nobody.pw_gid)
            os.setuid(nobody.pw_uid)
            _life_of_an_ordinary_user(home)
            code = 0
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    return None
