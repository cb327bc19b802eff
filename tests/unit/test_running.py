"""A script shows sentences, logs tracebacks, and never spoils what is there."""

import logging
from pathlib import Path
from types import SimpleNamespace

import pytest

from crimeshare.problems import Problem, Problems
from crimeshare.running import replacing, running, say


@pytest.fixture
def snakemake(tmp_path: Path) -> SimpleNamespace:
    return SimpleNamespace(
        rule="read_release", log=[str(tmp_path / "logs" / "x.log")], input=[], output=[]
    )


def logged(snakemake: SimpleNamespace) -> str:
    return Path(snakemake.log[0]).read_text(encoding="utf-8")


def test_a_problem_is_a_sentence_on_the_screen_and_a_traceback_in_the_log(
    snakemake: SimpleNamespace, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped, running(snakemake):
        raise Problem("Sheet P1 has no header; add it.")
    assert stopped.value.code == 1
    assert capsys.readouterr().err == "crimeshare: Sheet P1 has no header; add it.\n"
    assert "Traceback" in logged(snakemake)


def test_several_problems_are_a_line_each(
    snakemake: SimpleNamespace, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit), running(snakemake):
        raise Problems(["One.", "Two."])
    assert capsys.readouterr().err == "crimeshare: One.\ncrimeshare: Two.\n"


def test_an_unforeseen_error_names_the_log(
    snakemake: SimpleNamespace, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped, running(snakemake):
        raise KeyError("x")
    assert stopped.value.code == 1
    shown = capsys.readouterr().err
    assert shown.count("\n") == 1
    assert "read_release met an error nobody foresaw (KeyError)" in shown
    assert snakemake.log[0] in shown
    assert "Traceback" in logged(snakemake)


def test_what_is_said_is_shown_and_logged(
    snakemake: SimpleNamespace, capsys: pytest.CaptureFixture[str]
) -> None:
    with running(snakemake):
        say("A copy was taken.")
        logging.getLogger("crimeshare.x").info("only for the log")
    assert capsys.readouterr().err == "crimeshare: A copy was taken.\n"
    assert "A copy was taken." in logged(snakemake)
    assert "only for the log" in logged(snakemake)


def test_logging_is_as_before_afterwards(snakemake: SimpleNamespace) -> None:
    root = logging.getLogger()
    before = (root.level, list(root.handlers))
    with running(snakemake):
        pass
    assert (root.level, list(root.handlers)) == before


def test_replacing_puts_a_whole_file_in_place(tmp_path: Path) -> None:
    target = tmp_path / "new" / "table.parquet"
    with replacing(target) as temporary:
        assert temporary.parent == target.parent
        assert temporary.suffix == ".parquet"
        temporary.write_text("new", encoding="utf-8")
        assert not target.exists()
    assert target.read_text(encoding="utf-8") == "new"
    assert list(target.parent.iterdir()) == [target]


def test_replacing_leaves_what_is_there_when_the_body_fails(tmp_path: Path) -> None:
    target = tmp_path / "table.csv"
    target.write_text("good", encoding="utf-8")

    def write_half() -> None:
        with replacing(target) as temporary:
            temporary.write_text("half", encoding="utf-8")
            raise ValueError("half way")

    with pytest.raises(ValueError, match="half way"):
        write_half()
    assert target.read_text(encoding="utf-8") == "good"
    assert list(tmp_path.iterdir()) == [target]
