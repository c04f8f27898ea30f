"""scim2-tester walks through the whole service and finds nothing wrong."""

from scim2_tester import Status, check_server


def test_the_tester_is_content(directory_client):
    results = check_server(directory_client)
    wrong = [f"{item.title}: {item.reason}" for item in results if item.status not in (Status.SUCCESS, Status.SKIPPED)]
    done = [item for item in results if item.status == Status.SUCCESS]
    assert not wrong
    assert len(done) > 60
