"""The yardstick: a Flask route that reads JSON and answers JSON, and does nothing else."""

from flask import Flask, jsonify, request
from flask.typing import ResponseReturnValue

app = Flask("bare")


@app.post("/bare")
def bare() -> ResponseReturnValue:
    body = request.get_json()
    return jsonify({"event_id": body["event_id"], "decision": "allow", "code": "OK"})


@app.get("/bare")
def bare_get() -> ResponseReturnValue:
    return jsonify({"items": []})
