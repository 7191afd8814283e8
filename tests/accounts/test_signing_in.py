def test_stub(client_of):
    client = client_of("Frank")
    assert client.get("/settings/tokens").status_code == 403
    assert client_of("Olga").get("/settings/nothing").status_code == 404
