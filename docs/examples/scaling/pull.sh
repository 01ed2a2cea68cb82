#!/bin/sh
# Pull one part of the sources, and push it as a branch of its own. Needs REPOSITORY, INDEX (from 0) and TOTAL; runs in
# a folder whose var/ is this part's alone, and stays from one run to the next.
set -eu
test -d .git || git init --quiet
git fetch --quiet "$REPOSITORY" main
main=$(git rev-parse FETCH_HEAD)
if git fetch --quiet "$REPOSITORY" "pull-$INDEX" 2>/dev/null; then
  git checkout --quiet --force -B "pull-$INDEX" FETCH_HEAD # with what join.sh has not taken yet
  git merge --quiet --no-edit "$main"
else
  git checkout --quiet --force -B "pull-$INDEX" "$main"
fi
kuratorium pull --tolerant --shard "$INDEX-of-$TOTAL"
git add curation
git diff --cached --quiet || git commit --quiet --message "Pull part $INDEX of $TOTAL"
git push --quiet "$REPOSITORY" "pull-$INDEX"
