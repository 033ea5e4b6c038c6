#!/usr/bin/env bash
# The two jobs of a leaderboard, the same on GitHub and on any other machine:
#
#   bash leaderboard.sh check PROPOSED    look at the results files that a checkout in PROPOSED adds
#                                         or changes; verdict.md is the comment; 0 if all are good
#   bash leaderboard.sh publish SITE      write the page of all results into the folder SITE
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# What this leaderboard takes.
rules=(--min-languages "${MIN_LANGUAGES:-100}" --require hub-id dtype pivot=eng_Latn n_pairs=100)

check() {
    local changed=() file status=0
    # Annotations name files as the pull request does.
    cd "$1"
    while IFS= read -r -d '' file; do
        cmp --silent "$file" "$here/$file" || changed+=("$file")
    done < <(find results -type f -name '*.json' -print0 | sort -z)
    if ((${#changed[@]} == 0)); then
        echo 'No results file was added or changed.' | tee "$here/verdict.md"
        return
    fi
    local arguments=("${changed[@]}" --against "$here/results" "${rules[@]}")
    neuronxa check "${arguments[@]}" --format markdown > "$here/verdict.md" || status=$?
    neuronxa check "${arguments[@]}" --format github || true
    return "$status"
}

publish() {
    neuronxa report "$here/results" --output "$1"
    cp "$1/report.html" "$1/index.html"
}

case "${1:-}" in
    check | publish) "$1" "${2:?a folder}" ;;
    *) echo "usage: bash leaderboard.sh check PROPOSED | publish SITE" >&2; exit 2 ;;
esac
