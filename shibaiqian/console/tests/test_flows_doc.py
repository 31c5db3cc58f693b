"""The page of flows is the one the tables say."""

from shibaiqian.console.flows_doc import FILE, FLOWS, render


def test_the_page_is_what_the_flow_tables_say() -> None:
    assert FILE.read_text(encoding="utf-8") == render(), "请运行 shibaiqian handbook flows > docs/flows.md"


def test_every_state_and_step_of_a_flow_is_on_it() -> None:
    page = render()
    for flow in FLOWS.values():
        assert all(f'state "{label}" as {code}' in page for code, label in flow.states.items())
        assert all(label in page for label in flow.steps.values())
